"""Reads a folder of records, every fault told with file, row and column."""

import dataclasses
import datetime
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from schoolhubs import files as tables_read
from schoolhubs.funding.folder.checking import faults_together
from schoolhubs.funding.folder.layout import KINDS, RecordFile, files
from schoolhubs.funding.folder.unpacking import opened
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.delivery import DaySpent, DeliveryRecord, MissedDay
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    Declaration,
    DeclaredDay,
    PaymentItem,
    UseOfGrant,
)
from schoolhubs.vocabulary.tables import RISKY_STARTS, other_separator

NOT_USED = "The records were not used."
LIKE = 0.8  # how alike two names are, from 0 to 1, for one to be taken as the other misspelt
AGAIN = "Save the file again as CSV UTF-8, with commas between its cells."
Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FundingRecords:
    """Everything that statements and budgets are made from.

    ``regions`` is the region of each partnership, where known; ``not_read`` names files that
    stood beside those read and were left unread.
    """

    records: tuple[DeliveryRecord, ...]
    declarations: tuple[Declaration, ...] = ()
    payments: tuple[PaymentItem, ...] = ()
    clawbacks: tuple[Clawback, ...] = ()
    regions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    not_read: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    def of_programme(self, programme_id: str) -> "FundingRecords":
        """Keep the partnerships of one programme, with what belongs to them.

        Payments that name no partnership of the records are kept: the books must show them.
        """
        kept = tuple(each for each in self.records if each.programme_id == programme_id)
        others = {each.partnership_id for each in self.records} - {
            each.partnership_id for each in kept
        }
        return dataclasses.replace(
            self,
            records=kept,
            declarations=tuple(e for e in self.declarations if e.partnership_id not in others),
            payments=tuple(each for each in self.payments if each.partnership_id not in others),
            clawbacks=tuple(each for each in self.clawbacks if each.partnership_id not in others),
        )


def read_records(path: Path, *, until: datetime.date | None = None) -> FundingRecords:
    """Read a folder, or a zip, of the files that ``docs/explanation/funding.md`` describes.

    ``partnerships.csv`` and ``days.csv`` must be there. Columns may stand in any order, and
    further ones are left unread. No payment can have been made after ``until``.

    Raises
    ------
    DataProblem
        With every fault; then nothing was used.
    """
    problems: list[Problem] = []
    with opened(path) as (folder, others):
        problems += _misspelt(folder, others)
        rows = {name: list(_rows(folder, each, problems)) for name, each in files().items()}
    if not problems:
        problems += faults_together(rows, until)
    if problems:
        raise DataProblem(problems, outcome=NOT_USED)
    return dataclasses.replace(_built(rows), not_read=others)


def _misspelt(folder: Path, others: Sequence[str]) -> Iterator[Problem]:
    """Give files that are likely ones of ours under another name: what they hold would be lost."""
    missing = [name for name in files() if not (folder / name).exists()]
    for other in others:
        like = difflib.get_close_matches(other.lower(), missing, n=1, cutoff=LIKE)
        if like:
            remedy = f"Did you mean {like[0]}? Name it so, or put it elsewhere."
            yield Problem(code="unknown_file", file=other, fault="no file of records has this name",
                          remedy=remedy)  # fmt: skip


def _rows(folder: Path, file: RecordFile, problems: list[Problem]) -> Iterator[Row]:
    path = folder / file.name
    if not path.exists():
        if file.is_needed:
            remedy = f"A folder of records holds {', '.join(files())}."
            fault = "the file is missing"
            problems.append(
                Problem(code="missing_file", file=file.name, fault=fault, remedy=remedy)
            )
        return
    try:
        found = tables_read.read_columns(path, _columns_in(path, file))
    except DataProblem as error:
        problems.extend(_in_our_words(path, file, each) for each in error.problems)
        return
    problems.extend(found.problems)
    for row in found.table.iter_rows(named=True):
        at = row["_row"]
        read = {"_row": at}
        for column, kind in file.columns.items():
            cell = _as_written(row.get(column))
            if cell is None:
                if column not in file.may_be_blank:
                    problems.append(_problem(file, at, column, "is blank", kind))
                read[column] = "" if kind in ("text", "side") else None
                continue
            try:
                read[column] = KINDS[kind].read(cell)
            except (ValueError, KeyError):
                problems.append(_problem(file, at, column, f"is {cell[:40]!r}", kind))
        yield read


