"""Fit one part of a phase: context, memory, what is believed of it, frontier and spread."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context, memory
from schoolhubs.targets.model.arrays import History, Lesson
from schoolhubs.targets.model.believing import Recalled, fit_shares
from schoolhubs.targets.model.predicting import Predicted, groups, predict, recall, weighed
from schoolhubs.targets.model.record import PARTS, SPREAD_AT, Part, PhaseModel
from schoolhubs.targets.model.scale import Numbers, points, steepness

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
    return dataclasses.replace(
        part,
        frontier=_quantile(newest, ahead, held.frontier_quantile),
        floor=_quantile(newest, ahead, held.floor_quantile),
        offset=_offset(lessons, said, held),
        spread=_spread(_unseen(name, lessons, said, of, part, held), held),
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
    lessons: list[Lesson],
    said: list[Predicted],
    of: PhaseModel,
    fitted: Part,
    held: Constants,
) -> dict[str, list[Numbers]]:
    """Give by group how far schools ended from what a fit without their authority said.

    Context and memory are fitted anew without them; the three shares believed, which all schools
    have in common, are not. With fewer schools outside a fold than a fit needs, as where all are
    of one authority, what the whole fit says of them is taken instead.
    """
    shares = (fitted.memory_share, fitted.last_year_share, fitted.far_share)
    scores: dict[str, list[Numbers]] = {}
    folds = [fold_of(each.la_codes, held.calibration_folds, salt=1) for each in lessons]
    for fold in range(held.calibration_folds):
        seen = [each.only(mine != fold) for each, mine in zip(lessons, folds, strict=True)]
        is_enough = len(seen[0].now) >= held.least_schools
        part = None
        if is_enough:
            part = _sharing(_learned(name, seen, fitted.ehc_span, held), shares)
        for each, mine, whole in zip(lessons, folds, said, strict=False):
            rows = mine == fold
            left = each.only(rows)
            told = None if part is None else predict(name, part, left.at, held)
            for group, some in _scores(name, left, told or _only(whole, rows), of):
                scores.setdefault(group, []).append(some)
    return scores


def fold_of(la_codes: Sequence[str] | NDArray[np.str_], n: int, *, salt: int) -> NDArray[np.int64]:
    """Give the fold of each authority, the same on every machine; another salt, other folds.

    >>> fold_of(["301", "303", "301"], 2, salt=1).tolist()
    [0, 1, 0]
    """
    names, at = np.unique(np.asarray(la_codes, dtype=str), return_inverse=True)
    folds = [hashlib.sha256(name.encode()).digest()[salt] % n for name in names.tolist()]
    found: NDArray[np.int64] = np.array(folds, dtype=np.int64)[at]
    return found


def _only(said: Predicted, rows: NDArray[np.bool_]) -> Predicted:
    kept = {name: getattr(said.kept, name)[rows] for name in ("variance", "unaided")}
    weights = {name: getattr(said.kept, name)[rows] for name in ("next_weights", "last_weights")}
    return Predicted(
        of_context=said.of_context[rows],
        kinds={kind: values[rows] for kind, values in said.kinds.items()},
        distance=said.distance[rows],
        kept=memory.Kept(**kept, **weights),
        expected=said.expected[rows],
        baseline=said.baseline[rows],
    )


def _scores(name: str, each: Lesson, said: Predicted, of: PhaseModel) -> list[tuple[str, Numbers]]:
    """Give by group how far schools ended from it in sds: with their history, and without."""
    group = groups(name, of, each.at)
    found = []
    for before, values in (
        ("history", (each.now - said.expected) / np.sqrt(said.kept.variance)),
        ("new", (each.now - said.of_context) / np.sqrt(said.kept.unaided)),
    ):
        for member, some in _by_group(group, values):
            if before == "new" or member.startswith("history"):
                found.append((f"{before}/{member.split('/', 1)[1]}", some))
    return found


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
