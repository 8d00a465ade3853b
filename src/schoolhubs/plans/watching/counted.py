"""Reads a return of who was affected: counts of groups, never rows of pupils."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.ids import holds_upn

FILE = "watching/counts.yaml"
COUNTED = ("n_pupils", "n_affected")
SEPARATORS = "\t;,"
OUTCOME = "Nothing was kept."


def headings_of(text: str) -> list[str]:
    r"""Give the headings of a return as they are written.

    >>> headings_of("Group;Pupils\nyes;10")
    ['Group', 'Pupils']
    """
    rows = _rows(text)
    return [each.strip() for each in rows[0]] if rows else []


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Guess which heading is which of ours; a person looks at it where one is missing.

    >>> guessed(["Characteristic", "Category", "When", "Pupils", "Affected"])["group"]
    'Category'
    """
    plain = {_plain(each): each for each in headings}
    found = {}
    for name, words in stored(FILE)["headings"].items():
        match = next((plain[each] for each in words if each in plain), None)
        if match:
            found[name] = match
    return found


def read_counts(text: str, columns: Mapping[str, str] | None = None) -> pl.DataFrame:
    r"""Read a return, one row a group and period, commas, semicolons or tabs between the cells.

    Parameters
    ----------
    columns
        The return's own heading for each of ours; None to guess.

    Returns
    -------
    As :func:`schoolhubs.plans.watching.disparity` takes it.

    Raises
    ------
    DataProblem
        With every fault by row, or because the rows are those of pupils. A cell is only repeated
        where it can be no name.

    Examples
    --------
    >>> found = read_counts("characteristic,group,period,pupils,affected\nSEN,Y,before,100,20")
    >>> found.row(0)
    ('send', 'yes', 'before', 100, 20)
    """
    rows = _rows(text)
    headings = headings_of(text)
    named = guessed(headings) if columns is None else dict(columns)
    missing = [name for name in stored(FILE)["headings"] if named.get(name, "") not in headings]
    problems = list(_not_counts(text, rows)) or [_no_column(name) for name in missing]
    if problems:
        raise DataProblem(problems, outcome=OUTCOME)
    places = {name: headings.index(named[name]) for name in stored(FILE)["headings"]}
    read = []
    for at, row in enumerate(rows[1:], start=2):
        cells = {
            name: row[place].strip() if place < len(row) else "" for name, place in places.items()
        }
        faults = list(_faults(at, cells))
        problems += faults
        if not faults:
            words = [_word(name, cells[name]) for name in stored(FILE)["words"]]
            read.append((*words, *(int(cells[name]) for name in COUNTED)))
    if problems:
        raise DataProblem(problems, outcome=OUTCOME)
    schema = dict.fromkeys(stored(FILE)["words"], pl.String) | dict.fromkeys(COUNTED, pl.Int64)
    return pl.DataFrame(read, schema=schema, orient="row")


def _rows(text: str) -> list[list[str]]:
    lines = [each for each in text.lstrip("\ufeff").splitlines() if each.strip(f"{SEPARATORS} ")]
    if not lines:
        return []
    separator = max(SEPARATORS, key=lines[0].count)
    return list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))


def _not_counts(text: str, rows: Sequence[Sequence[str]]) -> Iterator[Problem]:
    most = stored(FILE)["most_rows"]["value"]
    remedy = "Give one row a group and period, with how many pupils there are and were affected."
    if len(rows) < 2:
        yield Problem(code="no_rows", fault="there is no row of counts", remedy=remedy)
    elif len(rows) - 1 > most:
        fault = f"there are {len(rows) - 1:,} rows, and counts of groups have {most} at most"
        yield Problem(code="rows_of_pupils", fault=fault, remedy=remedy)
    elif holds_upn(text):
        fault = "a pupil's number stands in it"
        yield Problem(code="rows_of_pupils", fault=fault, remedy=f"{remedy} Name no pupil.")


def _no_column(name: str) -> Problem:
    words = stored(FILE)["headings"][name]
    return Problem(
        code="no_column", column=name, fault=f"no heading says {words[0]}",
        remedy=f"Name the column that has it, or call it one of {', '.join(words)}.",
    )  # fmt: skip


def _faults(at: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    known = stored(FILE)["words"]
    for name in ("characteristic", "period"):
        if _word(name, cells[name]) not in known[name]:
            yield Problem(
                code="unknown_word", row=at, column=name, fault=f"its {name} is not known",
                remedy=f"Write one of {', '.join(known[name])}.",
            )  # fmt: skip
    is_free = _word("characteristic", cells["characteristic"]) == "ethnicity"
    if not is_free and _word("group", cells["group"]) not in known["group"]:
        yield Problem(
            code="unknown_word", row=at, column="group", fault="its group is not known",
            remedy=f"Write one of {', '.join(known['group'])}.",
        )  # fmt: skip
    for name in COUNTED:
        if not re.fullmatch(r"[0-9]{1,6}", cells[name]):
            yield Problem(
                code="not_a_count", row=at, column=name, fault=f"its {name} is no whole number",
                remedy="Write the number itself, 0 for none. Leave nothing empty.",
            )  # fmt: skip


def _word(name: str, cell: str) -> str:
    """Give our word for a cell; the cell itself, with its spaces in order, where it is none."""
    plain = _plain(cell)
    for word, others in stored(FILE)["words"][name].items():
        if plain in (str(each) for each in others):
            return str(word)
    return " ".join(cell.split())


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()
