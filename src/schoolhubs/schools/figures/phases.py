"""Absence of whole phases, published or computed, in England and its areas."""

from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.figures.published import dated
from schoolhubs.schools.register import PHASE_FIGURES
from schoolhubs.schools.words import phase_of_school_type
from schoolhubs.vocabulary.records.published import PublishedTable

NATIONAL = "England"


def phase_figures_from(
    tables: Sequence[PublishedTable], absence: pl.DataFrame, schools: pl.DataFrame
) -> pl.DataFrame:
    """Gather absence of whole phases; where nobody published one, compute it from the schools.

    A computed figure is weighted by sessions where there are counts, else it is the plain mean
    of the schools, and its ``how`` says which.
    """
    parts = [_published_phases(dated(table)) for table in tables]
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
