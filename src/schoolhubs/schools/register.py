"""The school register as a record, and how it is written to a folder and read back."""

import dataclasses
import datetime
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, UsageError
from schoolhubs.vocabulary.frames import COUNT, NUMBER, TEXT, Column, Frame
from schoolhubs.vocabulary.records.round import InputFile
from schoolhubs.vocabulary.tables import told_of

LAYOUT_VERSION = 2
ABOUT = "register.json"

PHASE_FIGURES = Frame(
    "phase_figures",
    "Absence of a whole phase in England, a region or a local authority, by year and series.",
    (
        Column("level", TEXT, "national, region or local_authority", may_be_missing=False),
        Column("area", TEXT, "England, the region as published, or the authority's number"),
        Column("phase", TEXT, "Phase as that publication groups it, or all", may_be_missing=False),
        Column("year", TEXT, "Academic year", "2017/18", may_be_missing=False),
        Column("series", TEXT, "Publication", "vocabulary.phases.Series", may_be_missing=False),
        Column("half_terms", COUNT, "Half terms the figures cover", "half terms"),
        Column("n_schools", COUNT, "Schools in it", "schools"),
        Column("enrolments", COUNT, "Pupil enrolments", "enrolments"),
        Column("sess_overall_percent", NUMBER, "Absence rate", "0-100"),
        Column("enrolments_pa_10_exact_percent", NUMBER, "Persistent absentees", "0-100"),
        Column("how", TEXT, "published, or how it was computed", may_be_missing=False),
        Column("source_file", TEXT, "File it was read from"),
    ),
    key=("level", "area", "phase", "year", "series"),
)

QUALITY = Frame(
    "quality",
    "What each file gave: what joined, what did not, and why.",
    (
        Column("source_file", TEXT, "File; missing for the register as a whole"),
        Column("topic", TEXT, "What the file was read for", may_be_missing=False),
        Column(
            "outcome",
            TEXT,
            "read, quirk, joined, left out, inferred, noted or warned",
            may_be_missing=False,
        ),
        Column("n_rows", COUNT, "How many rows or schools", may_be_missing=False),
        Column("reason", TEXT, "Why, in a sentence", may_be_missing=False),
    ),
)

