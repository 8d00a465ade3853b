"""Fit a model of attendance targets to the panel of all schools."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import polars as pl

from schoolhubs.targets import constants
from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context
from schoolhubs.targets.model.arrays import Lesson, PhaseArrays, history_before, lay_out
from schoolhubs.targets.model.parts import fit_part
from schoolhubs.targets.model.record import PARTS, PhaseModel, TargetModel, model_from
from schoolhubs.targets.model.scale import Numbers, log_odds
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.school.history import SchoolPanel

PHASES = ("primary", "secondary", "special")
NORMAL_MAD = 1.4826  # a normal spread for each unit of median absolute deviation


def learn(panel: SchoolPanel, *, until: str) -> TargetModel:
    """Fit a model to all years up to one.

    Parameters
    ----------
    panel
        All schools by year, as ``schools.panel`` gives them.
    until
        The newest academic year to learn from, such as ``"2016/17"``; later ones are not read.

    Raises
    ------
    DataProblem
        If there are no figures of that year, or too few schools to fit any phase.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.vocabulary import frames
    >>> nothing = SchoolPanel(on=datetime.date(2018, 9, 1), years=frames.SCHOOL_YEARS.empty(),
    ...     context=frames.SCHOOL_CONTEXT.empty(), national=frames.NATIONAL_ABSENCE.empty())
    >>> learn(nothing, until="2016/17")
    Traceback (most recent call last):
    schoolhubs.vocabulary.errors.DataProblem: there are no absence figures of 2016/17 to learn from.
    Build the school register with the absence file of that year, or name an earlier year.
    """
    year, held = AcademicYear.parse(until), constants.constants()
    seen = dataclasses.replace(
        panel,
        years=panel.years.filter(pl.col("year") <= year),
        national=panel.national.filter(pl.col("year") <= year),
    )
    own = seen.years.filter(pl.col("is_own") & (pl.col("year") == year))
    if own.is_empty():
        raise _too_little(f"there are no absence figures of {year} to learn from")
    phases = {}
    for phase in PHASES:
        national = dict(
            seen.national.filter(pl.col("phase") == phase)
            .select("year", "sess_overall_percent")
            .iter_rows()
        )
        if year not in national:
            continue
        arrays = lay_out(seen, phase, national, held)
        lessons = _lessons(arrays, national, year, held)
        # What lasts cannot be told from one year: enough schools need an earlier one as well.
        if lessons and (lessons[0].at.n_years > 0).sum() >= held.least_schools:
            phases[phase] = _fit_phase(phase, lessons, national, held)
    if not phases:
        raise _too_little(
            f"no phase has {held.least_schools} schools with figures of {year} and of a year before"
        )
    window = [year.plus(-back) for back in range(held.training_years)]
    years = sorted(set(seen.years["year"].unique().to_list()) & set(window))
    model = TargetModel(
        until=year,
        training_years=tuple(years),
        definition=constants.stored(),
        phases=phases,
        sources=panel.sources,
        register_on=panel.on.isoformat(),
        context_years=_context_years(panel, own["urn"]),
    )
    return model_from(model.as_json())  # what is used is what is kept, digit for digit


def _context_years(panel: SchoolPanel, urns: pl.Series) -> dict[str, int]:
    """Count the schools learned from by the year their context is of."""
    mine = panel.context.filter(pl.col("urn").is_in(urns.implode())).drop_nulls("context_year")
    return dict(mine.group_by("context_year").len().sort("context_year").iter_rows())


def _lessons(
    arrays: PhaseArrays, national: Mapping[str, float], until: AcademicYear, held: Constants
) -> list[Lesson]:
    """Give the training years of a phase, newest first; years without figures are not there."""
    lessons = []
    for back in range(held.training_years):
        year = until.plus(-back)
        if year not in arrays.years or year not in national:
            continue
        column = arrays.years.index(year)
        rows = np.flatnonzero(arrays.is_own[:, column])
        if not len(rows):
            continue
        # The roll is of a year before or of the census, as it is when a year is told: nothing
        # of the year that is learned from stands in for it.
        at = history_before(arrays, year, rows, held.lag_years)
        level = float(log_odds(np.array(national[year]), held))
        now = arrays.place[rows, column]
        lessons.append(Lesson(at=at, now=now, level=level, la_codes=arrays.la_codes[rows]))
    return lessons


def _usual(moves: Numbers) -> float:
    return float(NORMAL_MAD * np.median(np.abs(moves))) if len(moves) else 0.0


def _moves(national: Mapping[str, float], n_years: int, held: Constants) -> Numbers:
    """Give the moves of the national figure over so many years, log-odds."""
    pairs = [
        (national[year], national[after])
        for year in national
        if (after := AcademicYear(year).plus(n_years)) in national
    ]
    table = np.array(pairs).reshape(-1, 2)
    return log_odds(table[:, 1], held) - log_odds(table[:, 0], held)


def _fit_phase(
    phase: str, lessons: list[Lesson], national: Mapping[str, float], held: Constants
) -> PhaseModel:
    newest = lessons[0].at
    limits = np.nanquantile(
        newest.roll, np.linspace(0, 1, held.size_groups + 1)[1:-1], method="higher"
    )
    of = PhaseModel(
        parts={},
        national=national,
        roll_limits=tuple(float(limit) for limit in limits),
        fsm_limits={
            name: float(np.nanquantile(newest.shares[needs[0]], 1 - held.top_fsm_share))
            for name, needs in PARTS.items()
            if needs and np.isfinite(newest.shares[needs[0]]).any()
        },
        shift_log_odds=_usual(_moves(national, 1, held)),
        shift_in_two_log_odds=_usual(_moves(national, 2, held)),
        n_schools=len(newest.roll),
    )
    parts = {}
    for name in PARTS:
        # Few schools lack context, so that its parts learn from the newest years alone.
        years = lessons if name == "full" else lessons[: held.calibration_years]
        usable = [lesson.only(context.known(name, lesson.at)) for lesson in years]
        if len(usable[0].now) >= held.least_schools:
            ehc_span = 1.0 if phase == "special" else held.most_ehc_percent / 100
            parts[name] = fit_part(name, usable, of, ehc_span, held)
    return dataclasses.replace(of, parts=parts)


def _too_little(fault: str) -> DataProblem:
    remedy = (
        "Build the school register with the absence file of that year, or name an earlier year."
    )
    return DataProblem([Problem(code="too_little_to_learn_from", fault=fault, remedy=remedy)])
