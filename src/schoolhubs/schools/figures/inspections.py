"""Inspections of schools, each under the URN inspected, the day and the framework."""

from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.figures.published import file_of
from schoolhubs.schools.words import framework_on
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.published import PublishedTable

# The publisher's own file goes before files that others derived from it.
TRUSTED = ("ofsted_management_information", "gias_extract", "gias_search_download")
NAMED_BY_OFSTED = "predecessor, named by Ofsted"
_JUDGED = ("overall_grade", "behaviour_grade", "attendance_and_behaviour")
# Ofsted's file has up to four inspections a row: which columns make each. The first name that
# the file has counts; an inspection without a URN of its own is of the row's school.
_IN_ONE_ROW = (
    {
        "urn": ("inspected_urn", "urn"),
        "inspected_on": ("inspected_on",),
        "known_by": ("published_on",),
        "overall_grade": ("overall_grade",),
        "behaviour_grade": ("behaviour_grade",),
    },
    {
        "urn": ("oeif_urn", "urn"),
        "inspected_on": ("oeif_inspected_on",),
        "known_by": ("oeif_published_on",),
        "overall_grade": ("oeif_overall_grade",),
        "behaviour_grade": ("oeif_behaviour_grade",),
    },
    {
        "urn": ("previous_urn", "urn"),
        "inspected_on": ("previous_inspected_on",),
        "known_by": ("previous_published_on",),
        "overall_grade": ("previous_overall_grade",),
        "behaviour_grade": ("previous_behaviour_grade",),
    },
    {
        "urn": ("inspected_urn", "urn"),
        "inspected_on": ("report_card_on", "inspected_on"),
        "known_by": ("published_on",),
        "attendance_and_behaviour": ("attendance_and_behaviour",),
    },
)
_EMPTY = {
    "urn": pl.String,
    "inspected_on": pl.Date,
    "known_by": pl.Date,
    "overall_grade": pl.Int64,
    "behaviour_grade": pl.Int64,
    "attendance_and_behaviour": pl.String,
}


def inspections_from(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Gather inspections that ended in a judgement; one found in several files is kept once.

    ``known_by`` is the day the report was published, where the file says so, and for a file
    without inspection dates the day of the file.
    """
    ranked = sorted(tables, key=lambda t: (*TRUSTED, t.kind).index(t.kind))
    parts = [_rows(table) for table in ranked]
    if not parts:
        return frames.INSPECTIONS.empty()
    whole = pl.concat(parts, how="diagonal_relaxed")
    dated = whole.filter(pl.col("inspected_on").is_not_null())
    once = dated.group_by("urn", "inspected_on", maintain_order=True).agg(
        pl.col(*_JUDGED).drop_nulls().first(), pl.col("known_by").min(), pl.col("source").first()
    )
    undated = whole.filter(pl.col("inspected_on").is_null() & pl.col("known_by").is_not_null())
    both = pl.concat([once, undated.select(once.columns)]).with_columns(
        framework_on(pl.col("inspected_on"))
    )
    return frames.INSPECTIONS.fill(both.sort("urn", "inspected_on", "known_by"))


def _rows(table: PublishedTable) -> pl.DataFrame:
    rows = table.frame
    if "urn" in rows.columns and "level" in rows.columns:
        rows = rows.filter(pl.col("level") == "school")
    if table.kind == "ofsted_management_information":
        found = [_part(rows, columns) for columns in _IN_ONE_ROW]
        judged = pl.concat([pl.DataFrame(schema=_EMPTY), *found], how="diagonal")
    else:
        judged = _part(rows, {name: (name,) for name in ("urn", "inspected_on", "overall_grade")})
        if "inspected_on" not in rows.columns:
            judged = judged.with_columns(pl.lit(table.as_at, pl.Date).alias("known_by"))
        judged = pl.concat([pl.DataFrame(schema=_EMPTY), judged], how="diagonal")
        if "inspected_on" in rows.columns:
            judged = judged.filter(pl.col("inspected_on").is_not_null())
    said = f"{table.title}, {table.as_at or table.year or 'undated'} ({file_of(table)})"
    return judged.filter(
        pl.col("urn").is_not_null() & pl.any_horizontal(pl.col(n).is_not_null() for n in _JUDGED)
    ).with_columns(pl.lit(said).alias("source"))


def _part(rows: pl.DataFrame, columns: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    chosen = {}
    for name, places in columns.items():
        present = [place for place in places if place in rows.columns]
        if present:
            chosen[name] = pl.coalesce(present)
    return rows.select(**chosen)


def implied_links(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Read from Ofsted's file which earlier URN each school's inspection was made of."""
    found = [
        table.frame.filter(pl.col(earlier).is_not_null() & (pl.col(earlier) != pl.col("urn")))
        .select("urn", link_urn=earlier)
        .unique()
        for table in tables
        for earlier in ("inspected_urn", "oeif_urn", "previous_urn")
        if earlier in table.frame.columns
    ]
    if not found:
        return frames.LINKS.empty()
    kind = pl.lit(NAMED_BY_OFSTED).alias("link_kind")
    return frames.LINKS.fill(pl.concat(found).unique().with_columns(kind).sort("urn", "link_urn"))
