"""The round as arrays: who is to be matched, with whom they may be, and how many places are left.

Everything is sorted by URN here, once, so that the order of rows in the input can change nothing.
Journeys are counted in whole hundredths of a minute from here on: a limit is met or broken, and a
goal is proven, on exactly the numbers that are printed.
"""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.rules import capacity as places
from schoolhubs.matching.rules import compatibility, given, pins
from schoolhubs.matching.rules import plan as plans
from schoolhubs.vocabulary.records.matching import MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix

NOT_PINNED = -1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """n partners to be matched, m leads, k pathways, s slots.

    Parameters
    ----------
    partners, leads
        Sorted by URN; partners without those a running partnership keeps out.
    partner_urns, lead_urns, pathways
        Names of the rows and columns below.
    already_placed
        The partners kept out, with the partnership that does so.
    hundredths
        Shape (n, m): one-way hundredths of a minute, -1 where unreachable.
    travel_rows, travel_columns
        Rows and columns of the travel matrix that belong to partners and leads.
    forbidden
        Shape (n, m): index into ``compatibility.REASONS``, 0 where the pair is allowed.
    needs_and_ages
        Shape (n, m): what ``compatibility.needs_and_ages`` says of the pair.
    wants
        Shape (n, k): pathways each partner may be placed in.
    wished
        Length n: its first pathway, -1 where it has none.
    pinned_lead
        Length n: lead the partner is pinned to, -1 where it is free.
    plan
        Of a re-match: where the partners are; None where there is no plan yet.
    """

    rules: MatchingRules
    partners: pl.DataFrame
    leads: pl.DataFrame
    partner_urns: list[str]
    lead_urns: list[str]
    pathways: list[str]
    slots: places.Slots
    already_placed: pl.DataFrame
    hundredths: NDArray[np.int64]
    travel: TravelMatrix
    travel_rows: NDArray[np.int64]
    travel_columns: NDArray[np.int64]
    forbidden: NDArray[np.uint8]
    needs_and_ages: NDArray[np.uint8]
    wants: NDArray[np.bool_]
    wished: NDArray[np.int64]
    pinned_lead: NDArray[np.int64]
    plan: plans.Plan | None = None

    @property
    def need(self) -> NDArray[np.int64]:
        """Length n: need points that matching the partner serves."""
        return self.partners["need_weight"].to_numpy()


def build(
    inputs: given.Inputs,
    current: pl.DataFrame | None = None,
    *,
    keep_others: bool = False,
    may_lose_place: bool = False,
) -> Pool:
    """Index the round; ``current`` and the two after it are those of a re-match.

    Raises
    ------
    DataProblem
        Listing every unknown school and every instruction that cannot be followed, with the
        schools and the rule or capacity that stand in the way.
    """
    leads = inputs.leads.sort("urn")
    on, lasts = inputs.starts_on, inputs.rules.duration_terms
    still = places.declared(inputs.partnerships, inputs.on, lasts, on)
    given.check(inputs, still)
    partners = inputs.partners.sort("urn")
    already_placed = _already_placed(places.kept_out(partners, still, on, lasts))
    partners = partners.join(already_placed, on="urn", how="anti")
    pathways = sorted(
        {
            *inputs.capacity["pathway"],
            *still["pathway"],
            *partners["pathways"].explode().drop_nulls(),
        }
    )
    rows, columns = _travel_places(inputs.travel, partners["urn"], leads["urn"])
    hundredths = _hundredths(inputs.travel.minutes[np.ix_(rows, columns)])
    pool = Pool(
        rules=inputs.rules,
        partners=partners,
        leads=leads,
        partner_urns=partners["urn"].to_list(),
        lead_urns=leads["urn"].to_list(),
        pathways=pathways,
        slots=places.slots(inputs.capacity, still, leads["urn"], pathways, on, lasts),
        already_placed=already_placed,
        hundredths=hundredths,
        travel=inputs.travel,
        travel_rows=rows,
        travel_columns=columns,
        forbidden=compatibility.forbidden(
            partners, leads, hundredths, inputs.rules, inputs.overrides
        ),
        needs_and_ages=compatibility.needs_and_ages(partners, leads, inputs.rules),
        wants=_wants(partners["pathways"], pathways),
        wished=_wished(partners["pathways"], pathways),
        pinned_lead=np.full(partners.height, NOT_PINNED, np.int64),
    )
    pool = dataclasses.replace(pool, pinned_lead=pins.pinned_leads(pool, inputs.overrides, still))
    if current is None:
        return pool
    plan = plans.settle(pool, current, keep_others=keep_others, may_lose_place=may_lose_place)
    return dataclasses.replace(pool, plan=plan)


def _already_placed(kept: pl.DataFrame) -> pl.DataFrame:
    names = ("lead_urn", "pathway", "started_on", "finished_on", "need_weight")
    return kept.select(pl.col("partner_urn").alias("urn"), *names).sort("urn", "lead_urn")


def _travel_places(
    travel: TravelMatrix, partners: pl.Series, leads: pl.Series
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = {urn: row for row, urn in enumerate(travel.from_ids)}
    columns = {urn: column for column, urn in enumerate(travel.to_ids)}
    return (
        np.array([rows[urn] for urn in partners], np.int64),
        np.array([columns[urn] for urn in leads], np.int64),
    )


def _hundredths(minutes: NDArray[np.float32]) -> NDArray[np.int64]:
    rounded = np.full(minutes.shape, compatibility.NEVER, np.int64)
    known = np.isfinite(minutes) & (minutes >= 0)
    rounded[known] = np.rint(minutes[known].astype(np.float64) * 100)
    return rounded


def _wants(lists: pl.Series, pathways: list[str]) -> NDArray[np.bool_]:
    wants = np.zeros((lists.len(), len(pathways)), np.bool_)
    place = {pathway: index for index, pathway in enumerate(pathways)}
    listed = pl.DataFrame({"row": range(lists.len()), "pathway": lists}).explode("pathway")
    listed = listed.drop_nulls()
    wants[listed["row"].to_numpy(), [place[pathway] for pathway in listed["pathway"]]] = True
    return wants


def _wished(lists: pl.Series, pathways: list[str]) -> NDArray[np.int64]:
    place = {pathway: index for index, pathway in enumerate(pathways)}
    first = lists.list.get(0, null_on_oob=True)
    return np.array([place.get(pathway, -1) for pathway in first], np.int64)
