"""One tree of errors: each says what happened, where, and what to do, and knows its exit code.

A fault in somebody's data is a :class:`Problem`. Up to twenty are listed and the rest counted,
so that a file is mended in one go and not one fault at a time.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

MOST_PROBLEMS_LISTED = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault in a file or a definition, in words its owner can act on.

    Parameters
    ----------
    code
        Short stable name of the fault, such as ``absent_above_possible``.
    fault
        What is wrong, with the value that was read; no full stop at the end.
    remedy
        What was expected and what to do, in whole sentences.
    file, row, column, urn, value
        Where it stands. ``row`` counts the header as row 1. None or blank where it has no place.
    other_rows
        Further rows of the same file with the same fault.
    """

    code: str
    fault: str
    remedy: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    urn: str = ""
    value: str = ""
    other_rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Say it in one to three lines.

        >>> print(Problem(code="x", file="a.csv", row=2, fault="roll is -3", remedy="Mend it."))
        a.csv, row 2: roll is -3.
        Mend it.
        """
        place = [self.file] if self.file else []
        place += [f"row {self.row:,}"] if self.row is not None else []
        place += [f"column {self.column}"] if self.column and self.column not in self.fault else []
        place += [f"URN {self.urn}"] if self.urn else []
        lines = [f"{', '.join(place)}: {self.fault}." if place else f"{self.fault}."]
        lines += [self.remedy] if self.remedy else []
        if self.other_rows:
            lines.append(_others(self.other_rows))
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Give the problem as JSON-ready values, rows as numbers."""
        return {**dataclasses.asdict(self), "other_rows": list(self.other_rows)}


def _others(rows: Sequence[int]) -> str:
    named = ", ".join(f"{row:,}" for row in rows[:5]) + (", …" if len(rows) > 5 else "")
    if len(rows) == 1:
        return f"1 other row has the same fault (row {named})."
    return f"{len(rows):,} other rows have the same fault (rows {named})."


class SchoolhubsError(Exception):
    """Base of every error we raise on purpose; shown to people without a traceback."""

    exit_code: ClassVar[int] = 1


class UsageError(SchoolhubsError):
    """The command or call was put wrongly; the message says how to put it right."""

    exit_code = 2


class DataProblem(SchoolhubsError):
    """Problems in data somebody gave us, all of them.

    Parameters
    ----------
    problems
        At least one.
    outcome
        What became of the work, such as ``"Nothing was written."``.

    Examples
    --------
    >>> error = DataProblem([Problem(code="x", fault="roll is -3")], outcome="Nothing was written.")
    >>> print(error)
    roll is -3.
    Nothing was written.
    """

    exit_code = 3

    def __init__(self, problems: Iterable[Problem], outcome: str = "") -> None:
        self.problems = tuple(problems)
        self.outcome = outcome
        super().__init__(self.problems, outcome)

    def __str__(self) -> str:
        """List up to twenty problems, count the rest, and say what became of the work."""
        shown = [str(problem) for problem in self.problems[:MOST_PROBLEMS_LISTED]]
        left = len(self.problems) - len(shown)
        if left:
            shown.append(f"… and {left:,} more problem{'s' if left > 1 else ''}.")
        return "\n".join([*shown, *([self.outcome] if self.outcome else [])])


class Conflict(SchoolhubsError):
    """Something else changed first, or two instructions contradict each other."""

    exit_code = 4


class NotPermitted(SchoolhubsError):
    """The person or setting is not allowed to do this."""

    exit_code = 5
