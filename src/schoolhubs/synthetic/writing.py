"""A synthetic England on disk: every file in its official format, each whole or not at all."""

import dataclasses
import datetime
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.synthetic import delivered
from schoolhubs.synthetic.calibration import calibration, read_yaml
from schoolhubs.synthetic.england import DEFAULT_YEAR, FULL_SIZE, England, imagine
from schoolhubs.synthetic.official import absence_file, census, gias, ofsted
from schoolhubs.synthetic.pupils import write_marks
from schoolhubs.vocabulary import official, tables
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.phases import Framework
from schoolhubs.vocabulary.progress import Progress, quiet

MARKS_FILE = "marks.parquet"
_PATTERNS = (
    "edubasealldata????????.csv",
    "links_edubasealldata????????.csv",
    "academiesmatmembership????????.csv",
    "england_census_??????.csv",
    "ees_absence_3term_??????.csv",
    "ofsted_state_funded_schools_latest_inspections_????????.csv",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was written."""

    schools: int
    files: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return {"schools": self.schools, "files": list(self.files)}


def england(
    folder: Path,
    *,
    seed: int,
    n_schools: int = FULL_SIZE,
    year: AcademicYear = DEFAULT_YEAR,
    with_pupils: bool = False,
    with_year: bool = False,
    progress: Progress = quiet,
) -> Summary:
    """Write a synthetic England into a folder, in the official file formats.

    Parameters
    ----------
    folder
        Made if need be. Files of the same names are replaced, all of them or, if anything goes
        wrong, none.
    seed, n_schools, year
        See :func:`imagine`. The same arguments give the same bytes.
    with_pupils
        Write ``marks.parquet`` too: the last year's attendance marks of every pupil, in the layout
        of ``vocabulary.frames.MARKS``.
    with_year
        Write the folder ``year`` too: a delivered year of each programme, in the files that
        ``funding statement`` reads, with what lies behind them.

    Returns
    -------
    Open state-funded schools and the names of the files.

    Raises
    ------
    Conflict
        If the folder holds files of another synthetic England, which would mix with this one.
    """
    imagined = imagine(seed=seed, n_schools=n_schools, year=year, progress=progress)
    files = _files(imagined)
    names = {*files, MARKS_FILE} if with_pupils else set(files)
    _refuse_another_england(folder, names, with_year=with_year)
    with tables.told_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
        held = tempfile.TemporaryDirectory(prefix=".synthetic-", dir=folder)
    with held as beside:
        for done, (name, make) in enumerate(files.items()):
            progress("write files", done, len(files))
            (Path(beside) / name).write_bytes(make())
        progress("write files", len(files), len(files))
        if with_pupils:
            write_marks(Path(beside) / MARKS_FILE, imagined, progress=progress)
        if with_year:
            made = delivered.write_year(
                Path(beside) / delivered.FOLDER, imagined, progress=progress
            )
            (folder / delivered.FOLDER).mkdir(exist_ok=True)
            names |= {f"{delivered.FOLDER}/{name}" for name in made}
        for name in names:
            (Path(beside) / name).replace(folder / name)
    return Summary(schools=imagined.n_open, files=tuple(sorted(names)))


def _refuse_another_england(folder: Path, names: set[str], *, with_year: bool) -> None:
    if not with_year and (folder / delivered.FOLDER).exists():
        text = f"{folder} holds a delivered year, whose schools would not be this England's"
        raise Conflict(f"{text}. Choose an empty folder, or deliver the year again.")
    if MARKS_FILE not in names and (folder / MARKS_FILE).exists():
        text = f"{folder} holds {MARKS_FILE}, whose pupils would not be this England's"
        raise Conflict(f"{text}. Choose an empty folder, or make its pupils again.")
    found = {path.name for pattern in _PATTERNS for path in folder.glob(pattern)}
    if others := sorted(found - names):
        text = f"{folder} holds {others[0]} and {len(others) - 1} more files of another year"
        raise Conflict(f"{text}, which would mix with this England. Choose an empty folder.")


def _files(imagined: England) -> dict[str, Callable[[], bytes]]:
    """Give for each file name a function that makes its bytes."""
    headers = read_yaml("headers.yaml")
    stamp, last = f"{imagined.on:%Y%m%d}", imagined.year
    compact = f"{last.first}{(last.first + 1) % 100:02d}"
    files: dict[str, Callable[[], bytes]] = {
        f"edubasealldata{stamp}.csv": partial(_extract, imagined, headers["gias_extract"]),
        f"links_edubasealldata{stamp}.csv": partial(_links, imagined),
        f"academiesmatmembership{stamp}.csv": partial(_membership, imagined),
        f"england_census_{compact}.csv": partial(_census, imagined, headers["census"]),
    }
    for position, year in enumerate(imagined.panel.years):
        name = f"ees_absence_3term_{year.first}{(year.first + 1) % 100:02d}.csv"
        files[name] = partial(_absence, imagined, position, headers["absence"])
    no_grades_from = official.framework_begins()[Framework.NO_OVERALL_GRADE]
    last_with_grades = no_grades_from - datetime.timedelta(days=1)
    for on in sorted({min(imagined.on, last_with_grades), imagined.on}):
        name = f"ofsted_state_funded_schools_latest_inspections_{on:%Y%m%d}.csv"
        files[name] = partial(_ofsted, imagined, headers["ofsted"], on)
    files["leads.csv"] = partial(_own, imagined.leads)
    files["applications.csv"] = partial(_own, imagined.applications)
    return files


def _extract(imagined: England, header: list[str]) -> bytes:
    rng = np.random.default_rng([imagined.seed, 100])
    kinds, day = read_yaml("schools.yaml"), np.datetime64(imagined.on)
    table = gias.extract(
        imagined.history, imagined.trusts, imagined.planned, header, kinds, day, rng
    )
    return _csv(table).encode(gias.ENCODING)


def _links(imagined: England) -> bytes:
    table = gias.links(imagined.history)
    return table.write_csv(quote_style="always").encode(gias.ENCODING)


def _membership(imagined: England) -> bytes:
    return _csv(gias.membership(imagined.history, imagined.trusts)).encode(gias.ENCODING)


def _census(imagined: England, header: list[str]) -> bytes:
    return _csv(census.census_file(imagined.history, header)).encode("utf-8-sig")


def _own(table: pl.DataFrame) -> bytes:
    return tables.csv_text(table).encode()


def _absence(imagined: England, position: int, header: list[str]) -> bytes:
    rng = np.random.default_rng([imagined.seed, 200 + position])
    history = imagined.history
    counts = absence_file.school_counts(
        history.schools, history.entries, imagined.panel, position, calibration(), rng
    )
    year = imagined.panel.years[position]
    return _csv(absence_file.year_file(counts, year, header, rng)).encode()


def _ofsted(imagined: England, headers: dict[str, list[str]], on: datetime.date) -> bytes:
    groups = imagined.trusts
    members = groups.members.filter(
        (pl.col("joined_on") <= on) & (pl.col("left_on").is_null() | (pl.col("left_on") > on))
    )
    now = members.join(groups.trusts, on="trust_id", maintain_order="left")
    trusts_now = now.unique("urn", keep="last", maintain_order=True).select(
        "urn", "trust_id", "trust_name", "is_multi"
    )
    titles, table = ofsted.management_information(
        imagined.history, imagined.inspections, trusts_now, headers, on
    )
    text = "\n".join([*(f'"{title}"' for title in titles), _csv(table)])
    return text.encode(gias.ENCODING)


def _csv(table: pl.DataFrame) -> str:
    # An empty text would be written as two quotes; the publishers leave the cell empty.
    blank = pl.when(pl.all() != "").then(pl.all())
    return table.with_columns(blank).write_csv(quote_style="necessary")
