"""A whole synthetic England: imagined in memory, then written in the official file formats."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.synthetic.calibration import Calibration, calibration, read_yaml, years_to
from schoolhubs.synthetic.official import absence_file, census, gias, ofsted
from schoolhubs.synthetic.population import inspections, places, rounds, trusts
from schoolhubs.synthetic.population.absence import AbsencePanel, Intake, simulate
from schoolhubs.synthetic.population.character import SEMH
from schoolhubs.synthetic.population.history import History, live_through
from schoolhubs.synthetic.population.schools import found_schools
from schoolhubs.vocabulary import tables
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.progress import Progress, quiet

FULL_SIZE = 22_000
FEWEST_SCHOOLS, MOST_SCHOOLS = 200, 35_000
DEFAULT_YEAR = AcademicYear("2018/19")
LAST_BEFORE_NO_GRADES = datetime.date(2024, 8, 31)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class England:
    """A synthetic England in memory.

    Parameters
    ----------
    on
        Day of the register's extract: 31 January after the last year of absence.
    land, history, panel, trusts
        Places, schools with their past, absence, academy trusts.
    inspections
        Frame, see ``population.inspections.inspect``.
    leads, applications
        Frames of the three programmes.
    """

    seed: int
    year: AcademicYear
    on: datetime.date
    land: places.Land
    history: History
    panel: AbsencePanel
    trusts: trusts.Trusts
    inspections: pl.DataFrame
    leads: pl.DataFrame
    applications: pl.DataFrame

    @property
    def n_open(self) -> int:
        """Open state-funded schools."""
        kinds = self.history.schools.filter(pl.col("gone_on").is_null())["kind"]
        return int((kinds != "independent").sum())


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was written."""

    schools: int
    files: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return {"schools": self.schools, "files": list(self.files)}


def imagine(
    *,
    seed: int,
    n_schools: int = FULL_SIZE,
    year: AcademicYear = DEFAULT_YEAR,
    constants: Calibration | None = None,
    progress: Progress = quiet,
) -> England:
    """Imagine an England; the same arguments give the same one.

    Parameters
    ----------
    seed
        Any whole number from 0.
    n_schools
        Open state-funded schools.
    year
        Last year of absence.
    constants
        Other constants than the package's own, for experiments and negative controls.

    Raises
    ------
    UsageError
        If the number of schools or the year is out of range.

    Examples
    --------
    >>> imagine(seed=1, n_schools=300).n_open
    300
    """
    if not FEWEST_SCHOOLS <= n_schools <= MOST_SCHOOLS:
        text = f"{n_schools:,} schools: choose {FEWEST_SCHOOLS:,} to {MOST_SCHOOLS:,}."
        raise UsageError(f"A synthetic England cannot have {text}")
    if seed < 0:
        raise UsageError(f"The seed is {seed}: give a whole number from 0.")
    constants = constants or calibration()
    kinds = read_yaml("schools.yaml")
    years = years_to(year, constants)
    on = np.datetime64(datetime.date(year.first + 2, 1, 31))
    # One stream of chance for each stage, so that a change to one leaves the others as they were.
    _places_rng, schools_rng, past_rng, absence_rng, visits_rng, trusts_rng, rounds_rng = (
        np.random.default_rng([seed, stage]) for stage in range(7)
    )
    progress("imagine schools", 0, 6)
    land = places.survey(constants)
    schools = found_schools(n_schools, land, constants, kinds, schools_rng)
    progress("imagine schools", 1, 6)
    history = live_through(schools, on, kinds, past_rng)
    progress("imagine schools", 2, 6)
    panel = simulate(intake_of(history.schools), years, constants, absence_rng)
    progress("imagine schools", 3, 6)
    seen = inspections.inspect(
        history.entries,
        history.schools,
        panel.school_effect,
        on,
        read_yaml("inspections.yaml"),
        visits_rng,
    )
    progress("imagine schools", 4, 6)
    groups = trusts.form_trusts(history.entries, history.schools, on, trusts_rng)
    progress("imagine schools", 5, 6)
    leads, applied = _round(history, panel, seen, groups, rounds_rng)
    progress("imagine schools", 6, 6)
    return England(
        seed=seed,
        year=year,
        on=on.astype(object),
        land=land,
        history=history,
        panel=panel,
        trusts=groups,
        inspections=seen,
        leads=leads,
        applications=applied,
    )


def intake_of(schools: pl.DataFrame) -> Intake:
    """Give what the absence of schools depends on."""
    figures = (
        "n_pupils",
        "fsm_percent",
        "fsm_ever_percent",
        "sen_support_percent",
        "ehc_plan_percent",
        "eal_percent",
    )
    group = schools["group"].to_numpy()
    return Intake(
        group=group,
        area=schools["area"].to_numpy(),
        subregion=schools["subregion"].to_numpy(),
        is_semh=(schools["need"] == SEMH).to_numpy(),
        context={name: schools[name].to_numpy() for name in figures},
    )


