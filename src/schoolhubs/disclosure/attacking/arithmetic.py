"""What anybody can work out from a table: which figures add up to which.

A table becomes unknowns and equations. Figure ``j`` of row ``r`` is unknown ``j * n_rows + r``;
behind these come unknowns that no table shows: those of a whole who are not in a part, the
unclassified, and the slack of an inequality. Every equation has whole-number factors and adds up
to 0.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.disclosure import TableLayout, Totals

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """The equations of one table.

    Parameters
    ----------
    layout, n_rows
        The table's.
    equations
        Shape (m, n), sparse, whole numbers: ``equations @ figures == 0``.
    is_rest
        Length n: people of a whole outside its part, or of no label; never shown.
    is_others
        Length n: the rests that are people of a group without what its part counts.
    group
        Length n: of such a rest the figure of its group, else its own number.
    is_slack
        Length n: no figure at all, only the room an inequality leaves.
    depth
        Length n: how far below the total of its deepest dimension a figure stands.
    """

    layout: TableLayout
    n_rows: int
    equations: sparse.csr_array
    is_rest: Flags
    is_others: Flags
    group: Ints
    is_slack: Flags
    depth: Ints

    @property
    def n(self) -> int:
        """How many unknowns there are."""
        return len(self.is_rest)

    def filled(self, table: pl.DataFrame) -> Ints:
        """Give every unknown its true value, from a table of true figures.

        Raises
        ------
        DataProblem
            If a figure is missing, below 0 or no whole number, or if figures do not add up.
        """
        known = [_whole(table, name) for name in self.layout.columns]
        value = np.zeros(self.n, np.int64)
        n_figures = self.n_rows * len(known)
        value[:n_figures] = np.concatenate(known)
        unseen = np.flatnonzero(self.is_rest | self.is_slack)
        # Each unseen unknown stands in one equation, with factor -1: the first sets it.
        owner = self.equations[:, unseen].tocsc().indices
        left = self.equations[:, :n_figures] @ value[:n_figures]
        value[unseen] = left[owner]
        fault = self.equations @ value != 0
        fault[owner[value[unseen] < 0]] = True
        if fault.any():
            raise DataProblem([self._does_not_add_up(table, int(np.flatnonzero(fault)[0]))])
        return value

    def _does_not_add_up(self, table: pl.DataFrame, equation: int) -> Problem:
        row = self.equations[[equation]]
        parent = int(row.indices[row.data > 0][0])
        column = self.layout.columns[parent // self.n_rows]
        return Problem(
            code="does_not_add_up",
            column=column,
            fault=f"{column} does not add up at {where(self.layout, table, parent % self.n_rows)}",
            remedy=(
                "Check what `totals` and `within` say. Where labels do not cover everybody, name "
                "the dimension in `incomplete`; where a person counts under several, name it in "
                "`overlapping`."
            ),
        )


def where(layout: TableLayout, table: pl.DataFrame, row: int) -> str:
    """Name a row by its dimensions."""
    return ", ".join(f"{name} {table[name][row]}" for name in layout.dimensions) or "the table"


def part_of(layout: TableLayout, table: pl.DataFrame, dimension: str) -> list[Mapping[str, str]]:
    """Give each way that the labels of a dimension add up: label to the label it is part of."""
    said = layout.totals.get(dimension)
    if said is None:
        return []
    if isinstance(said, str):
        labels = table[dimension].cast(pl.String).unique().sort().to_list()
        return [{label: said for label in labels if label != said}]
    return [said] if isinstance(said, Mapping) else list(said)


def checked(layout: TableLayout, table: pl.DataFrame) -> pl.DataFrame:
    """Give the table with its dimensions as text.

    Raises
    ------
    DataProblem
        If a column is absent, a dimension is missing in a row, or two rows are of one place.
    """
    asked = (*layout.dimensions, *layout.columns)
    absent = [name for name in asked if name not in table.columns]
    if absent:
        raise DataProblem([_problem("absent_column", f"the table has no column {absent[0]}")])
    table = table.with_columns(pl.col(layout.dimensions).cast(pl.String))
    for name in layout.dimensions:
        if table[name].null_count():
            raise DataProblem([_problem("missing_value", f"{name} is missing in a row", name)])
    is_twice = table.select(layout.dimensions).is_duplicated()
    if layout.dimensions and is_twice.any():
        shown = where(layout, table, is_twice.to_list().index(True))
        raise DataProblem([_problem("repeated_key", f"more than one row is of {shown}")])
    return table


def of(
    layout: TableLayout, table: pl.DataFrame, uneven: Collection[str] = (),
    source: Ints | None = None,
) -> Arithmetic:  # fmt: skip
    """Set out the equations of a table that was :func:`checked`.

    Parameters
    ----------
    uneven
        Totals that their parts do not add up to, as :func:`not_adding_up` names them.
    source
        One entry a row, where rows of several tables were put together: the tables it stands in,
        as bits. If given, the parts of a total that stand in other tables only may be incomplete.
    """
    n_rows, columns = table.height, layout.columns
    index = {name: number for number, name in enumerate(columns)}
    rows = _Rows(n_figures=n_rows * len(columns))
    for whole, parent, child, dimension in _groups(layout, table):
        is_open = np.full(len(whole), dimension in layout.incomplete)
        if source is not None:
            is_together = np.zeros(len(whole), np.bool_)
            is_together[parent[(source[whole[parent]] & source[child]) != 0]] = True
            is_open |= ~is_together
        for name in columns:
            shift = index[name] * n_rows
            kept = np.ones(len(whole), np.bool_)
            if uneven and name in layout.overlapping.get(dimension, ()):
                said = names(layout, table, name, dimension, whole)
                kept = np.array([each not in uneven for each in said], np.bool_)
            is_even = kept[parent]
            renumbered = np.cumsum(kept) - 1
            rows.total(
                whole[kept] + shift, renumbered[parent[is_even]], child[is_even] + shift,
                has_rest=is_open[kept],
            )  # fmt: skip
    every = np.arange(n_rows)
    for part, of_whole in layout.within.items():
        is_of_people = part in layout.counts and of_whole in layout.counts
        rows.total(
            every + index[of_whole] * n_rows, every, every + index[part] * n_rows,
            has_rest=np.full(n_rows, fill_value=True), is_rest=is_of_people,
            is_within=is_of_people,
        )  # fmt: skip
    depth = np.tile(_depth(layout, table), len(columns))
    return rows.done(layout, n_rows, depth)


def not_adding_up(layout: TableLayout, table: pl.DataFrame) -> tuple[str, ...]:
    """Name the totals that may differ from the sum of their parts, and do.

    These are totals over a dimension in ``layout.overlapping``. All others add up, and whoever
    sees the table will take it that they do.
    """
    if not layout.overlapping:
        return ()
    found: list[str] = []
    for whole, parent, child, dimension in _groups(layout, table):
        for name in layout.overlapping.get(dimension, ()):
            figures = _whole(table, name)
            parts = np.zeros(len(whole), np.int64)
            np.add.at(parts, parent, figures[child])
            off = whole[parts != figures[whole]]
            found += names(layout, table, name, dimension, off)
    return tuple(sorted(found))


def names(
    layout: TableLayout, table: pl.DataFrame, column: str, dimension: str, rows: Ints
) -> list[str]:
    """Name totals of ``rows`` alike in every table: dimensions at the top are left out."""
    said = [
        pl.when(pl.col(name) == (top(layout.totals, name) or ""))
        .then(pl.lit(""))
        .otherwise(pl.lit(f"; {name} ") + pl.col(name))
        for name in sorted(layout.dimensions)
    ]
    places = table[rows.tolist()].select(pl.concat_str(said)).to_series().to_list()
    return [f"{column} over {dimension}{place}" for place in places]


def top(totals: Totals, name: str) -> str | None:
    """Give the one label of a dimension that is the total of all others, if there is one."""
    said = totals.get(name)
    if said is None or isinstance(said, str):
        return said
    ways = [said] if isinstance(said, Mapping) else list(said)
    parts = {part for way in ways for part in way}
    tops = {whole for way in ways for whole in way.values()} - parts
    return tops.pop() if len(tops) == 1 else None


class _Rows:
    """Equations as they are gathered."""

    def __init__(self, *, n_figures: int) -> None:
        self.n_equations, self.n, self.n_figures = 0, n_figures, n_figures
        self.at: list[tuple[Ints, Ints, Ints]] = []
        self.is_rest: list[bool] = []
        self.group: list[int] = []  # the figure that an unseen unknown is of, -1 if of no label

    def _add(self, equation: Ints, unknown: Ints, factor: int) -> None:
        self.at.append((equation + self.n_equations, unknown, np.full(len(unknown), factor)))

    def _unseen(self, n: int, *, is_rest: bool) -> Ints:
        self.is_rest += [is_rest] * n
        self.n += n
        return np.arange(self.n - n, self.n)

    def total(
        self, whole: Ints, parent: Ints, child: Ints, *, has_rest: Flags, is_rest: bool = True,
        is_within: bool = False,
    ) -> None:  # fmt: skip
        """Each whole is its children and, where it has one, a rest nobody shows."""
        self._add(np.arange(len(whole)), whole, 1)
        self._add(parent, child, -1)
        open_ = np.flatnonzero(has_rest)
        self._add(open_, self._unseen(len(open_), is_rest=is_rest), -1)
        self.group += whole[open_].tolist() if is_within else [-1] * len(open_)
        self.n_equations += len(whole)

    def done(self, layout: TableLayout, n_rows: int, depth: Ints) -> Arithmetic:
        """Give the equations gathered."""
        none = np.zeros(0, np.int64)
        at = [np.concatenate([none, *(each[k] for each in self.at)]) for k in range(3)]
        shape = (self.n_equations, self.n)
        equations = sparse.csr_array((at[2], (at[0], at[1])), shape=shape, dtype=np.int64)
        is_rest = np.zeros(self.n, np.bool_)
        is_rest[self.n_figures :] = self.is_rest
        is_slack = np.arange(self.n) >= self.n_figures
        of = np.concatenate([np.full(self.n_figures, -1), np.array(self.group, np.int64)])
        deep = np.zeros(self.n, np.int64)
        deep[: self.n_figures] = depth
        # What no table shows stands as deep as the deepest figure of its equation.
        for unseen, owner in _owners(equations, self.n_figures):
            deep[unseen] = owner_depth(equations, deep, owner)
        return Arithmetic(
            layout=layout, n_rows=n_rows, equations=equations, is_rest=is_rest,
            is_others=of >= 0, group=np.where(of >= 0, of, np.arange(self.n)),
            is_slack=is_slack & ~is_rest, depth=deep,
        )  # fmt: skip


def _owners(equations: sparse.csr_array, n_figures: int) -> Iterator[tuple[Ints, Ints]]:
    unseen = np.arange(n_figures, equations.shape[1])
    if len(unseen):
        yield unseen, equations[:, unseen].tocsc().indices.astype(np.int64)


def owner_depth(equations: sparse.csr_array, depth: Ints, owner: Ints) -> Ints:
    """Give the greatest depth of the figures of each equation in ``owner``."""
    deepest = np.zeros(equations.shape[0], np.int64)
    cells = equations.tocoo()
    np.maximum.at(deepest, cells.coords[0], depth[cells.coords[1]])
    return deepest[owner]


def _groups(layout: TableLayout, table: pl.DataFrame) -> Iterator[tuple[Ints, Ints, Ints, str]]:
    """Give wholes (rows), the number of each child's whole, the children (rows), the dimension."""
    keys = table.select(layout.dimensions).with_row_index("row")
    for name in layout.dimensions:
        others = [other for other in layout.dimensions if other != name]
        for mapping in part_of(layout, table, name):
            up = pl.col(name).replace_strict(mapping, default=None, return_dtype=pl.String)
            children = keys.with_columns(up.alias(name)).drop_nulls(name)
            pairs = children.join(keys, on=[name, *others], suffix="_whole").sort("row_whole")
            if pairs.height:
                whole, parent = np.unique(pairs["row_whole"].to_numpy(), return_inverse=True)
                child = pairs["row"].to_numpy().astype(np.int64)
                yield whole.astype(np.int64), parent.astype(np.int64), child, name


