"""Context figures of schools: roll, free school meals, special needs, language."""

import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.figures.published import file_of
from schoolhubs.schools.words import words
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.frames import CONTEXT
from schoolhubs.vocabulary.records.published import PublishedTable

# A publication is full if it gives at least this many of the figures of context.
FULL_CONTEXT = 3


def context_from(tables: Sequence[PublishedTable], on: datetime.date) -> pl.DataFrame:
    """Choose each school's context figures: one publication, of the nearest year.

    A census is of the day that ``kinds.yaml`` gives. Of the publications that give most of the
    figures, the newest taken by ``on`` is preferred; a later one is used only where there is none.
    A publication with only one or two of the figures counts where a school has no fuller one.
    ``is_context_later`` marks figures of a year that ends after ``on``, or of a year that nobody
    stated.

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
        year: datetime.date(AcademicYear(year).first + 1, *_census_day())
        for year in whole["context_year"].drop_nulls().unique().to_list()
    }
    day = pl.col("context_year").replace_strict(taken, default=None, return_dtype=pl.Date)
    known = pl.sum_horizontal(pl.col(name).is_not_null() for name in CONTEXT)
    ranked = whole.with_columns(
        ends_after(whole["context_year"], on).fill_null(value=True).alias("is_context_later"),
        (day > on).fill_null(value=True).alias("is_after"),
        (known < FULL_CONTEXT).alias("is_thin"),
        (day - pl.lit(on)).abs().alias("apart"),
    ).filter(known > 0)
    best = ranked.sort("urn", "is_thin", "is_after", "apart", nulls_last=True)
    return best.unique("urn", keep="first", maintain_order=True).drop(
        "is_thin", "is_after", "apart"
    )


def _census_day() -> tuple[int, int]:
    """Give month and day on which a year's census is taken as known."""
    day = words()["census_day"]
    return day["month"], day["day"]


def ends_after(years: pl.Series, on: datetime.date) -> pl.Series:
    """Tell of each academic year whether it ends after a date; of one not stated, nothing.

    >>> years = pl.Series(["2017/18", "2018/19", None])
    >>> ends_after(years, datetime.date(2018, 9, 1)).to_list()
    [False, True, None]
    """
    known = years.drop_nulls().unique().to_list()
    later = {year: AcademicYear(year).finishes_on > on for year in known}
    return years.replace_strict(later, default=None, return_dtype=pl.Boolean)


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