def _columns_in(path: Path, file: RecordFile) -> list[str]:
    """Give the columns to read: one that older folders lack only where it is there."""
    with path.open("rb") as opened_file:
        first = opened_file.readline(10_000).decode("utf-8", "replace")
    named = {cell.strip().strip('"') for cell in first.split(",")}
    return [each for each in file.columns if each in named or each not in file.may_be_missing]


def _in_our_words(path: Path, file: RecordFile, problem: Problem) -> Problem:
    """Say a fault of opening for records, which are CSV: no other kind of file is asked for."""
    if problem.code == "columns_missing":
        with path.open("rb") as opened_file:
            first = opened_file.readline(10_000)
        mark = other_separator(first.decode(errors="replace"))
        if mark and first.count(b",") < len(file.columns) - 1:
            fault = f"its cells are separated by {mark}, not commas"
            return dataclasses.replace(problem, fault=fault, column="", remedy=AGAIN)
        remedy = f"Its first row names {', '.join(file.columns)}."
        return dataclasses.replace(problem, remedy=remedy)
    return dataclasses.replace(problem, remedy=AGAIN)


def _as_written(cell: str | None) -> str | None:
    """Take off the apostrophe that keeps a spreadsheet from running a cell."""
    if cell and cell.startswith("'") and cell[1:].startswith(RISKY_STARTS):
        return cell[1:]
    return cell


def _problem(file: RecordFile, row: int, column: str, fault: str, kind: str) -> Problem:
    return Problem(
        code="wrong_cell", file=file.name, row=row, column=column, fault=f"{column} {fault}",
        remedy=f"It should be {KINDS[kind].should_be}.",
    )  # fmt: skip


def _built(rows: Mapping[str, list[Row]]) -> FundingRecords:
    days, missed, declared, uses = (
        _grouped(rows[name], by)
        for name, by in (("days.csv", "partnership_id"), ("missed_days.csv", "partnership_id"),
                         ("declared_days.csv", "declaration_id"), ("uses.csv", "declaration_id"))
    )  # fmt: skip
    records, regions = [], {}
    for row in rows["partnerships.csv"]:
        given = _without(row, "region")
        own, not_held = (
            [_without(each, "partnership_id") for each in sorted(found, key=_in_time)]
            for found in (days[row["partnership_id"]], missed[row["partnership_id"]])
        )
        records.append(
            DeliveryRecord(
                **given, days=tuple(DaySpent(**each) for each in own),
                missed=tuple(MissedDay(**each) for each in not_held),
            )
        )  # fmt: skip
        if row["region"]:
            regions[row["partnership_id"]] = row["region"]
    declarations = []
    for row in rows["declarations.csv"]:
        name = row["declaration_id"]
        of_days = (DeclaredDay(**_without(d, "declaration_id")) for d in declared[name])
        of_use = (UseOfGrant(**_without(d, "declaration_id")) for d in uses[name])
        declarations.append(Declaration(**_without(row), days=tuple(of_days), use=tuple(of_use)))
    payments = (PaymentItem(**_without(row)) for row in rows["payments.csv"])
    clawbacks = (Clawback(**_without(row)) for row in rows["clawbacks.csv"])
    return FundingRecords(
        records=tuple(records), declarations=tuple(declarations), payments=tuple(payments),
        clawbacks=tuple(clawbacks), regions=regions,
    )  # fmt: skip


def _grouped(rows: list[Row], by: str) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in ("_row", *names)}


def _in_time(row: Row) -> tuple[datetime.date, str]:
    return row["on"], row["evidence"]
