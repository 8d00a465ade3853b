"""Faults of an export while it is read: gathered by kind, told with rows, never with a cell."""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from schoolhubs.attendance.reading.documents import schema_of
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, Problem

MOST_ROWS_NAMED = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    code: str
    column: str
    rows: tuple[int, ...]
    problem: Problem


class Faults:
    """The faults found so far in one file.

    Examples
    --------
    >>> faults = Faults("marks.csv")
    >>> faults.note("weekend", pl.Series([7, 4, 7]), column="Date")
    >>> print(faults.problems()[0])
    marks.csv, row 4, column Date: there is a mark on a Saturday or Sunday.
    Check the date, and the order of day and month in the mapping.
    1 other row has the same fault (row 7).
    >>> faults.rows()
    {4, 7}
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[_Found] = []

    def note(self, code: str, rows: pl.Series, *, column: str = "", **words: str) -> None:
        """Note the rows that have a fault; ``words`` fill the braces of its wording.

        Only words of our own may be given: a cell of the file is a pupil's.
        """
        if rows.is_empty():
            return
        numbers = tuple(int(row) for row in np.unique(rows.drop_nulls().to_numpy()))
        said = schema_of("faults.yaml")[code]
        more = len(numbers) - MOST_ROWS_NAMED
        remedy = said["remedy"].format(**words)
        if more > 0:
            remedy += f" Further {more:,} rows are not listed."
        problem = Problem(
            code=code,
            file=self.file,
            row=numbers[0],
            column=column,
            fault=said["fault"].format(**words),
            remedy=remedy,
            other_rows=numbers[1:MOST_ROWS_NAMED],
        )
        self._found.append(_Found(code, column, numbers, problem))

    def note_opened(self, problems: Iterable[Problem]) -> None:
        """Take over what was found while the file was cut into rows, a problem a kind."""
        by_code: dict[str, list[int]] = {}
        for problem in problems:
            rows = [problem.row or 0, *problem.other_rows]
            by_code.setdefault(problem.code, []).extend(rows)
        for code, rows in by_code.items():
            self.note(code, pl.Series(rows, dtype=pl.Int64))

    def rows(self) -> set[int]:
        """Give every row that has a fault."""
        return {row for found in self._found for row in found.rows}

    def rows_by_kind(self) -> dict[str, int]:
        """Count the rows of each kind of fault."""
        counts: dict[str, int] = {}
        for found in self._found:
            counts[found.code] = counts.get(found.code, 0) + len(found.rows)
        return counts

    def problems(self) -> tuple[Problem, ...]:
        """Give a problem for each kind and column, at most twenty, those with most rows first."""
        most_first: Sequence[_Found] = sorted(self._found, key=lambda found: -len(found.rows))
        return tuple(found.problem for found in most_first[:MOST_PROBLEMS_LISTED])
