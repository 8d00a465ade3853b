"""What a school's own system does with support days: record, agree, cancel."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from ninja.responses import Status

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners import tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations.delivering import support_days
from schoolhubs.service.api.operations.delivering.schemas import (
    AnswerDay,
    CancelDay,
    Record,
    SupportDayOf,
)
from schoolhubs.service.api.operations.delivering.support_days import (
    DAY,
    LEDGER,
    DayId,
    PartnershipId,
    answered,
    found_day,
    name_of,
)
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.doing import planning, recording
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages.forms import AnswerForm, RecordForm
from schoolhubs.service.delivery.pages.views import cycle_for, kinds_for, may_be_recorded
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.vocabulary.errors import DataProblem, Problem

# One address is one router’s: what is read there stands on it too.
router = support_days.router
SCOPE = "write:support-days"
MEND = "Mend it, and send it again. Nothing was saved."


@router.post(
    LEDGER, response={201: SupportDayOf}, url_name="api-support-days",
    operation_id="record_support_day", summary="Record a support day that nobody had planned",
    openapi_extra=behaves(scope=SCOPE, changes=True),
)  # fmt: skip
def record_support_day(
    request: AskedRequest, response: HttpResponse, partnership_id: PartnershipId, given: Record
) -> Status[Any]:
    """Record for the lead that a day took place; the partner is asked to agree it."""
    partnership = reach.partnership_for(request.asking.actor, partnership_id)
    made = _kept(request, partnership, given)
    response.headers["Location"] = reverse("api-support-day", kwargs={"day_id": made.pk})
    return Status(201, answered(response, made))


@router.post(
    f"{DAY}/delivery", response=SupportDayOf, url_name="api-support-day-delivery",
    operation_id="record_planned_support_day", summary="Record a planned day that took place",
    openapi_extra=behaves(scope=SCOPE, changes=True, of_version=True),
)  # fmt: skip
def record_planned_support_day(
    request: AskedRequest, response: HttpResponse, day_id: DayId, given: Record
) -> dict[str, Any]:
    """Record for the lead that a planned, missed or disputed day took place, and how."""
    day = _as_seen(request, day_id)
    return answered(response, _kept(request, day.partnership, given, day))


@router.post(
    f"{DAY}/answer", response=SupportDayOf, url_name="api-support-day-answer",
    operation_id="answer_support_day", summary="Agree a recorded day, or say how it was",
    openapi_extra=behaves(scope=SCOPE, changes=True, of_version=True),
)  # fmt: skip
def answer_support_day(
    request: AskedRequest, response: HttpResponse, day_id: DayId, given: AnswerDay
) -> dict[str, Any]:
    """Say for the partner whether a day took place as it was recorded."""
    day, asking = _as_seen(request, day_id), request.asking
    side = reach.side_of(asking.actor, day.partnership)
    refuse_others(asking.actor, is_own=side == Side.PARTNER)
    form = AnswerForm({"verdict": "yes" if given.agrees else "no", "reason": given.reason})
    _check(form)
    kept = recording.answer(
        day, agrees=given.agrees, reason=form.cleaned_data["reason"], version=day.version,
        at=asking.at, place=asking.place, **asking.who,
    )  # fmt: skip
    return answered(response, kept)


@router.post(
    f"{DAY}/cancellation", response=SupportDayOf, url_name="api-support-day-cancellation",
    operation_id="cancel_support_day", summary="Take a planned day back",
    openapi_extra=behaves(scope=SCOPE, changes=True, of_version=True),
)  # fmt: skip
def cancel_support_day(
    request: AskedRequest, response: HttpResponse, day_id: DayId, given: CancelDay
) -> dict[str, Any]:
    """Take a planned day back for either school, with a reason; both are written to."""
    day, asking = _as_seen(request, day_id), request.asking
    side = reach.side_of(asking.actor, day.partnership)
    refuse_others(asking.actor, is_own=bool(side))
    kept = planning.cancel(
        day, side=side, reason=given.reason.strip(), version=day.version, at=asking.at,
        place=asking.place, **asking.who,
    )  # fmt: skip
    return answered(response, kept)


def _as_seen(request: AskedRequest, day_id: int) -> SupportDay:
    """Give a day in the version that If-Match names."""
    day = found_day(request, day_id)
    if tags.version_named(request, name_of(day)) != day.version:
        raise Refused("stale")
    return day


def _kept(
    request: AskedRequest, partnership: Partnership, given: Record, day: SupportDay | None = None
) -> SupportDay:
    """Keep what a lead says of a day, checked by the same form as the page's."""
    asking = request.asking
    side = reach.side_of(asking.actor, partnership)
    refuse_others(asking.actor, is_own=side == Side.LEAD)
    said = given.model_dump()
    form = RecordForm(
        queries.leaders_of(partnership.lead_urn), kinds_for(partnership),
        {name: "" if value is None else value for name, value in said.items()},
    )  # fmt: skip
    _check(form)
    may_be_recorded(partnership, form, day)  # tells of it on the form, and asks where it is unusual
    _check(form)
    return recording.record(
        partnership, form.done(), today=clock.day(), day=day, version=day.version if day else 0,
        cycle=day.cycle if day else cycle_for(partnership, given.kind), kind=given.kind,
        at=asking.at, place=asking.place, **asking.who,
    )  # fmt: skip


def _check(form: Any) -> None:
    """Refuse what the page would refuse, in its words."""
    if not form.is_valid():
        raise DataProblem(
            [
                Problem(code="support_day", column=f"body.{name}", fault=str(words[0]), remedy=MEND)
                for name, words in form.errors.items()
            ],
            outcome="Nothing was saved.",
        )
