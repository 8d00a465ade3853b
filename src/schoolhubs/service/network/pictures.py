"""The map of England's hubs, drawn from what is published."""

import functools
from collections.abc import Sequence

import polars as pl

from schoolhubs import packs, pictures, programmes
from schoolhubs.pictures import Picture
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Round
from schoolhubs.service.network.office.queries import reach
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted, plain

PLACE = {"easting": pl.Float64(), "northing": pl.Float64()}
# Rounds never change, so neither do their maps; this many are kept drawn in each process.
MAPS_KEPT = 64


@functools.lru_cache(maxsize=MAPS_KEPT)
def hub_map(
    round_pk: int, phase: str, region: str, *, shows_need: bool, pathway: str = ""
) -> Picture:
    """Draw the hubs of a round.

    Parameters
    ----------
    phase, region, pathway
        Only hubs, journeys and schools of these; blank for all.
    shows_need
        Draw journeys and the schools left without a hub too: for the programme office.
    """
    round_ = (
        Round.objects.select_related("snapshot").defer("pack", "snapshot__archive").get(pk=round_pk)
    )
    places = _places(round_, region)
    hubs = _hubs(round_, (phase, region, pathway), places)
    rows = _outcomes(round_, phase, region, pathway) if shows_need else []
    journeys, unserved = _journeys(rows, places), _unserved(rows, places)
    regions = places["region"].drop_nulls().unique().to_list()
    where = f" in {region}" if region else " across England"
    table = _by_region(hubs)
    told = f"{counted(hubs.height, 'hub')}{where}", _finding(hubs, regions)
    if shows_need:
        reached = reach(round_pk, phase, region, pathway)
        table, told = _by_place(reached, "region"), _need(reached, "phase" if region else "region")
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    caption = pictures.Caption(
        key="hub-map",
        title=told[0],
        sentence=told[1],
        source=f"Round {round_.pk} of {rules.title}, as at {day(round_.on)}",
        is_synthetic=round_.is_synthetic,
    )
    return pictures.england_map(
        places.select("region", "easting", "northing"), hubs, journeys, unserved, caption,
        table=table, pathway_names={each.pathway: each.name for each in rules.pathways},
        need_first=shows_need,
    )  # fmt: skip


def _by_region(hubs: pl.DataFrame) -> pl.DataFrame:
    counts = hubs.group_by("region").agg(pl.len().alias("Hubs")).sort("region")
    return counts.rename({"region": "Region"})


def _by_place(reached: pl.DataFrame, by: str) -> pl.DataFrame:
    """Add up reach by region or by phase, for people to read."""
    whole = reached.group_by(by).agg(pl.sum("n_matched", "n_unmatched", "need_unmet")).sort(by)
    return whole.select(
        pl.col(by).alias(by.title()),
        pl.col("n_matched").alias("Schools with a hub"),
        pl.col("n_unmatched").alias("Schools without a hub"),
        pl.col("need_unmet").alias("Need points unmet"),
    )


def _need(reached: pl.DataFrame, by: str) -> tuple[str, str]:
    """Say how many went without a hub, and where the smallest share has one.

    >>> counts = {"n_matched": [3, 1], "n_unmatched": [1, 3], "need_unmet": [9, 40]}
    >>> _need(pl.DataFrame({"region": ["London", "South West"], **counts}), "region")[1]
    '4 of 8 schools have a hub; the smallest share in the South West, 1 of 4.'
    """
    of = reached.group_by(by).agg(pl.sum("n_matched", "n_unmatched")).sort(by)
    named = of.rename({"n_matched": "matched", "n_unmatched": "unmatched"}).with_columns(
        pl.col(by).map_elements(plain, return_dtype=pl.String) if by == "phase" else pl.col(by)
    )
    n = int(of["n_unmatched"].sum())
    without = counted(n, "eligible school has", "eligible schools have")
    title = f"{without} no hub" if n else "Every eligible school has a hub"
    return title, packs.least_reached(named, by)[1]


def _finding(hubs: pl.DataFrame, regions: Sequence[str]) -> str:
    """Say how the hubs part by phase, and which of the regions drawn have none.

    >>> hubs = pl.DataFrame({"phase": ["primary", "secondary"], "region": ["London", "London"]})
    >>> _finding(hubs, ["London", "South East"])
    'The hubs are 1 primary and 1 secondary. South East has none.'
    """
    if hubs.is_empty():
        return "No hub is of this phase in this place."
    phases = hubs["phase"].value_counts().sort("count", "phase", descending=[True, False])
    parts = [f"{n} {plain(phase).lower()}" for phase, n in phases.iter_rows()]
    kinds = f"The hubs are {_listed(parts)}."
    without = sorted(set(regions) - set(hubs["region"]) - {""})
    if not without:
        return kinds if len(regions) < 2 else f"{kinds} Every region has at least one."
    return f"{kinds} {_listed(without)} {'has' if len(without) == 1 else 'have'} none."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _places(round_: Round, region: str) -> pl.DataFrame:
    schools = School.objects.filter(snapshot_id=round_.snapshot_id, is_open=True)
    if region:
        schools = schools.filter(region=region)
    rows = schools.values_list("urn", "region", "facts__easting", "facts__northing")
    columns = {"urn": pl.String(), "region": pl.String(), **PLACE}
    return pl.DataFrame(list(rows.iterator(chunk_size=10_000)), schema=columns, orient="row")


def _hubs(round_: Round, asked: tuple[str, str, str], places: pl.DataFrame) -> pl.DataFrame:
    phase, region, pathway = asked
    rows = [
        (load.lead_urn, load.name, load.phase, load.region, load.n_matched)
        for load in matching.loads_of(round_)
        if phase in {"", load.phase}
        and region in {"", load.region}
        and pathway in {"", load.pathway}
    ]
    names = ("urn", "lead_name", "phase", "region")
    columns = {**dict.fromkeys(names, pl.String()), "n_matched": pl.Int64()}
    return (
        pl.DataFrame(rows, schema=columns, orient="row")
        .group_by(names, maintain_order=True)
        .agg(pl.col("n_matched").sum())
        .join(places.drop("region"), on="urn", how="left")
    )


def _outcomes(
    round_: Round, phase: str, region: str, pathway: str
) -> list[tuple[str, str, str, bool]]:
    """Give ``urn, lead_urn, pathway, is_exception`` of the matched and the unmatched."""
    rows = matching.map_rows(round_, phase, region, pathway)
    return list(rows.values_list("urn", "lead_urn", "pathway", "is_exception"))


def _journeys(rows: list[tuple[str, str, str, bool]], places: pl.DataFrame) -> pl.DataFrame:
    names = ("urn", "lead_urn", "pathway")
    columns = {**dict.fromkeys(names, pl.String()), "is_exception": pl.Boolean()}
    frame = pl.DataFrame(rows, schema=columns, orient="row").filter(pl.col("lead_urn") != "")
    leads = places.select(
        pl.col("urn").alias("lead_urn"),
        pl.col("easting").alias("lead_easting"),
        pl.col("northing").alias("lead_northing"),
    )
    return frame.join(places.drop("region"), on="urn").join(leads, on="lead_urn")


def _unserved(rows: list[tuple[str, str, str, bool]], places: pl.DataFrame) -> pl.DataFrame:
    left = [urn for urn, lead_urn, *_ in rows if not lead_urn]
    return places.filter(pl.col("urn").is_in(left)).select("easting", "northing")
