"""What small-number protection is told: rules, and how a table hangs together."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

Totals = Mapping[str, str | Mapping[str, str] | Sequence[Mapping[str, str]]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRules:
    """When a count is too small to show, and how counts that are shown are rounded.

    Parameters
    ----------
    name, version
        Which rules these are.
    threshold
        Counts from 1 to this number of people are hidden. Zeros are shown.
    rounding, sum_rounding
        Counts and sums that are shown are rounded to a multiple of this; 1 leaves them.
    sum_width_share
        A hidden sum is pinned if it is known to within this share of its greatest value, 0-1.
    rate_base
        Fewest people a rate is shown for.
    rate_decimals
        Decimals a rate is rounded to.
    is_rest_protected
        Whether those of the whole who are not in the part are a group that must not be small.
    hidden_mark, low_mark, none_mark, unreliable_mark
        Symbols: hidden; rounds to 0 but is not 0; no such rate; too few people for a rate.
    """

    name: str
    version: str
    threshold: int
    rounding: int
    sum_rounding: int
    sum_width_share: float
    rate_base: int
    rate_decimals: int
    is_rest_protected: bool
    hidden_mark: str
    low_mark: str
    none_mark: str
    unreliable_mark: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """How the figures of a table hang together, as anybody can read off it.

    Parameters
    ----------
    dimensions
        Columns that together name a row. Two tables that both have a dimension mean the same by it.
    counts
        Columns that count people, in whole numbers.
    totals
        How the labels of a dimension add up: the label that is the total of all others, or a
        mapping from each label to the label it is part of (or several such mappings). A dimension
        that is not named has no totals. A dimension that a table lacks is taken at its total.
    rates
        Name of each rate, with the columns it divides: part, whole. In percent.
    sums
        Columns summed over people (sessions), with the count of those people. A sum is hidden
        with its count.
    within
        Columns that are part of another: persistent absentees of enrolments.
    incomplete
        Dimensions whose labels need not cover everybody, as where the unclassified are not shown.
    overlapping
        Dimensions over which some columns need not add up, since one person may count under
        several labels: enrolments over terms. Where they do add up, the attacker knows it.
    """

    dimensions: tuple[str, ...]
    counts: tuple[str, ...]
    totals: Totals
    rates: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    sums: Mapping[str, str] = dataclasses.field(default_factory=dict)
    within: Mapping[str, str] = dataclasses.field(default_factory=dict)
    incomplete: tuple[str, ...] = ()
    overlapping: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that hold figures: counts, then sums."""
        return (*self.counts, *self.sums)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a layout from its fields, as JSON holds them.

        >>> layout = TableLayout(dimensions=("fsm",), counts=("n",), totals={"fsm": "all"})
        >>> TableLayout.from_dict(dataclasses.asdict(layout)) == layout
        True
        """
        return cls(
            dimensions=tuple(told["dimensions"]),
            counts=tuple(told["counts"]),
            totals=told["totals"],
            rates={name: (part, whole) for name, (part, whole) in told["rates"].items()},
            sums=told["sums"],
            within=told["within"],
            incomplete=tuple(told["incomplete"]),
            overlapping={name: tuple(columns) for name, columns in told["overlapping"].items()},
        )
