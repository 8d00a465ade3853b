"""Fit one part of a phase: context, memory, what is believed of it, frontier and spread."""

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context, memory
from schoolhubs.targets.model.arrays import History, Lesson
from schoolhubs.targets.model.believing import Recalled, fit_shares
from schoolhubs.targets.model.predicting import Predicted, groups, predict, recall, weighed
from schoolhubs.targets.model.record import PARTS, SPREAD_AT, Part, PhaseModel
from schoolhubs.targets.model.scale import Numbers, points, steepness

Folds = NDArray[np.int64]
QUANTILE_TOLERANCE = 1e-4  # log-odds: a two-thousandth of a point


def fit_part(
    name: str, lessons: list[Lesson], of: PhaseModel, ehc_span: float, held: Constants
) -> Part:
    """Fit a part to its lessons, newest first; the interval on authorities it did not see.

    Parameters
    ----------
    name, of
        The part, and the phase it belongs to, whose calibration groups are known.
    lessons
        Only schools of which the figures that the part needs are known.
    ehc_span
        Share of pupils (0-1) up to which the line of EHC plans rises.
    """
    plain = _learned(name, lessons, ehc_span, held)
    years = lessons[: held.calibration_years]
    recalled = [recall(name, plain, each.at, held) for each in years]
    shares = fit_shares([_came(*pair) for pair in zip(years, recalled, strict=True)], held)
    part = _sharing(plain, shares)
    said = [
        weighed(each, part, of_year.at, held) for each, of_year in zip(recalled, years, strict=True)
    ]
    newest, first = lessons[0].at, said[0]
    ahead = first.baseline - first.of_context
    folds = [fold_of(each.la_codes, held.calibration_folds, salt=1) for each in lessons]
    taught = _taught(name, lessons, folds, part, held)
    hidden = [each.without_last() for each in years]
    spread, without_last = (
        _spread(_unseen(name, zip(told, folds, strict=False), taught, of, held), held)
        for told in (years, hidden)
    )
    return dataclasses.replace(
        part,
        frontier=_quantile(newest, ahead, held.frontier_quantile),
        floor=_quantile(newest, ahead, held.floor_quantile),
        offset=_offset(lessons, said, held),
        spread=spread,
        spread_without_last=without_last,
    )


def _learned(name: str, lessons: list[Lesson], ehc_span: float, held: Constants) -> Part:
    """Fit context and memory; all that is remembered is believed as yet."""
    names = context.inputs_of(name)
    span = _fsm_span(name, lessons[0].at, held)
    tables = [context.design(name, each.at, span, ehc_span) for each in lessons]
    x, now, roll = (
        np.concatenate(each[: held.context_years])
        for each in (tables, [each.now for each in lessons], [each.at.roll for each in lessons])
    )
    limit = held.history_limit_log_odds
    weights = roll / (roll + held.half_weight_roll)
    centre, slopes, intercept = context.fitted(x, np.clip(now, -limit, limit), weights, names)
    own = [intercept + (table - centre) @ slopes for table in tables]
    pairs = [
        (each.now - usual, each.at.place - usual[:, None], each.at.roll)
        for each, usual in zip(lessons, own, strict=True)
    ]
    lasting, chance = memory.fit_memory(pairs, held)
    return Part(
        inputs=names,
        centre=tuple(centre.tolist()),
        slopes=tuple(slopes.tolist()),
        intercept=intercept,
        fsm_span=span,
        ehc_span=ehc_span,
        lasting=tuple(lasting.tolist()),
        chance=tuple(chance.tolist()),
        memory_share=1.0,
        last_year_share=0.0,
        far_share=0.0,
        offset=0.0,
        frontier=(0.0, 0.0, 0.0),
        floor=(0.0, 0.0, 0.0),
        spread={},
        n_school_years=sum(len(each.now) for each in lessons),
    )


def _sharing(part: Part, shares: tuple[float, float, float]) -> Part:
    memory_share, last_year_share, far_share = shares
    return dataclasses.replace(
        part, memory_share=memory_share, last_year_share=last_year_share, far_share=far_share
    )


