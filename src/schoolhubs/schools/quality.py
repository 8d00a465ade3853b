"""Says what joined, what did not, and why, file by file."""

import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.figures.published import file_of
from schoolhubs.schools.register import QUALITY
from schoolhubs.vocabulary.records.published import PublishedTable

MANY_YEARS = 5  # between the date and the nearest list: from here on it is warned of, never refused
_Line = tuple[str | None, str, str, int, str]


def quality_of(
    tables: Sequence[PublishedTable],
    known: pl.DataFrame,
    schools: pl.DataFrame,
    absence: pl.DataFrame,
    inspections: pl.DataFrame,
    links: pl.DataFrame,
    context: pl.DataFrame,
    on: datetime.date,
) -> pl.DataFrame:
    """Count, for each file, what the register took of it and what it left.

    Returns
    -------
    polars.DataFrame
        The QUALITY contract: one row for each file, topic and reason, none of them zero.
    """
    lines: list[_Line] = []
    for table in tables:
        lines += _of_table(table, known, absence, context)
    lines += _of_lists(tables, schools, on)
    lines += _of_whole(schools, absence, inspections, links, on)
    counted = [line for line in lines if line[3]]
    return QUALITY.fill(pl.DataFrame(counted, schema=list(QUALITY.schema), orient="row"))


def _of_table(
    table: PublishedTable, known: pl.DataFrame, absence: pl.DataFrame, context: pl.DataFrame
) -> list[_Line]:
    name = file_of(table)
    lines: list[_Line] = [(name, "file", "read", table.n_rows, f"rows of: {table.title}")]
    lines += [(name, "file", "quirk", 1, quirk) for quirk in table.quirks]
    if "urn" in table.frame.columns and "absence" in table.gives:
        lines += _of_absence(table, known, absence)
    if "context" in table.gives:
        chosen = context.filter(pl.col("source_file") == name)
        said = f"context figures of {table.year or 'the census day in each row'}"
        lines.append((name, "context", "joined", chosen.height, said))
        later = chosen.filter(pl.col("is_context_later")).height
        reason = "figures of a year that ends later than the date, labelled as later"
        lines.append((name, "context", "noted", later, reason))
        unused = table.frame.filter(_of_schools(table)).height - chosen.height
        lines.append((name, "context", "left out", unused, "a nearer or fuller publication"))
    return lines


def _of_schools(table: PublishedTable) -> pl.Expr:
    named = pl.col("urn").is_not_null()
    return named & (pl.col("level") == "school") if "level" in table.frame.columns else named


def _of_absence(table: PublishedTable, known: pl.DataFrame, absence: pl.DataFrame) -> list[_Line]:
    name = file_of(table)
    urns = table.frame.filter(_of_schools(table)).select("urn")
    listed = known.filter(pl.col("listed_in").is_not_null()).select("urn")
    joined = urns.join(listed, on="urn", how="semi").height
    kept = absence.filter(pl.col("source_file") == name).height
    return [
        (name, "absence", "joined", joined, "the URN is in a list of establishments"),
        (
            name,
            "absence",
            "inferred",
            urns.height - joined,
            "the URN is in no list, so the school is known from its figures only",
        ),
        (
            name,
            "absence",
            "noted",
            urns.height - kept,
            "rows that share a URN and year with another, added together or given twice",
        ),
    ]


def _of_lists(
    tables: Sequence[PublishedTable], schools: pl.DataFrame, on: datetime.date
) -> list[_Line]:
    """Warn where even the nearest list of schools was drawn many years before or after the date."""
    days = [t.as_at for t in tables if "establishments" in t.gives and t.as_at]
    if not days:
        return []
    nearest = min(days, key=lambda day: abs(day - on))
    years = abs((nearest - on).days) // 365
    if years < MANY_YEARS:
        return []
    side = "after" if nearest > on else "before"
    reason = (
        f"establishments; the list nearest to the date is of {nearest}, {years} years {side} it: "
        "schools of the date may be missing from it"
    )
    return [(None, "schools", "warned", schools.height, reason)]


def _of_whole(
    schools: pl.DataFrame,
    absence: pl.DataFrame,
    inspections: pl.DataFrame,
    links: pl.DataFrame,
    on: datetime.date,
) -> list[_Line]:
    n_open = schools.filter(pl.col("is_open"))
    inferred = schools["status"].str.contains("inferred")
    followed = links["link_kind"].str.starts_with("other").not_()
    known = links.join(schools.select("urn"), on="urn", how="semi").height
    no_place = n_open.filter(pl.col("lat").is_null()).height
    no_phase = n_open.filter(pl.col("phase") == "other").height
    later = inspections.filter(pl.col("inspected_on") > on).height
    undated = inspections.filter(pl.col("inspected_on").is_null()).height
    strangers = inspections.join(schools.select("urn"), on="urn", how="anti").height
    whole = "schools"
    at_successor = n_open["is_placed_at_successor"].sum()
    no_absence = n_open.join(absence.select("urn"), on="urn", how="anti").height
    return [
        (None, whole, "joined", n_open.height, f"open on {on}"),
        (
            None,
            whole,
            "noted",
            schools.height - n_open.height,
            f"not open on {on}, kept for history",
        ),
        (
            None,
            whole,
            "inferred",
            int(inferred.sum()),
            "status inferred from figures or a list alone",
        ),
        (
            None,
            whole,
            "noted",
            int(at_successor),
            "open schools placed at their successor's address",
        ),
        (None, whole, "left out", no_place, "open schools without a place"),
        (None, whole, "noted", no_phase, "open schools of a phase that no list gives"),
        (None, "absence", "noted", no_absence, "open schools without absence under their own URN"),
        (None, "inspections", "joined", inspections.height - strangers, "graded inspections"),
        (None, "inspections", "left out", strangers, "inspections of a URN that is in no file"),
        (None, "inspections", "noted", later, f"after {on}: kept, and never used on that date"),
        (
            None,
            "inspections",
            "noted",
            undated,
            "without a day: counted from the day of their file",
        ),
        (None, "links", "joined", int(followed.sum()), "links to a predecessor or successor"),
        (
            None,
            "links",
            "left out",
            int((~followed).sum()),
            "links that say nothing of before and after (expansions, sixth form centres)",
        ),
        (
            None,
            "links",
            "noted",
            links.height - known,
            "links of schools that are in no other file",
        ),
    ]
