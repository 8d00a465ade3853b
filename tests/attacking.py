"""An attacker of published tables that shares nothing with the package: one program a figure."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from scipy import optimize


def interval(
    tables: list[pl.DataFrame],
    dimensions: list[str],
    totals: Mapping[str, Mapping[str, str]],
    place: Mapping[str, str],
    *,
    column: str = "n",
    rounding: int = 1,
    threshold: int = 0,
    same: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (),
) -> tuple[float, float]:
    """Give the least and greatest whole number that a figure can be, by what tables show.

    ``totals`` maps each dimension's labels to the label they are part of. Every table has all
    dimensions; a row that is in none is of nobody. ``c`` is read as at least 1. ``same`` names
    pairs of places that have the same figure.
    """
    number: dict[tuple[str, ...], int] = {}
    low: list[float] = []
    high: list[float] = []
    for table in tables:
        for row in table.iter_rows(named=True):
            key = tuple(row[name] for name in dimensions)
            if key not in number:
                number[key] = len(number)
                low.append(0.0)
                high.append(np.inf)
            at = number[key]
            mark, shown = row[f"{column}_mark"], row[column]
            if mark == "c":
                bounds = (1.0, np.inf)
            elif mark == "low":
                bounds = (threshold + 1.0, np.ceil(rounding / 2) - 1)
            elif shown == 0:
                bounds = (0.0, 0.0)
            else:
                bounds = (
                    max(shown - rounding // 2, threshold + 1.0),
                    shown + (rounding - 1) // 2,
                )
            low[at], high[at] = max(low[at], bounds[0]), min(high[at], bounds[1])
    equations = []
    for key in number:
        for k, name in enumerate(dimensions):
            children = [
                (*key[:k], label, *key[k + 1 :])
                for label, whole in totals.get(name, {}).items()
                if whole == key[k]
            ]
            present = [number[child] for child in children if child in number]
            if present:
                row_of = np.zeros(len(number))
                row_of[number[key]], row_of[present] = -1, 1
                equations.append(row_of)
    for one, other in same:
        row_of = np.zeros(len(number))
        row_of[number[one]], row_of[number[other]] = -1, 1
        equations.append(row_of)
    target = number[tuple(place[name] for name in dimensions)]
    ends = []
    for sign in (1, -1):
        wish = np.zeros(len(number))
        wish[target] = sign
        solved = optimize.milp(
            wish,
            constraints=optimize.LinearConstraint(np.array(equations), 0, 0) if equations else (),
            integrality=np.ones(len(number)),
            bounds=optimize.Bounds(low, high),
        )
        if solved.status == 3 or solved.x is None:
            assert solved.status in (3, 4), solved.message
            ends.append(sign * -np.inf)
        else:
            ends.append(float(round(solved.x[target])))
    return ends[0], ends[1]
