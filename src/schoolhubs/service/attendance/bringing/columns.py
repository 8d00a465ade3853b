"""From what a person chose on the page to a column mapping that the reader takes."""

import functools
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from schoolhubs.attendance import reading
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.written.stored import read_facts

SESSIONS = 10
WHO = ("pupil", "pupil_too", "pupil_more")
Read = TypeVar("Read")


@functools.cache
def said() -> dict[str, Any]:
    """Read ``columns.yaml``."""
    text = Path(__file__).with_name("columns.yaml").read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


def fields_of(layout: str) -> list[dict[str, Any]]:
    """Give the columns that a layout can have.

    >>> [field["name"] for field in fields_of("week")][:4]
    ['pupil', 'pupil_too', 'pupil_more', 'week_on']
    """
    return [field for field in said()["fields"] if layout in field["layouts"]]


def words_asked(layout: str) -> list[dict[str, Any]]:
    """Give what a file of a layout may write in words of its own.

    >>> [each["name"] for each in words_asked("week")]
    ['yes_words', 'no_words']
    """
    return [each for each in said()["words"] if layout in each["layouts"]]


def guessed(layout: str, headings: Sequence[str]) -> dict[str, str]:
    """Guess which heading is what; a person looks at it before anything is read.

    >>> guessed("session", ["UPN", "Mark date", "AM/PM", "Code"])
    {'pupil': 'UPN', 'on': 'Mark date', 'session': 'AM/PM', 'mark': 'Code'}
    """
    plain = {re.sub(r"[^a-z0-9]+", " ", each.casefold()).strip(): each for each in headings}
    found = {}
    for field in fields_of(layout):
        match = next((plain[each] for each in field["guesses"] if each in plain), None)
        if match:
            found[field["name"]] = match
    return found


def document(
    layout: str, chosen: Mapping[str, str], headings: Sequence[str], *, name: str,
    separator: str, sheet: str = "", date_format: str, own_codes: Mapping[str, str],
    words: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write a mapping down, as ``reading.read_mapping`` takes it.

    ``words`` has what of ``session_words``, ``words`` and ``no_mark`` is the file's own.
    """
    columns: dict[str, Any] = {key: value for key, value in chosen.items() if value}
    columns["pupil"] = [columns[key] for key in WHO if columns.get(key)]
    for key in WHO[1:]:
        columns.pop(key, None)
    if first := columns.pop("first_mark", ""):
        at = list(headings).index(first)
        columns["marks"] = list(headings[at : at + SESSIONS])
    return {
        "name": name,
        "layout": "session" if layout == "session" else "week",
        "separator": separator,
        "date_format": date_format,
        "columns": columns,
        **({"sheet": sheet} if sheet else {}),
        **({"own_codes": dict(own_codes)} if own_codes else {}),
        **(words or {}),
    }


def fits(content: Mapping[str, Any], headings: Sequence[str]) -> bool:
    """Tell whether a file has every heading that a mapping names."""
    there = {" ".join(each.casefold().split()) for each in headings}
    named = [
        each
        for value in content["columns"].values()
        for each in (value if isinstance(value, list) else [value])
    ]
    return all(" ".join(each.casefold().split()) in there for each in named)


def mapping_of(content: Mapping[str, Any]) -> reading.ColumnMapping:
    """Give the mapping that a document says.

    Raises
    ------
    DataProblem
        If it says none.
    """
    return _read(content, reading.read_mapping)


def terms_of(years: Sequence[Mapping[str, Any]]) -> reading.TermDates:
    """Give the term dates of several years together.

    Raises
    ------
    DataProblem
        If they overlap or lie outside their years.
    """
    together = {
        "half_terms": [each for year in years for each in year["half_terms"]],
        "closed_on": [each for year in years for each in year.get("closed_on", ())],
    }
    return _read(together, reading.read_terms)


def words_of(error: DataProblem) -> str:
    """Say what is wrong with a document, without the name of a file nobody has seen."""
    return " ".join(f"{each.fault[:1].upper()}{each.fault[1:]}." for each in error.problems)


def _read(content: Mapping[str, Any], read: Callable[[Path], Read]) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.json"
        path.write_text(json.dumps(content), "utf-8")
        return read(path)
