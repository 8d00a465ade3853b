"""``manage letters_forget``: erase the addresses of old letters; to be run daily."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from schoolhubs.service import clock
from schoolhubs.service.letters.actions import forget
from schoolhubs.service.letters.kinds import address_days


class Command(BaseCommand):
    """Erase the addresses that letters went to, once they are old enough."""

    help = "Erase the addresses of letters that are older than letters.yaml keeps them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another number of days than the table's."""
        parser.add_argument("--days", type=int, default=address_days())

    def handle(self, *_: Any, days: int, **__: Any) -> None:
        """Erase them, and say how many."""
        at = clock.now()
        before = at - datetime.timedelta(days=days)
        n = forget(before=before, by="schoolhubs", at=at, place="manage letters_forget")
        self.stdout.write(f"{n:,} addresses older than {days:,} days are forgotten.")
