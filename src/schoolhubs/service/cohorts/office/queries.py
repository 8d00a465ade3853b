"""Intakes by term with what stands in each, and who waits in which order."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet

from schoolhubs import selection
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.cohorts.queries import rules_of
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.matching.models import HubLoad, Placement, PublishedRound
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, facts_of

ON_A_PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRow:
    """One intake: applications by state, places of its published round."""

    intake: Intake
    states: Mapping[str, int]
    published: PublishedRound | None
    n_places: int | None

    @property
    def n_sent(self) -> int:
        """Applications sent."""
        return sum(n for state, n in self.states.items() if state != "draft")


def rows_of(programme_ids: Iterable[str]) -> list[IntakeRow]:
    """Give every intake of some programmes, newest first in each."""
    ours = list(programme_ids)
    counted = Application.objects.filter(programme_id__in=ours).values_list(
        "programme_id", "cohort_id", "state"
    )
    states: dict[tuple[str, str], dict[str, int]] = {}
    for programme_id, cohort_id, state, n in counted.annotate(n=Count("pk")).order_by():
        states.setdefault((programme_id, cohort_id), {})[state] = n
    published = {
        (each.programme_id, each.cohort_id): each
        for each in PublishedRound.objects.filter(programme_id__in=ours)
    }
    rounds = [each.round_id for each in published.values()]
    places: dict[int, int] = {}
    for round_id, n in HubLoad.objects.filter(round_id__in=rounds).values_list(
        "round_id", "n_places"
    ):
        places[round_id] = places.get(round_id, 0) + n
    found = []
    for each in Intake.objects.filter(programme_id__in=ours).order_by(
        "programme_id", F("starts_on").desc()
    ):
        key = each.programme_id, each.cohort_id
        pointer = published.get(key)
        found.append(
            IntakeRow(
                intake=each,
                states=states.get(key, {}),
                published=pointer,
                n_places=places.get(pointer.round_id) if pointer else None,
            )
        )
    return found


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """One application put off that has not come back, and why."""

    application: Application
    school: School | None
    intake: Intake | None
    why: str


def stranded(programme_ids: Iterable[str], *, on: datetime.date) -> list[Stranded]:
    """Give the applications put off to an intake that is open, or was, or that there is none of.

    Each morning brings back what can come back, so these are left for a person to look at.
    """
    ours = Application.objects.filter(state="deferred", programme_id__in=list(programme_ids))
    put_off = list(ours.defer("answers", "facts_seen").order_by("programme_id", "pk"))
    if not put_off:
        return []
    found = {(each.programme_id, each.cohort_id): each for each in Intake.objects.all()}
    urns = [each.urn for each in put_off]
    schools = School.objects.filter(snapshot=current_snapshot(), urn__in=urns)
    known = {each.urn: each for each in schools.defer("facts", "words")}
    under_way = Application.objects.filter(urn__in=urns).exclude(state__in=(*OUT, "deferred"))
    beside = set(under_way.values_list("programme_id", "urn"))
    rows = []
    for each in put_off:
        intake = found.get((each.programme_id, each.deferred_to))
        if intake is None or intake.opens_on <= on:
            school = known.get(each.urn)
            is_beside = (each.programme_id, each.urn) in beside
            why = _why_stranded(intake, on, is_known=school is not None, is_beside=is_beside)
            rows.append(Stranded(application=each, school=school, intake=intake, why=why))
    return rows


def _why_stranded(
    intake: Intake | None, on: datetime.date, *, is_known: bool, is_beside: bool
) -> str:
    """Say why an application has not come back, and what would bring it."""
    if intake is None:
        return "No intake is named that it could come back to. Ask the school to apply again."
    if not is_known:
        return "The school is not in the register in use."
    if is_beside:
        return "The school has another application under way."
    if intake.closes_on <= on:
        return "The intake has closed. It comes back if you open the intake again."
    if not intake.is_confirmed:
        return "The window of the intake is not confirmed. It comes back once it is."
    return "The intake is open: it comes back next morning."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Who put its application off to an intake: how many, and the first of them with its school."""

    n: int
    rows: list[tuple[Application, School | None]]


def put_off_to(intake: Intake) -> PutOff:
    """Give the applications that come back when an intake opens, in order of the day they came."""
    ours = Application.objects.filter(
        programme_id=intake.programme_id, deferred_to=intake.cohort_id, state="deferred"
    ).defer("answers", "facts_seen")
    shown = list(ours.order_by("applied_on", "pk")[:ON_A_PAGE])
    schools = School.objects.filter(
        snapshot=current_snapshot(), urn__in=[each.urn for each in shown]
    )
    known = {each.urn: each for each in schools.defer("facts", "words")}
    return PutOff(n=ours.count(), rows=[(each, known.get(each.urn)) for each in shown])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One school that waits: its need, and what stood in its way in the published round."""

    application: Application
    school: School | None
    need: int | None
    place: Placement | None


def waiting_list(intake: Intake, *, page: int) -> tuple[list[Waiting], Page[Application]]:
    """Give one page of those who wait for a place: most need first, then who applied first."""
    ours = list(_who_wait(intake))
    snapshot = current_snapshot()
    urns = [each.urn for each in ours]
    schools = School.objects.filter(snapshot=snapshot, urn__in=urns).defer("words")
    rules = rules_of(intake.programme_id, cohort_id=intake.cohort_id)
    points = selection.need_points(facts_of(schools), rules.need) if urns else None
    need = dict(points.select("urn", "need_weight").iter_rows()) if points is not None else {}
    ours.sort(key=lambda each: (-need.get(each.urn, 0), str(each.applied_on), each.urn))
    shown = Paginator(ours, ON_A_PAGE).get_page(page)
    known = {each.urn: each for each in schools}
    pointer = PublishedRound.objects.filter(
        programme_id=intake.programme_id, cohort_id=intake.cohort_id
    ).first()
    on_page = [each.urn for each in shown]
    placed = Placement.objects.filter(urn__in=on_page)
    placed = placed.filter(round_id=pointer.round_id) if pointer else placed.none()
    places = {each.urn: each for each in placed}
    rows = [
        Waiting(
            application=each, school=known.get(each.urn), need=need.get(each.urn),
            place=places.get(each.urn),
        )
        for each in shown
    ]  # fmt: skip
    return rows, shown


def _who_wait(intake: Intake) -> QuerySet[Application]:
    return Application.objects.filter(
        programme_id=intake.programme_id, cohort_id=intake.cohort_id, state="waiting"
    ).defer("answers", "facts_seen")