def _depth(layout: TableLayout, table: pl.DataFrame) -> Ints:
    """Give each row's depth in the dimension with most labels that adds up."""
    ways = [(name, way) for name in layout.dimensions for way in part_of(layout, table, name)]
    if not ways:
        return np.zeros(table.height, np.int64)
    name, way = max(ways, key=lambda each: len(each[1]))
    depths: dict[str, int] = {}
    for label in table[name].unique().to_list():
        above, depths[label] = label, 0
        while above in way:
            above, depths[label] = way[above], depths[label] + 1
            if depths[label] > len(way):
                fault = f"{name}: {label} is part of itself by way of others"
                raise DataProblem([_problem("circular_totals", fault, name)])
    return table[name].replace_strict(depths, return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _whole(table: pl.DataFrame, name: str) -> Ints:
    column = table[name]
    if column.null_count() or not column.dtype.is_numeric():
        fault = f"{name} is missing or no number in some rows"
        raise DataProblem([_problem("missing_value", fault, name)])
    whole = column.cast(pl.Int64, strict=False)
    if whole.null_count() or not (whole == column).all() or (column < 0).any():
        raise DataProblem([_problem("no_count", f"{name} is below 0 or no whole number", name)])
    return whole.to_numpy().astype(np.int64)


def _problem(code: str, fault: str, column: str = "") -> Problem:
    remedy = "Give a row for each combination of dimensions, with every figure a whole number."
    return Problem(code=code, fault=fault, column=column, remedy=remedy)
