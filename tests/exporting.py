"""Exports of marks as a school's own system writes them, in every layout and format."""

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

URN = "900001"
KEY = bytes(range(64))
TERMS = """
half_terms:
- {year: 2023/24, term: summer, half_term: 6, first_on: 2024-06-03, last_on: 2024-07-19}
- {year: 2024/25, term: autumn, half_term: 1, first_on: 2024-09-03, last_on: 2024-10-25}
- {year: 2024/25, term: autumn, half_term: 2, first_on: 2024-11-04, last_on: 2024-12-20}
closed_on: [2024-10-14]
"""
SESSION_MAPPING = """
name: Marks by session
layout: session
date_format: "%d/%m/%Y"
columns:
  pupil: [UPN, Surname]
  "on": Date
  session: Session
  mark: Mark
  urn: URN
  admitted_on: Admitted
  left_on: Left
  year_group: Year
  fsm: FSM
  sex: Sex
  sess_possible: Possible
  sess_attended: Attended
own_codes: {IX: I}
"""
SESSION_HEADINGS = (
    "UPN", "Surname", "Date", "Session", "Mark", "URN", "Admitted", "Left", "Year", "FSM", "Sex",
    "Possible", "Attended",
)  # fmt: skip
WEEK_MAPPING = """
name: Marks by week
layout: week
columns: {pupil: [UPN], week_on: Week, marks: Marks, year_group: Year}
"""
WEEK_HEADINGS = ("UPN", "Forename", "Week", "Marks", "Year")
DAYS_MAPPING = """
name: Marks in ten columns
layout: week
columns:
  pupil: UPN
  week_on: Week
  marks: [Mon am, Mon pm, Tue am, Tue pm, Wed am, Wed pm, Thu am, Thu pm, Fri am, Fri pm]
"""
DAYS_HEADINGS = (
    "UPN", "Week", "Mon am", "Mon pm", "Tue am", "Tue pm", "Wed am", "Wed pm", "Thu am", "Thu pm",
    "Fri am", "Fri pm",
)  # fmt: skip
MONDAY = datetime.date(2024, 9, 9)
# A pupil's number, surname and forename that stand nowhere else: whatever holds one has leaked.
UPNS = ("H801200001001", "H801200001002", "H801200001003")
SURNAMES = ("Zzquimby", "Xxhargreave", "Qqpenhaligon")
FORENAMES = ("Zzelspeth", "Xxmarmaduke", "Qqwilhelmina")
# What each pupil was marked with in the week of MONDAY, as written.
WRITTEN = (
    ("/", "\\", "/", "\\", "I", "I", "C2", "C2", "/", "\\"),
    ("/", "\\", "Y1", "Y1", "/", "\\", "N", "L", "/", "\\"),
    ("G", "G", "G", "G", "J1", "\\", "/", "\\", "/", "U"),
)
STORED = (r"/\/\IIpp/" + "\\", r"/\11/\NL/" + "\\", r"GGGGj\/\/U")


def session_rows(monday: datetime.date = MONDAY) -> list[dict[str, str]]:
    """Give one mark a row of the three pupils."""
    return [
        {
            "UPN": UPNS[n],
            "Surname": SURNAMES[n],
            "Date": f"{monday + datetime.timedelta(slot // 2):%d/%m/%Y}",
            "Session": ("AM", "PM")[slot % 2],
            "Mark": mark,
            "URN": URN,
            "Admitted": "04/09/2023",
            "Left": "",
            "Year": "8",
            "FSM": "Y",
            "Sex": "F",
            "Possible": "10",
            "Attended": "9",
        }
        for n, marks in enumerate(WRITTEN)
        for slot, mark in enumerate(marks)
    ]


def week_rows(joined: str = ",", monday: datetime.date = MONDAY) -> list[dict[str, str]]:
    """Give a row a pupil-week; codes of two letters stand in the form with commas only."""
    return [
        {
            "UPN": UPNS[n],
            "Forename": FORENAMES[n],
            "Week": monday.isoformat(),
            "Marks": joined.join(marks),
            "Year": "8",
        }
        for n, marks in enumerate(WRITTEN)
    ]


def days_rows() -> list[dict[str, str]]:
    """Give a row a pupil-week with ten columns."""
    return [
        dict(zip(DAYS_HEADINGS, (UPNS[n], MONDAY.isoformat(), *marks), strict=True))
        for n, marks in enumerate(WRITTEN)
    ]


def as_csv(headings: Sequence[str], rows: Iterable[dict[str, str]], separator: str = ",") -> bytes:
    """Write CSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([row[name] for name in headings] for row in rows)
    return out.getvalue().encode("utf-8")


def as_parquet(headings: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """Write Parquet."""
    out = io.BytesIO()
    frame = pl.DataFrame([{name: row[name] for name in headings} for row in rows])
    frame.write_parquet(out)
    return out.getvalue()


PARTS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>""",  # noqa: E501
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""",  # noqa: E501
    "xl/workbook.xml": """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Marks" sheetId="1" r:id="rId1"/></sheets></workbook>""",  # noqa: E501
    "xl/_rels/workbook.xml.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",  # noqa: E501
}
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def as_workbook(sheet_rows: str, **parts: str) -> bytes:
    """Pack the XML of a sheet's rows as a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, **parts}.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", f"{SHEET}{sheet_rows}</sheetData></worksheet>")
    return out.getvalue()


STYLES = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"""  # noqa: E501
STYLED = PARTS["xl/_rels/workbook.xml.rels"].replace(
    "</Relationships>",
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/styles" Target="styles.xml"/></Relationships>',
)


def letters(n: int) -> str:
    """Give the letters of a column by its number, counted from 0."""
    return (letters(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)


def as_xlsx(
    headings: Sequence[str], rows: Iterable[dict[str, str]], *, first_row: int = 1
) -> bytes:
    """Write a workbook, its line of headings on ``first_row``."""
    table = [list(headings), *([row[name] for name in headings] for row in rows)]
    text = ""
    for at, cells in enumerate(table, first_row):
        held = "".join(
            f'<c r="{letters(n)}{at}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for n, cell in enumerate(cells)
            if cell
        )
        text += f'<row r="{at}">{held}</row>'
    return as_workbook(text)


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    """Save text or bytes and give the path."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path
