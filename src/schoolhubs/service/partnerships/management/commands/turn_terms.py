"""``manage turn_terms``: what a new day brings to partnerships and intakes."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from schoolhubs.service import clock
from schoolhubs.service.partnerships.tasks import turn_to


class Command(BaseCommand):
    """Does once more what the workers do each hour; a second call on a day changes nothing."""

    help = "Start and finish partnerships, bring back deferred applications, propose intakes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day, today if it is not said."""
        parser.add_argument("--on", type=datetime.date.fromisoformat, help="such as 2027-01-01")

    def handle(self, *_: Any, on: datetime.date | None = None, **__: Any) -> None:
        """Turn to the day, and say what came of it."""
        day = on or clock.day()
        told = turn_to(day, at=clock.now(), place="manage turn_terms")
        said = ", ".join(f"{n:,} {what}" for what, n in told.items())
        self.stdout.write(f"{day.isoformat()}: {said}.")
