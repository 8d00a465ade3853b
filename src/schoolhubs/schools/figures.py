"""Absence and context figures of schools and areas, each with its series, year and half terms."""

import datetime
from collections.abc import Sequence
from pathlib import PurePath

import polars as pl

from schoolhubs.schools.register import PHASE_FIGURES
from schoolhubs.schools.words import phase_of_school_type
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import PublishedTable

COUNTS = (
    "enrolments",
    "sess_possible",
    "sess_overall",
    "sess_authorised",
    "sess_unauthorised",
    "enrolments_pa_10_exact",
)
CONTEXT = (
    "n_pupils",
    "fsm_percent",
    "fsm_ever_percent",
    "sen_support_percent",
    "ehc_plan_percent",
    "eal_percent",
)
# A publication is full if it gives at least this many of the figures of context.
FULL_CONTEXT = 3
NATIONAL = "England"


def file_of(table: PublishedTable) -> str:
    """Name a table's file without its folder."""
    return PurePath(table.path).name


def _dated(table: PublishedTable) -> pl.DataFrame:
    """Give a table's rows with year, series, half terms and file beside each."""
    frame = table.frame
    if "year" not in frame.columns:
        year = table.years[0] if table.years else None
        frame = frame.with_columns(pl.lit(year, pl.String).alias("year"))
    if "half_terms" not in frame.columns:
        frame = frame.with_columns(pl.lit(table.half_terms, pl.Int64).alias("half_terms"))
    return frame.with_columns(
        pl.lit(table.series).alias("series"), pl.lit(file_of(table)).alias("source_file")
    )


