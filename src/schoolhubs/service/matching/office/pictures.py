"""The map of what differs between two rounds, with its finding and its table."""

import functools

import polars as pl

from schoolhubs import pictures, programmes
from schoolhubs.pictures import Picture
from schoolhubs.service.matching.models import HubLoad, Round
from schoolhubs.service.matching.office.effect import compared
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted

DRAWN = ("gained", "lost", "moved")
MAPS_KEPT = 32
PLACE = {"easting": pl.Float64(), "northing": pl.Float64()}
SAID = {
    "gained": ("school gains a hub", "schools gain a hub"),
    "lost": ("loses its hub", "lose their hub"),
    "moved": ("goes to another", "go to another"),
}


@functools.lru_cache(maxsize=MAPS_KEPT)
def difference_map(before: int, after: int) -> Picture:
    """Draw the schools whose hub differs between two rounds of a cohort."""
    round_ = Round.objects.select_related("snapshot").defer("pack", "record", "snapshot__archive")
    now = round_.get(pk=after)
    schools = compared(before, after).schools.filter(pl.col("kind").is_in(DRAWN))
    places = _places(now)
    changes = schools.select("urn", "region", "kind", "lead_before", "lead_after").join(
        places.drop("region"), on="urn", how="left"
    )
    for side in ("before", "after"):
        lead = places.select(
            pl.col("urn").alias(f"lead_{side}"),
            pl.col("easting").alias(f"{side}_easting"),
            pl.col("northing").alias(f"{side}_northing"),
        )
        changes = changes.join(lead, on=f"lead_{side}", how="left")
    rules = programmes.load(now.programme_id).as_at(now.on)
    n = schools.height
    caption = pictures.Caption(
        key="difference-map",
        title=f"{counted(n, 'school has', 'schools have')} another place".capitalize(),
        sentence=_finding(schools, before),
        source=f"Rounds {before} and {after} of {rules.title}, as at {day(now.on)}",
        is_synthetic=now.is_synthetic,
    )
    return pictures.change_map(
        places.select("region", "easting", "northing"), _hubs(now, changes, places), changes,
        caption, table=_table(schools),
    )  # fmt: skip


def _finding(schools: pl.DataFrame, before: int) -> str:
    """Say who wins and who loses, and where most of it happens.

    >>> rows = {"kind": ["lost", "moved", "moved"], "region": ["London", "London", "South East"]}
    >>> _finding(pl.DataFrame(rows), 3)
    'Beside round 3, 1 school loses its hub and 2 go to another. Most of them are in London (2).'
    >>> _finding(pl.DataFrame({"kind": [], "region": []}), 3)
    'Every school has the same hub as in round 3.'
    """
    if schools.is_empty():
        return f"Every school has the same hub as in round {before}."
    counts = dict(schools.group_by("kind").len().iter_rows())
    parts = [counted(counts[kind], *SAID[kind]) for kind in DRAWN if kind in counts]
    if not parts[0].partition(" ")[2].startswith("school"):
        n, _, rest = parts[0].partition(" ")
        parts[0] = f"{n} {'school' if n == '1' else 'schools'} {rest}"
    said = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    regions = schools.drop_nulls("region")["region"].value_counts()
    ordered = regions.sort("count", "region", descending=[True, False])
    if ordered.height < 2 or ordered["count"][0] == ordered["count"][1]:
        return f"Beside round {before}, {said}."
    first, most = ordered.row(0)
    share = "Most of them are" if 2 * most > schools.height else "The most are"
    return f"Beside round {before}, {said}. {share} in {first} ({most:,})."


def _table(schools: pl.DataFrame) -> pl.DataFrame:
    """Count each kind by region."""
    return (
        schools.with_columns(pl.col("region").fill_null("not known"))
        .group_by("region")
        .agg((pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in DRAWN)
        .sort("region")
        .rename(
            {
                "region": "Region",
                "gained": "Gain a hub",
                "lost": "Lose their hub",
                "moved": "Go to another hub",
            }
        )
    )


def _places(round_: Round) -> pl.DataFrame:
    rows = School.objects.filter(snapshot_id=round_.snapshot_id, is_open=True).values_list(
        "urn", "region", "facts__easting", "facts__northing"
    )
    columns = {"urn": pl.String(), "region": pl.String(), **PLACE}
    return pl.DataFrame(list(rows.iterator(chunk_size=10_000)), schema=columns, orient="row")


def _hubs(round_: Round, changes: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Give the hubs that the changes touch, with the schools each has in the newer round."""
    touched = {*changes["lead_before"].drop_nulls(), *changes["lead_after"].drop_nulls()}
    loads = HubLoad.objects.filter(round=round_, lead_urn__in=touched)
    rows = list(loads.values_list("lead_urn", "name", "phase", "n_matched"))
    names = ("urn", "lead_name", "phase")
    columns = {**dict.fromkeys(names, pl.String()), "n_matched": pl.Int64()}
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .group_by(names, maintain_order=True)
        .agg(pl.col("n_matched").sum())
        .join(places.drop("region"), on="urn", how="left")
    )
