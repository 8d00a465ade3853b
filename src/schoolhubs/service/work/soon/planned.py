"""What a plan asks for by a day: a review, a comparison of who was affected, a screen anew."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.plans.models import Approval, PlanState, PlanVersion
from schoolhubs.service.plans.reach import EDITORS, OWN
from schoolhubs.service.plans.reviewing.queries import next_due
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import ahead, name_of
from schoolhubs.vocabulary.records.plan import ActionPlan


def in_force() -> QuerySet[PlanVersion]:
    """Give the newest version of each plan that was approved and has not ended."""
    states = (PlanState.APPROVED, PlanState.REOPENED)
    return PlanVersion.objects.filter(number=F("plan__number"), plan__state__in=states)


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[PlanVersion], JSONObject] | None:  # noqa: ARG001
    """Give the plans of the actor's schools, with what of each says what is due."""
    urns = own_urns(actor, *OWN)
    if not urns:
        return None
    of_plan = {"plan": OuterRef("plan")}
    told = JSONObject(
        urn="plan__urn", state="plan__state", content="content", school=name_of("plan__urn"),
        approved_on=Subquery(_last(Approval.objects.filter(**of_plan), "approved_on")),
        compared_on=Subquery(_last(AffectedReturn.objects.filter(**of_plan), "after_last_on")),
    )  # fmt: skip
    return in_force().filter(plan__urn__in=urns), told


def _last(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    last: QuerySet[Any] = rows.order_by().values("plan").annotate(last=Max(name)).values("last")
    return last


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:
    """Give what one plan asks for: reviews and comparisons of whoever writes the plan."""
    at, of = {"urn": told["urn"]}, f"the plan of {told['school'] or 'URN ' + told['urn']}"
    if told["state"] == PlanState.REOPENED:
        yield Item(
            words=f"Screen {of} anew", href=reverse("school-plan", kwargs=at),
            why="A gap widened, so a screen was opened again. The plan is not in force.",
        )  # fmt: skip
    if told["urn"] not in own_urns(actor, *EDITORS):
        return
    due = next_due(ActionPlan.from_dict(told["content"]), on=on)
    if due.on is not None and due.on - ahead("review_days") <= on:
        yield Item(
            words=f"Review {of}", href=reverse("plan-reviews", kwargs=at),
            why=f"{_by(due.on, on)}.",
        )  # fmt: skip
    compare_on = comparison_due(told["approved_on"], told["compared_on"])
    if compare_on - ahead("comparison_days") <= on:
        yield Item(
            words=f"Compare who is affected by {of}", href=reverse("plan-affected", kwargs=at),
            why=f"{_by(compare_on, on)}: by SEND, EHC plan, free school meals and ethnicity, "
            "against the time before.",
        )  # fmt: skip


def comparison_due(approved_on: str, compared_on: str | None) -> datetime.date:
    """Give the day on which who was affected is compared next.

    >>> comparison_due("2026-11-22", None), comparison_due("2026-11-22", "2027-02-28")
    (datetime.date(2027, 2, 21), datetime.date(2027, 5, 30))
    """
    since = max(datetime.date.fromisoformat(each) for each in (approved_on, compared_on) if each)
    return since + ahead("comparison_weeks")


def _by(due_on: datetime.date, on: datetime.date) -> str:
    return f"{'Overdue since' if due_on < on else 'Due on'} {day(due_on)}"
