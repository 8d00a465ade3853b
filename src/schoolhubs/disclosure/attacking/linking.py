"""Tables beside each other: a figure that stands in several is one unknown, known by all of them.

Totals hold across tables too: where one release shows a whole and another its parts, each gives
the other away.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from schoolhubs.disclosure.attacking import arithmetic, attacker, knowledge
from schoolhubs.disclosure.attacking.arithmetic import Arithmetic, Flags, Ints
from schoolhubs.disclosure.attacking.knowledge import NO_UNIT, Knowledge
from schoolhubs.vocabulary.errors import Conflict, UsageError
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout, Totals

REVISED = (
    "Give the revised figures a period of their own, or leave the replaced release out and "
    "withdraw it."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """Several tables as one.

    Parameters
    ----------
    sums
        The equations of all together.
    places
        For each table, the unknown that each of its figures is, column by column.
    """

    sums: Arithmetic
    places: tuple[Ints, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that is known, a table that fits it, and what became of our figures before.

    ``was_hidden`` and ``was_shown`` have an entry for each figure of our own table.
    """

    known: Knowledge
    value: Ints
    was_hidden: Flags
    was_shown: Flags


def unions(
    tables: Sequence[tuple[TableLayout, pl.DataFrame]], uneven: Collection[str]
) -> list[Union]:
    """Put tables together; where parts may be incomplete across tables, in two ways.

    The first takes combinations that are in no table as of nobody; the second takes a total's
    parts that stand in other tables than itself as perhaps not all.
    """
    layout = _merged([each for each, _ in tables], [table for _, table in tables])
    rows, at = _stacked(layout, tables)
    source = np.zeros(rows.height, np.int64)
    for number, place in enumerate(at):
        source[place] |= 1 << number
    column = {name: number for number, name in enumerate(layout.columns)}
    places = tuple(
        np.concatenate([column[name] * rows.height + place for name in each.columns])
        for (each, _), place in zip(tables, at, strict=True)
    )
    ways = (None, source) if len(tables) > 1 else (None,)
    return [Union(sums=arithmetic.of(layout, rows, uneven, way), places=places) for way in ways]


def _stacked(
    layout: TableLayout, tables: Sequence[tuple[TableLayout, pl.DataFrame]]
) -> tuple[pl.DataFrame, list[Ints]]:
    """Give the rows of all tables once, and where each table's rows went."""
    named = []
    for number, (each, table) in enumerate(tables):
        lacking = [name for name in layout.dimensions if name not in each.dimensions]
        tops = [pl.lit(_top(tables, layout.totals, name)).alias(name) for name in lacking]
        rows = table.select(*each.dimensions, *tops).select(layout.dimensions)
        named.append(rows.with_columns(pl.lit(number).alias(" table")).with_row_index(" row"))
    every = pl.concat(named)
    rows = every.select(layout.dimensions).unique(maintain_order=True)
    if not layout.dimensions:
        # A table of no dimensions has one row, which is of everybody.
        return pl.DataFrame({" row": [0]}), [np.zeros(1, np.int64) for _ in tables]
    placed = every.join(
        rows.with_row_index(" at"), on=list(layout.dimensions), maintain_order="left"
    )
    at = [
        placed.filter(pl.col(" table") == number)[" at"].to_numpy().astype(np.int64)
        for number in range(len(tables))
    ]
    return rows, at


def _merged(layouts: Sequence[TableLayout], tables: Sequence[pl.DataFrame]) -> TableLayout:
    """Say how the figures of all tables hang together."""

    def every(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for layout in layouts for each in getattr(layout, name)))

    dimensions = every("dimensions")
    totals = {name: ways for name in dimensions if (ways := _ways(name, layouts, tables))}
    return TableLayout(
        dimensions=dimensions, counts=every("counts"), totals=totals,
        sums={k: v for layout in layouts for k, v in layout.sums.items()},
        within={k: v for layout in layouts for k, v in layout.within.items()},
        incomplete=every("incomplete"),
        overlapping={k: v for layout in layouts for k, v in layout.overlapping.items()},
    )  # fmt: skip


def _ways(
    name: str, layouts: Sequence[TableLayout], tables: Sequence[pl.DataFrame]
) -> list[Mapping[str, str]]:
    """Give every way that a dimension's labels add up in some table.

    A label may be the total of all others in several tables, which need not have the same others:
    its parts are those of all of them, and what stands below it in a tree. Several such labels
    are the same people.
    """
    trees: list[Mapping[str, str]] = []
    of_all: dict[str, None] = {}
    labels: dict[str, None] = {}
    for layout, table in zip(layouts, tables, strict=True):
        said = layout.totals.get(name)
        for way in arithmetic.part_of(layout, table, name) if name in layout.dimensions else ():
            if isinstance(said, str):
                of_all[said] = None
                labels |= dict.fromkeys(way)
            elif way not in trees:
                trees.append(way)
    for tree in trees:
        labels |= dict.fromkeys(
            each for each in _leaves(tree) if not of_all.keys().isdisjoint(_above(each, tree))
        )
    wholes = {whole for tree in trees for whole in tree.values()} | of_all.keys()
    parts = [each for each in labels if each not in wholes]
    first = next(iter(of_all), "")
    same = [{other: first} for other in of_all if other != first]
    return [*(dict.fromkeys(parts, whole) for whole in of_all), *same, *trees]


