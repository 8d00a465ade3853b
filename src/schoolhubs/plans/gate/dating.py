"""Whether the days of a plan can be: nothing that is yet to come is told as done."""

import datetime
from collections.abc import Iterator

from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective


def misdated(plan: ActionPlan, on: datetime.date) -> Iterator[Problem]:
    """Give the days of a plan that cannot be, or leave nothing to be reviewed.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.plan import Consultation
    >>> day = datetime.date(2031, 1, 1)
    >>> plan = ActionPlan(
    ...     plan_id="p1", consultations=(Consultation(consulted="parents", held_on=day),)
    ... )
    >>> [each.fault for each in misdated(plan, datetime.date(2026, 11, 23))]
    ['the consultation is dated 1 January 2031, which is after 23 November 2026']
    >>> list(misdated(plan, day))
    []
    """
    for asked in plan.consultations:
        where = f"consultations.{asked.consulted}.held_on"
        yield from _ahead(where, "the consultation", asked.held_on, on)
    for done in plan.screens:
        where = f"screens.{done.action_id}.reviewed_on"
        yield from _ahead(where, "the review of the screen", done.reviewed_on, on)
    held = {each.objective_id for each in plan.reviews}
    for objective in plan.objectives:
        yield from _started_before_its_baseline(objective)
        if objective.objective_id not in held:
            yield from _reviewed_never(objective, _counted_from(plan, on))


def _counted_from(plan: ActionPlan, on: datetime.date) -> datetime.date:
    """Give the day reviews must lie ahead of: that of an approval of these words, or today."""
    approval = plan.approval
    return approval.approved_on if approval and approval.digest == plan.digest else on


def _ahead(
    where: str, what: str, day: datetime.date | None, on: datetime.date
) -> Iterator[Problem]:
    if day is not None and day > on:
        yield Problem(
            code="not_yet", column=where, value=str(day),
            fault=f"{what} is dated {_said(day)}, which is after {_said(on)}",
            remedy="Write the day on which it was; what is to come cannot be told as done.",
        )  # fmt: skip


def _reviewed_never(objective: Objective, on: datetime.date) -> Iterator[Problem]:
    if objective.review_on and max(objective.review_on) <= on:
        yield Problem(
            code="no_review_ahead", column=f"objectives.{objective.objective_id}.review_on",
            value=str(max(objective.review_on)),
            fault=f"its last review is planned for {_said(max(objective.review_on))}, none was "
            f"held, and none lies after {_said(on)}",
            remedy="Plan a review that is still to come.",
        )  # fmt: skip


def _started_before_its_baseline(objective: Objective) -> Iterator[Problem]:
    counted = objective.baseline.measured_on if objective.baseline else None
    if counted is None or objective.started_on is None:
        return
    most = stored("gate/days.yaml")["start_before_baseline"]["value"]
    if (counted - objective.started_on).days > most:
        yield Problem(
            code="wrong_order", column=f"objectives.{objective.objective_id}.started_on",
            value=str(objective.started_on),
            fault=f"it starts on {_said(objective.started_on)}, more than {most} days before the "
            f"last day of its baseline, {_said(counted)}",
            remedy="Mend the start, or take a baseline of the time before it.",
        )  # fmt: skip


def _said(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
