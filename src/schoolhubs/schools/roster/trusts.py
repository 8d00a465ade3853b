"""Which trust a school was in, and when, as far as anybody published it."""

import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.schools.words import words
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.published import PublishedTable


def trusts_from(tables: Sequence[PublishedTable]) -> pl.DataFrame:
    """Gather memberships: dated ones, and of schools that have none, the newest list's.

    A list that prints a trust's name and no number gives the name as its identifier.
    """
    parts = [_memberships(table) for table in tables]
    parts = [part for part in parts if part.height]
    if not parts:
        return frames.TRUSTS.empty()
    whole = pl.concat(parts, how="diagonal_relaxed")
    dated = whole.filter(pl.col("joined_on").is_not_null())
    listed = (
        whole.join(dated, on="urn", how="anti")
        .sort("as_at", descending=True, nulls_last=True)
        .unique("urn", keep="first", maintain_order=True)
    )
    both = pl.concat([dated.unique(["urn", "trust_id", "joined_on"], maintain_order=True), listed])
    return frames.TRUSTS.fill(both.sort("urn", "joined_on", "trust_id"))


def _memberships(table: PublishedTable) -> pl.DataFrame:
    rows = table.frame
    absent = [name for name in ("trust_id", "trust_name") if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    if "trust_flag" in rows.columns:
        # A charitable trust that supports a foundation school is no academy trust.
        rows = rows.filter(pl.col("trust_flag").is_in(words()["academy_trust_flags"]))
    left = [name for name in ("left_on", "group_closed_on") if name in rows.columns]
    no_day = pl.lit(None, pl.Date)
    return rows.select(
        "urn",
        trust_id=pl.coalesce("trust_id", "trust_name"),
        trust_name="trust_name",
        joined_on=pl.col("joined_on") if "joined_on" in rows.columns else no_day,
        left_on=pl.min_horizontal(left) if left else no_day,
        as_at=pl.lit(table.as_at, pl.Date),
    ).filter(pl.col("trust_id").is_not_null() & pl.col("urn").is_not_null())


def members_on(trusts: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    """Give each school's trust on a date: ``urn, trust_id, trust_name, trust_joined_on``.

    A membership whose first day nobody published counts unless a dated one does. Of two that
    began on one day the lower identifier counts.
    """
    joined = pl.col("joined_on").is_null() | (pl.col("joined_on") <= on)
    there = pl.col("left_on").is_null() | (pl.col("left_on") > on)
    return (
        trusts.filter(joined & there)
        .sort("urn", "joined_on", "trust_id", descending=[False, True, False], nulls_last=True)
        .unique("urn", keep="first", maintain_order=True)
        .select("urn", "trust_id", "trust_name", trust_joined_on="joined_on")
    )
