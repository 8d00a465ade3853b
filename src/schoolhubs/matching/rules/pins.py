"""Pins: pairs the office has fixed, which every hard rule still applies to."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.rules import compatibility
from schoolhubs.matching.rules.capacity import Slots
from schoolhubs.vocabulary.errors import DataProblem, Problem

if TYPE_CHECKING:
    from schoolhubs.matching.rules.pool import Pool


def pinned_leads(pool: "Pool", overrides: pl.DataFrame, still: pl.DataFrame) -> NDArray[np.int64]:
    """Give the lead each partner is pinned to, -1 for none, or say why a pin cannot be.

    A pin to the lead of a partnership that keeps the partner out of the match is kept by it.

    Raises
    ------
    DataProblem
        Listing every pin that a rule, a capacity or another pin stands against.
    """
    pins = overrides.filter(pl.col("kind") == "pin").select("partner_urn", "lead_urn").unique()
    held = still.join(pool.partners, left_on="partner_urn", right_on="urn", how="anti")
    pins = pins.join(held, on=["partner_urn", "lead_urn"], how="anti")
    pins = pins.sort("partner_urn", "lead_urn")
    problems = [*_pinned_twice(pins), *_cannot_pin(pool, pins)]
    if not problems:
        problems = list(_too_many_pins(pool, pins))
    if problems:
        raise DataProblem(problems, outcome="Nothing was matched.")
    rows = compatibility.indices(pool.partners["urn"])
    columns = compatibility.indices(pool.leads["urn"])
    pinned = pool.pinned_lead.copy()
    for partner, lead in pins.iter_rows():
        pinned[rows[partner]] = columns[lead]
    return pinned


def _pinned_twice(pins: pl.DataFrame) -> Iterator[Problem]:
    for urn, leads in pins.group_by("partner_urn").agg("lead_urn").sort("partner_urn").iter_rows():
        if len(leads) > 1:
            fault = f"{urn} is pinned to more than one lead: {', '.join(sorted(leads))}"
            yield Problem(code="pinned_twice", urn=urn, fault=fault, remedy="Keep one pin.")


def _cannot_pin(pool: "Pool", pins: pl.DataFrame) -> Iterator[Problem]:
    rows = compatibility.indices(pool.partners["urn"])
    columns = compatibility.indices(pool.leads["urn"])
    offered = np.zeros((len(columns), len(pool.pathways)), np.bool_)
    offered[pool.slots.lead, pool.slots.pathway] = True
    for partner, lead in pins.iter_rows():
        known = partner in rows and lead in columns
        reason = pool.forbidden[rows[partner], columns[lead]] if known else compatibility.ALLOWED
        if partner in set(pool.already_placed["urn"]):
            why = "a partnership with another lead, declared already, keeps it"
        elif partner not in rows:
            why = "it is not among the partners to be matched"
        elif lead not in columns:
            why = f"{lead} is not a lead school of this round"
        elif reason in compatibility.NOT_KNOWN:
            why = f"{compatibility.REASONS[reason]}, and the definition waits until it is"
        elif reason != compatibility.ALLOWED:
            why = f"the rule on {compatibility.REASONS[reason]} forbids this pair"
        elif not (offered[columns[lead]] & pool.wants[rows[partner]]).any():
            why = f"{lead} offers no place on a pathway it may be placed in"
        else:
            continue
        yield Problem(
            code="impossible_pin", urn=partner, value=lead,
            fault=f"{partner} is pinned to {lead}, but {why}",
            remedy="Take the pin away, or change what stands in its way.",
        )  # fmt: skip


def _too_many_pins(pool: "Pool", pins: pl.DataFrame) -> Iterator[Problem]:
    rows = compatibility.indices(pool.partners["urn"])
    columns = compatibility.indices(pool.leads["urn"])
    by_lead: dict[int, list[tuple[str, frozenset[int]]]] = {}
    for partner, lead in pins.iter_rows():
        allowed = frozenset(np.flatnonzero(pool.wants[rows[partner]]).tolist())
        by_lead.setdefault(columns[lead], []).append((partner, allowed))
    yield from overbooked(by_lead, pool.slots, pool.lead_urns, pool.pathways)


def overbooked(
    pins: dict[int, list[tuple[str, frozenset[int]]]],
    slots: Slots,
    lead_urns: list[str],
    pathways: list[str],
    how: str = "pinned",
) -> Iterator[Problem]:
    """Find leads that have fewer places than pins, by Hall's condition on sets of pathways.

    Parameters
    ----------
    pins
        For each lead, the partners pinned to it with the pathways they may be placed in.
    how
        What ties the partners to their leads.
    """
    for lead, pinned in sorted(pins.items()):
        mine = slots.lead == lead
        free = dict(zip(slots.pathway[mine].tolist(), slots.n_free[mine].tolist(), strict=True))
        for chosen in _sets_of_pathways(pinned):
            inside = sorted(urn for urn, allowed in pinned if allowed <= chosen)
            n_free = sum(free.get(pathway, 0) for pathway in chosen)
            if len(inside) > n_free:
                names = " and ".join(pathways[pathway] for pathway in sorted(chosen))
                yield Problem(
                    code="pins_above_capacity",
                    urn=lead_urns[lead],
                    fault=f"{len(inside)} schools are {how} to {names} places of lead "
                    f"{lead_urns[lead]}, which has {n_free} free: {', '.join(inside)}",
                    remedy="Take a pin away, or give the lead more slots.",
                )
                break


def _sets_of_pathways(pinned: list[tuple[str, frozenset[int]]]) -> list[frozenset[int]]:
    """Give every union of the sets of pathways that pinned schools may use, small first."""
    own = sorted({allowed for _, allowed in pinned}, key=sorted)
    unions = {
        frozenset().union(*some)
        for n in range(1, len(own) + 1)
        for some in itertools.combinations(own, n)
    }
    return sorted(unions, key=lambda union: (len(union), sorted(union)))
