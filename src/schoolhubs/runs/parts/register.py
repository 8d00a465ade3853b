"""What the school register says of a round's lists: which of their schools converted."""

import dataclasses

import polars as pl

NAMED = 20  # conversions named in a sentence before the rest are counted


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of a round with every converted school under its newest URN.

    Parameters
    ----------
    leads, partnerships, overrides
        frames.LEADS, frames.PARTNERSHIPS and frames.OVERRIDES. Rows stay in the order of their
        files; a lead whose successor is on the list too is left out.
    notes
        Which URNs were taken for which, and which could not be, in sentences.
    """

    leads: pl.DataFrame
    partnerships: pl.DataFrame
    overrides: pl.DataFrame
    notes: tuple[str, ...]


def successors(facts: pl.DataFrame) -> pl.DataFrame:
    """Give the open schools that each school which is no longer open grew into.

    Parameters
    ----------
    facts
        frames.SCHOOL_FACTS as at the day; later conversions are not in it.

    Returns
    -------
    polars.DataFrame
        ``urn, successors``: the open schools in order of URN; more than one after a split.
    """
    is_open = facts.filter(pl.col("is_open"))
    grown = is_open.select(successors="urn", urn="predecessor_urns").explode("urn").drop_nulls()
    return (
        grown.join(is_open.select("urn"), on="urn", how="anti")
        .group_by("urn")
        .agg(pl.col("successors").sort())
        .sort("urn")
    )


def newest_urns(facts: pl.DataFrame) -> dict[str, str]:
    """Give the URN on the day of each school that converted into one school and no more."""
    return {urn: into[0] for urn, into in successors(facts).iter_rows() if len(into) == 1}


def followed(
    facts: pl.DataFrame, leads: pl.DataFrame, partnerships: pl.DataFrame, overrides: pl.DataFrame
) -> Lists:
    """Put every school of the lists that converted under the URN it has on the day.

    An academy that was a partner or a lead under its earlier URN still is; matching knows schools
    by their URN alone. A school that was split, or has no open successor, stays as it was given.
    """
    known = dict(successors(facts).iter_rows())
    now, split = newest_urns(facts), {urn: into for urn, into in known.items() if len(into) > 1}
    both = ("partner_urn", "lead_urn")
    given = {
        "leads": (leads, ("urn",)),
        "partnerships": (partnerships, both),
        "overrides": (overrides, both),
    }
    urns = {
        urn
        for frame, columns in given.values()
        for name in columns
        for urn in frame[name].to_list()
    }
    moved = {
        what: frame.with_columns(pl.col(name).replace(now) for name in columns)
        for what, (frame, columns) in given.items()
    }
    is_moved = leads["urn"].is_in(list(now))
    stay = moved["leads"].filter(~is_moved)
    come = moved["leads"].filter(is_moved).join(stay, on="urn", how="anti")
    come = come.unique("urn", keep="first", maintain_order=True)
    return Lists(
        leads=pl.concat([stay, come]) if come.height else stay,
        partnerships=moved["partnerships"],
        overrides=moved["overrides"],
        notes=(
            *_said(
                "Schools of the lists that converted are taken under their newest URN",
                [f"{urn} as {now[urn]}" for urn in sorted(urns & now.keys())],
            ),
            *_said(
                "Schools of the lists that were split stay as they were given",
                [f"{urn} into {', '.join(split[urn])}" for urn in sorted(urns & split.keys())],
            ),
        ),
    )


def _said(what: str, named: list[str]) -> tuple[str, ...]:
    if not named:
        return ()
    more = f"; and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    return (f"{what}: {'; '.join(named[:NAMED])}{more}.",)
