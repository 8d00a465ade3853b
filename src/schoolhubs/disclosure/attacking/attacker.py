r"""The attacker: how far a hidden figure can be told from what is shown.

Any table that fits everything shown could be the true one. A hidden figure lies between the least
and the greatest value it takes in such tables. It is *pinned* if these are too near each other:
for a count, if they differ by no more than the threshold. (A count that is surely above the
threshold is no small number, and is not pinned.) Those of no label bear no mark that says they
are few, so they are pinned only if surely few. Those of a group without what a part of it counts
are pinned if surely few or none: then the part tells of all, or nearly all, of the group.

Two fitting tables in which a figure differs by more than the threshold prove that it is not
pinned. Such tables are found many figures at a time: a linear program moves all of them up or
down at random, each as far as is needed and no further. Its answer is rounded, and counts only if
it fits exactly in whole numbers, so a proof does not rest on the solver. What is left is asked
one by one as an integer program, which is exact for an attacker who knows that people are whole;
where that gives no answer the figure counts as pinned.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse import csgraph

from schoolhubs.disclosure.attacking import solving
from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.knowledge import NO_LIMIT, Knowledge
from schoolhubs.vocabulary.records.disclosure import DisclosureRules

ROUNDS = 8  # random directions before figures are asked one by one
LITTLE_PROVED = 0.9  # share of figures left that makes another direction not worth while
PART = 4_000  # unknowns given to the solver at a time, whole parts together
NODES = 2_000  # limit of one integer program; no clock, so that answers are the same each time
FIRST_NODES = 20_000  # limit of finding a first fitting table
NEAR = 1_500  # unknowns around one figure that are moved first, all others left where they are
NEARLY = 1e-6
NEARER = 12  # times bounds are drawn nearer


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The least and the greatest value of each unknown in the fitting tables seen so far."""

    low: Ints
    high: Ints

    def see(self, figures: Ints, where: Ints) -> None:
        """Take in a fitting table's figures at ``where``."""
        self.low[where] = np.minimum(self.low[where], figures[where])
        self.high[where] = np.maximum(self.high[where], figures[where])


def seen_at(value: Ints) -> Spread:
    """Begin with one fitting table."""
    return Spread(low=value.copy(), high=value.copy())


def needed(known: Knowledge, value: Ints, rules: DisclosureRules) -> Ints:
    """How far apart two values of each unknown must be, so that it is not pinned."""
    share = rules.sum_width_share
    of_sum = np.floor(share / (1 - share) * value).astype(np.int64) + 1
    few = rules.threshold + 1
    of_others = np.where(value < few, few - value, few)
    return np.select([known.is_sum, known.is_others], [of_sum, of_others], few)


