"""What is kept of a school in each programme: its application, its match, its hub, its intakes."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping

from django.conf import settings

from schoolhubs import programmes
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Placement
from schoolhubs.service.partnerships.models import LIVE, Partnership
from schoolhubs.service.partnerships.queries import lead_among
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.records.rules import RulesAsAt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is kept of a school in one programme.

    ``intakes`` are the programme's, in order of time; ``late_until`` tells up to which day the
    school may come late to an intake, by its number.
    """

    rules: RulesAsAt
    application: Application | None
    place: Placement | None
    partnership: Partnership | None
    lead_urn: str
    intakes: tuple[Intake, ...] = ()
    late_until: Mapping[int, datetime.date] = dataclasses.field(default_factory=dict)

    def intake(self, cohort_id: str) -> Intake | None:
        """Give the intake of a cohort; None where nobody made one."""
        return next((each for each in self.intakes if each.cohort_id == cohort_id), None)

    def last_day(self, intake: Intake, *, on: datetime.date) -> datetime.date | None:
        """Give the last day on which the school can send its application; None if it cannot now."""
        late = self.late_until.get(intake.pk)
        days = [late] if late and late >= on else []
        if intake.is_open(on):
            days.append(intake.last_on)
        return max(days, default=None)

    def can_apply_for(self, *, on: datetime.date) -> Intake | None:
        """Give the intake the school can apply for on a day: one it may be late for comes first."""
        open_to_it = [each for each in self.intakes if self.last_day(each, on=on)]
        return min(open_to_it, key=lambda each: each.pk not in self.late_until, default=None)


def known_of(snapshot: RegisterSnapshot, urn: str, *, on: datetime.date) -> Iterator[Known]:
    """Give what is kept of a school, for every programme the service runs."""
    found = sorted(matching.placements_of(urn), key=lambda place: place.round.on)
    places = {place.round.programme_id: place for place in found}
    sent = Application.objects.filter(urn=urn).order_by("pk")
    applications = {each.programme_id: each for each in sent}
    met: dict[str, list[Partnership]] = {}
    for each in Partnership.objects.filter(partner_urn=urn).order_by("pk"):
        met.setdefault(each.programme_id, []).append(each)
    late = LatePermission.objects.filter(urn=urn, until_on__gte=on)
    late_until = dict(late.values_list("intake_id", "until_on"))
    intakes: dict[str, list[Intake]] = {}
    for intake in Intake.objects.order_by("starts_on"):
        intakes.setdefault(intake.programme_id, []).append(intake)
    for programme_id in settings.ENVIRONMENT.programme_ids:
        place = places.get(programme_id)
        proposed = place.hub_urn if place else ""
        ours = met.get(programme_id, [])
        went_on = [each for each in ours if each.state in (*LIVE, "finished")]
        yield Known(
            rules=programmes.load(programme_id).as_at(snapshot.on),
            application=applications.get(programme_id),
            place=place,
            partnership=went_on[-1] if went_on else None,
            lead_urn=lead_among(ours, proposed=proposed),
            intakes=tuple(intakes.get(programme_id, ())),
            late_until=late_until,
        )
