"""Predecessors and successors of schools, followed as far as they go."""

import datetime
import itertools

import polars as pl

from schoolhubs.schools.words import words
from schoolhubs.vocabulary import frames

EDGES = {"earlier": pl.String, "later": pl.String, "changed_on": pl.Date}
RELATIVES = {"urn": pl.String, "relative": pl.String, "steps": pl.Int64}


def links_from(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Join published link tables into one of frames.LINKS; a link listed twice is kept once."""
    if not tables:
        return frames.LINKS.empty()
    known = words()["links"]
    kind = pl.col("link_type").replace_strict(
        known, default="other: " + pl.col("link_type").str.to_lowercase(), return_dtype=pl.String
    )
    whole = pl.concat([t.with_columns(kind.alias("link_kind")) for t in tables], how="diagonal")
    once = whole.unique(["urn", "link_urn", "link_kind"], keep="last", maintain_order=True)
    return frames.LINKS.fill(once.sort("urn", "link_urn", "link_kind"))


def edges(links: pl.DataFrame) -> pl.DataFrame:
    """Turn links of both directions into steps from an earlier school to a later one.

    Returns
    -------
    polars.DataFrame
        ``earlier, later, changed_on``, each pair once, with the first day published for it.

    Examples
    --------
    >>> links = pl.DataFrame({"urn": ["100002"], "link_urn": ["100001"],
    ...     "link_kind": ["predecessor"], "established_on": [None]}, schema=frames.LINKS.schema)
    >>> edges(links).select("earlier", "later").row(0)
    ('100001', '100002')
    """
    forward = pl.col("link_kind").str.starts_with("successor")
    backward = pl.col("link_kind").str.starts_with("predecessor")
    steps = links.filter(forward | backward).select(
        pl.when(backward).then("link_urn").otherwise("urn").alias("earlier"),
        pl.when(backward).then("urn").otherwise("link_urn").alias("later"),
        pl.col("established_on").alias("changed_on"),
    )
    apart = steps.filter(pl.col("earlier") != pl.col("later"))
    return (
        apart.group_by("earlier", "later").agg(pl.col("changed_on").min()).sort("earlier", "later")
    )


def ancestors(steps: pl.DataFrame, *, until: datetime.date | None = None) -> pl.DataFrame:
    """Follow schools back to all they grew out of, in any number of steps.

    Parameters
    ----------
    steps
        As :func:`edges` gives them.
    until
        Leave out changes after this day; a change whose day is not known counts.

    Returns
    -------
    polars.DataFrame
        ``urn, relative, steps``: each earlier school with the least number of steps to it. A
        school is never its own ancestor, even where published links run in a circle.
    """
    if until is not None:
        steps = steps.filter(pl.col("changed_on").is_null() | (pl.col("changed_on") <= until))
    return _reached(steps.select(urn="later", relative="earlier"))


def descendants(steps: pl.DataFrame) -> pl.DataFrame:
    """Follow schools forward to all that grew out of them; the same shape as ancestors."""
    return _reached(steps.select(urn="earlier", relative="later"))


def _reached(step: pl.DataFrame) -> pl.DataFrame:
    """Take one step after another until nobody new is reached, which even a circle comes to."""
    reached = step.with_columns(pl.lit(1, pl.Int64).alias("steps"))
    newest = reached
    for n in itertools.count(2):
        further = (
            newest.select("urn", middle="relative")
            .join(step.select(middle="urn", relative="relative"), on="middle")
            .filter(pl.col("urn") != pl.col("relative"))
            .select("urn", "relative")
            .unique()
            .join(reached, on=["urn", "relative"], how="anti")
        )
        if further.is_empty():
            break
        newest = further.with_columns(pl.lit(n, pl.Int64).alias("steps"))
        reached = pl.concat([reached, newest])
    return reached.sort("urn", "steps", "relative")


def listed(relatives: pl.DataFrame, name: str) -> pl.DataFrame:
    """Gather relatives into one list for each school, nearest first."""
    return relatives.group_by("urn", maintain_order=True).agg(pl.col("relative").alias(name))
