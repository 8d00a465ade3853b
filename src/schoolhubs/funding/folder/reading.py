"""Reads a folder of records, every fault told with file, row and column."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schoolhubs import files as tables_read
from schoolhubs.funding.folder.layout import KINDS, RecordFile, files
from schoolhubs.funding.folder.unpacking import opened
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.delivery import DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    Declaration,
    DeclaredDay,
    PaymentItem,
    UseOfGrant,
)
from schoolhubs.vocabulary.tables import RISKY_STARTS

NOT_USED = "The records were not used."
Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FundingRecords:
    """Everything that statements and budgets are made from.

    ``regions`` is the region of each partnership, where known.
    """

    records: tuple[DeliveryRecord, ...]
    declarations: tuple[Declaration, ...] = ()
    payments: tuple[PaymentItem, ...] = ()
    clawbacks: tuple[Clawback, ...] = ()
    regions: Mapping[str, str] = dataclasses.field(default_factory=dict)

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


def read_records(path: Path) -> FundingRecords:
    """Read a folder, or a zip, of the files that ``docs/explanation/funding.md`` describes.

    ``partnerships.csv`` and ``days.csv`` must be there. Columns may stand in any order, and
    further ones are left unread.

    Raises
    ------
    DataProblem
        With every fault; then nothing was used.
    """
    problems: list[Problem] = []
    with opened(path) as folder:
        rows = {name: list(_rows(folder, each, problems)) for name, each in files().items()}
    if not problems:
        problems += _of_names(rows)
    if problems:
        raise DataProblem(problems, outcome=NOT_USED)
    return _built(rows)


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
        found = tables_read.read_columns(path, list(file.columns))
    except DataProblem as error:
        problems.extend(error.problems)
        return
    problems.extend(found.problems)
    for row in found.table.iter_rows(named=True):
        at = row["_row"]
        read = {"_row": at}
        for column, kind in file.columns.items():
            cell = _as_written(row[column])
            if cell is None:
                if column not in file.may_be_blank:
                    problems.append(_problem(file, at, column, "is blank", kind))
                read[column] = "" if kind == "text" else None
                continue
            try:
                read[column] = KINDS[kind].read(cell)
            except (ValueError, KeyError):
                problems.append(_problem(file, at, column, f"is {cell[:40]!r}", kind))
        yield read


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


def _of_names(rows: Mapping[str, list[Row]]) -> Iterator[Problem]:
    """Names that stand twice or name nothing, and days that cannot be."""
    yield from _twice(rows["partnerships.csv"], "partnerships.csv", ("partnership_id",))
    yield from _twice(rows["declarations.csv"], "declarations.csv", ("declaration_id",))
    yield from _twice(
        rows["declarations.csv"], "declarations.csv", ("partnership_id", "milestone", "is_lead")
    )
    key = ("payee_id", "partnership_id", "period", "milestone")
    yield from _twice(rows["payments.csv"], "payments.csv", key)
    partnerships = {row["partnership_id"] for row in rows["partnerships.csv"]}
    declarations = {row["declaration_id"] for row in rows["declarations.csv"]}
    for name, column, known in (
        ("days.csv", "partnership_id", partnerships),
        ("declarations.csv", "partnership_id", partnerships),
        ("declared_days.csv", "declaration_id", declarations),
        ("uses.csv", "declaration_id", declarations),
    ):
        for row in rows[name]:
            if row[column] not in known:
                fault = f"{column} {row[column][:40]!r} is nowhere else"
                home = "partnerships" if known is partnerships else "declarations"
                remedy = f"Add its row to {home}.csv."
                yield Problem(code="unknown_name", file=name, row=row["_row"], column=column,
                              fault=fault, remedy=remedy)  # fmt: skip
    for row in rows["partnerships.csv"]:
        if row["finishes_on"] <= row["starts_on"]:
            fault = f"finishes_on {row['finishes_on']} is not after starts_on {row['starts_on']}"
            yield Problem(code="ends_before_start", file="partnerships.csv", row=row["_row"],
                          fault=fault, remedy="Mend the dates.")  # fmt: skip


def _twice(rows: list[Row], file: str, columns: tuple[str, ...]) -> Iterator[Problem]:
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        if key in seen:
            fault = f"{', '.join(columns)} {', '.join(map(str, key))} stands in row {seen[key]} too"
            yield Problem(code="twice", file=file, row=row["_row"], fault=fault,
                          remedy="Take one of the two out.")  # fmt: skip
        seen.setdefault(key, row["_row"])


def _built(rows: Mapping[str, list[Row]]) -> FundingRecords:
    days, declared, uses = (
        _grouped(rows[name], by)
        for name, by in (("days.csv", "partnership_id"), ("declared_days.csv", "declaration_id"),
                         ("uses.csv", "declaration_id"))
    )  # fmt: skip
    records, regions = [], {}
    for row in rows["partnerships.csv"]:
        given = _without(row, "region")
        own = sorted(days[row["partnership_id"]], key=_in_time)
        records.append(
            DeliveryRecord(
                **given, days=tuple(DaySpent(**_without(d, "partnership_id")) for d in own)
            )
        )
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
