"""Fit a model of attendance targets to the panel of all schools."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.targets import constants
from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context, memory
from schoolhubs.targets.model.arrays import History, PhaseArrays, history_before, lay_out
from schoolhubs.targets.model.predicting import (
    groups,
    predict,
)
from schoolhubs.targets.model.record import (
    SPREAD_AT,
    Part,
    PhaseModel,
    TargetModel,
    model_from,
)
from schoolhubs.targets.model.scale import Numbers, log_odds, points, steepness
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.school.history import SchoolPanel

PHASES = ("primary", "secondary", "special")
LEAST_SCHOOLS = 50  # fewer cannot carry the slopes of a context
QUANTILE_TOLERANCE = 1e-4  # log-odds: a two-thousandth of a point
NORMAL_MAD = 1.4826  # a normal spread for each unit of median absolute deviation


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """One training year of a phase: what was known before, and what came."""

    at: History
    now: Numbers
    level: float

    def only(self, rows: NDArray[np.bool_]) -> "_Lesson":
        picked = {
            name: getattr(self.at, name)[rows]
            for name in ("rows", "place", "rolls", "roll", "regions")
        }
        shares = {name: share[rows] for name, share in self.at.shares.items()}
        return dataclasses.replace(self, at=History(shares=shares, **picked), now=self.now[rows])


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
        if lessons and (lessons[0].at.n_years > 0).sum() >= LEAST_SCHOOLS:
            phases[phase] = _fit_phase(phase, lessons, national, held)
    if not phases:
        raise _too_little(
            f"no phase has {LEAST_SCHOOLS} schools with figures of {year} and of a year before"
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
    )
    return model_from(model.as_json())  # what is used is what is kept, digit for digit


def _lessons(
    arrays: PhaseArrays, national: Mapping[str, float], until: AcademicYear, held: Constants
) -> list[_Lesson]:
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
        at = history_before(arrays, year, rows, held.lag_years)
        # A school's size this year stands in for its size before, where it is new.
        roll = np.where(np.isfinite(at.roll), at.roll, arrays.rolls[rows, column])
        level = float(log_odds(np.array(national[year]), held))
        now = arrays.place[rows, column]
        lessons.append(_Lesson(at=dataclasses.replace(at, roll=roll), now=now, level=level))
    return lessons


def _moves(national: Mapping[str, float], held: Constants) -> Numbers:
    """Give the moves of the national figure from a year to the next, log-odds."""
    pairs = [
        (national[year], national[after])
        for year in national
        if (after := AcademicYear(year).plus(1)) in national
    ]
    table = np.array(pairs).reshape(-1, 2)
    return log_odds(table[:, 1], held) - log_odds(table[:, 0], held)


def _fit_phase(
    phase: str, lessons: list[_Lesson], national: Mapping[str, float], held: Constants
) -> PhaseModel:
    newest = lessons[0].at
    moves = _moves(national, held)
    limits = np.nanquantile(
        newest.roll, np.linspace(0, 1, held.size_groups + 1)[1:-1], method="higher"
    )
    of = PhaseModel(
        parts={},
        national=national,
        roll_limits=tuple(float(limit) for limit in limits),
        fsm_limits={
            name: float(np.nanquantile(newest.shares[needs[0]], 1 - held.top_fsm_share))
            for name, needs in context.PARTS.items()
            if needs and np.isfinite(newest.shares[needs[0]]).any()
        },
        shift_log_odds=float(NORMAL_MAD * np.median(np.abs(moves))) if len(moves) else 0.0,
        n_schools=len(newest.roll),
    )
    parts = {}
    for name in context.PARTS:
        # Few schools lack context, so that its parts learn from the newest years alone.
        years = lessons if name == "full" else lessons[: held.calibration_years]
        usable = [lesson.only(context.known(name, lesson.at)) for lesson in years]
        if sum(len(lesson.now) for lesson in usable) >= LEAST_SCHOOLS:
            ehc_span = 1.0 if phase == "special" else held.most_ehc_percent / 100
            parts[name] = _fit_part(name, usable, of, ehc_span, held)
    return dataclasses.replace(of, parts=parts)


def _fit_part(
    name: str, lessons: list[_Lesson], of: PhaseModel, ehc_span: float, held: Constants
) -> Part:
    names = context.inputs_of(name)
    span = _fsm_span(name, lessons[0].at, held)
    x = np.concatenate([context.design(name, each.at, span, ehc_span) for each in lessons])
    now = np.concatenate([each.now for each in lessons])
    roll = np.concatenate([each.at.roll for each in lessons])
    limit = held.history_limit_log_odds
    weights = roll / (roll + held.half_weight_roll)
    centre, slopes, intercept = context.fitted(x, np.clip(now, -limit, limit), weights, names)
    part = Part(
        inputs=names,
        centre=tuple(centre.tolist()),
        slopes=tuple(slopes.tolist()),
        intercept=intercept,
        fsm_span=span,
        ehc_span=ehc_span,
        lasting=(0.0,) * len(held.persistence),
        chance=(0.0,) * len(held.persistence),
        offset=0.0,
        frontier=(0.0, 0.0, 0.0),
        floor=(0.0, 0.0, 0.0),
        spread={},
        n_school_years=len(now),
    )
    of_context = intercept + (x - centre) @ slopes
    ends = np.cumsum([len(each.now) for each in lessons])[:-1]
    pairs = [
        (each.now - own, each.at.place - own[:, None], each.at.roll)
        for each, own in zip(lessons, np.split(of_context, ends), strict=True)
    ]
    lasting, chance = memory.fit_memory(pairs, held)
    part = dataclasses.replace(part, lasting=tuple(lasting.tolist()), chance=tuple(chance.tolist()))
    return _calibrated(name, part, lessons, of, held)


def _fsm_span(name: str, at: History, held: Constants) -> float:
    if not context.PARTS[name]:
        return 0.0
    return float(np.quantile(at.shares[context.PARTS[name][0]], held.fsm_span_quantile))


def _calibrated(
    name: str, part: Part, lessons: list[_Lesson], of: PhaseModel, held: Constants
) -> Part:
    """Add the frontier, the offset and the spread, all from what the part says of its lessons."""
    found = [predict(name, part, each.at, held) for each in lessons[: held.calibration_years]]
    newest, first = lessons[0].at, found[0]
    ahead = first.baseline - first.of_context
    frontier = _quantile(newest, ahead, held.frontier_quantile)
    floor = _quantile(newest, ahead, held.floor_quantile)
    gaps, slopes = [], []
    scores: dict[str, list[Numbers]] = {}
    for each, said in zip(lessons, found, strict=False):
        spread, near = said.kept.variance, each.level + said.expected
        gaps.append(points(each.level + each.now, np.zeros(1)) - points(near, spread))
        slopes.append(steepness(near))
        group = groups(name, of, each.at)
        for before, values in (
            ("history", (each.now - said.expected) / np.sqrt(spread)),
            ("new", (each.now - said.of_context) / np.sqrt(said.kept.unaided)),
        ):
            for member, some in _by_group(group, values):
                if before == "new" or member.startswith("history"):
                    scores.setdefault(f"{before}/{member.split('/', 1)[1]}", []).append(some)
    return dataclasses.replace(
        part,
        frontier=frontier,
        floor=floor,
        offset=float(np.concatenate(gaps).mean() / np.concatenate(slopes).mean()),
        spread=_spread(scores, held),
    )


def _quantile(at: History, ahead: Numbers, at_share: float) -> tuple[float, ...]:
    # Seconds to import, and only a fit needs it.
    from statsmodels.regression.quantile_regression import QuantReg

    log_roll = np.log(at.roll) - context.MIDDLE_LOG_ROLL
    table = np.column_stack([np.ones(len(log_roll)), log_roll, log_roll**2])
    found = QuantReg(ahead, table).fit(q=at_share, p_tol=QUANTILE_TOLERANCE)
    return tuple(float(each) for each in found.params)


def _by_group(group: NDArray[np.str_], score: Numbers) -> list[tuple[str, Numbers]]:
    usable = np.isfinite(score)
    group, score = group[usable], score[usable]
    return [(str(name), score[group == name]) for name in np.unique(group)]


def _spread(scores: Mapping[str, list[Numbers]], held: Constants) -> dict[str, tuple[float, ...]]:
    """Take quantiles of each group with enough rows, and of all with and all without history."""
    found = {}
    joined = {group: np.concatenate(values) for group, values in scores.items()}
    for before in ("history", "new"):
        members = [values for name, values in joined.items() if name.startswith(f"{before}/")]
        found[before] = _conformal(np.concatenate(members) if members else np.zeros(1))
    for group, values in joined.items():
        if len(values) >= held.least_group:
            found[group] = _conformal(values)
    return found


def _conformal(values: Numbers) -> tuple[float, ...]:
    """Give quantiles one rank further out than plain ones, as a coming school is one more."""
    n = len(values)
    outward = [p * (n + 1) / n if p > 0.5 else (p * (n + 1) - 1) / n for p in SPREAD_AT]
    found = np.quantile(values, np.clip(outward, 0, 1))
    return tuple(float(each) for each in found)


def _too_little(fault: str) -> DataProblem:
    remedy = (
        "Build the school register with the absence file of that year, or name an earlier year."
    )
    return DataProblem([Problem(code="too_little_to_learn_from", fault=fault, remedy=remedy)])