def absence_from(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Gather the absence of schools, one row for each school, year and series.

    A URN that a file lists under two establishment numbers in one year (a school that moved
    between authorities or joined another) is one row, its counts added up.

    Raises
    ------
    DataProblem
        If two files of one series give different figures for the same school and year.
    """
    parts = []
    for table in tables:
        rows = _dated(table).filter((pl.col("level") == "school") & pl.col("urn").is_not_null())
        parts.append(_one_per_school(_absence_columns(rows)))
    if not parts:
        return frames.ABSENCE.empty()
    whole = pl.concat(parts, how="diagonal_relaxed")
    return frames.ABSENCE.fill(_agreed(whole).sort("urn", "year", "series"))


def _absence_columns(rows: pl.DataFrame) -> pl.DataFrame:
    school_type = (
        pl.col("school_type") if "school_type" in rows.columns else pl.lit(None, pl.String)
    )
    region = pl.col("region_name") if "region_name" in rows.columns else pl.lit(None, pl.String)
    named = {
        "phase": phase_of_school_type(school_type),
        "region": region.replace({"Inner London": "London", "Outer London": "London"}),
    }
    mark = "enrolments_pa_10_exact_percent_mark"
    if mark in rows.columns:
        named["persistent_absence_mark"] = pl.col(mark)
    kept = [name for name in frames.ABSENCE.schema if name in rows.columns and name not in named]
    return rows.select(*kept, **named)


def _one_per_school(rows: pl.DataFrame) -> pl.DataFrame:
    key = ["urn", "year", "series"]
    twice = rows.select(key).is_duplicated()
    if not twice.any() or "sess_possible" not in rows.columns:
        return rows
    largest = rows.filter(twice).sort("enrolments", descending=True)
    counts = [name for name in COUNTS if name in rows.columns]
    others = [name for name in rows.columns if name not in (*key, *counts)]
    added = largest.group_by(key, maintain_order=True).agg(
        pl.col(counts).sum(), pl.col(others).first()
    )
    rates = {
        f"{name}_percent": (100 * pl.col(name) / pl.col(of)).round(5)
        for name, of in (
            ("sess_overall", "sess_possible"),
            ("sess_authorised", "sess_possible"),
            ("sess_unauthorised", "sess_possible"),
            ("enrolments_pa_10_exact", "enrolments"),
        )
        if name in counts
    }
    return pl.concat([rows.filter(~twice), added.with_columns(**rates)], how="diagonal")


def _agreed(whole: pl.DataFrame) -> pl.DataFrame:
    key = ["urn", "year", "series"]
    once = whole.unique(key, keep="first", maintain_order=True)
    if once.height == whole.height:
        return whole
    figures = ["sess_overall_percent", "enrolments_pa_10_exact_percent"]
    figures = [name for name in figures if name in whole.columns]
    differing = (
        whole.group_by(key, maintain_order=True)
        .agg(pl.col(figures).drop_nulls().n_unique(), pl.col("source_file").unique().sort())
        .filter(pl.any_horizontal(pl.col(figures) > 1))
    )
    if differing.height:
        raise DataProblem(_conflict(row) for row in differing.iter_rows(named=True))
    return once


def _conflict(row: dict[str, object]) -> Problem:
    files = row["source_file"]
    assert isinstance(files, list)
    return Problem(
        code="conflicting_figures",
        file=files[0],
        urn=str(row["urn"]),
        fault=f"{' and '.join(files)} give different absence for {row['year']} ({row['series']})",
        remedy="Give only the file that should count.",
    )


def phase_figures_from(
    tables: Sequence[PublishedTable], absence: pl.DataFrame, schools: pl.DataFrame
) -> pl.DataFrame:
    """Gather absence of whole phases; where nobody published one, compute it from the schools.

    A computed figure is weighted by sessions where there are counts, else it is the plain mean
    of the schools, and its ``how`` says which.
    """
    parts = [_published_phases(_dated(table)) for table in tables]
    published = pl.concat(parts, how="diagonal_relaxed") if parts else PHASE_FIGURES.empty()
    published = published.unique(PHASE_FIGURES.key, keep="first", maintain_order=True)
    computed = _computed_phases(absence, schools)
    key = list(PHASE_FIGURES.key)
    whole = pl.concat(
        [published, computed.join(published, on=key, how="anti")], how="diagonal_relaxed"
    )
    return PHASE_FIGURES.fill(whole.sort(key))


def _published_phases(rows: pl.DataFrame) -> pl.DataFrame:
    named = rows.filter(pl.col("level") != "school")
    said = pl.col("school_type") if "school_type" in rows.columns else pl.col("estab")
    region = pl.col("region_name") if "region_name" in rows.columns else pl.lit(None, pl.String)
    area = (
        pl.when(pl.col("level") == "national")
        .then(pl.lit(NATIONAL))
        .when(pl.col("level") == "region")
        .then(region)
        .otherwise(pl.col("la_code"))
    )
    phase = pl.when(said == "Total").then(pl.lit("all")).otherwise(phase_of_school_type(said))
    # The authority rows also split secondary schools by kind of academy; those are left out.
    whole = pl.lit(value=True)
    if "academy_type" in rows.columns:
        whole = pl.col("academy_type").is_null() & ~pl.col("all_through")
    kept = [name for name in PHASE_FIGURES.schema if name in named.columns]
    return (
        named.filter(whole)
        .select(*kept, area=area, phase=phase, how=pl.lit("published"))
        .filter(pl.col("phase").is_not_null())
    )


def _computed_phases(absence: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    of_school = schools.select("urn", pl.col("phase").alias("own_phase"))
    grouped = (
        absence.join(of_school, on="urn", how="left")
        .with_columns(pl.coalesce("phase", "own_phase").alias("phase"))
        .filter(pl.col("phase").is_not_null())
        .group_by("year", "series", "phase")
        .agg(
            pl.col("half_terms").max(),
            pl.len().cast(pl.Int64).alias("n_schools"),
            pl.col("enrolments", "sess_possible", "sess_overall", "enrolments_pa_10_exact").sum(),
            pl.col("sess_overall_percent", "enrolments_pa_10_exact_percent").mean(),
        )
    )
    weighted = pl.col("sess_possible") > 0
    return grouped.select(
        "year",
        "series",
        "phase",
        "half_terms",
        "n_schools",
        pl.when(pl.col("enrolments") > 0).then("enrolments").alias("enrolments"),
        level=pl.lit("national"),
        area=pl.lit(NATIONAL),
        sess_overall_percent=pl.when(weighted)
        .then(100 * pl.col("sess_overall") / pl.col("sess_possible"))
        .otherwise("sess_overall_percent")
        .round(2),
        enrolments_pa_10_exact_percent=pl.when(weighted)
        .then(100 * pl.col("enrolments_pa_10_exact") / pl.col("enrolments"))
        .otherwise("enrolments_pa_10_exact_percent")
        .round(2),
        how=pl.when(weighted)
        .then(pl.format("computed from {} schools, weighted by sessions", "n_schools"))
        .otherwise(pl.format("computed as the plain mean of {} schools", "n_schools")),
    )


def context_from(tables: Sequence[PublishedTable], on: datetime.date) -> pl.DataFrame:
    """Choose each school's context figures: one publication, of the nearest year.

    A census is of January. Of the publications that give most of the figures, the newest taken
    by ``on`` is preferred; a later one is used only where there is none. A publication with only
    one or two of the figures counts where a school has no fuller one. ``is_context_later`` marks
    figures of a year that ends after ``on``, or of a year that nobody stated.

    Returns
    -------
    polars.DataFrame
        ``urn``, the figures, ``context_series``, ``context_year``, ``is_context_later`` and
        ``source_file``; one row a school.
    """
    parts = [_context_columns(table) for table in tables]
    schema = {"urn": pl.String, **dict.fromkeys(CONTEXT, pl.Float64)}
    schema |= {"context_series": pl.String, "context_year": pl.String, "source_file": pl.String}
    if not parts:
        return pl.DataFrame(schema=schema | {"is_context_later": pl.Boolean})
    whole = pl.concat([pl.DataFrame(schema=schema), *parts], how="diagonal_relaxed")
    taken = {
        year: datetime.date(AcademicYear(year).first + 1, 1, 15)
        for year in whole["context_year"].drop_nulls().unique().to_list()
    }
    ends = {year: AcademicYear(year).finishes_on for year in taken}
    day, end = (
        pl.col("context_year").replace_strict(days, default=None, return_dtype=pl.Date)
        for days in (taken, ends)
    )
    known = pl.sum_horizontal(pl.col(name).is_not_null() for name in CONTEXT)
    ranked = whole.with_columns(
        (end > on).fill_null(value=True).alias("is_context_later"),
        (day > on).fill_null(value=True).alias("is_after"),
        (known < FULL_CONTEXT).alias("is_thin"),
        (day - pl.lit(on)).abs().alias("apart"),
    ).filter(known > 0)
    best = ranked.sort("urn", "is_thin", "is_after", "apart", nulls_last=True)
    return best.unique("urn", keep="first", maintain_order=True).drop(
        "is_thin", "is_after", "apart"
    )


def _context_columns(table: PublishedTable) -> pl.DataFrame:
    rows = table.frame
    if "level" in rows.columns:
        rows = rows.filter(pl.col("level") == "school")
    if "n_fsm" in rows.columns and "fsm_percent" not in rows.columns:
        share = (100 * pl.col("n_fsm") / pl.col("n_pupils")).round(1)
        rows = rows.with_columns(pl.when(pl.col("n_pupils") > 0).then(share).alias("fsm_percent"))
    present = [name for name in CONTEXT if name in rows.columns]
    year = pl.lit(table.years[0] if table.years else None, pl.String)
    if "census_on" in rows.columns:
        days = rows["census_on"].drop_nulls().unique().to_list()
        years = {day: str(AcademicYear.holding(day)) for day in days}
        year = pl.col("census_on").replace_strict(years, default=None, return_dtype=pl.String)
    return rows.filter(pl.col("urn").is_not_null()).select(
        "urn",
        pl.col(present).cast(pl.Float64),
        context_year=year,
        context_series=pl.lit(table.title),
        source_file=pl.lit(file_of(table)),
    )
