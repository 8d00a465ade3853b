"""Looks over the plans of many schools at once: state and next review, and no ranking."""

import dataclasses
import datetime
from collections.abc import Sequence

from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan, PlanState, PlanVersion
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.reviewing.queries import Due, newest_of, next_due
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolsPlan:
    """One school with its plan; None where it has none."""

    school: School
    plan: Plan | None
    due: Due
    last: TermReview | None


def plans_over(urns: Sequence[str], *, on: datetime.date) -> list[SchoolsPlan]:
    """Give each of some schools with its plan, by name."""
    snapshot = current_snapshot()
    schools = schools_of(snapshot).filter(urn__in=urns).order_by("name", "urn") if snapshot else ()
    held = {
        each.urn: each for each in Plan.objects.filter(urn__in=urns).exclude(state=PlanState.ENDED)
    }
    last = newest_of(held.values())
    due = _due(held, on)
    return [
        SchoolsPlan(
            school=school, plan=plan, due=due.get(school.urn, Due(on=None, is_late=False)),
            last=last.get(plan.pk) if plan else None,
        )
        for school in schools
        for plan in (held.get(school.urn),)
    ]  # fmt: skip


def _due(held: dict[str, Plan], on: datetime.date) -> dict[str, Due]:
    """Give when each plan is to be reviewed next, their newest versions read at once."""
    numbers = {plan.pk: plan.number for plan in held.values()}
    rows = PlanVersion.objects.filter(plan_id__in=numbers).only("plan_id", "number", "content")
    newest = {row.plan_id: row for row in rows if row.number == numbers[row.plan_id]}
    return {
        urn: next_due(newest[plan.pk].record, on=on)
        for urn, plan in held.items()
        if plan.pk in newest
    }


def without_plan(urns: Sequence[str], *, but: str) -> list[School]:
    """Give the schools among some that have no plan, by name: a plan can be copied for them."""
    return [
        each.school
        for each in plans_over(urns, on=datetime.date.min)
        if each.plan is None and each.school.urn != but
    ]


def can_be_copied(plan: Plan) -> bool:
    """Tell whether a plan says anything yet that another school could begin from."""
    record = queries.newest(plan).record
    return bool(record.objectives or record.actions)
