"""Places, partners and unmet need of a published round, as frames: pages and CSV read the same.

A round never changes once it is kept, so neither does what is counted from it.
"""

import datetime
import functools

import polars as pl
from django.db.models import Count, IntegerField, Q, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import HubLoad, Outcome, Placement, Round
from schoolhubs.service.matching.queries import loads_kept, loads_of, map_rows, partners_of
from schoolhubs.service.network.queries import hubs_not_over
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules

KEPT = 256
COUNTS = ("n_places", "n_running", "n_matched")
REACH = {
    "region": pl.String(),
    "phase": pl.String(),
    "n_matched": pl.Int64(),
    "n_unmatched": pl.Int64(),
    "need_unmet": pl.Int64(),
}
PARTNERS = {
    "urn": pl.String(),
    "school": pl.String(),
    "phase": pl.String(),
    "region": pl.String(),
    "pathway": pl.String(),
    "minutes": pl.Float64(),
    "minutes_low": pl.Float64(),
    "minutes_high": pl.Float64(),
    "is_exception": pl.Boolean(),
    "stage": pl.String(),
}


def lists(on: datetime.date) -> list[tuple[str, int]]:
    """Give the title of each programme run here, and how many hubs lead in it or will."""
    ours = hubs_not_over(on).order_by().values_list("programme_id").annotate(n=Count("pk"))
    counts = dict(ours)
    return [(each.as_at(on).title, counts.get(each.programme_id, 0)) for each in run_here()]


def hubs(round_: Round, phase: str = "", region: str = "", pathway: str = "") -> pl.DataFrame:
    """Give the hubs of a round with their places, by region and name; blank filters match all.

    Returns
    -------
    polars.DataFrame
        ``urn, lead_school, phase, region, n_places, n_running, n_matched, n_free``: a row a hub,
        its pathways added up unless one is asked for.
    """
    rows = [
        (load.lead_urn, load.name, load.phase, load.region, *(getattr(load, n) for n in COUNTS))
        for load in loads_kept(round_.pk)
        if phase in {"", load.phase}
        and region in {"", load.region}
        and pathway in {"", load.pathway}
    ]
    told = ("urn", "lead_school", "phase", "region")
    schema = {**dict.fromkeys(told, pl.String()), **dict.fromkeys(COUNTS, pl.Int64())}
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .group_by(told)
        .agg(pl.col(COUNTS).sum())
        .with_columns(n_free=pl.col("n_places") - pl.col("n_running") - pl.col("n_matched"))
        .sort("region", "lead_school", "urn")
    )


@functools.lru_cache(maxsize=KEPT)
def reach(round_pk: int, phase: str = "", region: str = "", pathway: str = "") -> pl.DataFrame:
    """Count the schools with and without a hub in each region and phase, with the need unmet.

    Parameters
    ----------
    pathway
        Schools matched on it, and those without a hub that it would have come to first.

    Returns
    -------
    polars.DataFrame
        ``region, phase, n_matched, n_unmatched, need_unmet`` (need points); largest need first.
    """
    need = Cast(KT("record__need_weight"), IntegerField())
    without = Q(outcome=Outcome.UNMATCHED)
    rows = (
        map_rows(Round(pk=round_pk), phase, region, pathway)
        .order_by()
        .values_list("region", "phase")
        .annotate(
            matched=Count("pk", filter=~without),
            unmatched=Count("pk", filter=without),
            need=Sum(need, filter=without, default=0),
        )
    )
    return pl.DataFrame(list(rows), schema=REACH, orient="row").sort(
        ["need_unmet", "n_unmatched", "region", "phase"], descending=[True, True, False, False]
    )


def free_elsewhere(
    hubs: pl.DataFrame, without: pl.DataFrame, rules: MatchingRules
) -> dict[str, int]:
    """Give by phase the free places of hubs that can take none of the schools without a hub.

    Parameters
    ----------
    hubs
        Frame of :func:`hubs`.
    without
        Frame of :func:`reach` over the whole round: a place may help a school of any region.

    Returns
    -------
    dict of str to int
        Empty where no school waits, or the programme does not match by phase.
    """
    waiting = without.filter(pl.col("n_unmatched") > 0)["phase"].to_list()
    if not waiting or rules.compatibility is not Compatibility.PHASE:
        return {}
    suited = {lead for phase in waiting for lead in rules.lead_phases.get(phase, ())}
    other = hubs.filter(~pl.col("phase").is_in(list(suited)) & (pl.col("n_free") > 0))
    return dict(other.group_by("phase").agg(pl.col("n_free").sum()).sort("phase").iter_rows())


def loads_of_hub(round_: Round, lead_urn: str) -> list[HubLoad]:
    """Give one hub's places on each pathway of a round."""
    return list(loads_of(round_).filter(lead_urn=lead_urn))


def partners(round_: Round, lead_urn: str) -> pl.DataFrame:
    """Give the schools a round matched with a hub, longest journey first.

    Returns
    -------
    polars.DataFrame
        :data:`PARTNERS`; ``stage`` is what the school's application has come to by now, in words.
    """
    found = list(partners_of(round_, lead_urn))
    meanings = states.meanings()
    stage = {
        urn: meanings[state]
        for urn, state in Application.objects.filter(
            programme_id=round_.programme_id,
            cohort_id=round_.cohort_id,
            urn__in=[each.urn for each in found],
        )
        .exclude(state="draft")
        .order_by("pk")
        .values_list("urn", "state")
    }
    rows = [_partner(each, stage.get(each.urn)) for each in found]
    return pl.DataFrame(rows, schema=PARTNERS, orient="row")


def _partner(place: Placement, stage: str | None) -> tuple[object, ...]:
    low, high = (place.record.get(name) for name in ("minutes_low", "minutes_high"))
    about = (place.urn, place.name, place.phase, place.region, place.pathway)
    return (*about, place.minutes, low, high, place.is_exception, stage)
