"""What small-number protection hands over: the table, its cost, the ledger's record, findings."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

import polars as pl

from schoolhubs.vocabulary.records.disclosure.layout import DisclosureRules, TableLayout


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A table as it went out, with what is needed to attack it. Holds no hidden figure.

    Parameters
    ----------
    name
        Which release this is, such as ``"autumn 2025, first"``.
    layout, rules
        How its figures hang together, and what it was protected by.
    table
        One row for each combination of dimensions, figures null where ``<name>_mark`` says why.
    uneven
        Totals that their parts do not add up to, where one person counts under several labels.
    """

    name: str
    layout: TableLayout
    rules: DisclosureRules
    table: pl.DataFrame
    uneven: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, the table as a list for each column."""
        return {
            "name": self.name,
            "layout": dataclasses.asdict(self.layout),
            "rules": dataclasses.asdict(self.rules),
            "table": self.table.to_dict(as_series=False),
            "uneven": list(self.uneven),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a release from what :meth:`as_dict` gave.

        >>> rules = DisclosureRules(
        ...     name="r", version="1", threshold=9, rounding=1, sum_rounding=1,
        ...     sum_width_share=0.1, rate_base=0, rate_decimals=0, is_rest_protected=True,
        ...     hidden_mark="c", low_mark="low", none_mark="z", unreliable_mark="u",
        ... )
        >>> layout = TableLayout(dimensions=("fsm",), counts=("n",), totals={"fsm": "all"})
        >>> table = pl.DataFrame(
        ...     {"fsm": ["yes", "all"], "n": [None, 30], "n_mark": ["c", None]}
        ... )
        >>> release = Release(name="first", layout=layout, rules=rules, table=table)
        >>> Release.from_dict(release.as_dict()).table.equals(table)
        True
        """
        layout = TableLayout.from_dict(told["layout"])
        figures = (*layout.columns, *layout.rates)
        # A column that is empty throughout has lost its type in JSON.
        types: dict[str, pl.DataType] = {
            name: pl.Float64() if name in layout.rates else pl.Int64() for name in figures
        }
        # So has the order of the columns, where a database kept it.
        order = [*layout.dimensions, *(each for name in figures for each in (name, f"{name}_mark"))]
        held = told["table"]
        names = [name for name in order if name in held] + [
            name for name in held if name not in order
        ]
        table = {
            name: pl.Series(name, held[name], dtype=types.get(name, pl.String())) for name in names
        }
        return cls(
            name=told["name"],
            layout=layout,
            rules=DisclosureRules(**told["rules"]),
            table=pl.DataFrame(table),
            uneven=tuple(told["uneven"]),
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureCost:
    """What protection cost: figures (counts, each in its row) hidden, and what they held.

    ``hidden_share`` and ``hidden_people_share`` are 0-1: of the figures that are not 0, and of
    what they count. ``weight`` is the information hidden beyond the small numbers themselves, one
    plus the binary logarithm of each count; ``weight_bound`` is the least it can be, where every
    part of the table was solved exactly, else missing.
    """

    n_figures: int
    n_small: int
    n_complementary: int
    n_still_hidden: int
    hidden_share: float
    hidden_people_share: float
    weight: float
    weight_bound: float | None
    n_parts_exact: int
    n_parts_heuristic: int

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A table fit to leave.

    Parameters
    ----------
    table
        The figures rounded, with companions ``<name>_mark``; rates from rounded figures.
    hidden
        One row for each hidden count: the dimensions, ``column`` and ``reason`` (``small``,
        ``complementary``, ``hidden before``). For the office; not to be published.
    cost
        What it cost.
    release
        The record for the ledger, to be given as ``released`` next time.
    """

    table: pl.DataFrame
    hidden: pl.DataFrame
    cost: DisclosureCost
    release: Release


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureFinding:
    """A hidden figure that can be told from what is shown: between ``low`` and ``high``."""

    release: str
    column: str
    where: str
    low: int
    high: int

    def __str__(self) -> str:
        known = f"{self.low}" if self.low == self.high else f"from {self.low} to {self.high}"
        return f"{self.release}: {self.column} of {self.where} is not shown but must be {known}"

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)
