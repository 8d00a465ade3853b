"""The plan that a re-match starts from: where each school is, and who may not stay or not move."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.rules import compatibility, pins
from schoolhubs.vocabulary.errors import DataProblem, Problem

if TYPE_CHECKING:
    from schoolhubs.matching.rules.pool import Pool

NOWHERE = -1
CURRENT = {
    "urn": pl.String(),
    "lead_urn": pl.String(),
    "pathway": pl.String(),
    "is_held": pl.Boolean(),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """n partners of the round, s slots.

    Parameters
    ----------
    given
        The plan as it was given: ``urn, lead_urn, pathway, is_held``, of partners of the round.
    slot
        Length n: the slot a partner has and could keep, -1 where there is none.
    is_displaced
        Length n: it had a place, and its lead or its pair is gone.
    is_held
        Length n: it keeps its slot, whatever that costs others.
    n_too_many
        Length s: schools of the plan above the places that are left.
    is_closed
        Length s: nobody new may come, because somebody has to go.
    may_wait
        Length n: it may be left without a place.
    """

    given: pl.DataFrame
    slot: NDArray[np.int64]
    is_displaced: NDArray[np.bool_]
    is_held: NDArray[np.bool_]
    n_too_many: NDArray[np.int64]
    is_closed: NDArray[np.bool_]
    may_wait: NDArray[np.bool_]


def settle(pool: "Pool", current: pl.DataFrame, *, keep_others: bool, may_lose_place: bool) -> Plan:
    """Say who is displaced and who stays, before anybody is moved.

    Parameters
    ----------
    current
        ``urn, lead_urn, pathway`` and, where some may not be moved, ``is_held``; schools that are
        no partner of the round are left out.
    keep_others
        Nobody who is not displaced may be moved.
    may_lose_place
        Those who may be moved may also be left without a place.

    Raises
    ------
    DataProblem
        If a school is in the plan twice, or more schools may not be moved than have places.
    """
    given = _given(pool, current)
    rows = compatibility.indices(pool.partners["urn"])
    partner = np.array([rows[urn] for urn in given["urn"]], np.int64)
    slot = np.full(pool.partners.height, NOWHERE)
    slot[partner] = _kept_slots(pool, given, partner)
    had = np.zeros(len(slot), np.bool_)
    had[partner] = True
    said = np.zeros(len(slot), np.bool_)
    said[partner] = given["is_held"].to_numpy()
    stays = slot != NOWHERE
    n_slots = len(pool.slots.lead)
    too_many = np.bincount(slot[stays], minlength=n_slots) - pool.slots.n_free
    n_too_many = np.maximum(too_many, 0)
    is_held = stays & said
    is_safe = stays & ~np.append(n_too_many > 0, [False])[slot]
    if keep_others:
        is_held |= is_safe
    _refuse_too_many_held(pool, slot, is_held)
    return Plan(
        given=given,
        slot=slot,
        is_displaced=had & ~stays,
        is_held=is_held,
        n_too_many=n_too_many,
        is_closed=(n_too_many > 0) & (keep_others or not may_lose_place),
        may_wait=~is_safe | may_lose_place,
    )


def _given(pool: "Pool", current: pl.DataFrame) -> pl.DataFrame:
    held = pl.col("is_held") if "is_held" in current.columns else pl.lit(value=False)
    given = current.select(
        pl.col("urn", "lead_urn", "pathway").cast(pl.String), is_held=held.fill_null(value=False)
    )
    given = given.filter(pl.col("urn").is_in(pool.partners["urn"].to_list())).sort("urn")
    twice = given.filter(pl.col("urn").is_duplicated())["urn"].unique().sort()
    if len(twice):
        raise DataProblem(
            Problem(
                code="twice_in_plan",
                urn=urn,
                fault=f"{urn} is in the plan more than once",
                remedy="A school has one place. Keep one row.",
            )
            for urn in twice
        )
    return given


def _kept_slots(pool: "Pool", given: pl.DataFrame, partner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the slot that each school of the plan has and could keep, -1 where it cannot."""
    slots = pool.slots
    named = {
        (pool.lead_urns[lead], pool.pathways[pathway]): number
        for number, (lead, pathway) in enumerate(
            zip(slots.lead.tolist(), slots.pathway.tolist(), strict=True)
        )
    }
    slot = np.array(
        [named.get(pair, NOWHERE) for pair in given.select("lead_urn", "pathway").iter_rows()],
        np.int64,
    )
    known = np.flatnonzero(slot != NOWHERE)
    here, who = slot[known], partner[known]
    pin = pool.pinned_lead[who]
    may = (
        (pool.forbidden[who, slots.lead[here]] == compatibility.ALLOWED)
        & pool.wants[who, slots.pathway[here]]
        & (slots.n_free[here] > 0)
        & ((pin < 0) | (pin == slots.lead[here]))
    )
    slot[known[~may]] = NOWHERE
    return slot


def _refuse_too_many_held(
    pool: "Pool", slot: NDArray[np.int64], is_held: NDArray[np.bool_]
) -> None:
    """Refuse leads with fewer places than schools that may go nowhere else."""
    tied: dict[int, list[tuple[str, frozenset[int]]]] = {}
    for partner in np.flatnonzero(is_held | (pool.pinned_lead >= 0)).tolist():
        if is_held[partner]:
            lead = int(pool.slots.lead[slot[partner]])
            pathways = frozenset([int(pool.slots.pathway[slot[partner]])])
        else:
            lead = int(pool.pinned_lead[partner])
            pathways = frozenset(np.flatnonzero(pool.wants[partner]).tolist())
        tied.setdefault(lead, []).append((pool.partner_urns[partner], pathways))
    problems = [
        dataclasses.replace(
            problem,
            code="held_above_capacity",
            remedy="End a partnership or take a pin away, or give the lead more places.",
        )
        for problem in pins.overbooked(
            tied, pool.slots, pool.lead_urns, pool.pathways, how="held or pinned"
        )
    ]
    if problems:
        raise DataProblem(problems, outcome="Nothing was matched.")
