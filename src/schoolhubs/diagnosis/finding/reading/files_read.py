"""The files of a diagnosis one by one: tables and JSON, every fault named with its place."""

import codecs
import functools
import importlib.resources
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.diagnosis import Barrier, Observation
from schoolhubs.vocabulary.root_causes import root_causes
from schoolhubs.vocabulary.tables import RISKY_STARTS
from schoolhubs.vocabulary.written.stored import read_facts

LARGEST = 20_000_000
RISKY = "".join(f"\\{each}" if each.isascii() else each for each in RISKY_STARTS)
SEE = "docs/how-to/draft-a-diagnosis.md shows every file."
SAVE_AS = "In your spreadsheet, save it as CSV UTF-8 (comma delimited)."
SIDES, SAYS = ("school", "lead_school"), ("for", "against", "cannot_tell")


def refused(file: str, fault: str, remedy: str = SEE, **place: Any) -> Problem:
    """Make the problem of a file; no cell of it is repeated."""
    return Problem(code="input_refused", file=file, fault=f"{file} {fault}", remedy=remedy, **place)


def document(path: Path) -> Mapping[str, Any]:
    """Read a JSON file and check its shape.

    Raises
    ------
    DataProblem
        With every fault of shape, by its place.
    """
    import jsonschema  # takes longer to import than a draft to make

    text = _text(path, "Save it as UTF-8, the encoding of JSON.")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataProblem([refused(path.name, "is no JSON")]) from error
    checked = jsonschema.Draft202012Validator(_schemas()[path.name])
    problems = []
    for fault in checked.iter_errors(read):
        place = ".".join(map(str, fault.absolute_path))
        named = f"has another shape than expected at {place or 'its top'} ({fault.validator})"
        problems.append(refused(path.name, named, column=place))
    if problems:
        raise DataProblem(problems)
    found: Mapping[str, Any] = read
    return found


def _text(path: Path, remedy: str) -> str:
    """Read text in UTF-8; in another encoding names would be garbled, so it is refused by name."""
    if path.stat().st_size > LARGEST:
        raise DataProblem([refused(path.name, "is larger than 20 MB")])
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataProblem([refused(path.name, "is text in UTF-16, and should be UTF-8", remedy)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
    else:
        if not text.strip():
            raise DataProblem([refused(path.name, "is empty")])
        return text
    # Raised out here, so that the error does not carry about what the file holds.
    fault = "is not in UTF-8: a letter or sign in this row is of another encoding"
    raise DataProblem([refused(path.name, fault, remedy, row=row)])


@functools.cache
def _schemas() -> Mapping[str, Any]:
    file = importlib.resources.files(__package__).joinpath("inputs_schema.yaml")
    read: Mapping[str, Any] = read_facts(file.read_text("utf-8"))
    return read


def table(path: Path, frame: frames.Frame) -> pl.DataFrame:
    """Read a CSV file that one of our own commands wrote.

    Raises
    ------
    DataProblem
        If it is no such table.
    """
    try:
        read = pl.read_csv(io.StringIO(_text(path, SAVE_AS)), infer_schema=False)
        missing = [
            each.name for each in frame.columns
            if not each.may_be_missing and each.name not in read.columns
        ]  # fmt: skip
        if missing:
            raise DataProblem([refused(path.name, f"has no column {', '.join(missing)}")])
        blank = {
            each.name: "" for each in frame.columns
            if not each.may_be_missing and each.dtype == frames.TEXT and each.name not in frame.key
        }  # fmt: skip
        # Our own tables have an apostrophe before what a spreadsheet would run.
        plain = read.with_columns(pl.all().str.replace(f"^'([{RISKY}])", "${1}"))
        filled = plain.with_columns(pl.col(name).fill_null(blank[name]) for name in blank)
        return frame.fill(_typed(path.name, filled, frame))
    except (pl.exceptions.PolarsError, OSError) as error:
        fault = f"is no table of {frame.name.replace('_', ' ')}"
        raise DataProblem([refused(path.name, fault)]) from error


def _typed(file: str, read: pl.DataFrame, frame: frames.Frame) -> pl.DataFrame:
    """Read days and flags; what is neither is named with its row."""
    problems = []
    for each in frame.columns:
        if each.name not in read.columns or each.dtype not in (frames.DATE, frames.FLAG):
            continue
        said = read[each.name]
        if each.dtype == frames.DATE:
            meant = said.str.to_date("%Y-%m-%d", strict=False)
            wanted = "Write year, month and day, such as 2026-11-22."
        else:
            words = {"true": True, "false": False}
            meant = said.replace_strict(words, default=None, return_dtype=pl.Boolean)
            wanted = "Write true or false."
        bad = (said.is_not_null() & meant.is_null()).arg_true()
        rows = [int(at) + 2 for at in bad]
        if rows:
            fault = f"has a {each.name} that cannot be read"
            place = {"row": rows[0], "column": each.name, "other_rows": tuple(rows[1:])}
            problems.append(refused(file, fault, wanted, **place))
        read = read.with_columns(meant.alias(each.name))
    if problems:
        raise DataProblem(problems)
    return read


def observations(path: Path) -> tuple[Observation, ...]:
    """Read what was seen on the day.

    Raises
    ------
    DataProblem
        Naming rows with an unknown root cause, side or direction.
    """
    read = table(path, frames.OBSERVATIONS)
    allowed = {"root_cause": tuple(root_causes()), "by": SIDES, "says": SAYS}
    _refuse_others(path.name, read, allowed)
    return tuple(
        Observation(**{**row, "place": row["place"] or ""}) for row in read.rows(named=True)
    )


def barriers(path: Path) -> tuple[Barrier, ...]:
    """Read what lies outside the school.

    Raises
    ------
    DataProblem
        Naming rows whose root cause is none that lies outside.
    """
    read = table(path, frames.BARRIERS)
    outside = tuple(name for name, each in root_causes().items() if each.side == "outside")
    _refuse_others(path.name, read, {"root_cause": outside})
    found = []
    for row in read.rows(named=True):
        said: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
        for day in ("referred_on", "answered_on"):
            said[day] = row[day]
        known = root_causes()[row["root_cause"]]
        said["body"] = said["body"] or known.body
        found.append(Barrier(title=known.title, **said))
    return tuple(found)


def _refuse_others(file: str, read: pl.DataFrame, allowed: Mapping[str, tuple[str, ...]]) -> None:
    problems = []
    for name, words in allowed.items():
        rows = read.with_row_index("row", 2).filter(~pl.col(name).is_in(list(words)))["row"]
        if len(rows):
            fault = f"has a {name} that is none of ours"
            remedy = f"Take one of {', '.join(words)}."
            at = [int(each) for each in rows]
            problems.append(
                refused(file, fault, remedy, row=at[0], column=name, other_rows=tuple(at[1:]))
            )
    if problems:
        raise DataProblem(problems)


def _frame(frame: frames.Frame) -> Callable[[Path], pl.DataFrame]:
    return lambda path: table(path, frame)


READERS: Mapping[str, Callable[[Path], Any]] = {
    "school.json": document,
    "marks.json": document,
    "target.json": document,
    "behaviour.csv": _frame(frames.BEHAVIOUR),
    "self_assessment.csv": _frame(frames.SELF_ASSESSMENT_ANSWERS),
    "observations.csv": observations,
    "barriers.csv": barriers,
}
