"""Reads a file of answers: a line for each school and item."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping

from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.assessing.forms import CANNOT_TELL, LONGEST_NOTE
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.ids import holds_upn

NEEDED = ("urn", "item", "value")
NOTHING_KEPT = "None of these answers was kept."
MOST_ROWS = 100_000


def read_answers(content: bytes, *, urns: Collection[str]) -> Mapping[str, list[Given]]:
    r"""Read the answers of a file, by school.

    Parameters
    ----------
    content
        CSV in UTF-8 with the columns ``urn``, ``item``, ``value`` (a point, or ``cannot_tell``)
        and, where something was seen, ``note``.
    urns
        The schools it may speak for.

    Raises
    ------
    DataProblem
        With every fault and its row, the first line of answers being row 2; whether an item and a
        point are there is held against the instrument afterwards.

    Examples
    --------
    >>> read_answers(b"urn,item,value\n100001,phones,3\n", urns=["100001"])
    {'100001': [Given(item='phones', value=3, note='')]}
    """
    rows = csv.DictReader(io.StringIO(_text(content)))
    if missing := [name for name in NEEDED if name not in (rows.fieldnames or ())]:
        raise DataProblem(
            [_problem("no_column", f"it has no column {name}", "Add it.") for name in missing],
            outcome=NOTHING_KEPT,
        )
    problems: list[Problem] = []
    found: dict[str, list[Given]] = {}
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, 2):
        said = {name: (row.get(name) or "").strip() for name in (*NEEDED, "note")}
        faults = list(_faults(said, urns, seen, number))
        problems += faults
        seen.add((said["urn"], said["item"]))
        if not faults:
            value = None if said["value"] == CANNOT_TELL else int(said["value"])
            given = Given(item=said["item"], value=value, note=said["note"])
            found.setdefault(said["urn"], []).append(given)
    if not found and not problems:
        problems.append(_problem("no_rows", "it has no answers", "Add a line for each."))
    if problems:
        raise DataProblem(problems, outcome=NOTHING_KEPT)
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = "it is no text in UTF-8"
        remedy = "Save it as CSV UTF-8 in your spreadsheet."
        raise DataProblem([_problem("no_text", fault, remedy)], outcome=NOTHING_KEPT) from error


def _faults(
    said: Mapping[str, str], urns: Collection[str], seen: Collection[tuple[str, str]], number: int
) -> Iterator[Problem]:
    if said["urn"] not in urns:
        yield _problem(
            "no_school", f"{said['urn'][:20]!r} is no school of the trust of this kind",
            "Check the URN.", column="urn", row=number,
        )  # fmt: skip
    if not (said["value"] == CANNOT_TELL or (said["value"].isdecimal() and len(said["value"]) < 3)):
        yield _problem(
            "no_value", "its value is neither a level nor cannot_tell",
            "Write 1, 2, 3 or 4, or cannot_tell.", column="value", row=number,
        )  # fmt: skip
    if (said["urn"], said["item"]) in seen:
        yield _problem(
            "twice", "the school has an answer to this item in an earlier row",
            "Take one of them out.", column="item", row=number,
        )  # fmt: skip
    if len(said["note"]) > LONGEST_NOTE:
        yield _problem(
            "long_note", f"its note has more than {LONGEST_NOTE:,} characters", "Shorten it.",
            column="note", row=number,
        )  # fmt: skip
    if holds_upn(said["note"]):
        # What was written is not repeated: a log or a page must not carry it.
        yield _problem(
            "pupil_number", "its note seems to hold a pupil’s number (UPN)", "Take it out.",
            column="note", row=number,
        )  # fmt: skip


def _problem(code: str, fault: str, remedy: str, **where: object) -> Problem:
    return Problem(code=code, fault=fault, remedy=remedy, **where)  # type: ignore[arg-type]
