"""Reviews are kept with their figures, never brighter than the interval, by page or by SQL."""

import dataclasses
import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from at_once import at_once
from drafting import HEAD, ON, knows, ready
from schoolhubs import plans
from schoolhubs.service.plans import actions as editing
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan, PlanState
from schoolhubs.service.plans.reviewing import actions
from schoolhubs.service.plans.reviewing.knowing import share_interval
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.reviewing.queries import due, next_due
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured, Objective, Review

DAY = datetime.date
LAST = DAY(2027, 7, 16)
# The plan's baseline is 24.1 (22.3 to 25.9), and 2.0 less is expected by the last review.
GREEN = Measured(value=19.0, low=17.9, high=20.1)
AMBER = Measured(value=23.0, low=21.5, high=24.5)
RED = Measured(value=27.0, low=26.0, high=28.0)
BY_HAND = """
INSERT INTO plans_termreview (plan_id, version_id, objective_id, measure, reviewed_on, value, low,
    high, better_by, better_low, better_high, expected_by_now, rag, comment, made_at, made_by, name,
    organisation)
SELECT p.id, v.id, 'o1', 'persistent_absence_percent', '2027-07-16', 23, 21.5, 24.5,
    {better_by}, {better_low}, {better_high}, 2.0, '{rag}', 'By hand', now(), 'x', 'x', 'x'
FROM plans_plan p JOIN plans_planversion v ON v.plan_id = p.id AND v.number = p.number
WHERE p.id = %s
"""


@pytest.fixture
def approved(monkeypatch: pytest.MonkeyPatch) -> Plan:
    knows(monkeypatch)
    plan = ready()
    editing.approve(plan, number=plan.number, on=ON, who=HEAD)
    return plan


def objective_of(plan: Plan) -> Objective:
    return queries.newest(plan).record.objectives[0]


def review(
    plan: Plan,
    measured: Measured,
    rag: str = "",
    *,
    objective: Objective | None = None,
    on: datetime.date = LAST,
    comment: str = "What we make of it",
) -> TermReview:
    seen = objective or objective_of(plan)
    return actions.review(plan, seen, measured, rag=rag, comment=comment, on=on, who=HEAD)


@pytest.mark.django_db
@pytest.mark.parametrize(("measured", "rag"), [(GREEN, "green"), (AMBER, "amber"), (RED, "red")])
def test_a_review_is_kept_with_the_colour_its_figures_allow(
    approved: Plan, measured: Measured, rag: str
) -> None:
    row = review(approved, measured)
    kept = queries.newest(approved).record.reviews[-1]
    told = plans.watching.progress(objective_of(approved), measured, on=LAST)
    assert (row.rag, kept.rag, told.rag) == (rag, rag, rag)
    assert (row.better_by, row.better_low, row.better_high) == (
        told.better_by, told.low, told.high,
    )  # fmt: skip
    assert (kept.measured, kept.comment, kept.reviewed_by) == (
        measured, "What we make of it", "Head",
    )  # fmt: skip
    assert not [
        each for each in queries.problems_of(approved, on=ON) if each.code == "review_too_bright"
    ]


@pytest.mark.django_db
def test_a_review_leaves_the_approval_in_force(approved: Plan) -> None:
    review(approved, AMBER)
    assert approved.state == PlanState.APPROVED
    assert queries.why_not_in_force(approved, on=ON) == ()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("measured", "rag"),
    [
        (AMBER, "green"), (RED, "amber"), (RED, "green"), (GREEN, "purple"),
        (Measured(value=10.0), "green"),
    ],
)  # fmt: skip
def test_a_brighter_colour_is_refused_and_nothing_kept(
    approved: Plan, measured: Measured, rag: str
) -> None:
    number = approved.number
    with pytest.raises(DataProblem) as refused:
        review(approved, measured, rag)
    assert refused.value.problems[0].code == "review_too_bright"
    assert Plan.objects.get(pk=approved.pk).number == number
    assert not TermReview.objects.exists()


