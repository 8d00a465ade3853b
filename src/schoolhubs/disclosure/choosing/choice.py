"""Choosing what to hide in a whole table: from the top down, small parts exactly."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.attacker import Spread, seen_at
from schoolhubs.disclosure.attacking.knowledge import NO_UNIT, Knowledge
from schoolhubs.disclosure.choosing import exactly, stepwise
from schoolhubs.disclosure.choosing.search import Search
from schoolhubs.vocabulary.records.disclosure import DisclosureRules

AT_ONCE = 3_000  # unknowns up to which a table is taken whole, not level by level
MOST_TURNS = 6
MOST_THINNED = 200  # unknowns of a part up to which it is looked at again, figure by figure


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to hide, and how it was found.

    Parameters
    ----------
    is_hidden
        One entry a unit.
    stuck
        Unknowns that can be told whatever we hide: earlier releases give them away.
    weight_bound
        Least weight that had to be hidden beside what was to be; None unless all was exact.
    n_exact, n_heuristic
        Parts of the table that were solved either way.
    """

    is_hidden: Flags
    stuck: Ints
    weight_bound: float | None
    n_exact: int
    n_heuristic: int


def choose(
    known: Knowledge, value: Ints, is_hidden: Flags, may_hide: Flags,
    weight: NDArray[np.float64], rules: DisclosureRules,
) -> Choice:  # fmt: skip
    """Hide further units until the attacker pins nothing."""
    is_hidden = is_hidden.copy()
    tally = _Tally()
    if known.n > AT_ONCE:
        unit_depth = np.zeros(len(is_hidden), np.int64)
        has_unit = known.unit != NO_UNIT
        unit_depth[known.unit[has_unit]] = known.depth[has_unit]
        for depth in np.unique(known.depth).tolist():
            piece, kept = known.down_to(depth, value, is_hidden)
            search = Search(
                known=piece, value=value[kept], rules=rules, is_hidden=is_hidden,
                may_hide=may_hide & (unit_depth == depth), weight=weight,
            )  # fmt: skip
            stuck = kept[_settle(search, tally)]
            is_hidden = search.is_hidden
        if not len(stuck):
            return tally.choice(is_hidden, stuck)
    search = Search(
        known=known, value=value, rules=rules, is_hidden=is_hidden, may_hide=may_hide, weight=weight
    )
    stuck = _settle(search, tally)
    return tally.choice(search.is_hidden, stuck)


@dataclasses.dataclass(slots=True)
class _Tally:
    """Parts solved so far."""

    bound: float = 0.0
    n_exact: int = 0
    n_heuristic: int = 0

    def choice(self, is_hidden: Flags, stuck: Ints) -> Choice:
        bound = None if self.n_heuristic else self.bound
        return Choice(
            is_hidden=is_hidden, stuck=stuck, weight_bound=bound, n_exact=self.n_exact,
            n_heuristic=self.n_heuristic,
        )  # fmt: skip


def _settle(search: Search, tally: _Tally) -> Ints:
    """Hide until nothing is pinned, each part of the table by itself; give what cannot be freed."""
    doubtful = search.doubtful()
    stuck = [np.zeros(0, np.int64)]
    everything = search.if_all_were_hidden()
    if len(doubtful):
        cannot_move = everything.low[doubtful] == everything.high[doubtful]
        stuck.append(doubtful[cannot_move])
        for part in everything.parts(doubtful, at_once=1):
            piece, kept = search.known.around(part, search.value)
            local = Search(
                known=piece, value=search.value[kept], rules=search.rules, weight=search.weight,
                is_hidden=search.is_hidden, may_hide=search.may_hide,
            )  # fmt: skip
            stuck.append(kept[_settle_part(local, tally)])
    return np.concatenate(stuck)


def _settle_part(search: Search, tally: _Tally) -> Ints:
    pinned = search.pinned() if exactly.is_small(search.known.n) else search.doubtful()
    if not len(pinned):
        return pinned
    bound = _exactly(search, pinned) if exactly.is_small(search.known.n) else None
    if bound is None:
        tally.n_heuristic += 1
        before = search.is_hidden.copy()
        stuck = stepwise.hide(search)
        if search.known.n <= MOST_THINNED and not len(stuck):
            _thin(search, before)
        return stuck
    tally.n_exact += 1
    tally.bound += bound
    return np.zeros(0, np.int64)


def _thin(search: Search, before: Flags) -> None:
    """Show again what need not have been hidden, dearest first."""
    added = np.flatnonzero(search.is_hidden & ~before)
    for unit in added[np.argsort(-search.weight[added], kind="stable")].tolist():
        kept = search.spread
        search.is_hidden[unit] = False
        search.spread = seen_at(search.value)
        if len(search.pinned()):
            search.is_hidden[unit] = True
            search.spread = kept


def _exactly(search: Search, pinned: Ints) -> float | None:
    """Hide in one part at least weight; a figure hidden on the way must not be pinned either."""
    hidden, before = search.is_hidden.copy(), search.spread
    bound: float | None = None
    for _ in range(MOST_TURNS):
        search.spread = Spread(low=before.low.copy(), high=before.high.copy())
        weight = exactly.hide(search, pinned)
        if weight is None:
            break
        bound = weight if bound is None else bound
        told = search.pinned()
        if not len(told):
            return bound
        if not len(np.setdiff1d(told, pinned)):
            break
        pinned = np.union1d(pinned, told)
        # What was seen with more hidden is no proof with less.
        search.is_hidden[:] = hidden
    search.is_hidden[:] = hidden
    search.spread = before
    return None
