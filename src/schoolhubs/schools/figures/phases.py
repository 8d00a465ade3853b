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
    of the schools, and its ``how`` says which. Only schools with the figure are counted; a phase
    in which none has one gets no figure.
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
    absent, n_schools, is_weighted = _of_schools(
        "sess_overall_percent", "sess_overall", "sess_possible"
    )
    persistent, n_of_persistent, _ = _of_schools(
        "enrolments_pa_10_exact_percent", "enrolments_pa_10_exact", "enrolments"
    )
    pupils = pl.col("enrolments").filter(pl.col("sess_overall_percent").is_not_null())
    grouped = (
        absence.join(of_school, on="urn", how="left")
        .with_columns(pl.coalesce("phase", "own_phase").alias("phase"))
        .filter(pl.col("phase").is_not_null())
        .group_by("year", "series", "phase")
        .agg(
            pl.col("half_terms").max(),
            n_schools=n_schools.cast(pl.Int64),
            n_of_persistent=n_of_persistent.cast(pl.Int64),
            is_weighted=is_weighted,
            enrolments=pl.when((pupils.null_count() == 0) & (pupils.sum() > 0)).then(pupils.sum()),
            sess_overall_percent=absent.round(2),
            enrolments_pa_10_exact_percent=persistent.round(2),
        )
        .filter((pl.col("n_schools") > 0) | (pl.col("n_of_persistent") > 0))
    )
    how = (
        pl.when("is_weighted")
        .then(pl.format("computed from {} schools, weighted by sessions", "n_schools"))
        .otherwise(pl.format("computed as the plain mean of {} schools", "n_schools"))
    )
    fewer = pl.format("{}; persistent absence of {}", how, "n_of_persistent")
    is_same = pl.col("n_schools") == pl.col("n_of_persistent")
    return grouped.with_columns(
        level=pl.lit("national"),
        area=pl.lit(NATIONAL),
        how=pl.when(is_same).then(how).otherwise(fewer),
    ).drop("n_of_persistent", "is_weighted")


def _of_schools(percent: str, part: str, of: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Give a rate over many schools, how many it was made of, and whether it was weighted.

    Both counts are summed over the same schools: one that withholds either is left out.
    """
    both = pl.col(part).is_not_null() & pl.col(of).is_not_null()
    out_of = pl.col(of).filter(both).sum()
    is_weighted = out_of > 0
    weighted = 100 * pl.col(part).filter(both).sum() / out_of
    rate = pl.when(is_weighted).then(weighted).otherwise(pl.col(percent).mean())
    n_schools = pl.when(is_weighted).then(both.sum()).otherwise(pl.col(percent).count())
    return rate, n_schools, is_weighted
