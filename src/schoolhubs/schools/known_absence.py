"""The newest absence of each school that was known on a date."""

import datetime

import polars as pl

from schoolhubs.schools.figures.phases import NATIONAL
from schoolhubs.schools.figures.published import added_up, rate
from schoolhubs.schools.register import SchoolRegister
from schoolhubs.schools.words import words
from schoolhubs.vocabulary.calendar import AcademicYear

MOST_YEARS_IN_MEAN = 3


def newest_absence(
    family: pl.DataFrame, register: SchoolRegister, on: datetime.date
) -> pl.DataFrame:
    """Give each school's absence of the newest full year finished by a date.

    Parameters
    ----------
    family
        ``urn, relative, steps``: each school itself and those it grew out of.

    Returns
    -------
    polars.DataFrame
        ``urn`` and the columns of absence in frames.SCHOOL_FACTS; no row for a school without.
    """
    finished = [
        year
        for year in register.absence["year"].unique().to_list()
        if AcademicYear(year).finishes_on <= on
    ]
    usable = register.absence.filter(pl.col("year").is_in(finished))
    found = family.join(usable, left_on="relative", right_on="urn")
    by_year = one_a_year(found)
    newest = by_year.sort("urn", "year", "series", descending=[False, True, False]).unique(
        "urn", keep="first", maintain_order=True
    )
    return (
        newest.join(_mean(by_year, newest), on="urn", how="left", maintain_order="left")
        .join(register.schools.select("urn", own_phase="phase"), on="urn", how="left")
        .with_columns(
            pl.coalesce(
                "phase",
                pl.col("own_phase").replace_strict(
                    words()["absence_counted_with"], default=None, return_dtype=pl.String
                ),
            ).alias("phase")
        )
        .join(
            _national(register), on=["phase", "year", "series"], how="left", maintain_order="left"
        )
        .select(
            "urn",
            "absence_mean_percent",
            "n_absence_years",
            "absence_phase_percent",
            "persistent_absence_phase_percent",
            "enrolments",
            "persistent_absence_mark",
            absence_year="year",
            absence_series="series",
            absence_half_terms="half_terms",
            absence_urn="relative",
            absence_percent="sess_overall_percent",
            persistent_absence_percent="enrolments_pa_10_exact_percent",
        )
    )


def one_a_year(found: pl.DataFrame) -> pl.DataFrame:
    """Take the nearest of the family that has figures of a year; join them where there are several.

    Schools that were merged have their counts added up; without counts the plain mean is taken.
    A figure that is not known of each of them is not known of the whole.
    """
    key = ["urn", "year", "series"]
    nearest = found.filter(pl.col("steps") == pl.col("steps").min().over(key))
    alone = nearest.filter(pl.len().over(key) == 1)
    several = nearest.filter(pl.len().over(key) > 1).sort(*key, "relative")
    counts = ("enrolments", "sess_possible", "sess_overall", "enrolments_pa_10_exact")
    joined = several.group_by(key, maintain_order=True).agg(
        pl.col("relative").str.join("; "),
        pl.col("half_terms", "phase").first(),
        *added_up(*counts),
        *(
            pl.when(pl.col(name).null_count() == 0).then(pl.col(name).mean()).alias(name)
            for name in ("sess_overall_percent", "enrolments_pa_10_exact_percent")
        ),
        pl.col("persistent_absence_mark").drop_nulls().first(),
    )
    weighted = {
        "sess_overall_percent": rate("sess_overall", "sess_possible"),
        "enrolments_pa_10_exact_percent": rate("enrolments_pa_10_exact", "enrolments"),
    }
    joined = joined.with_columns(
        pl.coalesce(each, name).alias(name) for name, each in weighted.items()
    )
    return pl.concat([alone, joined], how="diagonal")


def _mean(by_year: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """Mean of up to three years back to back, of one series and one number of half terms."""
    like = newest.select("urn", "series", "half_terms", newest_year="year")
    years = by_year["year"].unique().to_list()
    first = {year: AcademicYear(year).first for year in years}
    back = pl.col("newest_year").replace_strict(first, default=None, return_dtype=pl.Int64)
    back = back - pl.col("year").replace_strict(first, default=None, return_dtype=pl.Int64)
    return (
        by_year.filter(pl.col("sess_overall_percent").is_not_null())
        .join(like, on=["urn", "series", "half_terms"], nulls_equal=True)
        .with_columns(back.alias("back"))
        .filter(pl.col("back").is_between(0, MOST_YEARS_IN_MEAN - 1))
        .sort("urn", "back")
        .filter(pl.col("back") == pl.int_range(pl.len()).over("urn"))
        .group_by("urn", maintain_order=True)
        .agg(
            pl.col("sess_overall_percent").mean().alias("absence_mean_percent"),
            pl.len().cast(pl.Int64).alias("n_absence_years"),
        )
    )


def _national(register: SchoolRegister) -> pl.DataFrame:
    return register.phase_figures.filter(
        (pl.col("level") == "national") & (pl.col("area") == NATIONAL)
    ).select(
        "phase",
        "year",
        "series",
        absence_phase_percent="sess_overall_percent",
        persistent_absence_phase_percent="enrolments_pa_10_exact_percent",
    )
