"""Progress of an objective with its noise, and the colour that it allows."""

import dataclasses
import datetime
import math
from collections.abc import Iterator

from scipy.special import ndtri

from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem, UsageError
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured, Objective


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an objective has come.

    Attributes
    ----------
    better_by
        Improvement since the baseline in the measure's unit; below 0 where it got worse.
    low, high
        Its 90 % interval; None where the noise of either figure is not known.
    expected_by_now
        Improvement expected by the day, in step with the time.
    rag
        ``green``, ``amber`` or ``red``.
    """

    objective_id: str
    better_by: float
    low: float | None
    high: float | None
    expected_by_now: float
    rag: str
    said: str


def progress(objective: Objective, measured: Measured, *, on: datetime.date) -> Progress:
    """Compare a figure with an objective's baseline.

    Green is an improvement whose interval excludes none, and as large as was expected by now. Red
    is an interval that excludes what was expected by now, or says that things got worse. All else
    is amber, as is a figure whose noise nobody knows, an interval without any width, and a figure
    no later than the baseline. The two figures are taken for independent. What was expected is that
    of the day up to which the figure counts, if that is given.

    Parameters
    ----------
    objective
        With measure, baseline, expected size, start and reviews written.
    measured
        The figure of now.
    on
        The day of the review.

    Raises
    ------
    UsageError
        If the objective lacks what it takes.

    Examples
    --------
    >>> day = datetime.date
    >>> objective = Objective(
    ...     objective_id="o1", measure="absence_percent", expected_size=0.6,
    ...     baseline=Measured(value=8.0, low=7.8, high=8.2),
    ...     started_on=day(2026, 9, 1), review_on=(day(2027, 7, 1),),
    ... )
    >>> progress(objective, Measured(value=7.8, low=7.6, high=8.0), on=day(2026, 12, 1)).rag
    'amber'
    >>> progress(objective, Measured(value=7.2, low=7.1, high=7.3), on=day(2027, 7, 1)).rag
    'green'
    """
    measure = stored("measures.yaml")["measures"].get(objective.measure)
    baseline, size = objective.baseline, objective.expected_size
    if measure is None or baseline is None or size is None or objective.started_on is None:
        raise UsageError(
            f"{objective.objective_id} lacks a known measure, baseline, size or start."
        )
    sign = -1 if measure["better"] == "lower" else 1
    better_by = sign * (measured.value - baseline.value)
    expected = size * _time_gone(objective, min(on, measured.measured_on or on))
    error = None if is_no_later(measured, baseline) else _standard_error(baseline, measured)
    if error is None:
        low = high = None
    else:
        z = float(ndtri(0.5 + stored("progress.yaml")["interval_share"]["value"] / 2))
        low, high = better_by - z * error, better_by + z * error
    rag = _rag(better_by, low, high, expected)
    return Progress(
        objective_id=objective.objective_id, better_by=better_by, low=low, high=high,
        expected_by_now=expected, rag=rag,
        said=_said(better_by, low, high, expected, measure["unit"]),
    )  # fmt: skip


def is_no_later(measured: Measured, baseline: Measured | None) -> bool:
    """Tell whether a figure counts no day after the baseline, so that it can show no change.

    >>> day = datetime.date(2026, 10, 23)
    >>> is_no_later(Measured(value=8, measured_on=day), Measured(value=9, measured_on=day))
    True
    """
    if baseline is None or baseline.measured_on is None or measured.measured_on is None:
        return False
    return measured.measured_on <= baseline.measured_on


def _time_gone(objective: Objective, on: datetime.date) -> float:
    """Give the share of the time to the last review that is gone; 1 where none is named."""
    if objective.started_on is None or not objective.review_on:
        return 1.0
    whole = (objective.review_on[-1] - objective.started_on).days
    gone = (on - objective.started_on).days
    return min(max(gone / whole, 0.0), 1.0) if whole > 0 else 1.0


def _standard_error(baseline: Measured, measured: Measured) -> float | None:
    """Add up both figures' noise; an interval to one side wider is taken at its wider side."""
    z = float(ndtri(0.5 + stored("progress.yaml")["interval_share"]["value"] / 2))
    widths = []
    for each in (baseline, measured):
        if each.low is None or each.high is None or not each.low <= each.value <= each.high:
            return None
        if each.low == each.high:
            return None
        widths.append(max(each.high - each.value, each.value - each.low))
    return math.hypot(*widths) / z


def _rag(better_by: float, low: float | None, high: float | None, expected: float) -> str:
    if low is None or high is None:
        return "amber"
    if high < 0 or high < expected:
        return "red"
    share = stored("progress.yaml")["on_the_way_share"]["value"]
    return "green" if low > 0 and better_by >= share * expected else "amber"


def _said(
    better_by: float, low: float | None, high: float | None, expected: float, unit: str
) -> str:
    if low is None or high is None:
        noise = "how much of it is chance is not known"
    else:
        noise = f"90 % interval {low:+.2f} to {high:+.2f}"
    return f"Better by {better_by:+.2f} {unit} ({noise}); {expected:+.2f} was expected by now."


def unfounded_reviews(plan: ActionPlan) -> Iterator[Problem]:
    """Give the reviews whose colour is better than their figures allow."""
    held = {each.objective_id: each for each in plan.objectives}
    order = stored("progress.yaml")["order"]
    for at, review in enumerate(plan.reviews, start=1):
        where = f"reviews.{at}"
        objective = held.get(review.objective_id)
        if objective is None or review.rag not in order:
            yield Problem(
                code="review_of_nothing", column=where,
                fault=f"the review names {review.objective_id!r} and {review.rag!r}",
                remedy=f"Name an objective of the plan and one of {', '.join(order)}.",
            )  # fmt: skip
            continue
        try:
            allowed = (
                progress(objective, review.measured, on=review.reviewed_on).rag
                if review.measured
                else "amber"
            )
        except UsageError:
            allowed = "amber"
        if order.index(review.rag) > order.index(allowed):
            yield Problem(
                code="review_too_bright", column=f"{where}.rag", value=review.rag,
                fault=f"the review says {review.rag}, and its figures allow {allowed} at best",
                remedy="Say what the interval says.",
            )  # fmt: skip
