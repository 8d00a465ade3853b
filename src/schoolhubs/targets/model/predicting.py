"""What one part of a model makes of schools: place expected, last year's without its chance."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model import context, memory
from schoolhubs.targets.model.arrays import History
from schoolhubs.targets.model.record import Part, PhaseModel
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
    kinds = context.by_kind(name, part, at)
    of_context = part.intercept + np.sum(list(kinds.values()), axis=0)
    of_context = np.where(context.known(name, at), of_context, np.nan)
    kept = memory.keep(at, np.array(part.lasting), np.array(part.chance), held)
    limit = held.history_limit_log_odds
    distance = np.clip(at.place - of_context[:, None], -limit, limit)
    distance = np.where(np.isfinite(distance), distance, 0.0)
    return Predicted(
        of_context=of_context,
        kinds=kinds,
        distance=distance,
        kept=kept,
        expected=of_context + (kept.next_weights * distance).sum(axis=1),
        baseline=of_context + (kept.last_weights * distance).sum(axis=1),
    )


def around_context(at: History, slopes: tuple[float, ...]) -> Numbers:
    """Give a quantile around context: its intercept and slopes on log roll and its square."""
    log_roll = np.log(np.where(at.roll > 0, at.roll, np.nan)) - context.MIDDLE_LOG_ROLL
    found: Numbers = slopes[0] + slopes[1] * log_roll + slopes[2] * log_roll**2
    return found


def groups(name: str, of: PhaseModel, at: History) -> NDArray[np.str_]:
    """Name each school's calibration group: history or none, third by roll, free school meals."""
    size = np.searchsorted(np.array(of.roll_limits), at.roll)
    fsm = np.full(len(at.roll), "any")
    if name in of.fsm_limits:
        share = at.shares[context.PARTS[name][0]]
        fsm = np.where(share > of.fsm_limits[name], "top", "rest")
    before = np.where(at.n_years > 0, "history", "new")
    code = np.char.add(np.char.add(before, "/"), np.char.add(size.astype(str), "/"))
    found: NDArray[np.str_] = np.char.add(code, fsm)
    return found


def spread_of(part: Part, group: NDArray[np.str_]) -> Numbers:
    """Give each school's spread, shape (n, quantiles): its group's, or that of the whole part."""
    whole = {name: part.spread[name] for name in ("history", "new")}
    rows = [part.spread.get(name, whole[name.split("/", 1)[0]]) for name in group]
    return np.array(rows).reshape(len(group), -1)