def _leaves(tree: Mapping[str, str]) -> Iterator[str]:
    """Give the labels that are no whole."""
    wholes = set(tree.values())
    return (each for each in tree if each not in wholes)


def _above(label: str, tree: Mapping[str, str]) -> set[str]:
    """Give the wholes that a label is part of."""
    found: set[str] = set()
    while label in tree and tree[label] not in found:
        label = tree[label]
        found.add(label)
    return found


def _top(tables: Sequence[tuple[TableLayout, pl.DataFrame]], totals: Totals, name: str) -> str:
    """Give the label that is the total of all others; where several are, the first."""
    said_of_all = (each.totals.get(name) for each, _ in tables)
    said = next((said for said in said_of_all if isinstance(said, str)), None)
    said = arithmetic.top(totals, name) if said is None else said
    if said is None:
        raise UsageError(
            f"One table has the dimension {name} and another has not. Say in `totals` which one "
            f"label of {name} is the total of all others."
        )
    return said


def linked(
    known: Knowledge, value: Ints, layout: TableLayout, table: pl.DataFrame,
    uneven: Sequence[str], released: Sequence[Release], *, is_rest_protected: bool,
) -> World:  # fmt: skip
    """Put our table beside earlier releases.

    Raises
    ------
    Conflict
        If an earlier release shows other figures for what this table holds.
    """
    n = table.height * len(layout.columns)
    if not released:
        none = np.zeros(n, np.bool_)
        return World(known=known, value=value, was_hidden=none, was_shown=none)
    tables = [(layout, table), *((each.layout, read(each)) for each in released)]
    for union in unions(tables, {*uneven, *uneven_of(released)}):
        together, was_hidden, was_shown = _known_of(
            known, value, union, released, (layout, table), is_rest_protected=is_rest_protected
        )
        own = union.places[0]
        low, high = together.hidden_low.copy(), together.hidden_high.copy()
        low[own] = high[own] = value[:n]
        whole = attacker.fitting(together, low, high)
        if whole is not None:
            return World(known=together, value=whole, was_hidden=was_hidden, was_shown=was_shown)
    raise Conflict(f"The figures do not fit what earlier releases show of them. {REVISED}")


def uneven_of(released: Sequence[Release]) -> set[str]:
    """Name all totals that do not add up in some release."""
    return {name for release in released for name in release.uneven}


def read(release: Release) -> pl.DataFrame:
    """Give the table of a release, checked."""
    return arithmetic.checked(release.layout, release.table)


def _known_of(
    known: Knowledge, value: Ints, union: Union, released: Sequence[Release],
    ours: tuple[TableLayout, pl.DataFrame], *, is_rest_protected: bool,
) -> tuple[Knowledge, Flags, Flags]:  # fmt: skip
    """Give what is known of all tables, and which of our figures were hidden or shown before."""
    layout, table = ours
    own, n = union.places[0], len(union.places[0])
    together = knowledge.nothing(union.sums)
    for name in ("shown_low", "shown_high", "hidden_low", "hidden_high", "unit"):
        getattr(together, name)[own] = getattr(known, name)[:n]
    before = np.full(union.sums.n, NO_UNIT)
    for release, place in zip(released, union.places[1:], strict=True):
        low, high, is_hidden = take_in(together, release, place)
        before[place] = np.maximum(before[place], is_hidden)
        off = np.flatnonzero((value[:n] < low[own]) | (value[:n] > high[own]))
        if len(off):
            column, row = divmod(int(off[0]), table.height)
            raise Conflict(
                f"{layout.columns[column]} of {arithmetic.where(layout, table, row)} is not what "
                f"{release.name} shows. A figure shown twice, a little changed, tells what "
                f"changed. {REVISED}"
            )
    if is_rest_protected:
        together.is_attacked[knowledge.rests(together, union.sums)] = True
    return together, before[own] == 1, before[own] == 0


def take_in(together: Knowledge, release: Release, place: Ints) -> tuple[Ints, Ints, Flags]:
    """Add what a release tells to what is known; give its bounds of all unknowns, and its marks."""
    n = together.n
    low, high = np.zeros(n, np.int64), np.full(n, knowledge.NO_LIMIT, np.int64)
    told_low, told_high, is_hidden = knowledge.theirs(release)
    low[place], high[place] = told_low, told_high
    for name in ("shown_low", "hidden_low"):
        np.maximum(getattr(together, name), low, out=getattr(together, name))
    for name in ("shown_high", "hidden_high"):
        np.minimum(getattr(together, name), high, out=getattr(together, name))
    together.is_attacked[place[is_hidden]] = True
    return low, high, is_hidden
