"""What an attacker knows: equations, and between which bounds every figure must lie."""

import dataclasses

import numpy as np
import polars as pl
from scipy import sparse

from schoolhubs.disclosure.attacking.arithmetic import Arithmetic, Flags, Ints
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, Release

NO_LIMIT = 2**40  # above any number of people or sessions
NO_UNIT = -1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Unknowns, and what is known of each if it is shown and if it is hidden.

    All arrays have length n, one entry an unknown. Figures that are hidden together (a count and
    the sums over its people) have one ``unit``; an unknown that we cannot hide or show has none.

    Parameters
    ----------
    equations
        Shape (m, n): ``equations @ figures == 0``.
    shown_low, shown_high
        Bounds where its unit is shown.
    hidden_low, hidden_high
        Bounds where its unit is hidden, or where it has no unit.
    unit
        Which unit it belongs to; ``NO_UNIT`` for none.
    is_count, is_sum, is_rest
        What it is; an earlier release's hidden figures have a kind too.
    is_others
        Rests of a group: its people without what its part counts, perhaps nobody.
    is_attacked
        It has no unit and must not be told: hidden by an earlier release, or a small rest.
    depth
        How far below the total it stands.
    """

    equations: sparse.csr_array
    shown_low: Ints
    shown_high: Ints
    hidden_low: Ints
    hidden_high: Ints
    unit: Ints
    is_count: Flags
    is_sum: Flags
    is_rest: Flags
    is_others: Flags
    is_attacked: Flags
    depth: Ints

    @property
    def n(self) -> int:
        """How many unknowns there are."""
        return len(self.unit)

    def bounds(self, is_hidden: Flags) -> tuple[Ints, Ints]:
        """Give what is known once the units that ``is_hidden`` names are hidden."""
        covered = self.is_covered(is_hidden) | (self.unit == NO_UNIT)
        low = np.where(covered, self.hidden_low, self.shown_low)
        return low, np.where(covered, self.hidden_high, self.shown_high)

    def down_to(self, depth: int, value: Ints, is_hidden: Flags) -> tuple["Knowledge", Ints]:
        """Give what stands no deeper than ``depth``, figures above it known exactly unless hidden.

        Taking figures above as known exactly makes the attacker stronger than he is, so what is
        proved of such a piece holds of the whole.

        Returns
        -------
        The piece, and the number of each of its unknowns here.
        """
        kept = np.flatnonzero(self.depth <= depth)
        n_deeper = abs(self.equations) @ (self.depth > depth).astype(np.int64)
        equations = self.equations[np.flatnonzero(n_deeper == 0)][:, kept]
        cut = {
            each.name: getattr(self, each.name)[kept]
            for each in dataclasses.fields(self)
            if each.name != "equations"
        }
        above = (cut["depth"] < depth) & (cut["unit"] != NO_UNIT)
        above[above] = ~is_hidden[cut["unit"][above]]
        for name in ("shown_low", "shown_high", "hidden_low", "hidden_high"):
            cut[name] = np.where(above, value[kept], cut[name])
        return Knowledge(equations=equations, **cut), kept

    def around(self, part: Ints, value: Ints) -> tuple["Knowledge", Ints]:
        """Give some unknowns with their equations, all others in these fixed at ``value``.

        Returns
        -------
        The piece, and the number of each of its unknowns here.
        """
        touched = np.flatnonzero(np.diff(self.equations[:, part].indptr))
        equations = self.equations[touched]
        kept = np.union1d(part, equations.indices)
        cut = {
            each.name: getattr(self, each.name)[kept]
            for each in dataclasses.fields(self)
            if each.name != "equations"
        }
        fixed = ~np.isin(kept, part)
        for name in ("shown_low", "shown_high", "hidden_low", "hidden_high"):
            cut[name] = np.where(fixed, value[kept], cut[name])
        cut["unit"] = np.where(fixed, NO_UNIT, cut["unit"])
        cut["is_attacked"] = cut["is_attacked"] & ~fixed
        return Knowledge(equations=equations[:, kept], **cut), kept

    def is_covered(self, is_hidden: Flags) -> Flags:
        """Tell which unknowns are of a hidden unit."""
        has_unit = self.unit != NO_UNIT
        covered = np.zeros(self.n, np.bool_)
        covered[has_unit] = is_hidden[self.unit[has_unit]]
        return covered


def rounded(figures: Ints, base: int) -> Ints:
    """Round to the nearest multiple of ``base``, halves up.

    >>> rounded(np.array([2, 3, 12, 13]), 5).tolist()
    [0, 5, 10, 15]
    """
    return (2 * figures + base) // (2 * base) * base


def _unrounded(shown: Ints, base: int, least: int) -> tuple[Ints, Ints]:
    """Give the bounds of what was rounded; a true 0 is shown as 0 and unmarked."""
    return np.maximum(shown - base // 2, least), shown + (base - 1) // 2


def ours(sums: Arithmetic, value: Ints, rules: DisclosureRules) -> Knowledge:
    """Set out what would be known of a table of true figures, whichever we show.

    Sums that are shown count as known exactly; so do counts with sums beside them, since a
    child's sessions are much alike and give the count away.
    """
    layout, n_rows = sums.layout, sums.n_rows
    low, high = value.copy(), value.copy()
    given_away = set(layout.sums.values())
    for number, name in enumerate(layout.counts):
        if rules.rounding > 1 and name not in given_away:
            at = slice(number * n_rows, (number + 1) * n_rows)
            most = _unrounded(rounded(value[at], rules.rounding), rules.rounding, 1)
            is_large = value[at] > rules.threshold
            low[at] = np.where(is_large, np.maximum(most[0], rules.threshold + 1), value[at])
            high[at] = np.where(is_large, most[1], value[at])
    hidden = _hidden_bounds(sums)
    is_none = (value == 0) & (_unit(sums) != NO_UNIT) & _is_count(sums)
    return Knowledge(
        equations=sums.equations, shown_low=low, shown_high=high,
        hidden_low=np.where(is_none, 0, hidden[0]), hidden_high=np.where(is_none, 0, hidden[1]),
        unit=_unit(sums), is_count=_is_count(sums), is_sum=_is_sum(sums), is_rest=sums.is_rest,
        is_others=sums.is_others, depth=sums.depth,
        is_attacked=_small_rests(sums, value, rules.threshold) & rules.is_rest_protected,
    )  # fmt: skip


def _small_rests(sums: Arithmetic, value: Ints, threshold: int) -> Flags:
    """Tell which rests are few; of a group that has anybody, those without may be nobody at all.

    Where all of a group are in one part, what is said of the part is said of each of them.
    """
    is_any = np.where(sums.is_others, value[sums.group], value) >= 1
    return sums.is_rest & is_any & (value <= threshold)


def rests(known: Knowledge, sums: Arithmetic) -> Flags:
    """Tell which rests must not be told to be few, whatever they are: not those of nobody."""
    return sums.is_rest & (~sums.is_others | (known.hidden_high[sums.group] > 0))


def theirs(release: Release) -> tuple[Ints, Ints, Flags]:
    """Read what a table that went out tells: bounds of each figure, and whether it is hidden.

    Figures are numbered column by column, each as long as the table.
    """
    layout, rules, n_rows = release.layout, release.rules, release.table.height
    n = n_rows * len(layout.columns)
    low, high, hidden = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    for number, name in enumerate(layout.columns):
        at = slice(number * n_rows, (number + 1) * n_rows)
        mark = release.table[f"{name}_mark"].cast(pl.String)
        shown = release.table[name].fill_null(0).to_numpy().astype(np.int64)
        is_hidden = (mark == rules.hidden_mark).fill_null(value=False).to_numpy()
        is_low = (mark == rules.low_mark).fill_null(value=False).to_numpy()
        is_count = name in layout.counts
        base = rules.rounding if is_count else rules.sum_rounding
        from_low, to_high = _unrounded(shown, base, rules.threshold + 1 if is_count else 1)
        is_zero = (shown == 0) & ~is_low
        low[at] = np.where(is_hidden, int(is_count), np.where(is_zero, 0, from_low))
        high[at] = np.where(is_hidden, NO_LIMIT, np.where(is_zero, 0, to_high))
        hidden[at] = is_hidden
    return low, high, hidden


def nothing(sums: Arithmetic) -> Knowledge:
    """Set out that nothing is known of any figure, and that we can hide none."""
    low, high = np.zeros(sums.n, np.int64), np.full(sums.n, NO_LIMIT, np.int64)
    return Knowledge(
        equations=sums.equations, shown_low=low, shown_high=high, hidden_low=low.copy(),
        hidden_high=high.copy(), unit=np.full(sums.n, NO_UNIT, np.int64),
        is_count=_is_count(sums), is_sum=_is_sum(sums), is_rest=sums.is_rest,
        is_others=sums.is_others, is_attacked=np.zeros(sums.n, np.bool_), depth=sums.depth,
    )  # fmt: skip


def _unit(sums: Arithmetic) -> Ints:
    layout, n_rows = sums.layout, sums.n_rows
    unit = np.full(sums.n, NO_UNIT, np.int64)
    for number, name in enumerate(layout.columns):
        count = layout.counts.index(layout.sums.get(name, name))
        unit[number * n_rows : (number + 1) * n_rows] = count * n_rows + np.arange(n_rows)
    return unit


def _is_count(sums: Arithmetic) -> Flags:
    return np.arange(sums.n) < sums.n_rows * len(sums.layout.counts)


def _is_sum(sums: Arithmetic) -> Flags:
    return ~_is_count(sums) & (np.arange(sums.n) < sums.n_rows * len(sums.layout.columns))


def _hidden_bounds(sums: Arithmetic) -> tuple[Ints, Ints]:
    """A hidden count is at least 1, since zeros are shown; all else is at least 0."""
    return _is_count(sums).astype(np.int64), np.full(sums.n, NO_LIMIT, np.int64)
