"""Hiding exactly: one integer program for a small part of a table.

Whether each unit is hidden is a yes or no, and for every pinned figure there are two further
tables that fit what would be shown, apart by as much as is needed. Least weight wins. Moves of
one figure are limited to a few times what is needed; tables so small need no more.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from schoolhubs.disclosure.attacking import solving
from schoolhubs.disclosure.attacking.arithmetic import Ints
from schoolhubs.disclosure.choosing.search import Search

MOST_MOVES = 700  # unknowns of all further tables together
MOST_TIMES_NEEDED = 4
NODES = 150  # of the search tree: a limit that does not depend on how busy the machine is


def is_small(n: int) -> bool:
    """Tell whether a part of ``n`` unknowns may be small enough to be solved exactly."""
    return 2 * n <= MOST_MOVES


def hide(search: Search, pinned: Ints) -> float | None:
    """Hide in one part until ``pinned`` is so no more, at least weight.

    Returns
    -------
    The weight of what was hidden, the least there is; None if the part is too large, or no
    proved answer came: then nothing is hidden.
    """
    known = search.known
    part = _free(search)
    units = np.unique(known.unit[part[search.may_move()[part]]])
    n_moves = 2 * len(pinned) * len(part)
    if not len(units) or n_moves > MOST_MOVES or not np.isin(pinned, part).all():
        return None
    cost = np.concatenate([search.weight[units], np.zeros(n_moves)])
    least, most = _reach(search, part)
    solved = solving.solved(
        cost, constraints=_program(search, part, pinned, units),
        is_whole=np.arange(len(cost)) < len(units),
        bounds=optimize.Bounds(
            np.concatenate([np.zeros(len(units)), np.tile(least, 2 * len(pinned))]),
            np.concatenate([np.ones(len(units)), np.tile(most, 2 * len(pinned))]),
        ),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )  # fmt: skip
    if solved.status != 0 or solved.x is None:
        return None
    chosen = units[solved.x[: len(units)] > 0.5]
    search.is_hidden[chosen] = True
    return float(search.weight[chosen].sum())


def _free(search: Search) -> Ints:
    attack = search.if_all_were_hidden()
    return np.flatnonzero(attack.low < attack.high)


def _reach(search: Search, part: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    attack = search.if_all_were_hidden()
    most = MOST_TIMES_NEEDED * int(attack.need[part].max())
    value = attack.value[part]
    return (
        np.maximum(attack.low[part] - value, -most).astype(np.float64),
        np.minimum(attack.high[part] - value, most).astype(np.float64),
    )


def _program(
    search: Search, part: Ints, pinned: Ints, units: Ints
) -> list[optimize.LinearConstraint]:
    """Set out: unknowns are units, then for each pinned figure the moves up and the moves down."""
    known, n, n_tables = search.known, len(part), 2 * len(pinned)
    equations = known.equations[:, part]
    rows = equations[np.flatnonzero(np.diff(equations.indptr))].astype(np.float64)
    fits = sparse.kron(sparse.eye_array(n_tables), rows, format="csr")
    limits = [optimize.LinearConstraint(_with(fits, len(units)), 0, 0)] if rows.shape[0] else []
    free = np.flatnonzero(search.may_move()[part])
    n_free = len(free)
    value = search.value[part[free]]
    down, up = known.shown_low[part[free]] - value, known.shown_high[part[free]] - value
    least, most = (reach[free] for reach in _reach(search, part))
    pick = sparse.csr_array((np.ones(n_free), (np.arange(n_free), free)), (n_free, n))
    at = (np.arange(n_free), np.searchsorted(units, known.unit[part[free]]))
    moves = sparse.kron(sparse.eye_array(n_tables), pick, format="csr")

    def switched(room: NDArray[np.float64]) -> sparse.csr_array:
        one = sparse.csr_array((room, at), shape=(n_free, len(units)))
        return sparse.vstack([one] * n_tables, format="csr")

    above = sparse.hstack([switched(-np.maximum(most - up, 0)), moves])
    below = sparse.hstack([switched(-np.minimum(least - down, 0)), moves])
    limits.append(optimize.LinearConstraint(above, -np.inf, np.tile(up, n_tables)))
    limits.append(optimize.LinearConstraint(below, np.tile(down, n_tables), np.inf))
    apart = sparse.lil_array((len(pinned), n_tables * n))
    place = np.searchsorted(part, pinned)
    for k, column in enumerate(place.tolist()):
        apart[k, 2 * k * n + column] = 1
        if not known.is_others[pinned[k]]:  # others need only be able to be more
            apart[k, (2 * k + 1) * n + column] = -1
    need = search.attack().need[pinned]
    limits.append(optimize.LinearConstraint(_with(apart.tocsr(), len(units)), need, np.inf))
    return limits


def _with(rows: sparse.csr_array, n_units: int) -> sparse.csr_array:
    return sparse.hstack([sparse.csr_array((rows.shape[0], n_units)), rows], format="csr")
