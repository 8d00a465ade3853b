"""Figures that the service holds of a school, offered as baselines and at reviews, with noise."""

import dataclasses
import datetime
import io
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from django.utils import timezone

from schoolhubs.plans import facts
from schoolhubs.service.diagnosis.models import BehaviourReturn
from schoolhubs.service.plans.reviewing.knowing import OF_MARKS, known_of
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.queries import closed_surveys, scores_of
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.targets.queries import standing
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.plan import Measured

# Of a normal distribution, nine in ten lie within so many standard deviations.
NINE_IN_TEN = 1.6449
DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A figure of a measure that the service holds.

    Parameters
    ----------
    key
        Its name in a form.
    measure
        Of ``plans/measures.yaml``.
    """

    key: str
    measure: str
    measured: Measured

    @property
    def words(self) -> str:
        """Say it in a line."""
        told = self.measured
        title = measures()[self.measure]["title"]
        noise = (
            f" (90 % interval {told.low:.1f} to {told.high:.1f})"
            if told.low is not None and told.high is not None
            else " (how much of it is chance is not known)"
        )
        return f"{title}: {told.value:.1f}{noise}, {told.source}"


def measures() -> Mapping[str, Any]:
    """Give what an objective may be measured by, by name."""
    found: Mapping[str, Any] = facts.stored("measures.yaml")["measures"]
    return found


def proposals(urn: str) -> tuple[Proposal, ...]:
    """Give every figure the service holds of a school that an objective may be measured by.

    The school's own marks, its last published year, its surveys wave by wave and its behaviour
    returns year by year, the newest first. Only what may be shown.
    """
    return (*_of_marks(urn), *_of_register(urn), *_of_surveys(urn), *_of_behaviour(urn))


def _of_marks(urn: str) -> Iterator[Proposal]:
    _, target = standing(urn)
    sd = target.chance_size_percent if target else None
    for measure in OF_MARKS:
        for told in known_of(urn, measure):
            # What chance moves in a year is known of absence, by the school's size.
            if measure == "absence_percent" and told.low is None and sd:
                told = _with_noise(told, NINE_IN_TEN * sd)
            yield Proposal(key=f"marks-{measure}", measure=measure, measured=told)


def _of_register(urn: str) -> Iterator[Proposal]:
    fit, target = standing(urn)
    if fit is None or target is None or target.last_year_percent is None:
        return
    told = Measured(
        value=round(target.last_year_percent, 2), source=f"school register, {fit.until}"
    )
    if target.chance_size_percent:
        told = _with_noise(told, NINE_IN_TEN * target.chance_size_percent)
    yield Proposal(key="register-absence", measure="absence_percent", measured=told)


def _of_surveys(urn: str) -> Iterator[Proposal]:
    for survey in closed_surveys(urn):
        kept = scores_of(survey)
        for row in kept.record["scores"] if kept else ():
            yield from _of_score(survey, row)


def _of_score(survey: Survey, row: Mapping[str, Any]) -> Iterator[Proposal]:
    stem = "staff" if survey.respondents == "staff" else "pupil"
    measure = f"{stem}_{row['measure']}_score"
    is_whole = row["kind"] == "scale" and row["cut"] == "all" and row["label"] == "all"
    if is_whole and measure in measures() and row.get("value") is not None:
        yield Proposal(
            key=f"survey-{measure}-{survey.wave}", measure=measure,
            measured=Measured(
                value=round(row["value"], 2), low=_rounded(row.get("low")),
                high=_rounded(row.get("high")),
                n=row.get("n_answered"), measured_on=survey.closed_on,
                source=f"survey of {survey.respondents}, {labels.month(survey.wave)}",
            ),
        )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _of_behaviour(urn: str) -> Iterator[Proposal]:
    """Give the rates of the newest return of each year, with the intervals that it kept."""
    newest = {each.year: each for each in BehaviourReturn.objects.filter(urn=urn)}
    for _, held in sorted(newest.items(), reverse=True):
        year = AcademicYear.parse(held.year)
        last_on = min(year.finishes_on - DAY, timezone.localdate(held.made_at))
        rows = pl.read_csv(io.StringIO(held.content), infer_schema=False)
        whole = rows.filter(pl.col("cut") == "all", pl.col("rate").is_not_null())
        for row in whole.iter_rows(named=True):
            measure = f"{row['measure']}_per_100"
            if measure in measures():
                yield Proposal(
                    key=f"behaviour-{measure}-{held.year}", measure=measure,
                    measured=Measured(
                        value=float(row["rate"]), low=_number(row["rate_low"]),
                        high=_number(row["rate_high"]), n=int(row["n_pupils"]),
                        measured_on=last_on, source=f"behaviour return, {held.year}",
                    ),
                )  # fmt: skip


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


def _with_noise(told: Measured, spread: float) -> Measured:
    """Put a 90 % interval around a figure.

    >>> told = _with_noise(Measured(value=8.4), 0.5)
    >>> told.low, told.high
    (7.9, 8.9)
    """
    low, high = round(max(told.value - spread, 0.0), 2), round(told.value + spread, 2)
    return dataclasses.replace(told, low=low, high=high)