def targets(known: Knowledge, is_hidden: Flags) -> Flags:
    """Name the unknowns that must not be pinned: hidden figures and small rests."""
    return known.is_covered(is_hidden) | known.is_attacked


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One state of a table: what is known, a table that fits it, and what has been seen.

    Parameters
    ----------
    known, value, need
        What is known; figures that fit it, whole numbers; how far apart values must be.
    low, high
        Bounds of each unknown in this state.
    rules
        Thresholds.
    """

    known: Knowledge
    value: Ints
    need: Ints
    low: Ints
    high: Ints
    rules: DisclosureRules

    def pinned(self, asked: Flags, spread: Spread, rng: np.random.Generator) -> Ints:
        """Give those of ``asked`` that are pinned; ``spread`` takes in what is seen."""
        doubtful = self.doubtful(asked, spread, rng)
        surely = self._surely_pinned()[doubtful]
        return np.union1d(doubtful[surely], self._one_by_one(doubtful[~surely], spread))

    def doubtful(self, asked: Flags, spread: Spread, rng: np.random.Generator) -> Ints:
        """Give those of ``asked`` that are pinned, and few that were not proved otherwise."""
        surely = self._surely_pinned() & asked
        asked = asked & ~surely
        for attack in (self._with_little_fixed(asked), self):
            attack.spread_out(asked, spread, rng)
        return np.union1d(np.flatnonzero(surely), self._unproved(asked, spread))

    def _with_little_fixed(self, asked: Flags) -> "Attack":
        """Fix what has little room, as figures that are shown but rounded.

        A stronger attacker than there is, in a table that falls into small parts.
        """
        is_little = ~asked & (self.high - self.low < self.need)
        return dataclasses.replace(
            self,
            low=np.where(is_little, self.value, self.low),
            high=np.where(is_little, self.value, self.high),
        )

    def spread_out(self, asked: Flags, spread: Spread, rng: np.random.Generator) -> None:
        """Move what is not proved yet at random, until that proves little more."""
        open_ = self._unproved(asked, spread)
        for _ in range(ROUNDS):
            if not len(open_):
                return
            self._move_at_random(open_, spread, rng)
            left = self._unproved(asked, spread)
            if len(left) > LITTLE_PROVED * len(open_):
                return
            open_ = left

    def _surely_pinned(self) -> Flags:
        """Tell which are pinned by their bounds alone; values that fit lie within these."""
        threshold = self.rules.threshold
        width = self.high - self.low
        of_count = (width <= threshold) & (self.value <= threshold) & (self.value >= 1)
        of_sum = (width <= self.rules.sum_width_share * self.value) & (self.value >= 1)
        of_others = self.high <= threshold
        of_rest = (self.low >= 1) & of_others
        kinds = [self.known.is_sum, self.known.is_others, self.known.is_rest]
        surely: Flags = np.select(kinds, [of_sum, of_others, of_rest], of_count)
        return surely

    def _unproved(self, asked: Flags, spread: Spread) -> Ints:
        return np.flatnonzero(asked & ~self._is_safe(spread.low, spread.high))

    def _is_safe(self, low: Ints, high: Ints) -> Flags:
        is_large = high > self.rules.threshold
        may_be_large = self.known.is_rest & (is_large | (low < 1))
        is_wide = (high - low >= self.need) | may_be_large
        safe: Flags = np.where(self.known.is_others, is_large, is_wide)
        return safe

    def is_proved(self, unknown: int, spread: Spread) -> bool:
        """Tell whether the fitting tables seen so far prove that an unknown is not pinned."""
        return bool(self._is_safe(spread.low, spread.high)[unknown])

    def is_pinned(self, unknown: int, low: int, high: int) -> bool:
        """Judge a least and a greatest value; see the top of this module."""
        if self.known.is_others[unknown]:
            return high <= self.rules.threshold
        if high < 1:
            return False  # surely nobody, and zeros are shown
        if self.known.is_sum[unknown]:
            return high - low <= self.rules.sum_width_share * high
        threshold = self.rules.threshold
        if self.known.is_rest[unknown]:
            return low >= 1 and high <= threshold
        return high - low <= threshold and low <= threshold

    def parts(self, asked: Ints, *, at_once: int = PART) -> list[Ints]:
        """Give the unknowns that can move together with any of ``asked``.

        Parts that begin within the same ``at_once`` unknowns are given as one; with 1, each alone.
        """
        free = np.flatnonzero(self.low < self.high)
        number = _connected(self.known.equations[:, free])
        mine = np.zeros(self.known.n, np.bool_)
        mine[asked] = True
        wanted = np.zeros(number.max(initial=-1) + 1, np.bool_)
        wanted[number[mine[free]]] = True
        free, number = free[wanted[number]], number[wanted[number]]
        order = np.argsort(number, kind="stable")
        sizes = np.bincount(number)[np.unique(number)] if len(number) else number
        lot = np.repeat((np.cumsum(sizes) - sizes) // at_once, sizes)
        return [free[order[lot == k]] for k in np.unique(lot)]

    def _move_at_random(self, open_: Ints, spread: Spread, rng: np.random.Generator) -> None:
        sign = np.zeros(self.known.n)
        sign[open_] = rng.choice([-1.0, 1.0], len(open_)) * rng.uniform(1, 2, len(open_))
        for part in self.parts(open_):
            moves = self._solved(part, sign[part], np.isin(part, open_), whole=False)
            if moves is not None:
                self.take(part, moves, spread)

    def _solved(
        self, part: Ints, wish: NDArray[np.float64], capped: Flags, *, whole: bool
    ) -> NDArray[np.float64] | None:
        """Move the unknowns of a part as far as ``wish`` says; ``capped`` by what is needed."""
        reach = np.where(capped, self.need[part], NO_LIMIT)
        least = np.maximum(self.low[part] - self.value[part], -reach)
        most = np.minimum(self.high[part] - self.value[part], reach)
        return moved(self.known.equations[:, part], wish, least, most, whole=whole)

    def take(self, part: Ints, moves: NDArray[np.float64], spread: Spread) -> None:
        """Take in the moves that are whole and fit exactly, connected part by connected part."""
        step = np.rint(moves).astype(np.int64)
        equations = self.known.equations[:, part]
        number = _connected(equations)
        off = np.zeros(number.max(initial=0) + 1, np.bool_)
        figures = self.value[part] + step
        wrong = (np.abs(moves - step) > NEARLY) | (figures < self.low[part])
        off[number[wrong | (figures > self.high[part])]] = True
        unbalanced = np.flatnonzero(equations @ step)
        off[number[equations[unbalanced].indices]] = True
        kept = ~off[number]
        at = self.value.copy()
        at[part] = figures
        spread.see(at, part[kept])

    def _one_by_one(self, open_: Ints, spread: Spread) -> Ints:
        found = []
        for unknown in open_.tolist():
            if self.is_proved(unknown, spread):
                continue  # seen meanwhile, when another was asked
            self._with_far_fixed(unknown).reach(unknown, spread)
            if self.is_proved(unknown, spread):
                continue
            if self.is_pinned(unknown, *self.reach(unknown, spread)):
                found.append(unknown)
        return np.array(found, np.int64)

    def _with_far_fixed(self, unknown: int) -> "Attack":
        """Fix what stands far from one unknown: a stronger attacker in a small part of a table."""
        equations = self.known.equations
        is_near = np.zeros(self.known.n, np.bool_)
        is_near[unknown] = True
        n_before = 0
        while n_before < is_near.sum() < NEAR:
            n_before = is_near.sum()
            touched = np.flatnonzero(abs(equations) @ (is_near & (self.low < self.high)))
            is_near[equations[touched].indices] = True
        return dataclasses.replace(
            self,
            low=np.where(is_near, self.low, self.value),
            high=np.where(is_near, self.high, self.value),
        )

    def reach(self, unknown: int, spread: Spread) -> tuple[int, int]:
        """Give the least and greatest whole value, looked for no further than is needed.

        Fractions are tried first: they reach as far as whole numbers or further.
        """
        if self.low[unknown] == self.high[unknown]:
            return int(self.low[unknown]), int(self.high[unknown])
        part = self.parts(np.array([unknown]))[0]
        me = part == unknown
        ends = [int(self.high[unknown]), int(self.low[unknown])]
        for whole in (False, True):
            for k, way in enumerate((1.0, -1.0)):
                moves = self._solved(part, way * me, me, whole=whole)
                if moves is not None:
                    self.take(part, moves, spread)
                    furthest = int(np.floor(way * float(moves[me][0]) + NEARLY))
                    ends[k] = int(self.value[unknown]) + int(way) * furthest
            if self.is_proved(unknown, spread) or self.is_pinned(unknown, ends[1], ends[0]):
                break
        return min(ends[1], int(spread.low[unknown])), max(ends[0], int(spread.high[unknown]))


def facing(known: Knowledge, value: Ints, low: Ints, high: Ints, rules: DisclosureRules) -> Attack:
    """Set out an attack, bounds drawn as near as each equation by itself allows."""
    low, high = _drawn_near(known.equations, low, high)
    need = needed(known, value, rules)
    return Attack(known=known, value=value, need=need, low=low, high=high, rules=rules)


def _drawn_near(equations: sparse.csr_array, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Draw bounds nearer: a figure is what the others of its equation leave.

    Cheap, and splits a table into parts, as figures that are told have nowhere to move.
    """
    cells = equations.tocoo()
    row, column = cells.coords
    is_added = cells.data > 0
    low, high = low.copy(), high.copy()
    for _ in range(NEARER):
        least = np.where(is_added, low[column], -high[column])
        most = np.where(is_added, high[column], -low[column])
        all_least = np.zeros(equations.shape[0], np.int64)
        all_most = all_least.copy()
        np.add.at(all_least, row, least)
        np.add.at(all_most, row, most)
        # The term of one unknown is minus the sum of the others' terms.
        up, down = least - all_least[row], most - all_most[row]
        before = int((high - low).sum())
        np.minimum.at(high, column, np.where(is_added, up, -down))
        np.maximum.at(low, column, np.where(is_added, down, -up))
        if int((high - low).sum()) == before:
            break
    return low, high


