"""The list of schools as at a date: listed by a publication, or known only from its figures."""

import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.schools import words
from schoolhubs.schools.figures.published import file_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.published import PublishedTable

PolarsType = pl.DataType | type[pl.DataType]
# The fullest list first: what it says of a school goes before what the others say.
LISTS = ("gias_extract", "gias_search_download", "gias_list", "schools_markers")
DATED_LISTS = LISTS[:3]
# A school that is only named by a link or a trust's list is no row of the register.
SAYS_NOTHING_OF_ITS_OWN = ("gias_links", "gias_trust_membership")
CARRIED: dict[str, PolarsType] = {
    "laestab": pl.String,
    "la_code": pl.String,
    "la_name": pl.String,
    "region": pl.String,
    "school_name": pl.String,
    "establishment_type": pl.String,
    "phase_name": pl.String,
    "phase_code": pl.String,
    "school_type": pl.String,
    "school_word": pl.String,
    "status": pl.String,
    "opened_on": pl.Date,
    "closed_on": pl.Date,
    "academy_opened_on": pl.Date,
    "age_low": pl.Int64,
    "age_high": pl.Int64,
    "gender": pl.String,
    "religious_character": pl.String,
    "urban_rural": pl.String,
    "admissions_policy": pl.String,
    "is_grammar": pl.String,
    "need_types": pl.List(pl.String),
    "postcode": pl.String,
    "easting": pl.Float64,
    "northing": pl.Float64,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "all_through": pl.Boolean,
}


