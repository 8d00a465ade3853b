"""Workbooks hold what they were given as what it is, and nothing in them runs."""

import datetime
import io
import re
import zipfile

import polars as pl
import pytest
import xlsxwriter

from schoolhubs.service.web.exports.workbooks import (
    LONGEST_TEXT,
    workbook_answer,
    workbook_bytes,
)
from schoolhubs.vocabulary.tables import RISKY_STARTS, csv_text

AT = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
PAYLOADS = [f"{start}HYPERLINK(A1)" for start in (*RISKY_STARTS, "\n=", " =")]
ABOUT = {"Source": "=1+1", "Day": "23 November 2026"}


def sheets_of(content: bytes) -> dict[str, str]:
    """Give each sheet's own markup, and that of the texts they share."""
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        kept = ("xl/worksheets/sheet", "xl/sharedStrings")
        return {name: held.read(name).decode() for name in held.namelist() if name.startswith(kept)}


def test_no_payload_becomes_a_formula_a_link_or_a_number() -> None:
    table = pl.DataFrame({"=heading": PAYLOADS, "link": "https://example.org", "text": "007"})

    content = workbook_bytes({"Payloads": table}, about=ABOUT, at=AT)

    every = sheets_of(content)
    assert all("<f>" not in text and "<hyperlink" not in text for text in every.values())
    sheet = every["xl/worksheets/sheet1.xml"]
    cells = re.findall(r'<c r="[A-Z]+\d+"([^>]*)>', sheet)
    assert len(cells) == 3 * (len(PAYLOADS) + 1)
    assert all('t="s"' in cell for cell in cells), "each is a text of the shared texts"
    read = pl.read_excel(content, sheet_name="Payloads", infer_schema_length=0)
    for written in (*read.columns, *read.to_series(0)):
        assert not written.startswith(RISKY_STARTS), written
    assert read["text"].to_list() == ["007"] * len(PAYLOADS)


def test_what_is_looked_for_would_be_found() -> None:
    """Written by the library's own door, which looks at what a text says, a payload runs."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held)
    book.add_worksheet().write(0, 0, "=HYPERLINK(A1)")
    book.close()

    assert "<f>" in sheets_of(held.getvalue())["xl/worksheets/sheet1.xml"]


def test_a_workbook_saved_as_csv_is_as_safe_as_ours() -> None:
    table = pl.DataFrame({"said": PAYLOADS})
    read = pl.read_excel(workbook_bytes({"S": table}, about={}, at=AT), sheet_name="S")
    assert csv_text(read) == csv_text(table)


def test_numbers_days_flags_and_gaps_are_themselves() -> None:
    table = pl.DataFrame({
        "n": [-3, None], "share": [0.25, float("nan")], "on": [datetime.date(2026, 9, 1), None],
        "is": [True, False], "list": [["a", "=b"], []],
    })  # fmt: skip

    read = pl.read_excel(workbook_bytes({"T": table}, about={}, at=AT), sheet_name="T")

    assert read["n"].to_list() == [-3, None]
    assert read["share"].to_list() == [0.25, None]
    assert read["on"].to_list() == [datetime.date(2026, 9, 1), None]
    assert read["is"].to_list() == [True, False]
    assert read["list"].to_list() == ["a; =b", ""]


def test_the_last_sheet_says_what_the_tables_are() -> None:
    content = workbook_bytes({"T": pl.DataFrame({"a": [1]})}, about=ABOUT, at=AT)
    told = pl.read_excel(content, sheet_name="About")
    assert told.rows() == [("Source", "'=1+1"), ("Day", "23 November 2026")]


@pytest.mark.parametrize("title", ["Hub: who / what?", "x" * 60])
def test_any_title_makes_a_sheet(title: str) -> None:
    assert workbook_bytes({title: pl.DataFrame({"a": [1]})}, about=ABOUT, at=AT)


def test_a_text_too_long_for_a_cell_says_that_it_is_cut() -> None:
    table = pl.DataFrame({"text": ["x" * (LONGEST_TEXT + 1)]})
    read = pl.read_excel(workbook_bytes({"T": table}, about={}, at=AT), sheet_name="T")
    assert len(read.item()) == LONGEST_TEXT
    assert read.item().endswith("the CSV file has all of it)")


def test_the_same_tables_at_one_moment_are_the_same_bytes() -> None:
    table = pl.DataFrame({"a": [1]})
    first = workbook_answer({"T": table}, "t.xlsx", about=ABOUT, at=AT)
    assert first.content == workbook_answer({"T": table}, "t.xlsx", about=ABOUT, at=AT).content
    assert first.headers["Content-Disposition"] == 'attachment; filename="t.xlsx"'
