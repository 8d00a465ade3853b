"""What small-number protection hands over: the table, its cost, the ledger's record, findings."""

import dataclasses
from typing import Any

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