def roster(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Gather all that is said of each school into one row, the fullest list first.

    Returns
    -------
    polars.DataFrame
        ``urn``, the columns of ``CARRIED``, and what is known of when it was seen:
        ``listed_in`` (kind of the first list that has it, null if none), ``listed_on`` (day of
        that list), ``listed_open_on`` (last day a list had it as open), ``first_year`` and
        ``last_year`` (academic years it has figures of), ``known_from`` (a file's name).
    """
    parts = []
    for table in sorted(tables, key=_rank):
        rows = table.frame
        if "urn" not in rows.columns or table.kind in SAYS_NOTHING_OF_ITS_OWN:
            continue
        if "level" in rows.columns:
            rows = rows.filter(pl.col("level") == "school")
        parts.append(_carried(rows.filter(pl.col("urn").is_not_null()), table))
    schema = {"urn": pl.String, **CARRIED, **_SEEN}
    whole = pl.concat([pl.DataFrame(schema=schema), *parts], how="diagonal")
    once = (*CARRIED, "grid_from", "point_from", "listed_in", "listed_on")
    first = [pl.col(name).drop_nulls().first() for name in once]
    seen = [pl.col("year").min().alias("first_year"), pl.col("year").max().alias("last_year")]
    return (
        whole.group_by("urn", maintain_order=True)
        .agg(*first, pl.col("listed_open_on").max(), *seen, pl.col("known_from").first())
        .join(_names_in_links(tables), on="urn", how="left")
        .with_columns(pl.coalesce("school_name", "link_name").alias("school_name"))
        .drop("link_name")
        .sort("urn")
    )


_SEEN: dict[str, PolarsType] = {
    "grid_from": pl.String,
    "point_from": pl.String,
    "listed_in": pl.String,
    "listed_on": pl.Date,
    "listed_open_on": pl.Date,
    "year": pl.String,
    "known_from": pl.String,
}


def _names_in_links(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Read the names of closed schools from the links that point at them."""
    links = [table.frame for table in tables if table.kind == "gias_links"]
    linked = [frame.select(urn="link_urn", link_name="link_name") for frame in links]
    none = pl.DataFrame(schema={"urn": pl.String, "link_name": pl.String})
    return pl.concat([none, *linked]).drop_nulls().unique("urn", keep="last", maintain_order=True)


def _rank(table: PublishedTable) -> tuple[int, float, str]:
    place = LISTS.index(table.kind) if table.kind in LISTS else len(LISTS)
    newest = -table.as_at.toordinal() if table.as_at else 0
    if not table.as_at and table.years:
        newest = -AcademicYear(table.years[-1]).first
    return place, newest, table.path


def _carried(rows: pl.DataFrame, table: PublishedTable) -> pl.DataFrame:
    present = [pl.col(n).cast(dtype) for n, dtype in CARRIED.items() if n in rows.columns]
    is_list = table.kind in LISTS
    as_at = pl.lit(table.as_at, pl.Date)
    status = pl.col("status") if "status" in rows.columns else pl.lit("Open")
    is_open = status.str.starts_with("Open").fill_null(value=False) & pl.lit(is_list)
    year = pl.lit(table.years[0] if table.years else None, pl.String)
    read_from = {
        name: pl.when(pl.col(column).is_not_null()).then(pl.lit(table.kind))
        for name, column in (("grid_from", "easting"), ("point_from", "lat"))
        if column in rows.columns
    }
    return rows.select(
        "urn",
        *present,
        listed_in=pl.lit(table.kind if is_list else None, pl.String),
        listed_on=as_at if is_list else pl.lit(None, pl.Date),
        listed_open_on=pl.when(is_open).then(as_at),
        year=pl.lit(None, pl.String)
        if is_list
        else pl.col("year")
        if "year" in rows.columns
        else year,
        known_from=pl.lit(file_of(table)),
        **read_from,
    )


def as_at(known: pl.DataFrame, steps: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    """Say of each school whether it was open on a date, and how that is known.

    A list's own dates count first. A school that was seen only in figures opened when its
    predecessor handed over and closed when its successor took over; where no link says so, it
    was open in the years it has figures of, and up to the date if those are the newest there are.

    Adds ``is_open``, ``status``, ``opened_on`` and ``closed_on`` (the first day closed).
    """
    changed = known.join(_handed_over(steps), on="urn", how="left").join(
        _took_over(steps), on="urn", how="left"
    )
    dated = pl.col("listed_in").is_in(DATED_LISTS).fill_null(value=False)
    # The day a list prints is the last one open: a school closes on 31 August and its academy
    # opens on 1 September.
    printed = pl.col("closed_on").dt.offset_by("1d")
    proposed = pl.col("status").str.contains("proposed to close").fill_null(value=False)
    still_open = proposed & (printed <= pl.col("listed_open_on"))
    handed = pl.when(
        pl.col("listed_open_on").is_null() | (pl.col("handed_over_on") > pl.col("listed_open_on"))
    ).then("handed_over_on")
    # A school with figures of a year before it took over was there already, as a merged one is.
    newcomer = pl.col("first_year").is_null() | (
        _last_day_of("first_year", known) > pl.col("took_over_on")
    )
    took = pl.when(~dated).then(
        pl.coalesce("academy_opened_on", pl.when(newcomer).then("took_over_on"))
    )
    # A list that still proposes a school after the day it was to open tells that it did not.
    not_kept = _is_proposed() & (pl.col("opened_on") < pl.col("listed_on")).fill_null(value=False)
    changed = changed.with_columns(
        pl.coalesce(pl.when(~not_kept).then("opened_on"), took).alias("opened_on"),
        pl.coalesce(pl.when(~still_open).then(printed), handed).alias("closed_on"),
        dated.alias("_dated"),
    )
    return _with_status(changed, on).drop("_dated", "handed_over_on", "took_over_on")


def _is_proposed() -> pl.Expr:
    return pl.col("status").eq_missing("Proposed to open")


def _last_day_of(column: str, known: pl.DataFrame) -> pl.Expr:
    years = known[column].drop_nulls().unique().to_list()
    ends = {year: AcademicYear(year).finishes_on for year in years}
    return pl.col(column).replace_strict(ends, default=None, return_dtype=pl.Date)


def _handed_over(steps: pl.DataFrame) -> pl.DataFrame:
    return steps.group_by(urn="earlier").agg(pl.col("changed_on").min().alias("handed_over_on"))


def _took_over(steps: pl.DataFrame) -> pl.DataFrame:
    # A school that another merged into is older than that day, so the URN must be the newer one.
    newer = steps.filter(pl.col("later") > pl.col("earlier"))
    return newer.group_by(urn="later").agg(pl.col("changed_on").max().alias("took_over_on"))


def is_within_its_days(on: datetime.date) -> pl.Expr:
    """Tell whether a date lies from the first day to the last; a day that is not known counts."""
    opened = (pl.col("opened_on") <= on) | pl.col("opened_on").is_null()
    not_closed = (pl.col("closed_on") > on) | pl.col("closed_on").is_null()
    return opened & not_closed


def _with_status(known: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    this_year = str(AcademicYear.holding(on))
    last_year = str(AcademicYear.holding(on).plus(-1))
    newest = str(known["last_year"].max() or "")
    seen_now = (pl.col("first_year") <= this_year) & (pl.col("last_year") >= this_year)
    # Figures end with the last year that was published; a school that is in it is taken as open.
    ends_with_figures = pl.lit(newest <= last_year)
    seen_to_the_end = (pl.col("last_year") == newest) & ends_with_figures
    seen_last = (pl.col("last_year") >= last_year) & (pl.col("first_year") <= this_year)
    seen = (seen_now | seen_to_the_end | (seen_last & pl.col("closed_on").is_not_null())).fill_null(
        value=False
    )
    within = is_within_its_days(on)
    said_closed = pl.col("status").str.starts_with("Closed") & pl.col("closed_on").is_null()
    not_begun = _is_proposed() & pl.col("opened_on").is_null()
    by_list = within & ~said_closed.fill_null(value=False) & ~not_begun
    is_open = pl.when(pl.col("_dated")).then(by_list).otherwise(within & seen)
    proposed = pl.col("status").str.contains("proposed to close").fill_null(value=False)
    said = (
        pl.when(is_open & proposed)
        .then("status")
        .when(is_open)
        .then(pl.lit("Open"))
        .when(not_begun | (pl.col("opened_on") > on))
        .then(pl.lit("Not yet open"))
        .when(
            pl.col("_dated") | pl.col("closed_on").is_not_null() | (pl.col("last_year") < this_year)
        )
        .then(pl.lit("Closed"))
        .otherwise(pl.lit("Not known to be open"))
    )
    years = (
        pl.when(pl.col("first_year") == pl.col("last_year"))
        .then("last_year")
        .otherwise(pl.format("{} to {}", "first_year", "last_year"))
    )
    how = (
        pl.when(pl.col("_dated"))
        .then(pl.lit(""))
        .when(pl.col("last_year").is_not_null())
        .then(pl.format(" (inferred from figures of {})", years))
        .otherwise(pl.format(" (inferred from {})", "known_from"))
    )
    return known.with_columns(is_open.alias("is_open"), (said + how).alias("status"))


def described(known: pl.DataFrame) -> pl.DataFrame:
    """Add phase, funding, selection, authority and region from what was gathered."""
    all_through = pl.col("all_through").fill_null(value=False)
    secondary = pl.col("school_type") == "State-funded secondary"
    published = (
        pl.when(
            pl.col("phase_name").is_null()
            & pl.col("phase_code").is_null()
            & all_through
            & secondary
        )
        .then(pl.lit("All-through"))
        .otherwise(
            pl.coalesce("phase_name", _told_by_code(), "school_type", "school_word", "phase_code")
        )
    )
    kind = pl.coalesce("establishment_type", "school_type", "school_word")
    phase = words.phase_of(published, kind).fill_null(words.OTHER)
    funded = pl.coalesce(
        words.is_state_funded(pl.col("establishment_type")),
        pl.when(pl.col("establishment_type").is_null()).then(
            words.is_state_funded(pl.coalesce("school_type", "school_word"))
        ),
        pl.col("phase_code").is_in(["P", "MP", "MS", "S", "A"]),
    ).fill_null(value=False)
    selective = (
        pl.when(pl.col("admissions_policy").is_not_null())
        .then(pl.col("admissions_policy") == "Selective")
        .otherwise(pl.col("is_grammar") == "Yes")
    )
    la_code = pl.coalesce("la_code", pl.col("laestab").str.slice(0, 3))
    areas = words.areas().rename({"la_name": "_la_name", "region": "_region"})
    return (
        known.with_columns(
            phase.alias("phase"),
            funded.alias("is_state_funded"),
            selective.alias("is_selective"),
            la_code.alias("la_code"),
            kind.alias("establishment_type"),
        )
        .join(areas, on="la_code", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("_la_name", "la_name").alias("la_name"),
            pl.coalesce("_region", "region").alias("region"),
            pl.col("school_name").fill_null("(name not published)"),
        )
        .drop("_la_name", "_region")
    )


def _told_by_code() -> pl.Expr:
    """Give the markers' phase letter unless it is X, which leaves special schools untold."""
    return pl.when(pl.col("phase_code") != "X").then("phase_code")
