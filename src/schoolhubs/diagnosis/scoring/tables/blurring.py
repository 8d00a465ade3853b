"""What is blurred stays blurred: which further values are withheld so that none is worked out.

Where all or nearly all of a group answered alike its value is blurred. A total less the other
groups would give it back. So further values are withheld, as few as leave the blurred one open for
whoever knows all that is shown.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from scipy.optimize import linprog

from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.diagnosis.scoring.tables.estimating import ALL, SUM_OF_WEIGHTS

WAVE = "wave"
MOVED = 1e-6  # points times people; less is how the solver rounds
Line = tuple[int, tuple[int, ...]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of one measure of one school.

    Parameters
    ----------
    value, weight, n
        Of each cell: 0-100, sum of weights, people.
    is_hidden
        Cells of which nothing is shown, not even how many.
    lines
        A total and the parts it is the sum of, by their numbers.
    """

    value: Sequence[float]
    weight: Sequence[float]
    n: Sequence[int]
    is_hidden: Sequence[bool]
    lines: Sequence[Line]


def withheld(rows: pl.DataFrame, columns: Sequence[str], pooled: Mapping[str, str]) -> pl.DataFrame:
    """Tell which values are withheld beside those that are blurred.

    Parameters
    ----------
    rows
        Estimates of one school with ``is_hidden``.
    columns
        Group columns of the cuts.
    pooled
        For each wave the pooled wave it is part of.

    Returns
    -------
    The rows with ``is_withheld``.
    """
    numbered = rows.with_row_index(" row")
    found: set[int] = set()
    most = float(constant("extreme_percent"))
    is_extreme = (pl.col("value") >= most) | (pl.col("value") <= 100 - most)
    named = numbered.filter(is_extreme & ~pl.col("is_hidden"))["scored"].unique()
    for (_,), mine in numbered.filter(pl.col("scored").is_in(named.implode())).group_by(
        "scored", maintain_order=True
    ):
        places = [tuple(row) for row in mine.select(WAVE, *columns).iter_rows()]
        cells = Cells(
            value=mine["value"].to_list(), weight=mine[SUM_OF_WEIGHTS].to_list(),
            n=mine["n"].to_list(), is_hidden=mine["is_hidden"].to_list(),
            lines=tuple(_lines(places, pooled)),
        )  # fmt: skip
        number = mine[" row"].to_list()
        found |= {number[each] for each in to_withhold(cells)}
    return numbered.with_columns(pl.col(" row").is_in(sorted(found)).alias("is_withheld")).drop(
        " row"
    )


def _lines(places: Sequence[tuple[str, ...]], pooled: Mapping[str, str]) -> Iterator[Line]:
    """Give each total that is among the cells, with its parts."""
    at = {place: number for number, place in enumerate(places)}
    parts: dict[tuple[int, int], list[int]] = {}
    for number, place in enumerate(places):
        for axis, label in enumerate(place):
            whole = pooled.get(label) if axis == 0 else (ALL if label != ALL else None)
            total = at.get((*place[:axis], whole, *place[axis + 1 :])) if whole else None
            if total is not None:
                parts.setdefault((axis, total), []).append(number)
    for (_, total), found in parts.items():
        yield total, tuple(found)


def to_withhold(cells: Cells) -> set[int]:
    """Choose cells to withhold until each blurred value is open, few and small ones first.

    >>> lines = [(0, (1, 2))]
    >>> told = dict(n=[102, 90, 12], weight=[102.0, 90.0, 12.0], is_hidden=[False] * 3)
    >>> to_withhold(Cells(value=[80.4, 77.8, 100.0], lines=lines, **told))
    {1}
    >>> to_withhold(Cells(value=[80.4, 78.4, 94.0], lines=lines, **told))
    set()
    """
    found: set[int] = set()
    for cell in range(len(cells.value)):
        if _is_blurred(cells, cell):
            found |= _opening(cells, cell, found)
    return found


def _opening(cells: Cells, cell: int, withheld_: set[int]) -> set[int]:
    """Give the cells to withhold, so that a blurred one may as well lie away from all or none.

    What the attacker cannot tell apart from the truth is another table of the same totals. The one
    is looked for in which the blurred value is ``blur_open_points`` from all or none and the fewest
    cells that are shown differ. Whatever is shown counts as known exactly.
    """
    size, most = len(cells.value), float(constant("extreme_percent"))
    is_top, room = cells.value[cell] >= most, float(constant("blur_open_points"))
    goal = 100 - room if is_top else room
    if (cells.value[cell] <= goal) is is_top:
        return set()
    is_free = [each in withheld_ or _is_unknown(cells, each) for each in range(size)]
    cost = [0.0 if free else 1 + n / sum(cells.n) for free, n in zip(is_free, cells.n, strict=True)]
    more, less = zip(*(_room(cells, each) for each in range(size)), strict=True)
    lines = np.zeros((len(cells.lines) + 1, size))
    for number, (total, parts) in enumerate(cells.lines):
        lines[number, [total, *parts]] = [-1.0, *[1.0] * len(parts)]
    lines[-1, cell] = 1.0
    sums = [*[0.0] * len(cells.lines), (goal - cells.value[cell]) * cells.weight[cell]]
    solved = linprog(
        [*cost, *cost], A_eq=np.hstack([lines, -lines]), b_eq=sums,
        bounds=[(0.0, each) for each in (*more, *less)],
    )  # fmt: skip
    if solved.x is None:
        return {each for each in range(size) if not is_free[each]}
    moved = np.abs(solved.x[:size] - solved.x[size:]) > MOVED
    return {each for each in range(size) if moved[each] and not is_free[each]}


def _room(cells: Cells, cell: int) -> tuple[float, float]:
    """Give how far the sum of a cell may differ from the truth, up and down, for all one knows.

    A blurred cell says on which side it is, and one that is withheld that it is not blurred.
    """
    most, weight, value = float(constant("extreme_percent")), cells.weight[cell], cells.value[cell]
    low, high = 100 - most, most
    if cells.is_hidden[cell]:
        low, high = 0.0, 100.0
    elif value >= most:
        low, high = most, 100.0
    elif value <= 100 - most:
        low, high = 0.0, 100 - most
    return max(0.0, high - value) * weight, max(0.0, value - low) * weight


def _is_blurred(cells: Cells, cell: int) -> bool:
    return _is_unknown(cells, cell) and not cells.is_hidden[cell]


def _is_unknown(cells: Cells, cell: int) -> bool:
    most = float(constant("extreme_percent"))
    return cells.is_hidden[cell] or not 100 - most < cells.value[cell] < most
