"""Writes a folder of records: the same records give the same bytes."""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from schoolhubs.funding.folder.layout import files
from schoolhubs.funding.folder.reading import FundingRecords
from schoolhubs.vocabulary import tables

Row = Mapping[str, Any]


def record_texts(records: FundingRecords) -> dict[str, str]:
    """Give each file's name with its text, as :func:`read_records` reads it back.

    Text that a spreadsheet would run as a formula has an apostrophe put before it, which reading
    takes off again.
    """
    rows = {
        "partnerships.csv": _partnerships(records),
        "days.csv": _days(records, "days"),
        "missed_days.csv": _days(records, "missed"),
        "declarations.csv": (dataclasses.asdict(each) for each in records.declarations),
        "declared_days.csv": _of_declarations(records, "days"),
        "uses.csv": _of_declarations(records, "use"),
        "payments.csv": (dataclasses.asdict(each) for each in records.payments),
        "clawbacks.csv": (dataclasses.asdict(each) for each in records.clawbacks),
    }
    return {name: "".join(_lines(name, each)) for name, each in rows.items()}


def write_records(folder: Path, records: FundingRecords) -> tuple[str, ...]:
    """Write the files into a folder, each whole or not at all; gives their names."""
    texts = record_texts(records)
    for name, text in texts.items():
        tables.write_text(folder / name, text)
    return tuple(texts)


def _lines(name: str, rows: Iterable[Row]) -> Iterator[str]:
    columns = files()[name].columns
    yield tables.csv_line(columns)
    for row in rows:
        yield tables.csv_line(_cell(row[column]) for column in columns)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _partnerships(records: FundingRecords) -> Iterator[Row]:
    for each in records.records:
        row = {name: getattr(each, name) for name in each.__slots__}
        yield {**row, "region": records.regions.get(each.partnership_id, "")}


def _days(records: FundingRecords, part: str) -> Iterator[Row]:
    for each in records.records:
        for day in getattr(each, part):
            row = {name: getattr(day, name) for name in day.__slots__}
            yield {**row, "partnership_id": each.partnership_id}


def _of_declarations(records: FundingRecords, part: str) -> Iterator[Row]:
    for each in records.declarations:
        for below in getattr(each, part):
            yield {**dataclasses.asdict(below), "declaration_id": each.declaration_id}
