"""The expectation, target and interval of every school for a year."""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from schoolhubs.targets import constants
from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context
from schoolhubs.targets.model.arrays import History, PhaseArrays, history_before, lay_out
from schoolhubs.targets.model.predicting import (
    Predicted,
    around_context,
    predict,
    reach_of,
)
from schoolhubs.targets.model.record import PARTS, SPREAD_AT, Part, PhaseModel, TargetModel
from schoolhubs.targets.model.scale import Numbers, log_odds, points
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.phases import pupil_sd_percent
from schoolhubs.vocabulary.records.school.history import SchoolPanel

MOST_AHEAD = 2  # a model keeps how far schools end from what is said one year ahead and two
NO_TARGET = (
    "special schools and alternative provision get no automatic target: a person sets a goal"
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One part's answer for some schools of a phase, with all it was worked out from.

    Every array has a row for each of ``urns``. ``level`` is the log-odds of the national figure
    of ``national_year``; ``figures_until`` is the newest year that schools have figures of.
    ``margin_below`` and ``margin_above`` say how many points under and over
    the expectation a year usually ends, the national move taken out. ``held`` are the constants of
    the model.
    """

    phase: str
    part_name: str
    part: Part
    urns: NDArray[np.str_]
    at: History
    said: Predicted
    level: float
    national_percent: float
    national_year: str
    figures_until: AcademicYear
    margin_below: Numbers
    margin_above: Numbers
    held: Constants
    frame: pl.DataFrame


def expect(
    model: TargetModel, panel: SchoolPanel, *, year: str, urns: tuple[str, ...] = ()
) -> pl.DataFrame:
    """State what is expected of each school in a year, its target, interval and chance.

    Parameters
    ----------
    model
        As :func:`fit` gives it.
    panel
        All schools by year. Of ``year`` itself and later nothing is read, not even who has a
        figure.
    year
        Academic year, such as ``"2017/18"``.
    urns
        Only these, whether open or not; where empty, all that the year is expected to have.

    Returns
    -------
    polars.DataFrame
        frames.TARGETS, sorted by URN. A year is expected to have the schools with a figure
        published under their URN in the year before, and those open on the register's date.

    Raises
    ------
    UsageError
        If there is no national figure of any year before, or the newest figures of schools are
        of more than two years before, which a model cannot say the interval of.
    """
    found = [one.frame for one in work_out(model, panel, year=year, urns=urns)]
    empty = frames.TARGETS.empty()
    return frames.TARGETS.fill(pl.concat([empty, *found], how="diagonal_relaxed").sort("urn"))


def work_out(
    model: TargetModel,
    panel: SchoolPanel,
    *,
    year: str,
    urns: tuple[str, ...] = (),
    beside: str | None = None,
) -> list[Worked]:
    """Work out the expectations, each school with the fullest part its figures allow.

    Where ``beside`` names a school, only those of its phase: none, where it is not among them.
    """
    asked, held = AcademicYear.parse(year), constants.from_stored(model.definition)
    before = dataclasses.replace(
        panel,
        years=panel.years.filter(pl.col("year") < asked),
        national=panel.national.filter(pl.col("year") < asked),
    )
    listed = _listed(before, asked.plus(-1), urns)
    if beside is not None:
        its = listed.filter(pl.col("urn") == beside)["phase"]
        listed = listed.filter(pl.col("phase").is_in(its.implode()))
    found, is_too_far = [], False
    for phase, of in model.phases.items():
        national = _national(before, of, phase, asked)
        if not national:
            raise UsageError(
                f"Nothing is known of {phase} schools before {asked}. Ask for a later year."
            )
        members = listed.filter(pl.col("phase") == phase)["urn"]
        if members.is_empty():
            continue
        until = _figures_until(before, phase) or AcademicYear(max(national))
        if _is_too_far(of, asked, until):
            is_too_far = True
            continue
        arrays = lay_out(before, phase, national, held)
        wanted = pl.Series(arrays.urns).is_in(members.implode()).to_numpy()
        at = history_before(arrays, asked, np.flatnonzero(wanted), held.lag_years)
        left = np.ones(len(at.rows), bool)
        for name in PARTS:
            if name not in of.parts:
                continue
            rows = left & context.known(name, at)
            left &= ~rows
            if rows.any():
                chosen = history_before(arrays, asked, at.rows[rows], held.lag_years)
                told = _worked(phase, name, of, arrays, chosen, national, held, asked)
                found.append(dataclasses.replace(told, figures_until=until))
    if is_too_far and not found:
        raise UsageError(
            f"How unsure {asked} is cannot be said: the newest figures of schools are too long "
            "before it for this model. Ask for an earlier year, or fit the model again."
        )
    return [_finished(one, before, asked.plus(-1)) for one in found]


def _finished(one: Worked, before: SchoolPanel, last: AcademicYear) -> Worked:
    """Add last year as published; take targets from special schools and AP, whatever phase."""
    figures = before.years.filter((pl.col("year") == last) & (pl.col("phase") == one.phase))
    named = figures.select("urn", last_year_percent="sess_overall_percent")
    apart = before.context.select("urn", "is_special_or_ap")
    joined = one.frame.join(named, on="urn", how="left", maintain_order="left").join(
        apart, on="urn", how="left", maintain_order="left"
    )
    is_apart = pl.col("is_special_or_ap").fill_null(value=False) | (pl.lit(one.phase) == "special")
    gone = ("target_percent", "chance_unaided", "frontier_percent")
    frame = joined.with_columns(
        *(pl.when(~is_apart).then(name).alias(name) for name in gone),
        reason=pl.when(is_apart).then(pl.lit(NO_TARGET)),
    )
    return dataclasses.replace(one, frame=frames.TARGETS.fill(frame))


def _figures_until(before: SchoolPanel, phase: str) -> AcademicYear | None:
    rows = before.years.filter(
        (pl.col("phase") == phase) & pl.col("sess_overall_percent").is_not_null()
    )
    newest = rows["year"].max()
    return None if newest is None else AcademicYear(str(newest))


def _is_too_far(of: PhaseModel, asked: AcademicYear, until: AcademicYear) -> bool:
    """Tell whether a phase has no spread for so many years ahead; an earlier layout has one."""
    ahead = asked.first - until.first
    return ahead > MOST_AHEAD or (
        ahead == MOST_AHEAD and not all(part.spread_without_last for part in of.parts.values())
    )


def _national(
    before: SchoolPanel, of: PhaseModel, phase: str, asked: AcademicYear
) -> dict[str, float]:
    """Give national figures before a year: the model's where it has them, else the panel's."""
    rows = before.national.filter(pl.col("phase") == phase)
    here = dict(rows.select("year", "sess_overall_percent").iter_rows())
    return {**here, **{year: figure for year, figure in of.national.items() if year < asked}}


def _listed(before: SchoolPanel, last: AcademicYear, urns: tuple[str, ...]) -> pl.DataFrame:
    """Name the schools asked for, or else of the year, with the phase last counted with."""
    own = before.years.filter(pl.col("is_own"))
    latest = own.sort("year").unique("urn", keep="last")
    then = own.filter(pl.col("year") == last)
    is_open = before.context.filter(pl.col("is_open") & pl.col("phase").is_not_null())
    named = pl.DataFrame({"urn": urns}, schema={"urn": pl.String})
    those = [named] if urns else [then.select("urn"), is_open.select("urn")]
    return (
        pl.concat(those)
        .unique()
        .join(latest.select("urn", then="phase"), on="urn", how="left")
        .join(before.context.select("urn", "phase"), on="urn", how="left")
        .select("urn", phase=pl.coalesce("then", "phase"))
        .sort("urn")
    )


def _worked(
    phase: str,
    name: str,
    of: PhaseModel,
    arrays: PhaseArrays,
    at: History,
    national: dict[str, float],
    held: Constants,
    asked: AcademicYear,
) -> Worked:
    part = of.parts[name]
    national_year = max(national)
    level = float(log_odds(np.array(national[national_year]), held))
    said = predict(name, part, at, held)
    reach = reach_of(name, of, at, said.kept, held)
    is_next = asked == AcademicYear(national_year).plus(1)
    shift = of.shift_log_odds if is_next else of.shift_in_two_log_odds
    figures = _figures(part, at, said, level, reach, shift, held)
    below, above = _margins(level + said.expected, reach, held)
    sd, _ = pupil_sd_percent(phase, AcademicYear(national_year))
    assert sd is not None, "every phase of a model has pupils of whom bands are published"
    figures["chance_size_percent"] = sd / np.sqrt(np.maximum(at.roll, 1.0))
    frame = pl.DataFrame({key: pl.Series(value).fill_nan(None) for key, value in figures.items()})
    return Worked(
        phase=phase,
        part_name=name,
        part=part,
        urns=arrays.urns[at.rows],
        at=at,
        said=said,
        level=level,
        national_percent=national[national_year],
        national_year=national_year,
        figures_until=asked.plus(-1),
        margin_below=below,
        margin_above=above,
        held=held,
        frame=frame.with_columns(
            urn=pl.Series(arrays.urns[at.rows], dtype=pl.String),
            phase=pl.lit(phase),
            national_percent=pl.lit(national[national_year]),
            national_year=pl.lit(national_year),
            context_part=pl.lit(name),
        ),
    )


def _margins(around: Numbers, reach: Numbers, held: Constants) -> tuple[Numbers, Numbers]:
    """Give how many points below and above its expectation a school usually ends.

    The national move of the year is not in it: it is taken out before a year is judged.
    """
    tail = (1 - held.judging_share) / 2
    low, high = (reach[:, _column(at)] for at in (tail, 1 - tail))
    percent, least, most = (100 * expit(around + each) for each in (0.0, low, high))
    return np.maximum(percent - least, 0.0), np.maximum(most - percent, 0.0)


def _figures(
    part: Part,
    at: History,
    said: Predicted,
    level: float,
    reach: Numbers,
    shift: float,
    held: Constants,
) -> dict[str, Numbers]:
    variance = said.kept.variance
    expected = points(level + said.expected + part.offset, variance)
    baseline = points(level + said.baseline, variance)
    near_frontier, near_floor = (
        points(level + said.of_context + around_context(at, quantile), variance)
        for quantile in (part.frontier, part.floor)
    )
    target = aimed(expected, baseline, near_frontier, near_floor, held)
    aim = log_odds(target, held) - level - said.expected
    low, high = _interval(reach, shift, held)
    around = level + said.expected
    return {
        "expected_percent": expected,
        "target_percent": target,
        "low_percent": 100 * expit(around - low),
        "high_percent": 100 * expit(around + high),
        "chance_unaided": _chance(reach, aim),
        "baseline_percent": baseline,
        "frontier_percent": near_frontier,
        "n_years": at.n_years.astype(np.float64),
    }


def aimed(
    expected: Numbers, baseline: Numbers, frontier: Numbers, floor: Numbers, held: Constants
) -> Numbers:
    """Set the target: a share of the way to the frontier, within limits on both sides.

    It starts from what is expected with no change in practice, so that the pull back after an
    unusual year is nobody's merit. Never above the baseline (last year without its chance). Never
    below the floor, unless the school is there already: then it is asked to hold what it has.

    Parameters
    ----------
    expected, baseline, frontier, floor
        Shape (n,): percent of sessions.

    Examples
    --------
    >>> percent = np.array([8.0, 5.0, 3.0])
    >>> aimed(percent, np.array([9.0, 4.7, 3.0]), np.array([4.0, 5.5, 5.5]),
    ...       np.array([3.0, 4.5, 4.5]), constants.constants()).tolist()
    [7.0, 4.7, 3.0]
    """
    gap = np.maximum(0.0, expected - frontier)
    ask = np.clip(held.ask_share * gap, held.least_ask_percent, held.most_ask_percent)
    aim = np.minimum(expected, np.maximum(expected - ask, floor))
    return np.minimum(baseline, aim)


def _interval(reach: Numbers, shift: float, held: Constants) -> tuple[Numbers, Numbers]:
    """Give how far the interval reaches below and above, log-odds.

    The national figure of the coming year is not known either: its usual move is added in
    quadrature.
    """
    tail = (1 - held.interval_share) / 2
    moved = ndtri(1 - tail) * shift
    low, high = (reach[:, _column(at)] for at in (tail, 1 - tail))
    both = [np.sqrt(np.square(each) + moved**2) for each in (low, high)]
    return np.where(low < 0, both[0], moved), np.where(high > 0, both[1], moved)


def _column(at: float) -> int:
    return int(np.abs(np.array(SPREAD_AT) - at).argmin())


def _chance(spread: Numbers, aim: Numbers) -> Numbers:
    """Give the share of the spread at or below an aim, shape (n,); the tails end at 0 and 1."""
    first = 2 * spread[:, :1] - spread[:, 1:2]
    last = 2 * spread[:, -1:] - spread[:, -2:-1]
    whole = np.concatenate([first, spread, last], axis=1)
    probabilities = np.array([0.0, *SPREAD_AT, 1.0])
    after = np.clip((whole <= aim[:, None]).sum(axis=1), 1, whole.shape[1] - 1)
    row = np.arange(len(aim))
    low, high = whole[row, after - 1], whole[row, after]
    step = np.where(high > low, (aim - low) / np.where(high > low, high - low, 1.0), 0.0)
    found: Numbers = probabilities[after - 1] + np.clip(step, 0.0, 1.0) * (
        probabilities[after] - probabilities[after - 1]
    )
    return np.where(np.isfinite(aim), found, np.nan)