@pytest.mark.django_db
def test_a_darker_colour_is_the_reviewers_to_choose(approved: Plan) -> None:
    assert review(approved, GREEN, "amber").rag == "amber"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("better_by", "better_low", "better_high", "rag"),
    [
        (1.1, -1.2, 3.4, "green"),  # the interval holds none
        (1.1, "NULL", "NULL", "green"),  # nobody knows the noise
        (1.1, 0.2, 2.0, "green"),  # less than expected
        (3.0, 0.2, "NULL", "green"),
        (1.0, 0.2, 1.8, "amber"),  # certainly less than expected
        (-3.0, -4.0, -2.0, "amber"),
    ],
)
def test_sql_cannot_keep_a_brighter_colour_either(
    approved: Plan, better_by: float, better_low: Any, better_high: Any, rag: str
) -> None:
    told = {"better_by": better_by, "better_low": better_low, "better_high": better_high}
    statement = BY_HAND.format(rag=rag, **told)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [approved.pk])
    assert not TermReview.objects.exists()


@pytest.mark.django_db
def test_the_same_statement_goes_through_where_the_interval_allows_it(approved: Plan) -> None:
    """So it is the figures that are refused above, and not how the row is written."""
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND.format(better_by=3.0, better_low=0.5, better_high=5.5, rag="green"),
                       [approved.pk])  # fmt: skip
    assert TermReview.objects.get().rag == "green"


@pytest.mark.django_db
def test_an_objective_changed_meanwhile_is_no_longer_what_was_reviewed(approved: Plan) -> None:
    seen = objective_of(approved)
    record = queries.newest(approved).record
    other = dataclasses.replace(seen, owner="Somebody else")
    edited = dataclasses.replace(record, objectives=(other,))
    editing.save(approved, edited, base=approved.number, told="Owner", who=HEAD)
    with pytest.raises(Conflict, match="changed this objective"):
        review(approved, AMBER, objective=seen)


@pytest.mark.django_db
def test_a_plan_that_was_never_approved_is_not_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    with pytest.raises(Conflict, match="never approved"):
        review(ready(), AMBER)


@pytest.mark.django_db
def test_once_a_day(approved: Plan) -> None:
    review(approved, AMBER)
    with pytest.raises(Conflict, match="today already, by Head"):
        review(approved, GREEN)
    assert review(approved, GREEN, on=LAST + datetime.timedelta(days=1)).rag == "green"


def test_two_reviews_at_once_are_one(
    own_database: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    knows(monkeypatch)
    plan = ready()
    editing.approve(plan, number=plan.number, on=ON, who=HEAD)
    seen = objective_of(plan)

    def one(words: str) -> None:
        review(Plan.objects.get(pk=plan.pk), AMBER, objective=seen, comment=words)

    refused = at_once(lambda: one("First"), lambda: one("Second"))
    assert len(refused) == 1
    assert "today already" in refused[0]
    assert TermReview.objects.get().comment == "First"
    plan.refresh_from_db()
    assert len(queries.newest(plan).record.reviews) == 1


def test_a_review_a_few_days_early_answers_for_its_day() -> None:
    one = Objective(objective_id="o1", review_on=(DAY(2027, 3, 26), LAST))

    def after(*days: DAY) -> ActionPlan:
        made = tuple(Review(objective_id="o1", reviewed_on=each, rag="amber") for each in days)
        return ActionPlan(plan_id="p", objectives=(one,), reviews=made)

    assert due(one, after(), on=DAY(2027, 1, 1)).on == DAY(2027, 3, 26)
    assert due(one, after(DAY(2027, 3, 20)), on=DAY(2027, 3, 27)).on == LAST
    assert due(one, after(DAY(2027, 2, 1)), on=DAY(2027, 3, 27)).is_late
    assert due(one, after(DAY(2027, 7, 20)), on=DAY(2027, 8, 1)).on is None
    assert next_due(after(), on=DAY(2027, 1, 1)).on == DAY(2027, 3, 26)


def test_the_interval_of_a_share_holds_nine_in_ten() -> None:
    """Coverage by the binomial itself, not by another formula."""
    from scipy.stats import binom

    n, p = 300, 0.22
    held = sum(
        float(binom.pmf(hit, n, p))
        for hit in range(n + 1)
        if (ends := share_interval(100 * hit / n, n)) and ends[0] <= 100 * p <= ends[1]
    )
    assert 0.87 < held < 0.93
