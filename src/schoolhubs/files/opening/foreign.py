"""Files that are no CSV: the markers' JSON, and those that are only recognised."""

import io
import json
import re
import zipfile
from pathlib import Path

import polars as pl

from schoolhubs.files import layouts
from schoolhubs.files.layouts import Layout
from schoolhubs.files.opening.faults import damaged, fault
from schoolhubs.files.opening.sources import Contents
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.files.opening.unpacking import DAMAGED
from schoolhubs.vocabulary.errors import DataProblem

# The arrays of the markers: URN, name, lat, lon, phase, Ofsted, FSM x 10, ten ethnic groups,
# religion. The ethnic groups are not kept.
_MARKER_LENGTH = 18
_MARKER_PLACES = {
    "urn": 0,
    "name": 1,
    "lat": 2,
    "lng": 3,
    "phase_code": 4,
    "ofsted_rating": 5,
    "fsm_pct_x10": 6,
    "religion_code": 17,
}


def named_layout(reader: str) -> Layout:
    """Give the layout that names this reader."""
    return next(layout for layout in layouts.all_layouts().values() if layout.reader == reader)


def archived(path: Path, found: Contents) -> tuple[Layout | None, int | None]:
    """Recognise a zip that is no packed table, and count its rows.

    Raises
    ------
    DataProblem
        If it is damaged.
    """
    try:
        return workbook(found) if found.is_workbook else shapefile(found)
    except DAMAGED as error:
        raise damaged(path, "zip", error) from error


def workbook(found: Contents) -> tuple[Layout | None, int | None]:
    """Recognise an Excel workbook by its headings, and count the rows of its longest sheet."""
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        words = _text(archive, "xl/sharedStrings.xml")
        sheets = [name for name in found.members if name.startswith("xl/worksheets/sheet")]
        ends = [
            int(end)
            for name in sheets
            for end in re.findall(
                r'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', _text(archive, name)[:4096]
            )
        ]
    layout = named_layout("workbook")
    if not all(word in words for word in layout.recognised_by):
        return None, None
    return layout, max(ends, default=1) - 1


def _text(archive: zipfile.ZipFile, name: str) -> str:
    if name not in archive.namelist():
        return ""
    return archive.read(name).decode("utf-8", errors="replace")


def shapefile(found: Contents) -> tuple[Layout | None, int | None]:
    """Recognise a zipped shapefile, and count its shapes in the header of its table."""
    table = next((name for name in found.members if name.lower().endswith(".dbf")), "")
    if not table:
        return None, None
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive, archive.open(table) as stream:
        head = stream.read(8)
    return named_layout("shapefile"), int.from_bytes(head[4:8], "little")


def is_map_extract(data: bytes) -> bool:
    """Tell whether bytes begin as an OpenStreetMap extract does."""
    return b"OSMHeader" in data[:64]


def from_json(path: Path, text: str) -> tuple[Layout | None, pl.DataFrame | None, int]:
    """Read JSON: the markers into a table of text, boundaries only by kind.

    Raises
    ------
    DataProblem
        If it is not JSON, or the arrays are not those of the markers.
    """
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        remedy = "Fetch it again from its publisher."
        raise fault(path, "bad_json", f"it is not JSON ({error})", remedy) from error
    if isinstance(read, dict) and read.get("type") == "FeatureCollection":
        return named_layout("geojson"), None, len(read.get("features", []))
    if not isinstance(read, list) or not read or not isinstance(read[0], list):
        return None, None, 0
    wrong = [
        n
        for n, item in enumerate(read, 1)
        if not isinstance(item, list) or len(item) != _MARKER_LENGTH
    ]
    if len(wrong) == len(read):
        return None, None, 0
    if wrong:
        raise _odd_marker(path, wrong)
    columns = {
        name: pl.Series(
            [None if row[at] is None else str(row[at]) for row in read], dtype=pl.String
        )
        for name, at in _MARKER_PLACES.items()
    }
    table = pl.DataFrame({ROW: pl.Series(range(1, len(read) + 1), dtype=pl.Int64), **columns})
    return layouts.all_layouts()["schools_markers"], table, len(read)


def _odd_marker(path: Path, wrong: list[int]) -> DataProblem:
    return fault(
        path,
        "odd_marker",
        f"the array of school {wrong[0]:,} does not have {_MARKER_LENGTH} values",
        "Fetch it again from its publisher.",
        row=wrong[0],
        other_rows=tuple(wrong[1:]),
    )
