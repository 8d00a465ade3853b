"""The few schools a meeting will want to talk about, each list short and its rest counted.

A list stands in order of region and name, but for schools without a hub, which stand by need
points. Where a list must leave schools out, those that need the talk most are kept.
"""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs.packs.tables import PackTables
from schoolhubs.packs.words import PHASES, REGIONS, TableView, capitalised, lay_out
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.words import counted, plain

MOST_LISTED = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """At most ``MOST_LISTED`` schools out of ``n_all``: which they are, and where the rest are."""

    table: TableView
    n_all: int
    file: str
    kept: str

    @property
    def n_more(self) -> int:
        """Schools that are only in the file."""
        return self.n_all - len(self.table.rows)

    @property
    def count_said(self) -> str:
        """Say how many are shown, and where all of them are."""
        if not self.n_more:
            return f"All {counted(self.n_all, 'school')}" if self.n_all > 1 else "The one school"
        return (
            f"{len(self.table.rows)} of {self.n_all:,} schools, {self.kept}; all are in {self.file}"
        )


def exceptions(tables: PackTables) -> Shortlist:
    """List matches over the limit, the longest kept."""
    chosen = tables.matches.filter("is_exception").sort("minutes", "urn", descending=[True, False])
    columns = (*_SCHOOL, "lead_name", "minutes_with_band", "exception_reason")
    return _shortlist(
        chosen,
        "Journeys over the limit, by region and school",
        columns,
        "matches.csv",
        "those with the longest journeys",
    )


def straddling(tables: PackTables, limit_minutes: float) -> Shortlist:
    """List matches whose error band lies on both sides of the limit, the closest to it kept."""
    apart = (pl.col("minutes") - limit_minutes).abs()
    chosen = tables.matches.filter("is_straddling_limit").sort(apart, "urn")
    columns = (*_SCHOOL, "lead_name", "minutes_with_band")
    return _shortlist(
        chosen,
        "Journeys close to the limit, by region and school",
        columns,
        "matches.csv",
        "those closest to the limit",
    )


def left_out(tables: PackTables) -> Shortlist:
    """List eligible schools without a hub, those with most need points kept."""
    chosen = tables.unmatched.sort("need_weight", "school_name", "urn", descending=[True, *_UP[:2]])
    columns = (*_SCHOOL, "need_weight", "reason", "nearest_lead_name", "nearest_minutes")
    return _shortlist(
        chosen,
        "Eligible schools without a hub, by need points and school",
        columns,
        "unmatched.csv",
        "those with most need points",
        is_ranked=True,
    )


def unsettled(held: Round) -> Shortlist:
    """List schools whose eligibility cannot be told, and what would settle it."""
    chosen = held.verdicts().filter(pl.col("verdict") == Verdict.CANNOT_TELL)
    columns = (*_SCHOOL, "reason")  # which ends with what would settle it
    return _shortlist(
        chosen,
        "Schools we cannot tell about, by region and school",
        columns,
        "decisions.csv",
        "the first by URN",
    )


def missing_facts(held: Round) -> TableView:
    """Count the schools that wait for each fact, on each pathway."""
    waiting = held.decisions.filter(pl.col("verdict") == Verdict.CANNOT_TELL)
    spoken = [
        pl.col(name).replace_strict(
            {each: held.names.get(each, plain(each)) for each in waiting[name].unique()},
            return_dtype=pl.String,
        )
        for name in ("pathway", "binding_rule")
    ]
    by_fact = (
        waiting.with_columns(*spoken, _settling())
        .group_by("pathway", "binding_rule", "would_pass_if")
        .agg(schools=pl.len().cast(pl.Int64))
        .sort("schools", "pathway", "binding_rule", "would_pass_if", descending=[True, *_UP])
        .head(MOST_LISTED)
    )
    return lay_out(by_fact, "What is not known, and what would settle it")


_UP = (False, False, False)
_SCHOOL = ("school_name", "region", "phase")
_NBSP = "\u00a0"
_SENTENCES = ("reason", "exception_reason")


def _settling() -> pl.Expr:
    """Make a whole sentence of what would make a rule pass."""
    return pl.format("It would pass if {}.", pl.col("would_pass_if")).alias("would_pass_if")


def _shortlist(
    chosen: pl.DataFrame,
    caption: str,
    columns: Sequence[str],
    file: str,
    kept_by: str,
    *,
    is_ranked: bool = False,
) -> Shortlist:
    """Lay out the first schools of a list; one that is ranked already keeps its order."""
    kept = chosen.head(MOST_LISTED)
    if "minutes_with_band" in columns:
        whole = [pl.col(f"minutes{end}").round(0).cast(pl.Int64) for end in ("", "_low", "_high")]
        kept = kept.with_columns(
            minutes_with_band=pl.format(f"{{}}{_NBSP}({{}}{_NBSP}to{_NBSP}{{}})", *whole)
        )
    order = {name: at for at, name in enumerate(REGIONS)}
    place = pl.col("region").str.to_lowercase().replace_strict(order, default=len(order))
    shown = (kept if is_ranked else kept.sort(place, "school_name", "urn")).with_columns(
        pl.format("{} ({})", pl.col("school_name").fill_null("Name not known"), "urn").alias(
            "school_name"
        ),
        pl.col("phase").replace(PHASES),
        *(capitalised(pl.col(name)) for name in _SENTENCES if name in kept.columns),
    )
    table = lay_out(shown, caption, columns)
    return Shortlist(table=table, n_all=chosen.height, file=file, kept=kept_by)
