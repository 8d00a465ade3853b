"""The state of a search for figures to hide, and the attack on it."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.attacker import (
    Attack,
    Spread,
    facing,
    needed,
    seen_at,
    targets,
)
from schoolhubs.disclosure.attacking.knowledge import NO_UNIT, Knowledge
from schoolhubs.vocabulary.records.disclosure import DisclosureRules

SEED = 20261122  # of directions only: what is found is proved, whatever they were


@dataclasses.dataclass(slots=True, kw_only=True)
class Search:
    """What is known, what is hidden so far, and what has been proved.

    Hiding more never narrows what an attacker must think possible, so proofs stay.

    Parameters
    ----------
    known, value, rules
        As for an attack; ``value`` holds the true figures.
    is_hidden, may_hide
        One entry a unit: hidden now, and free to be hidden.
    weight
        One entry a unit: what hiding it costs.
    spread
        Fitting tables seen so far.
    """

    known: Knowledge
    value: Ints
    rules: DisclosureRules
    is_hidden: Flags
    may_hide: Flags
    weight: NDArray[np.float64]
    spread: Spread = dataclasses.field(init=False)
    rng: np.random.Generator = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.spread = seen_at(self.value)
        self.rng = np.random.default_rng(SEED)

    def attack(self) -> Attack:
        """Set out the attack on what is hidden now."""
        return facing(self.known, self.value, *self.known.bounds(self.is_hidden), self.rules)

    def if_all_were_hidden(self) -> Attack:
        """Set out an attack in which every unit that may be hidden is."""
        bounds = self.known.bounds(self.is_hidden | self.may_hide)
        return facing(self.known, self.value, *bounds, self.rules)

    def pinned(self, among: Ints | None = None) -> Ints:
        """Give the unknowns that are hidden and can be told."""
        asked = self._asked()
        if among is not None:
            asked &= np.isin(np.arange(self.known.n), among)
        return self.attack().pinned(asked, self.spread, self.rng)

    def doubtful(self) -> Ints:
        """Give the unknowns that are hidden and can be told, and some that perhaps cannot."""
        return self.attack().doubtful(self._asked(), self.spread, self.rng)

    def _asked(self) -> Flags:
        return targets(self.known, self.is_hidden) & ((self.value > 0) | self.known.is_others)

    def may_move(self) -> Flags:
        """Tell which unknowns belong to a unit that could be hidden yet."""
        free = np.zeros(self.known.n, np.bool_)
        has_unit = self.known.unit != NO_UNIT
        free[has_unit] = (self.may_hide & ~self.is_hidden)[self.known.unit[has_unit]]
        return free

    def price(self) -> NDArray[np.float64]:
        """Give what moving each unknown by one costs, in parts of its unit's weight."""
        price = np.zeros(self.known.n)
        has_unit = self.known.unit != NO_UNIT
        price[has_unit] = self.weight[self.known.unit[has_unit]]
        return price / needed(self.known, self.value, self.rules)
