"""What is kept of a school in each programme: its application, its match, its hub, its intakes."""

import collections
import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from schoolhubs import programmes
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Placement
from schoolhubs.service.partnerships.models import STANDS, Objection, Partnership
from schoolhubs.service.partnerships.queries import lead_among
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary.records.rules import RulesAsAt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is kept of a school in one programme.

    ``intakes`` are the programme's, in order of time; ``late_until`` tells up to which day the
    school may come late to an intake, by its number. ``lead_urn`` is the lead the school is with,
    or was with to the last day of its newest application; ``before`` is what a hub may know that
    it was with to the last day of an earlier one.
    """

    rules: RulesAsAt
    application: Application | None
    place: Placement | None
    partnership: Partnership | None
    lead_urn: str
    intakes: tuple[Intake, ...] = ()
    late_until: Mapping[int, datetime.date] = dataclasses.field(default_factory=dict)
    before: "Known | None" = None

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


def known_of(
    snapshot: RegisterSnapshot, urns: Collection[str], *, on: datetime.date
) -> dict[str, tuple[Known, ...]]:
    """Give what is kept of some schools, for every programme the service runs.

    However many the schools are, the database is asked the same few questions.
    """
    kept = _Kept(
        places=_by_urn(_named(matching.placements_of(urns), snapshot).order_by("round__on"), "urn"),
        applications=_by_urn(Application.objects.filter(urn__in=urns).order_by("pk"), "urn"),
        partnerships=_by_urn(_named(_partnerships(urns), snapshot), "partner_urn"),
        late=_by_urn(LatePermission.objects.filter(urn__in=urns, until_on__gte=on), "urn"),
    )
    intakes: dict[str, list[Intake]] = {}
    for intake in Intake.objects.order_by("starts_on"):
        intakes.setdefault(intake.programme_id, []).append(intake)
    rules = [
        programmes.load(each).as_at(snapshot.on) for each in settings.ENVIRONMENT.programme_ids
    ]
    return {
        urn: tuple(
            _known(kept, urn, each, tuple(intakes.get(each.programme_id, ()))) for each in rules
        )
        for urn in urns
    }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The rows of some schools, by URN, oldest first."""

    places: Mapping[str, list[Any]]
    applications: Mapping[str, list[Any]]
    partnerships: Mapping[str, list[Any]]
    late: Mapping[str, list[Any]]


def _known(kept: _Kept, urn: str, rules: RulesAsAt, intakes: tuple[Intake, ...]) -> Known:
    ours = [each for each in kept.partnerships[urn] if each.programme_id == rules.programme_id]
    places = [each for each in kept.places[urn] if each.round.programme_id == rules.programme_id]
    known = Known(
        rules=rules,
        application=_last(
            each for each in kept.applications[urn] if each.programme_id == rules.programme_id
        ),
        place=_last(places),
        partnership=_last(each for each in ours if each.state in STANDS),
        lead_urn=lead_among(ours),
        intakes=intakes,
        late_until={each.intake_id: each.until_on for each in kept.late[urn]},
    )
    finished = _last(each for each in ours if each.state == "finished")
    return _with_former_hub(known, finished, places) if finished else known


def _with_former_hub(known: Known, finished: Partnership, places: Iterable[Placement]) -> Known:
    """Let the hub that a school was with to the last day know of that, and of nothing later."""
    now = known.application.pk if known.application else None
    if not known.lead_urn and finished.application_id == now:
        return dataclasses.replace(known, lead_urn=finished.lead_urn)
    before = dataclasses.replace(
        known,
        application=finished.application,
        place=_last(each for each in places if each.round_id == finished.round_id),
        partnership=finished,
        lead_urn=finished.lead_urn,
        late_until={},
    )
    return dataclasses.replace(known, before=before)


def _partnerships(urns: Collection[str]) -> QuerySet[Partnership]:
    """Give partnerships with what the office is asked about them."""
    open_ones = Objection.objects.filter(state="open").order_by("pk")
    return (
        Partnership.objects.filter(partner_urn__in=urns)
        .select_related("extensionrequest", "application")
        .prefetch_related(Prefetch("objection_set", open_ones, to_attr="open_objections"))
        .order_by("pk")
    )


def _named(rows: QuerySet[Any], snapshot: RegisterSnapshot) -> QuerySet[Any]:
    """Put the name of the lead beside rows that hold its URN, without a question of its own."""
    leads = School.objects.filter(snapshot=snapshot, urn=OuterRef("lead_urn"))
    named: QuerySet[Any] = rows.annotate(lead_name=Subquery(leads.values("name")[:1]))
    return named


def hub_name(row: Placement | Partnership) -> str:
    """Give the name of a lead by the register; its URN where the register lacks it."""
    return getattr(row, "lead_name", None) or f"URN {row.lead_urn}"


def _by_urn(rows: Iterable[Any], name: str) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = collections.defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _last(rows: Iterable[Any]) -> Any:
    return next(iter([*rows][-1:]), None)