def _round(
    history: History,
    panel: AbsencePanel,
    seen: pl.DataFrame,
    groups: trusts.Trusts,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    facts = read_yaml("rounds.yaml")
    schools = history.schools.with_row_index("school").with_columns(pl.col("school").cast(pl.Int64))
    last = np.log(panel.percent[:, -3:]).mean(axis=1)
    schools = schools.with_columns(pl.Series("log_absence", last).fill_nan(None))
    middle = pl.col("log_absence").median().over("kind")
    schools = schools.with_columns(absence_over_phase=pl.col("log_absence") - middle)
    grade = (
        seen.filter(pl.col("overall_grade").is_not_null())
        .group_by("school")
        .agg(pl.col("overall_grade").last())
    )
    trust = groups.members.filter(pl.col("left_on").is_null()).select("urn", "trust_id")
    entries = history.entries.sort("urn")
    opened = (
        entries.filter(pl.col("status").str.starts_with("Open"))
        .select("school", "urn", "school_name")
        .join(schools.drop("school_name"), on="school", maintain_order="left")
        .join(grade, on="school", how="left", maintain_order="left")
        .join(trust, on="urn", how="left", maintain_order="left")
    )
    state = opened.filter(pl.col("kind") != "independent")
    odd = {
        "closed_school": entries.filter(
            (pl.col("status") == "Closed") & (pl.col("kind") != "independent")
        )["urn"].to_list(),
        "independent": opened.filter(pl.col("kind") == "independent")["urn"].to_list(),
    }
    leads = rounds.lead_schools(state, facts, rng)
    return leads, rounds.applications(state, odd, leads, facts, rng)


# --- writing -----------------------------------------------------------------------------------


def england(
    folder: Path,
    *,
    seed: int,
    n_schools: int = FULL_SIZE,
    year: AcademicYear = DEFAULT_YEAR,
    progress: Progress = quiet,
) -> Summary:
    """Write a synthetic England into a folder, in the official file formats.

    Parameters
    ----------
    folder
        Made if need be; files of the same names are replaced, each whole or not at all.
    seed, n_schools, year
        See :func:`imagine`. The same arguments give the same bytes.

    Returns
    -------
    Open state-funded schools and the names of the files.
    """
    imagined = imagine(seed=seed, n_schools=n_schools, year=year, progress=progress)
    files = _files(imagined)
    n = len(files)
    for done, (name, make) in enumerate(files.items()):
        progress("write files", done, n)
        with tables.written_whole(folder / name) as beside:
            beside.write_bytes(make())
    progress("write files", n, n)
    return Summary(schools=imagined.n_open, files=tuple(sorted(files)))


def _files(imagined: England) -> dict[str, Any]:
    """Give for each file name a function that makes its bytes."""
    headers = read_yaml("headers.yaml")
    kinds = read_yaml("schools.yaml")
    stamp = f"{imagined.on:%Y%m%d}"
    rng = np.random.default_rng([imagined.seed, 100])
    last = imagined.year
    compact = f"{last.first}{(last.first + 1) % 100:02d}"
    history, groups = imagined.history, imagined.trusts
    day = np.datetime64(imagined.on)

    def extract() -> bytes:
        table = gias.extract(history, groups, headers["gias_extract"], kinds, day, rng)
        return _csv(table).encode(gias.ENCODING)

    files: dict[str, Any] = {
        f"edubasealldata{stamp}.csv": extract,
        f"links_edubasealldata{stamp}.csv": lambda: _quoted(gias.links(history)),
        f"academiesmatmembership{stamp}.csv": lambda: _csv(gias.membership(history, groups)).encode(
            gias.ENCODING
        ),
        f"england_census_{compact}.csv": lambda: (
            b"\xef\xbb\xbf" + _csv(census.census_file(history, headers["census"])).encode()
        ),
    }
    for position, year in enumerate(imagined.panel.years):
        name = f"ees_absence_3term_{year.first}{(year.first + 1) % 100:02d}.csv"
        files[name] = lambda position=position: _absence(imagined, position, headers["absence"])
    days = [imagined.on]
    if imagined.on > LAST_BEFORE_NO_GRADES:
        days.insert(0, LAST_BEFORE_NO_GRADES)
    for on in days:
        name = f"ofsted_state_funded_schools_latest_inspections_{on:%Y%m%d}.csv"
        files[name] = lambda on=on: _ofsted(imagined, headers["ofsted"], on)
    files["leads.csv"] = lambda: tables.csv_text(imagined.leads).encode()
    files["applications.csv"] = lambda: tables.csv_text(imagined.applications).encode()
    return files


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


def _quoted(table: pl.DataFrame) -> bytes:
    return table.write_csv(quote_style="always").encode(gias.ENCODING)
