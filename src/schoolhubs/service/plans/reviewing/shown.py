"""Reviews laid out: the line of a measure, its figures in words, what is due."""

import dataclasses
import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs import pictures, plans
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reviewing import queries
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.service.plans.reviewing.queries import Due
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured, Objective
from schoolhubs.vocabulary.words import signed

INTERVAL = "90 % interval"
POINTS = {
    "on": pl.Date, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "label": pl.String
}  # fmt: skip
COLOURS = {"green": "govuk-tag--green", "amber": "govuk-tag--yellow", "red": "govuk-tag--red"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One review in words."""

    review: TermReview
    figure: str
    better: str
    expected: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveShown:
    """One objective with its reviews.

    Attributes
    ----------
    picture
        None where the objective lacks what it takes to draw one.
    lines
        Newest review first.
    """

    objective: Objective
    measure: str
    unit: str
    baseline: str
    due: Due
    picture: pictures.Picture | None
    lines: Sequence[Line]

    @property
    def colour(self) -> str:
        """The class of the tag of the newest review's colour."""
        return COLOURS.get(self.lines[0].review.rag, "") if self.lines else ""


def objective_shown(
    plan: Plan, record: ActionPlan, objective: Objective, *, on: datetime.date, is_synthetic: bool
) -> ObjectiveShown:
    """Lay an objective's reviews out, as of a day."""
    measure = plans.facts.stored("measures.yaml")["measures"].get(objective.measure, {})
    rows = queries.reviews_of(plan, objective.objective_id)
    return ObjectiveShown(
        objective=objective,
        measure=measure.get("title", "not known"),
        unit=measure.get("unit", ""),
        baseline=in_words(objective.baseline),
        due=queries.due(objective, record, on=on),
        picture=_picture(objective, rows, is_synthetic=is_synthetic),
        lines=[_line(row) for row in reversed(rows)],
    )


def in_words(measured: Measured | None) -> str:
    """Write a figure with its interval and its day.

    Examples
    --------
    >>> in_words(Measured(value=24.1, low=22.3, high=25.9))
    '24.10 (90 % interval 22.30 to 25.90)'
    >>> in_words(Measured(value=24.1))
    '24.10 (noise not known)'
    """
    if measured is None:
        return "not known"
    return _with_noise(measured.value, measured.low, measured.high)


def _with_noise(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{value:.2f} (noise not known)"
    return f"{value:.2f} ({INTERVAL} {low:.2f} to {high:.2f})"


def better_in_words(better_by: float, low: float | None, high: float | None) -> str:
    r"""Write an improvement with its interval; a minus is a worsening.

    >>> better_in_words(1.1, -0.4, 2.6) == "+1.10 (90 % interval \u22120.40 to +2.60)"
    True
    """
    if low is None or high is None:
        return f"{signed(better_by, 2)} (noise not known)"
    return f"{signed(better_by, 2)} ({INTERVAL} {signed(low, 2)} to {signed(high, 2)})"


def _line(row: TermReview) -> Line:
    return Line(
        review=row,
        figure=_with_noise(row.value, row.low, row.high),
        better=better_in_words(row.better_by, row.better_low, row.better_high),
        expected=signed(row.expected_by_now, 2),
    )


def _picture(
    objective: Objective, rows: Sequence[TermReview], *, is_synthetic: bool
) -> pictures.Picture | None:
    baseline, target, starts_on = objective.baseline, objective.target, objective.started_on
    if baseline is None or target is None or starts_on is None or not objective.review_on:
        return None
    measure = plans.facts.stored("measures.yaml")["measures"][objective.measure]
    points = [
        (baseline.measured_on or starts_on, baseline.value, baseline.low, baseline.high,
         "Baseline"),
        *((row.reviewed_on, row.value, row.low, row.high, "Review") for row in rows),
    ]  # fmt: skip
    drawn = pictures.progress_line(
        pl.DataFrame(points, schema=POINTS, orient="row"),
        pictures.Caption(
            key=f"progress-{objective.objective_id}",
            title=f"{measure['title']} since the baseline",
            sentence=_sentence(rows, baseline, target, objective.review_on[-1]),
            source="the plan’s baseline and its reviews; intervals of 90 %",
            is_synthetic=is_synthetic,
        ),
        baseline=baseline.value, target=target, starts_on=starts_on,
        target_on=max(objective.review_on), axis=measure["unit"],
    )  # fmt: skip
    told = {
        "When": [day(each[0]) for each in points],
        "What": [each[4] for each in points],
        measure["unit"].capitalize(): [f"{each[1]:.2f}" for each in points],
        INTERVAL: [
            "not known" if each[2] is None or each[3] is None else f"{each[2]:.2f} to {each[3]:.2f}"
            for each in points
        ],
    }
    return dataclasses.replace(drawn, table=pl.DataFrame(told))


def _sentence(
    rows: Sequence[TermReview], baseline: Measured, target: float, last_on: datetime.date
) -> str:
    aim = f"the target is {round(target, 2):g} by {day(last_on)}"
    if not rows:
        return f"The baseline is {in_words(baseline)}; {aim}. Nothing was reviewed yet."
    last = rows[-1]
    return (
        f"On {day(last.reviewed_on)} it was {_with_noise(last.value, last.low, last.high)}, "
        f"better by {better_in_words(last.better_by, last.better_low, last.better_high)} than the "
        f"baseline; {signed(last.expected_by_now, 2)} was expected by then, and {aim}."
    )
