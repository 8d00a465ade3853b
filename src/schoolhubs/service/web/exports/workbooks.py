"""Workbooks (XLSX): text as text, numbers as numbers, and a sheet that says what they are."""

import datetime
import io
import math
from collections.abc import Mapping
from typing import Any

import polars as pl
import xlsxwriter
from django.http import HttpResponse

from schoolhubs.vocabulary.tables import neutralised

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "About"
LONGEST_TITLE = 31  # of a sheet, in the format itself
LONGEST_TEXT = 32_767  # of a cell, likewise
CUT = " … (cut here: the CSV file has all of it)"
NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
# Text stays text, whatever it looks like: nothing becomes a formula, a link or a number.
AS_GIVEN = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "nan_inf_to_errors": False,
}  # fmt: skip


def workbook_answer(
    tables: Mapping[str, pl.DataFrame],
    name: str,
    *,
    about: Mapping[str, str],
    at: datetime.datetime,
) -> HttpResponse:
    """Give tables as a workbook to save; see :func:`workbook_bytes`."""
    answer = HttpResponse(workbook_bytes(tables, about=about, at=at), content_type=KIND)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def workbook_bytes(
    tables: Mapping[str, pl.DataFrame], *, about: Mapping[str, str], at: datetime.datetime
) -> bytes:
    """Write tables as a workbook, a sheet each, and last a sheet that says what they are.

    Text that a spreadsheet would run has an apostrophe put before it, as in CSV, so that a
    workbook saved as CSV is as safe. Days are days, numbers numbers, missing values empty.

    Parameters
    ----------
    tables
        By the title of their sheet.
    about
        What the reader has to know, such as ``{"Source": "the training record", "Day": "…"}``.
    at
        When it was asked for; two workbooks of the same tables and moment are the same bytes.
    """
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, AS_GIVEN)
    book.set_properties({"created": at.replace(tzinfo=None)})
    bold, days = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    told = pl.DataFrame(
        {"About": list(about), "": list(about.values())},
        schema={"About": pl.String, "": pl.String},
    )
    for title, table in {**tables, ABOUT: told}.items():
        sheet = book.add_worksheet(title.translate(NOT_IN_A_TITLE)[:LONGEST_TITLE])
        safe = neutralised(table)
        headings = neutralised(
            pl.DataFrame({"heading": safe.columns}, schema={"heading": pl.String})
        )
        for column, heading in enumerate(headings["heading"]):
            sheet.write_string(0, column, heading, bold)
        for row, cells in enumerate(safe.iter_rows(), start=1):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell, days)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    book.close()
    return held.getvalue()


def _write(sheet: Any, row: int, column: int, cell: object, days: Any) -> None:
    """Write one cell as what it is; text never goes by a door that looks at what it says."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        sheet.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time()), days)
    else:
        text = str(cell)
        kept = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT
        sheet.write_string(row, column, kept)
