"""``manage load_demo``: put the synthetic England of a folder into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.delivered.reading import read_year
from schoolhubs.service.demo.delivered.telling import tell_delivered
from schoolhubs.service.demo.further.starting import keep_cohort
from schoolhubs.service.demo.further.telling import tell
from schoolhubs.service.demo.loading import load
from schoolhubs.service.demo.people import keep_people, people_file, school_of, subject_of
from schoolhubs.service.demo.pupils.marks import keep_marks
from schoolhubs.service.demo.year.telling import tell_year
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.vocabulary.errors import SchoolhubsError


class Command(BaseCommand):
    """Load the demonstration, in demo mode only."""

    help = "Put the synthetic England of a folder into the database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder that `make run` fills."""
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, folder: Path, **__: Any) -> None:
        """Load it."""
        if not settings.ENVIRONMENT.is_demo:
            raise CommandError("Only a demonstration loads a synthetic England.")
        try:
            year = read_year(folder / "england")
            load(
                folder,
                settings.ENVIRONMENT.programme_ids,
                year=year,
                at=clock.now(),
                say=self.stderr.write,
            )
            snapshot = current_snapshot()
            assert snapshot is not None
            programme_ids = settings.ENVIRONMENT.programme_ids
            programme_id = programme_ids[0]
            # Asked once, with the people: an older demonstration keeps those it has.
            starting = (
                {}
                if people_file().is_file()
                else keep_cohort(programme_ids, snapshot, at=clock.now())
            )
            keep_people(snapshot, programme_id, starting)
            urn = school_of(subject_of(Role.PARTNER_SCHOOL_HEAD))
            school = schools_of(snapshot).filter(urn=urn).first()
            if school and (n := keep_marks(school, at=clock.now())):
                self.stderr.write(f"{n:,} weeks of marks of synthetic pupils are stored.")
            if n := tell(snapshot, programme_id, at=clock.now()):
                self.stderr.write(f"{n} schools are further on, with their diagnosis and plans.")
            if year and (
                n := tell_delivered(year, programme_ids, at=clock.now(), say=self.stderr.write)
            ):
                self.stderr.write(f"{n} partnerships of a delivered year are told of.")
            lead_urn = school_of(subject_of(Role.LEAD_SCHOOL))
            if n := tell_year(programme_ids, lead_urn=lead_urn, at=clock.now()):
                self.stderr.write(f"{n} partnerships have days and money behind them and ahead.")
        except SchoolhubsError as error:
            raise CommandError(str(error)) from error
