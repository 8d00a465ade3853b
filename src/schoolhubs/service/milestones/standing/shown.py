"""What the ledgers show of milestones, for many partnerships in few questions.

Nothing is typed for it: each part keeps its own record, and this reads them.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone

from schoolhubs.service.diagnosis.models import AssessmentState, KeptDiagnosis, SelfAssessment
from schoolhubs.service.events.models import BookingState, Event, EventState, Party
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.service.plans.models import Approval, Plan
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.surveys.models import Respondents, Survey
from schoolhubs.service.surveys.queries import OVER, HadEnough
from schoolhubs.service.web.pages import LONDON
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, EventKind
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen, Shown

# A lead holds it for all its partners at once.
OF_LEADS = {DoneWhen.OPEN_DAY_HELD}
SUPPORT = {DayKind.SUPPORT_DAY, DayKind.COACHING}


def shown_of(
    partnerships: Collection[Partnership], days: Mapping[int, Sequence[DaySpent]]
) -> Mapping[int, list[Shown]]:
    """Give what is shown of each partnership, by its number.

    Parameters
    ----------
    partnerships
        With ``extends`` loaded: in a further year what was done in the first is not asked again.
    days
        The days of each partnership, from the ledgers of days.
    """
    ids, urns = [each.pk for each in partnerships], [each.partner_urn for each in partnerships]
    by_urn: dict[str, list[Shown]] = defaultdict(list)
    found: dict[int, list[Shown]] = defaultdict(list)
    leads = {each.lead_urn for each in partnerships}
    asked = [*_of_schools(urns), _agreed(ids), _booked(ids), _held(leads), _declared(ids)]
    first, others = asked[0], asked[1:]
    for kind, urn, number, on, evidence in first.union(*others, all=True):
        one = Shown(kind=DoneWhen(kind), on=on, evidence=evidence)
        (found[number] if number else by_urn[urn]).append(one)
    for each in partnerships:
        since = _since(each)
        of_school = (one for one in by_urn[each.partner_urn] if one.kind not in OF_LEADS)
        found[each.pk] += [one for one in of_school if one.on >= since]
        found[each.pk] += [one for one in by_urn[each.lead_urn] if one.kind in OF_LEADS]
        found[each.pk] += _of_days(days.get(each.pk, ()))
    return found


def _since(partnership: Partnership) -> datetime.date:
    """Give the first day that counts, as for the audit of plans: when it was first proposed."""
    first = partnership.extends or partnership
    return timezone.localdate(first.proposed_at)


def _agreed(ids: Collection[int]) -> QuerySet[Any, Any]:
    held = Agreement.objects.filter(partnership_id__in=ids, agreed_at__isnull=False)
    on = TruncDate("agreed_at", tzinfo=LONDON)
    return _rows(held, DoneWhen.AGREEMENT, "agreement", "pk", on, number=F("partnership_id"))


def _booked(ids: Collection[int]) -> QuerySet[Any, Any]:
    held = Party.objects.filter(
        partnership_id__in=ids, booking__state=BookingState.BOOKED,
        event__kind=EventKind.OPEN_DAY.value,
    )  # fmt: skip
    of = F("partnership_id")
    return _rows(held, DoneWhen.OPEN_DAY_BOOKED, "booking", "booking_id", F("event__on"), number=of)


def _declared(ids: Collection[int]) -> QuerySet[Any, Any]:
    held = Declaration.objects.filter(
        partnership_id__in=ids, side=Side.PARTNER, declared_at__isnull=False
    )
    on = TruncDate("declared_at", tzinfo=LONDON)
    of = F("partnership_id")
    return _rows(held, DoneWhen.DECLARATION, "declaration", "pk", on, number=of)


def _held(leads: Collection[str]) -> QuerySet[Any, Any]:
    held = Event.objects.filter(
        hub__lead_urn__in=leads, kind=EventKind.OPEN_DAY.value, state=EventState.HELD
    )
    return _rows(held, DoneWhen.OPEN_DAY_HELD, "event", "pk", F("on"), urn=F("hub__lead_urn"))


def _of_schools(urns: Collection[str]) -> Iterator[QuerySet[Any, Any]]:
    assessed = SelfAssessment.objects.filter(
        urn__in=urns, state=AssessmentState.FINISHED, finished_on__isnull=False
    )
    yield _rows(assessed, DoneWhen.SELF_ASSESSMENT, "self-assessment", "pk", F("finished_on"))
    surveyed = Survey.objects.filter(urn__in=urns, state__in=OVER, closed_on__isnull=False)
    surveyed = surveyed.filter(HadEnough("keptscores__record", "least_answers"))
    for respondents, kind in (
        (Respondents.PUPILS, DoneWhen.PUPIL_SURVEY), (Respondents.STAFF, DoneWhen.STAFF_SURVEY),
    ):  # fmt: skip
        ours = surveyed.filter(respondents=respondents)
        yield _rows(ours, kind, "survey", "key", F("closed_on"))
    kept = KeptDiagnosis.objects.filter(urn__in=urns)
    yield _rows(kept, DoneWhen.DIAGNOSTIC_DAY, "diagnosis", "pk", F("confirmed_on"))
    approved = Approval.objects.filter(plan__urn__in=urns)
    yield _rows(approved, DoneWhen.PLAN, "plan", "plan_id", F("approved_on"), urn=F("plan__urn"))
    reviewed = Plan.objects.filter(urn__in=urns, last_review_on__isnull=False)
    yield _rows(reviewed, DoneWhen.FINAL_REVIEW, "plan", "pk", F("last_review_on"))


def _rows(
    held: QuerySet[Any], kind: DoneWhen, called: str, key: str, on: Any, *,
    urn: Any = None, number: Any = None,
) -> QuerySet[Any, Any]:  # fmt: skip
    """Give rows of one ledger: kind, URN, partnership where it is of one, day, record."""
    evidence = Concat(Value(f"{called}:"), Cast(key, CharField()), output_field=CharField())
    return held.order_by().values_list(
        Value(kind.value, output_field=CharField()),
        Value("", output_field=CharField()) if number else (urn or F("urn")),
        Cast(number or Value(0), output_field=BigIntegerField()),
        Cast(on, DateField()),
        evidence,
    )


def _of_days(days: Sequence[DaySpent]) -> Iterator[Shown]:
    for each in days:
        if not each.is_agreed:
            continue
        if each.kind in SUPPORT:
            yield Shown(
                kind=DoneWhen.SUPPORT_DAYS, on=each.on, evidence=each.evidence,
                half_days=each.lead_half_days or each.partner_half_days,
            )  # fmt: skip
        elif each.kind is DayKind.OPEN_DAY:
            yield Shown(kind=DoneWhen.OPEN_DAY, on=each.on, evidence=each.evidence)
