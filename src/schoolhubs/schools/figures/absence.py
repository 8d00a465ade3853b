"""Absence of schools, each figure with its series, year and half terms."""

from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.figures.published import added_up, dated, rate
from schoolhubs.schools.words import phase_of_school_type
from schoolhubs.vocabulary import frames
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


def absence_from(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Gather the absence of schools, one row for each school, year and series.

    A URN that a file lists under two establishment numbers in one year (a school that moved
    between authorities or joined another) is one row, its counts added up; a count that any of
    them withholds is missing.

    Raises
    ------
    DataProblem
        If two files of one series give different figures for the same school and year.
    """
    parts = []
    for table in tables:
        rows = dated(table).filter((pl.col("level") == "school") & pl.col("urn").is_not_null())
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
    mark = "persistent_absence_mark"
    others = [name for name in rows.columns if name not in (*key, *counts, mark)]
    added = largest.group_by(key, maintain_order=True).agg(
        *added_up(*counts),
        pl.col(others).first(),
        *([pl.col(mark).drop_nulls().first()] if mark in rows.columns else []),
    )
    rates = {
        f"{name}_percent": rate(name, of).round(5)
        for name, of in (
            ("sess_overall", "sess_possible"),
            ("sess_authorised", "sess_possible"),
            ("sess_unauthorised", "sess_possible"),
            ("enrolments_pa_10_exact", "enrolments"),
        )
        if name in counts and of in counts
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
