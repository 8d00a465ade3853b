"""What one part of a model makes of schools: place expected, last year's without its chance."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context, memory
from schoolhubs.targets.model.arrays import History
from schoolhubs.targets.model.believing import believed
from schoolhubs.targets.model.record import PARTS, SPREAD_AT, Part, PhaseModel
from schoolhubs.targets.model.scale import Numbers


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Places of n schools against the national figure, log-odds; NaN where not to be told.

    Parameters
    ----------
    of_context
        What context alone lets expect; ``kinds`` are its pieces beside ``intercept``.
    distance
        Shape (n, lags): earlier years' distance from it, zero where there is no figure.
    kept
        Weights of those distances, and what stays open.
    expected, baseline
        The coming year's place, and last year's with chance taken out.
    """

    of_context: Numbers
    kinds: Mapping[str, Numbers]
    distance: Numbers
    kept: memory.Kept
    expected: Numbers
    baseline: Numbers


def predict(name: str, part: Part, at: History, held: Constants) -> Predicted:
    """Predict with one part; schools whose context it needs is not known get NaN."""
    return weighed(recall(name, part, at, held), part, at, held)


def recall(name: str, part: Part, at: History, held: Constants) -> Predicted:
    """Predict from context and memory, all that is remembered being believed."""
    kinds = context.by_kind(name, part, at)
    of_context = part.intercept + np.sum(list(kinds.values()), axis=0)
    of_context = np.where(context.known(name, at), of_context, np.nan)
    limit = held.history_limit_log_odds
    distance = np.clip(at.place - of_context[:, None], -limit, limit)
    distance = np.where(np.isfinite(distance), distance, 0.0)
    kept = memory.keep(at, np.array(part.lasting), np.array(part.chance), held)
    return _with(
        kept,
        Predicted(
            of_context=of_context,
            kinds=kinds,
            distance=distance,
            kept=kept,
            expected=of_context,
            baseline=of_context,
        ),
    )


def weighed(recalled: Predicted, part: Part, at: History, held: Constants) -> Predicted:
    """Weigh what :func:`recall` gave by how much of it the part believes."""
    shares = (part.memory_share, part.last_year_share, part.far_share)
    has_last = np.isfinite(at.place[:, 0])
    return _with(believed(recalled.kept, recalled.distance, has_last, shares, held), recalled)


def _with(kept: memory.Kept, said: Predicted) -> Predicted:
    return dataclasses.replace(
        said,
        kept=kept,
        expected=said.of_context + (kept.next_weights * said.distance).sum(axis=1),
        baseline=said.of_context + (kept.last_weights * said.distance).sum(axis=1),
    )


def around_context(at: History, slopes: tuple[float, ...]) -> Numbers:
    """Give a quantile around context: its intercept and slopes on log roll and its square."""
    log_roll = np.log(np.where(at.roll > 0, at.roll, np.nan)) - context.MIDDLE_LOG_ROLL
    found: Numbers = slopes[0] + slopes[1] * log_roll + slopes[2] * log_roll**2
    return found


def groups(name: str, of: PhaseModel, at: History, *, meals: str | None = None) -> NDArray[np.str_]:
    """Name each school's calibration group: history or none, third by roll, free school meals.

    ``meals`` names the last for all of them, whatever is known of each.
    """
    size = np.searchsorted(np.array(of.roll_limits), at.roll)
    fsm = np.full(len(at.roll), meals or "any")
    if meals is None and name in of.fsm_limits:
        share = at.shares[PARTS[name][0]]
        fsm = np.where(share > of.fsm_limits[name], "top", "rest")
    before = np.where(at.n_years > 0, "history", "new")
    code = np.char.add(np.char.add(before, "/"), np.char.add(size.astype(str), "/"))
    found: NDArray[np.str_] = np.char.add(code, fsm)
    return found


def reach_of(name: str, of: PhaseModel, at: History, kept: memory.Kept, held: Constants) -> Numbers:
    """Give how far schools end from what is expected of them, log-odds, shape (n, quantiles).

    It is that of the school's calibration group, or of the whole part.
    """
    own = spread_of(of.parts[name], groups(name, of, at), at) * np.sqrt(kept.variance)[:, None]
    return widened(own, name, of, at, held)


def widened(reach: Numbers, name: str, of: PhaseModel, at: History, held: Constants) -> Numbers:
    """Widen the reach where context is missing: to know less is never to be surer.

    It is never nearer than for schools of that size and history whose context is known, whatever
    their free school meals.
    """
    is_low = np.array(SPREAD_AT) < 0.5
    for fuller in list(PARTS)[: list(PARTS).index(name)]:
        if fuller not in of.parts:
            continue
        part = of.parts[fuller]
        known = memory.keep(at, np.array(part.lasting), np.array(part.chance), held)
        for meals in ("top", "rest", "any"):
            group = groups(name, of, at, meals=meals)
            there = spread_of(part, group, at) * np.sqrt(known.variance)[:, None]
            reach = np.where(is_low, np.minimum(reach, there), np.maximum(reach, there))
    return reach


def spread_of(part: Part, group: NDArray[np.str_], at: History) -> Numbers:
    """Give each school's spread, shape (n, quantiles): its group's, or that of the whole part.

    Where the year before is not known it is that of schools told without it.
    """
    has_last = np.isfinite(at.place[:, 0])
    rows = []
    for name, is_there in zip(group, has_last, strict=True):
        spread = part.spread if is_there else part.spread_without_last or part.spread
        rows.append(spread.get(name, spread[name.split("/", 1)[0]]))
    return np.array(rows).reshape(len(group), -1)