def _came(lesson: Lesson, said: Predicted) -> Recalled:
    """Set what came in a year beside what was remembered of it."""
    return Recalled(
        came=lesson.now - said.of_context,
        remembered=said.expected - said.of_context,
        last=np.where(np.isfinite(lesson.at.place[:, 0]), said.distance[:, 0], np.nan),
        steepness=steepness(lesson.level + said.expected),
    )


def _fsm_span(name: str, at: History, held: Constants) -> float:
    if not PARTS[name]:
        return 0.0
    return float(np.quantile(at.shares[PARTS[name][0]], held.fsm_span_quantile))


def _offset(lessons: list[Lesson], said: list[Predicted], held: Constants) -> float:
    """Give what makes points right on average, the national move of each year taken out."""
    gaps, slopes = [], []
    for each, told in list(zip(lessons, said, strict=False))[: held.context_years]:
        near = each.level + told.expected
        gaps.append(points(each.level + each.now, np.zeros(1)) - points(near, told.kept.variance))
        slopes.append(steepness(near))
    return float(np.concatenate(gaps).mean() / np.concatenate(slopes).mean())


def _quantile(at: History, ahead: Numbers, at_share: float) -> tuple[float, ...]:
    # Seconds to import, and only a fit needs it.
    from statsmodels.regression.quantile_regression import QuantReg

    log_roll = np.log(at.roll) - context.MIDDLE_LOG_ROLL
    table = np.column_stack([np.ones(len(log_roll)), log_roll, log_roll**2])
    found = QuantReg(ahead, table).fit(q=at_share, p_tol=QUANTILE_TOLERANCE)
    return tuple(float(each) for each in found.params)


def _unseen(
    name: str,
    lessons: Iterable[tuple[Lesson, Folds]],
    taught: list[Part],
    of: PhaseModel,
    held: Constants,
) -> dict[str, list[Numbers]]:
    """Give by group how far schools ended from what a fit without their authority said."""
    scores: dict[str, list[Numbers]] = {}
    for each, folds in lessons:
        for fold, part in enumerate(taught):
            left = each.only(folds == fold)
            for group, some in _scores(name, left, predict(name, part, left.at, held), of):
                scores.setdefault(group, []).append(some)
    return scores


def _taught(
    name: str, lessons: list[Lesson], folds: list[Folds], fitted: Part, held: Constants
) -> list[Part]:
    """Fit context and memory anew without the authorities of each fold.

    The three shares believed, which all schools have in common, are not. With fewer schools
    outside a fold than a fit needs, as where all are of one authority, the whole fit is taken.
    """
    shares = (fitted.memory_share, fitted.last_year_share, fitted.far_share)
    taught = []
    for fold in range(held.calibration_folds):
        seen = [each.only(mine != fold) for each, mine in zip(lessons, folds, strict=True)]
        is_enough = len(seen[0].now) >= held.least_schools
        part = _learned(name, seen, fitted.ehc_span, held) if is_enough else fitted
        taught.append(_sharing(part, shares))
    return taught


def fold_of(la_codes: Sequence[str] | NDArray[np.str_], n: int, *, salt: int) -> NDArray[np.int64]:
    """Give the fold of each authority, the same on every machine; another salt, other folds.

    >>> fold_of(["301", "303", "301"], 2, salt=1).tolist()
    [0, 1, 0]
    """
    names, at = np.unique(np.asarray(la_codes, dtype=str), return_inverse=True)
    folds = [hashlib.sha256(name.encode()).digest()[salt] % n for name in names.tolist()]
    found: NDArray[np.int64] = np.array(folds, dtype=np.int64)[at]
    return found


def _scores(name: str, each: Lesson, said: Predicted, of: PhaseModel) -> list[tuple[str, Numbers]]:
    """Give by group how far schools ended from it in sds: with their history, and without."""
    group = groups(name, of, each.at)
    members = [(str(one).split("/", 1), group == one) for one in np.unique(group)]
    found = []
    for before, values in (
        ("history", (each.now - said.expected) / np.sqrt(said.kept.variance)),
        ("new", (each.now - said.of_context) / np.sqrt(said.kept.unaided)),
    ):
        for (had, rest), rows in members:
            some = values[rows]
            some = some[np.isfinite(some)]
            if before in ("new", had) and len(some):
                found.append((f"{before}/{rest}", some))
    return found


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
