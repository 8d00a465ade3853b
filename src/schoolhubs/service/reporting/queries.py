"""Who is with which hub in one authority, and counts of outcomes for the whole of England."""

import dataclasses

import polars as pl
from django.db.models import Count
from django.db.models.fields.json import KT

from schoolhubs import programmes
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import HubLoad, Outcome, Placement
from schoolhubs.service.matching.queries import published_rounds
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.reporting.small_numbers import small_numbers
from schoolhubs.service.schools.models import RegisterSnapshot, School

# What the rules call eligible, and no hub has taken yet.
WAITS = ("eligible", "waiting", "matched")
WITH_A_HUB = {
    "school": pl.String(),
    "urn": pl.String(),
    "phase": pl.String(),
    "programme": pl.String(),
    "hub": pl.String(),
    "hub_urn": pl.String(),
    "stage": pl.String(),
    "from": pl.Date(),
    "until": pl.Date(),
}
OUTCOMES = ("programme", "cohort", "region", "phase", "outcome", "schools")
PLACES = {
    "programme": pl.String(),
    "cohort": pl.String(),
    "region": pl.String(),
    "hubs": pl.Int64(),
    "places": pl.Int64(),
    "taken": pl.String(),
}
UNKNOWN = "Not known"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """One programme's counts in an authority; ``waiting`` as it may be shown."""

    title: str
    n_with_a_hub: int
    waiting: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One authority's schools: how many are open, those with a hub by name, and totals."""

    name: str
    n_schools: int
    with_a_hub: pl.DataFrame
    totals: tuple[Totals, ...]


def area(snapshot: RegisterSnapshot, la_code: str) -> Area | None:
    """Give what an authority may know of its area; None where the register has no such area.

    Named are schools that have agreed with a hub, never those that only applied, wait, or were
    proposed; and of no school the pathway, which would tell of its need.
    """
    ours = School.objects.filter(snapshot=snapshot).annotate(la_code=KT("facts__la_code"))
    rows = ours.filter(la_code=la_code, is_open=True, is_state_funded=True)
    known = {row[0]: row for row in rows.values_list("urn", "name", "phase", "la_name")}
    if not known:
        return None
    agreed = _agreed(list(known))
    titles = {each.programme_id: each.as_at(snapshot.on).title for each in run_here()}
    names = _names(snapshot, {each.lead_urn for each in agreed})
    listed = [
        (known[each.partner_urn][1], each.partner_urn, known[each.partner_urn][2],
         titles.get(each.programme_id, each.programme_id),
         names.get(each.lead_urn, f"URN {each.lead_urn}"), each.lead_urn,
         each.get_state_display(), each.starts_on, each.last_on)
        for each in agreed
    ]  # fmt: skip
    return Area(
        name=next(iter(known.values()))[3],
        n_schools=len(known),
        with_a_hub=pl.DataFrame(listed, schema=WITH_A_HUB, orient="row").sort("school", "urn"),
        totals=_totals(titles, agreed, list(known)),
    )


def _agreed(urns: list[str]) -> list[Partnership]:
    held = Partnership.objects.filter(partner_urn__in=urns, state__in=HOLDS_A_PLACE)
    return list(held.order_by("programme_id", "partner_urn", "starts_on"))


def _names(snapshot: RegisterSnapshot, urns: set[str]) -> dict[str, str]:
    found = School.objects.filter(snapshot=snapshot, urn__in=urns)
    return dict(found.values_list("urn", "name"))


def _totals(
    titles: dict[str, str], agreed: list[Partnership], urns: list[str]
) -> tuple[Totals, ...]:
    waiting = dict(
        Application.objects.filter(urn__in=urns, state__in=WAITS)
        .values_list("programme_id")
        .annotate(n=Count("urn", distinct=True))
        .order_by()
    )
    rule = small_numbers()
    return tuple(
        Totals(
            title=title,
            n_with_a_hub=(n := len({p.partner_urn for p in agreed if p.programme_id == each})),
            waiting=rule.shown(waiting.get(each, 0), of=len(urns) - n),
        )
        for each, title in titles.items()
    )


def outcomes() -> pl.DataFrame:
    """Count the schools of every published round by region, phase and outcome; none is named.

    Returns
    -------
    polars.DataFrame
        ``programme, cohort, region, phase, outcome, schools``: text, counts as they may be shown.
        ``All`` stands for every region and phase of a cohort, counted apart and rounded last.
    """
    rounds = {each.round_id: each.round for each in published_rounds()}
    counted = (
        Placement.objects.filter(round_id__in=rounds)
        .order_by()
        .values_list("round_id", "region", "phase", "outcome")
        .annotate(n=Count("pk"))
    )
    kinds = {"round": pl.Int64(), **dict.fromkeys(OUTCOMES[2:5], pl.String()), "n": pl.Int64()}
    cells = pl.DataFrame(list(counted), schema=kinds, orient="row")
    every = cells.group_by("round", "outcome").agg(pl.sum("n")).with_columns(
        pl.lit("All").alias("region"), pl.lit("All").alias("phase")
    )  # fmt: skip
    order = {outcome: at for at, outcome in enumerate(Outcome.values)}
    shown = []
    for cell in pl.concat([every.select(cells.columns), cells]).iter_rows(named=True):
        round_ = rounds[cell["round"]]
        title = programmes.load(round_.programme_id).as_at(round_.on).title
        place = (cell["region"] or UNKNOWN, cell["phase"] or UNKNOWN)
        key = (title, round_.cohort_id, place != ("All", "All"), *place, order[cell["outcome"]])
        told = (title, round_.cohort_id, *place, Outcome(cell["outcome"]).label)
        shown.append((key, (*told, small_numbers().shown(cell["n"]))))
    rows = [row for _, row in sorted(shown)]
    return pl.DataFrame(rows, schema=dict.fromkeys(OUTCOMES, pl.String()), orient="row")


def loads() -> pl.DataFrame:
    """Add up the places of hubs in each region and programme of every published round.

    Returns
    -------
    polars.DataFrame
        :data:`PLACES`; hubs and places are public, ``taken`` is text as it may be shown.
    """
    rounds = {each.round_id: each.round for each in published_rounds()}
    rows = HubLoad.objects.filter(round_id__in=rounds).values_list(
        "round_id", "region", "lead_urn", "n_places", "n_running", "n_matched"
    )
    kinds = {
        "round": pl.Int64(), "region": pl.String(), "lead": pl.String(),
        "places": pl.Int64(), "running": pl.Int64(), "matched": pl.Int64(),
    }  # fmt: skip
    summed = (
        pl.DataFrame(list(rows), schema=kinds, orient="row")
        .group_by("round", "region")
        .agg(
            pl.n_unique("lead").alias("hubs"),
            pl.sum("places"),
            (pl.sum("running") + pl.sum("matched")).alias("taken"),
        )
        .sort("round", "region")
    )
    rule, shown = small_numbers(), []
    for pk, region, hubs, places, taken in summed.iter_rows():
        round_ = rounds[pk]
        title = programmes.load(round_.programme_id).as_at(round_.on).title
        # Exact, the sum of the matched would give away what the outcomes beside it round.
        shown.append((title, round_.cohort_id, region, hubs, places, rule.shown(taken)))
    return pl.DataFrame(shown, schema=PLACES, orient="row")
