"""Looks reviews up: of an objective, which is due, and of many plans at once."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective
from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an objective is looked at again.

    Parameters
    ----------
    on
        The first planned day that no review was made for; None where none is left.
    is_late
        That day is over.
    """

    on: datetime.date | None
    is_late: bool


def reviews_of(plan: Plan, objective_id: str) -> list[TermReview]:
    """Give an objective's reviews, oldest first."""
    return list(TermReview.objects.filter(plan=plan, objective_id=objective_id))


def newest_of(plans: Iterable[Plan]) -> Mapping[int, TermReview]:
    """Give the newest review of each of some plans, by the plan's key."""
    rows = TermReview.objects.filter(plan__in=list(plans)).order_by("plan_id", "reviewed_on", "pk")
    return {row.plan_id: row for row in rows}


def due(objective: Objective, record: ActionPlan, *, on: datetime.date) -> Due:
    """Say when an objective is to be reviewed next.

    A review answers for every planned day up to the one it was made on, and for one that is a few
    days ahead (``limits.yaml``).

    Examples
    --------
    >>> day = datetime.date
    >>> one = Objective(objective_id="o1", review_on=(day(2027, 3, 26), day(2027, 7, 16)))
    >>> due(one, ActionPlan(plan_id="p1"), on=day(2027, 4, 1))
    Due(on=datetime.date(2027, 3, 26), is_late=True)
    """
    early = datetime.timedelta(days=limits()["early"]["value"])
    made = [
        each.reviewed_on + early
        for each in record.reviews
        if each.objective_id == objective.objective_id
    ]
    left = [day for day in sorted(objective.review_on) if not made or day > max(made)]
    return Due(on=left[0] if left else None, is_late=bool(left) and left[0] < on)


def next_due(record: ActionPlan, *, on: datetime.date) -> Due:
    """Give the earliest review that is due of a whole plan."""
    found = [each for one in record.objectives if (each := due(one, record, on=on)).on]
    return min(found, key=lambda each: each.on or on, default=Due(on=None, is_late=False))


@functools.cache
def limits() -> Mapping[str, Any]:
    """Read ``limits.yaml``."""
    file = resources.files("schoolhubs.service.plans.reviewing") / "limits.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read
