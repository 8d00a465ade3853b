"""Hiding step by step: the cheapest move that frees a pinned figure says what else to hide.

If a pinned figure can be moved by as much as is needed once some further figures move too, hiding
those is enough for it: the moved table fits what is then shown. A linear program finds the move
that costs least, where figures hidden already move freely. Several figures are freed at a time at
first; those that are left, one by one, up or down, whichever is cheaper. The attacker has the
last word after each step, so the end is proved; that it is the cheapest end is not.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from schoolhubs.disclosure.attacking import solving
from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.attacker import NODES, Attack, as_limit
from schoolhubs.disclosure.choosing.search import Search

ROUNDS_AT_ONCE = 12
FEWER = 0.8  # share of pinned figures that may be left, for another round at once to pay
PRICED_OUT = 1_000.0  # freeing a figure is worth more than any chain of figures to hide
MOVED = 1e-6


def hide(search: Search) -> Ints:
    """Hide until nothing is pinned; give the unknowns that cannot be freed, mostly none."""
    before = search.known.n
    for _ in range(ROUNDS_AT_ONCE):
        pinned = search.doubtful()
        if not len(pinned):
            return pinned
        if len(pinned) > FEWER * before:
            break
        before = len(pinned)
        _free_at_once(search, pinned)
    stuck = np.zeros(search.known.n, np.bool_)
    while True:
        pinned = search.pinned()
        pinned = pinned[~stuck[pinned]]
        if not len(pinned):
            return np.flatnonzero(stuck)
        for unknown in pinned.tolist():
            attack = search.attack()
            if attack.is_proved(unknown, search.spread) or _free_one(search, unknown):
                continue  # freed with another, or now
            if _hide_beside(search, unknown):
                continue  # no move was found, within the solver's limits; try with more hidden
            stuck[unknown] = attack.is_pinned(unknown, *attack.reach(unknown, search.spread))


def _free_at_once(search: Search, pinned: Ints) -> None:
    attack, free, price = search.if_all_were_hidden(), search.may_move(), search.price()
    sign = np.zeros(search.known.n)
    sign[pinned] = search.rng.choice([-1.0, 1.0], len(pinned))
    worth = PRICED_OUT * max(float(price.max(initial=0)), 1e-9)
    for part in attack.parts(pinned):
        reach = np.where(sign[part] != 0, attack.need[part], np.iinfo(np.int64).max)
        move = _Move(
            attack=attack, search=search, part=part, free=free[part], price=price[part],
            least=np.maximum(attack.low[part] - attack.value[part], -reach),
            most=np.minimum(attack.high[part] - attack.value[part], reach),
        )  # fmt: skip
        solved = move.cheapest(worth * sign[part])
        if solved is not None:
            move.hide(solved[0])


def _free_one(search: Search, unknown: int) -> bool:
    """Hide what lets one figure move as far as it must; tell whether anything was hidden.

    Moves in fractions are tried first. Where these need nothing hidden and the attacker still
    tells the figure, since people are whole, moves in whole numbers are asked for.
    """
    attack = search.if_all_were_hidden()
    if attack.low[unknown] == attack.high[unknown]:
        return False
    part = attack.parts(np.array([unknown]))[0]
    for whole in (False, True):
        answers = list(_ways(search, attack, part, unknown, whole=whole))
        if answers:
            _, _, moves, move = min(answers, key=lambda answer: answer[:2])
            if move.hide(moves):
                return True
    return False


def _hide_beside(search: Search, unknown: int) -> bool:
    """Hide the cheapest figure of an equation with ``unknown``; tell whether one was left."""
    known = search.known
    of = np.unique(known.equations[:, [unknown]].tocoo().coords[0])
    beside = np.unique(known.equations[of].indices)
    beside = beside[search.may_move()[beside]]
    if not len(beside):
        return False
    units = known.unit[beside]
    search.is_hidden[units[np.argmin(search.weight[units])]] = True
    return True


def _ways(
    search: Search, attack: Attack, part: Ints, unknown: int, *, whole: bool
) -> Iterator[tuple[float, int, NDArray[np.float64], "_Move"]]:
    """Give the cheapest move up and the cheapest move down, each with its price."""
    least, most = attack.low[part] - attack.value[part], attack.high[part] - attack.value[part]
    here, free, price = part == unknown, search.may_move()[part], search.price()[part]
    for way in (1, -1):
        reached = way * int(attack.need[unknown])
        if not least[here][0] <= reached <= most[here][0]:
            continue
        move = _Move(
            attack=attack, search=search, part=part, free=free, price=price,
            least=np.where(here, reached, least), most=np.where(here, reached, most),
        )  # fmt: skip
        solved = move.cheapest(np.zeros(len(part)), whole=whole)
        if solved is not None:
            yield solved[1], -way, solved[0], move


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """A move of one part of the table, and what it costs to make it possible."""

    attack: Attack
    search: Search
    part: Ints
    free: Flags
    price: NDArray[np.float64]
    least: Ints
    most: Ints

    def _room(self) -> tuple[Ints, Ints]:
        """Give how far figures that are shown can move within their rounding."""
        known, part = self.attack.known, self.part
        value = self.attack.value[part]
        return known.shown_low[part] - value, known.shown_high[part] - value

    def cheapest(
        self, wish: NDArray[np.float64], *, whole: bool = False
    ) -> tuple[NDArray[np.float64], float] | None:
        """Minimise what must be hidden, less ``wish @ moves``; give the moves and their price."""
        equations = self.attack.known.equations[:, self.part]
        rows = equations[np.flatnonzero(np.diff(equations.indptr))].astype(np.float64)
        n, paying = len(self.part), np.flatnonzero(self.free)
        n_paying = len(paying)
        pick = sparse.csr_array((np.ones(n_paying), (np.arange(n_paying), paying)), (n_paying, n))
        one = sparse.eye_array(n_paying, format="csr")
        down, up = (room[paying] for room in self._room())
        limits = [
            optimize.LinearConstraint(sparse.hstack([pick, -one]), -np.inf, up),
            optimize.LinearConstraint(sparse.hstack([pick, one]), down, np.inf),
        ]
        if rows.shape[0]:
            empty = sparse.csr_array((rows.shape[0], n_paying))
            limits.append(optimize.LinearConstraint(sparse.hstack([rows, empty]), 0, 0))
        none = np.zeros(n_paying)
        solved = solving.solved(
            np.concatenate([-wish, self.price[paying]]), constraints=limits,
            is_whole=np.arange(n + n_paying) < (n if whole else 0),
            bounds=optimize.Bounds(
                np.concatenate([as_limit(self.least), none]),
                np.concatenate([as_limit(self.most), np.full(n_paying, np.inf)]),
            ),
            options={"node_limit": NODES},
        )  # fmt: skip
        if solved.x is None:
            return None
        return solved.x[:n], float(self.price[paying] @ solved.x[n:])

    def hide(self, moves: NDArray[np.float64]) -> bool:
        """Hide what moves further than its rounding allows; tell whether there was any."""
        down, up = self._room()
        is_over = self.free & ((moves > up + MOVED) | (moves < down - MOVED))
        self.search.is_hidden[self.attack.known.unit[self.part[is_over]]] = True
        self.search.attack().take(self.part, moves, self.search.spread)
        return bool(is_over.any())