STORED = {
    "schools": frames.SCHOOLS,
    "absence": frames.ABSENCE,
    "inspections": frames.INSPECTIONS,
    "links": frames.LINKS,
    "trusts": frames.TRUSTS,
    "phase_figures": PHASE_FIGURES,
    "quality": QUALITY,
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRegister:
    """The schools of England as at one date, with their figures and where those came from.

    Parameters
    ----------
    on
        The date. Later figures may be among the frames; :func:`schools.facts` leaves them out.
    schools, absence, inspections, links, trusts
        The frames of that name in ``vocabulary.frames``.
    phase_figures, quality
        As the contracts of that name in this package.
    sources
        The files it was built from.
    """

    on: datetime.date
    schools: pl.DataFrame
    absence: pl.DataFrame
    inspections: pl.DataFrame
    links: pl.DataFrame
    trusts: pl.DataFrame
    phase_figures: pl.DataFrame
    quality: pl.DataFrame
    sources: tuple[InputFile, ...]

    @property
    def n_open(self) -> int:
        """Schools open on the date."""
        return int(self.schools["is_open"].sum())

    @property
    def quality_text(self) -> str:
        """Say in lines what joined, what did not, and why."""
        lines = [f"School register as at {self.on}: {self.schools.height:,} establishments, "]
        lines[0] += f"{self.n_open:,} open; {self.absence.height:,} school years of absence."
        for (file,), rows in self.quality.group_by("source_file", maintain_order=True):
            lines.append(f"  {file or 'The whole register'}")
            for row in rows.iter_rows(named=True):
                n = "" if row["outcome"] == "quirk" else f"{row['n_rows']:,} "
                lines.append(f"    {row['topic']}, {row['outcome']}: {n}{row['reason']}")
        return "\n".join(lines)

    def said_of_day(self, on: datetime.date) -> tuple[str, ...]:
        """Say in a sentence that it is read for another day than its own; nothing if not."""
        if self.on == on:
            return ()
        dated = f"The school register was built as at {self.on}, the rules are asked for {on}"
        if on > self.on:
            return (f"{dated}: what happened to schools in between is not in it.",)
        open_in = f"who was open and in which trust in {AcademicYear.holding(on)}"
        return (f"{dated}: {open_in} is worked out from the days it holds.",)


def write_register(register: SchoolRegister, folder: Path) -> None:
    """Write a register as Parquet files and ``register.json``, whole or not at all.

    Everything goes to a folder beside, which then takes the place of ``folder``. A register
    that stood there is replaced; a folder with anything else in it is not touched.

    Raises
    ------
    Conflict
        If ``folder`` holds something that is not a register.
    UsageError
        If it is a file.
    """
    _refuse_other_contents(folder)
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        with told_of(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir()
        for name in STORED:
            getattr(register, name).write_parquet(beside / f"{name}.parquet")
        text = json.dumps(_about(register), ensure_ascii=False, indent=2) + "\n"
        (beside / ABOUT).write_text(text, encoding="utf-8")
        _take_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _take_place(beside: Path, folder: Path) -> None:
    """Put one folder where another stands; the other goes only once that is done."""
    before = beside.with_suffix(".before")
    if folder.exists():
        os.replace(folder, before)  # noqa: PTH105 - the same call on every platform
    try:
        os.replace(beside, folder)  # noqa: PTH105
    except OSError:
        if before.exists():
            os.replace(before, folder)  # noqa: PTH105
        raise
    shutil.rmtree(before, ignore_errors=True)


def _refuse_other_contents(folder: Path) -> None:
    if folder.is_file():
        raise UsageError(f"{folder} is a file. Name a folder for the register.")
    if folder.exists() and any(folder.iterdir()) and not (folder / ABOUT).exists():
        raise Conflict(
            f"{folder} holds something that is not a school register, so nothing was written. "
            "Name an empty or a new folder."
        )


def _about(register: SchoolRegister) -> dict[str, Any]:
    return {
        "layout_version": LAYOUT_VERSION,
        "on": register.on.isoformat(),
        "counts": {name: getattr(register, name).height for name in STORED},
        "open_schools": register.n_open,
        "sources": [source.as_dict() for source in register.sources],
    }


def read_register(folder: Path) -> SchoolRegister:
    """Read a register that :func:`write_register` wrote.

    Raises
    ------
    DataProblem
        If the folder holds no register, one of another version, or a damaged one.
    """
    about = _read_about(folder)
    read: dict[str, pl.DataFrame] = {}
    for name, frame in STORED.items():
        path = folder / f"{name}.parquet"
        try:
            read[name] = frame.check(pl.read_parquet(path))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _unusable(folder, f"{path.name} cannot be read ({error})") from error
        except DataProblem as error:
            raise _unusable(folder, f"{path.name}: {error.problems[0].fault}") from error
    return SchoolRegister(
        on=datetime.date.fromisoformat(about["on"]),
        sources=tuple(InputFile(**source) for source in about["sources"]),
        **read,
    )


def _read_about(folder: Path) -> dict[str, Any]:
    if not (folder / ABOUT).is_file():
        raise _unusable(folder, f"there is no school register in {folder}")
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        version = about["layout_version"]
        datetime.date.fromisoformat(about["on"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(folder, f"{ABOUT} is damaged ({error})") from error
    if version != LAYOUT_VERSION:
        raise _unusable(folder, f"it has layout {version}, this version reads {LAYOUT_VERSION}")
    return about


def _unusable(folder: Path, fault: str) -> DataProblem:
    return DataProblem(
        [
            Problem(
                code="unusable_register",
                file=folder.name,
                fault=fault,
                remedy="Build it again: schoolhubs data build --from PATH... --on DATE --out DIR.",
            )
        ]
    )
