"""``manage keep_hubs``: bring in a list of lead schools."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from schoolhubs import files
from schoolhubs.service import clock
from schoolhubs.service.network.actions import keep_hubs, plan_hubs
from schoolhubs.service.network.lists.plans import Plan
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.words import counted


class Command(BaseCommand):
    """Make and change the hubs of a programme as a list says; it ends none."""

    help = "Bring in a list of lead schools, as the page for it does; it ends no hub."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list, its programme and why."""
        parser.add_argument("file", type=Path, help="CSV with a column urn, as in round --leads")
        parser.add_argument(
            "--programme", required=True, choices=settings.ENVIRONMENT.programme_ids
        )
        parser.add_argument("--reason", required=True, help="kept in the audit log")
        parser.add_argument(
            "--look", action="store_true", help="say what would change; keep it not"
        )

    def handle(
        self, *_: Any, file: Path, programme: str, reason: str, look: bool, **__: Any
    ) -> None:
        """Say what changes, and keep it unless only to look."""
        at = clock.now()
        try:
            leads = files.read_list(file, "leads", tell=lambda each: self.stderr.write(str(each)))
            if look:
                self._say(plan_hubs(programme, leads, on=timezone.localdate(at)))
                return
            done = keep_hubs(
                programme, leads, reason=reason, by="schoolhubs", organisation="", at=at,
                place="manage keep_hubs",
            )  # fmt: skip
        except SchoolhubsError as error:
            message = f"{error}\nNothing was changed."
            raise CommandError(message, returncode=error.exit_code) from error
        self._say(done)

    def _say(self, plan: Plan) -> None:
        self.stdout.write(
            f"{counted(len(plan.new), 'new hub')}, {len(plan.changed):,} changed, "
            f"{plan.n_same:,} as before."
        )
        for urns, said in (
            (plan.lacking, "not on the list; stay as they are"),
            (plan.over, "over already; stay so, as the list names no later start"),
            (plan.kept_days, "keep their days, as a list ends no hub and puts none off"),
            (plan.unknown, "columns of no pathway of this programme; left aside"),
        ):
            if urns:
                self.stdout.write(f"{said.capitalize()}: {', '.join(urns)}.")
        if plan.n_of_others:
            self.stdout.write(f"Left aside, of other programmes: {plan.n_of_others:,}.")
