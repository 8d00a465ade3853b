"""A whole synthetic England, imagined in memory."""

import dataclasses
import datetime

import numpy as np
import polars as pl

from schoolhubs.synthetic.calibration import Calibration, calibration, read_yaml, years_to
from schoolhubs.synthetic.figures.absence import AbsencePanel, Intake, simulate
from schoolhubs.synthetic.population import inspections, places, rounds, trusts
from schoolhubs.synthetic.population.character import SEMH
from schoolhubs.synthetic.population.history import History, live_through
from schoolhubs.synthetic.population.schools import found_schools, plan_schools
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.progress import Progress, quiet

FULL_SIZE = 22_000
FEWEST_SCHOOLS, MOST_SCHOOLS = 200, 35_000
DEFAULT_YEAR = AcademicYear("2018/19")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class England:
    """A synthetic England in memory.

    Parameters
    ----------
    on
        Day of the register's extract: 31 January after the last year of absence.
    land, history, panel, trusts
        Places, schools with their past, absence, academy trusts.
    planned
        Schools proposed to open, see ``population.schools.plan_schools``.
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
    planned: pl.DataFrame
    inspections: pl.DataFrame
    leads: pl.DataFrame
    applications: pl.DataFrame

    @property
    def n_open(self) -> int:
        """Open state-funded schools."""
        kinds = self.history.schools.filter(pl.col("gone_on").is_null())["kind"]
        return int((kinds != "independent").sum())


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
    (
        _places_rng,
        schools_rng,
        past_rng,
        absence_rng,
        visits_rng,
        trusts_rng,
        rounds_rng,
        plans_rng,
    ) = (np.random.default_rng([seed, stage]) for stage in range(8))
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
        planned=plan_schools(history, on, kinds, plans_rng),
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
