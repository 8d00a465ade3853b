"""What the gallery is made of: the record of a case, small published tables, ways to pack them."""

import csv
import dataclasses
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from schoolhubs import files
from schoolhubs.files.opening import sources
from schoolhubs.vocabulary.records.published import ReadingLimits

TODAY = datetime.date(2026, 1, 1)
# An invented pupil. Whatever is wrong with a file, no message may repeat what is in it of pupils.
PUPIL_NAME, UPN = "Zebedee Quillfeather", "H801200001001"

Make = Callable[[Path], Path]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Broken:
    """A file that must be refused, and what must be said of it.

    Parameters
    ----------
    name
        What is wrong with it.
    make
        Writes it into a folder and gives its path.
    code, row, column, value
        Of the first problem.
    says
        Words of the message.
    reader
        Name in READERS.
    n_problems
        How many problems there must be in all, where that is part of the case.
    limits
        Limits other than the usual.
    by_command
        Whether ``data build`` must refuse it in the same words.
    """

    name: str
    make: Make
    code: str
    says: tuple[str, ...]
    row: int | None = None
    column: str = ""
    value: str | None = None
    reader: str = "published"
    n_problems: int | None = 1
    limits: ReadingLimits = sources.LIMITS
    by_command: bool = True

    def read(self, path: Path) -> Any:
        """Read the file as its owner would."""
        return READERS[self.reader](path, self.limits)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Accepted:
    """An odd file that must be read, and what must come of it."""

    name: str
    make: Make
    gives: Callable[[Any], object]
    expected: object
    reader: str = "published"

    def read(self, path: Path) -> Any:
        """Read the file as its owner would."""
        return READERS[self.reader](path, sources.LIMITS)


READERS: Mapping[str, Callable[[Path, ReadingLimits], Any]] = {
    "published": lambda path, limits: files.read(path, today=TODAY, limits=limits),
    "leads": lambda path, limits: files.read_list(path, "leads", limits=limits),
    "applications": lambda path, limits: files.read_list(path, "applications", limits=limits),
    "partnerships": lambda path, limits: files.read_list(path, "partnerships", limits=limits),
    "overrides": lambda path, limits: files.read_list(path, "overrides", limits=limits),
    "points": lambda path, limits: files.read_list(path, "points", limits=limits),
}


def file(content: str | bytes | Callable[[], str | bytes], name: str = "file.csv") -> Make:
    """Make a file of text or bytes; large contents are given as a function, made when needed."""

    def make(folder: Path) -> Path:
        made = content() if callable(content) else content
        path = folder / name
        path.write_bytes(made.encode() if isinstance(made, str) else made)
        return path

    return make


def table(plain: Mapping[str, object], *rows: Mapping[str, object]) -> str:
    """Give a CSV whose rows differ from a plain one as told; with no rows, the plain one."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(plain), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**plain, **row} for row in rows or ({},))
    return out.getvalue()


_GIAS = {
    "URN": "900001",
    "LA (code)": "391",
    "LA (name)": "Newcastle",
    "EstablishmentNumber": "2000",
    "EstablishmentName": "First School",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "",
    "CloseDate": "",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": 3,
    "StatutoryHighAge": 11,
    "NumberOfPupils": 200,
    "PercentageFSM": 20,
    "Easting": 425000,
    "Northing": 565000,
}
_ABSENCE = {
    "time_period": "201718",
    "year_breakdown": "six half terms",
    "geographic_level": "School",
    "region_name": "North East",
    "old_la_code": "391",
    "la_name": "Newcastle",
    "laestab": "3912000",
    "urn": "900001",
    "school_type": "State-funded primary",
    "academy_type": "",
    "academy_open_date": "",
    "all_through": "",
    "enrolments": 200,
    "sess_possible": 76000,
    "sess_overall": 3800,
    "sess_authorised": 3000,
    "sess_unauthorised": 800,
    "sess_overall_percent": 5.0,
    "enrolments_pa_10_exact": 20,
    "enrolments_pa_10_exact_percent": 10.0,
}
_OFSTED = {
    "URN": "900001",
    "School name": "First School",
    "Ofsted phase": "Primary",
    "Inspection start date": "14/05/2019",
    "Overall effectiveness": "2",
    "Behaviour and attitudes": "9",
}
_LINK = {
    "URN": "900001",
    "LinkURN": "900002",
    "LinkName": "Old School",
    "LinkType": "Predecessor",
    "LinkEstablishedDate": "01-09-2012",
}
_MARKER = {
    "urn": "900001",
    "name": "First School",
    "lat": 54.9,
    "lng": -1.6,
    "phase_code": "P",
    "ofsted_rating": 2,
    "fsm_pct_x10": 205,
    "religion_code": 0,
}


def gias(*rows: Mapping[str, object]) -> str:
    """Give a full extract of the school register."""
    return table(_GIAS, *rows)


def absence(*rows: Mapping[str, object]) -> str:
    """Give a file of absence in the layout of Explore Education Statistics."""
    return table(_ABSENCE, *rows)


def ofsted(*rows: Mapping[str, object]) -> str:
    """Give Ofsted's management information, two title lines on top; its first school is row 4."""
    titles = "Management information,,,,,\nPosition as at 31 August 2024,,,,,\n"
    return titles + table(_OFSTED, *rows)


def links(*rows: Mapping[str, object]) -> str:
    """Give predecessor links."""
    return table(_LINK, *rows)


def markers(*rows: Mapping[str, object]) -> str:
    """Give map markers."""
    return table(_MARKER, *rows)


def performance(rows: str, measure: str = "PPERSABS10") -> str:
    """Give absence in the layout of the performance tables."""
    return f"LA,ESTAB,URN,PERCTOT,{measure}\n{rows}"


def schools(n: int, **columns: object) -> list[dict[str, object]]:
    """Give rows of so many schools, with the same further cells."""
    return [{"urn": str(900001 + k), "laestab": str(3912000 + k), **columns} for k in range(n)]


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a zip archive of named contents."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def locked(archive: bytes) -> bytes:
    """Mark the first file of a zip as locked with a password, in both its headers."""
    changed = bytearray(archive)
    changed[6] |= 1
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def method_unknown(archive: bytes) -> bytes:
    """Give the first file of a zip a way of packing that nobody knows, in both its headers."""
    changed = bytearray(archive)
    changed[8:10] = b"\x63\x00"
    at = changed.index(b"PK\x01\x02") + 10
    changed[at : at + 2] = b"\x63\x00"
    return bytes(changed)


def cells_of(path: Path) -> list[list[str]]:
    """Give every cell of a CSV, its header too."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def problems_of(out: str) -> list[dict[str, Any]]:
    """Give the problems that a command with --json printed."""
    found: list[dict[str, Any]] = json.loads(out)["problems"]
    return found