def _connected(equations: sparse.csr_array) -> Ints:
    """Number the parts that unknowns (columns) fall into, joined by the equations they share."""
    m, n = equations.shape
    cells = equations.tocoo()
    ends = (cells.coords[0], m + cells.coords[1])
    graph = sparse.csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(m + n, m + n))
    number: Ints = csgraph.connected_components(graph, directed=False)[1][m:].astype(np.int64)
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def moved(
    equations: sparse.csr_array, wish: NDArray[np.float64], least: Ints, most: Ints, *, whole: bool
) -> NDArray[np.float64] | None:
    """Maximise ``wish @ moves`` over moves that keep the equations; None if no answer came."""
    touched = np.flatnonzero(np.diff(equations.indptr))
    rows = equations[touched].astype(np.float64)
    limits = [optimize.LinearConstraint(rows, 0, 0)] if len(touched) else []
    solved = solving.solved(
        -wish, constraints=limits, is_whole=np.full(len(wish), whole),
        bounds=optimize.Bounds(as_limit(least), as_limit(most)),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )  # fmt: skip
    moves: NDArray[np.float64] | None = solved.x
    return moves


def as_limit(bound: Ints) -> NDArray[np.float64]:
    """Give bounds to the solver, with what stands for no limit as none."""
    limit = bound.astype(np.float64)
    limit[bound > NO_LIMIT // 2], limit[bound < -NO_LIMIT // 2] = np.inf, -np.inf
    return limit


def fitting(known: Knowledge, low: Ints, high: Ints) -> Ints | None:
    """Find any whole figures that fit what is known; None if nothing does, or none was found."""
    value = np.where(low == high, low, 0)
    free = np.flatnonzero(low < high)
    if (low > high).any():
        return None
    if not len(free):
        return None if (known.equations @ value).any() else value
    rows = known.equations[:, free]
    touched = np.flatnonzero(np.diff(rows.indptr))
    rest = -(known.equations @ value)
    limits = [
        optimize.LinearConstraint(rows[touched].astype(np.float64), rest[touched], rest[touched])
    ]
    for whole in (False, True):
        solved = solving.solved(
            np.zeros(len(free)), constraints=limits if len(touched) else [],
            is_whole=np.full(len(free), whole), options={"node_limit": FIRST_NODES},
            bounds=optimize.Bounds(as_limit(low[free]), as_limit(high[free])),
        )  # fmt: skip
        if solved.x is None:
            return None
        value[free] = np.rint(solved.x).astype(np.int64)
        if not (known.equations @ value).any() and (low <= value).all() and (value <= high).all():
            return value
    return None
