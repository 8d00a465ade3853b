"""What a review's figure allows: noise it has, and a time in which something could change."""

import dataclasses
import datetime
from typing import Any

import pytest

import planned
from schoolhubs import plans
from schoolhubs.vocabulary.records.plan import Measured, Objective

DAY = datetime.date
BASE = Measured(value=8.0, low=7.8, high=8.2, measured_on=DAY(2026, 10, 23))
AIM = Objective(
    objective_id="o1", measure="absence_percent", baseline=BASE, expected_size=0.6,
    started_on=DAY(2026, 9, 1), review_on=(DAY(2027, 7, 1),),
)  # fmt: skip
LAST = DAY(2027, 7, 1)
GOOD = Measured(value=7.2, low=7.1, high=7.3, measured_on=LAST)


def found(objective: Objective = AIM, measured: Measured = GOOD) -> plans.watching.Progress:
    return plans.watching.progress(objective, measured, on=LAST)


def test_a_figure_with_its_noise_is_green() -> None:
    """The control of what follows."""
    assert found().rag == "green"


@pytest.mark.parametrize(
    "changed",
    [
        {"low": 7.2, "high": 7.2},
        {"measured_on": BASE.measured_on},
        {"measured_on": DAY(2026, 7, 20)},
        {"low": None, "high": None},
    ],
)
def test_a_point_and_a_figure_of_before_are_amber_at_best(changed: dict[str, Any]) -> None:
    seen = found(measured=dataclasses.replace(GOOD, **changed))
    assert (seen.rag, seen.low, seen.high) == ("amber", None, None)


def test_a_baseline_that_is_a_point_is_amber_at_best() -> None:
    point = dataclasses.replace(BASE, low=8.0, high=8.0)
    assert found(dataclasses.replace(AIM, baseline=point)).rag == "amber"


def test_what_was_expected_is_of_the_day_the_figure_counts_to() -> None:
    early = dataclasses.replace(GOOD, measured_on=DAY(2027, 2, 1))
    assert found(measured=early).expected_by_now < 0.35
    assert found().expected_by_now == pytest.approx(0.6)


def test_the_plan_of_the_how_to_page_has_its_noise() -> None:
    baseline = planned.whole_plan().objectives[0].baseline
    assert baseline is not None
    assert baseline.low is not None
    assert baseline.low < baseline.value
