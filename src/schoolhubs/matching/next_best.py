"""The next best leads for a partner, what keeps it from each, and the price of having it anyway.

"Next" means cheapest to force, by the goals in order: the second choice of the whole round, not of
the school alone. Where fewer leads than asked for can be had at any price, the nearest of the
others follow, suitable ones first, with the rule that forbids them and no price.
"""

import itertools
import operator
from collections.abc import Sequence

import numpy as np
import polars as pl

from schoolhubs.matching.optimum import prices
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.reasons import NOT_SUITED
from schoolhubs.matching.rules.compatibility import ALLOWED, NEVER, REASONS
from schoolhubs.matching.rules.pool import NOT_PINNED
from schoolhubs.matching.solved import Solved
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.matching import Alternative

SCHEMA = {
    "urn": pl.String,
    "rank": pl.Int64,
    "lead_urn": pl.String,
    "pathway": pl.String,
    "minutes": pl.Float64,
    "blocked_by": pl.String,
    "price_need": pl.Int64,
    "price_moved": pl.Int64,
    "price_exceptions": pl.Int64,
    "price_schools": pl.Int64,
    "price_weighted_minutes": pl.Float64,
    "price_minutes": pl.Float64,
}


PRICED = tuple(name.removeprefix("price_") for name in SCHEMA if name.startswith("price_"))


def alternatives(solved: Solved, *, n: int = 2) -> pl.DataFrame:
    """Give the next ``n`` leads of every partner of the round.

    Returns
    -------
    polars.DataFrame
        ``urn, rank`` (1 is next best), ``lead_urn, pathway, minutes, blocked_by`` as in
        ``Alternative``, and the price as ``price_need, price_moved,
        price_exceptions, price_schools, price_weighted_minutes, price_minutes``, missing where a
        hard rule forbids the pair. Sorted by URN and rank.
    """
    everyone = np.arange(solved.pool.partners.height)
    shown = operator.attrgetter("lead_urn", "pathway", "minutes", "blocked_by")
    rows = [
        (urn, rank, *shown(choice), *(getattr(choice.price, name, None) for name in PRICED))
        for urn, choices in zip(solved.pool.partner_urns, _next(solved, everyone, n), strict=True)
        for rank, choice in enumerate(choices, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def explain(
    solved: Solved, urn: str, *, instead: str | None = None, n: int = 2
) -> tuple[Alternative, ...]:
    """Say which leads come next for one partner, what blocks each, and the price of forcing it.

    Parameters
    ----------
    urn
        A partner of the round, matched or not.
    instead
        A lead to be told about as well, whatever forbids it.
    n
        How many leads come next.

    Returns
    -------
    tuple of Alternative
        The next ``n``, cheapest first; then ``instead`` if it is not among them. None for a
        partner that a running partnership keeps out of this match.

    Raises
    ------
    UsageError
        If ``urn`` was no partner of this round or ``instead`` is not another lead of it.
    """
    pool = solved.pool
    if urn in pool.already_placed["urn"].to_list():
        return ()
    partner = _row(pool.partner_urns, urn, "a partner to be matched in this round")
    choices = _next(solved, np.array([partner]), n)[0]
    if instead is not None and instead not in {choice.lead_urn for choice in choices}:
        lead = _row(pool.lead_urns, instead, "a lead school of this round")
        if lead == _own_lead(solved)[partner]:
            raise UsageError(f"{instead} is the lead that {urn} has. Name another lead school.")
        choices.append(_of_lead(solved, partner, lead))
    return tuple(choices)


def _row(urns: list[str], urn: str, what: str) -> int:
    if urn not in urns:
        raise UsageError(f"{urn} is not {what}. The round's tables list those that are.")
    return urns.index(urn)


def _own_lead(solved: Solved) -> Ints:
    """Lead of each partner, -1 for the unmatched."""
    leads = np.append(solved.pool.slots.lead, -1)
    place = np.minimum(solved.arcs.place[solved.chosen], len(leads) - 1)
    return leads[place]


def _leads(solved: Solved, arcs: Ints) -> Ints:
    return solved.pool.slots.lead[solved.arcs.place[arcs]]


def _next(solved: Solved, partners: Ints, n: int) -> list[list[Alternative]]:
    """Give the next leads of some partners, sorted."""
    arcs, table = solved.arcs, solved.arc_prices
    may = arcs.serves & table.is_possible & np.isin(arcs.partner, partners)
    left = np.flatnonzero(may)
    taken = _own_lead(solved)
    left = left[_leads(solved, left) != taken[arcs.partner[left]]]
    found: dict[int, list[Alternative]] = {int(partner): [] for partner in partners}
    for _ in range(n):
        best = prices.first_by(_in_order(solved), arcs.partner, left)
        for arc in best.tolist():
            found[int(arcs.partner[arc])].append(_of_arc(solved, arc))
        taken = np.full(solved.pool.partners.height, -1)
        taken[arcs.partner[best]] = _leads(solved, best)
        left = left[_leads(solved, left) != taken[arcs.partner[left]]]
    few = np.array([partner for partner, choices in found.items() if len(choices) < n], np.int64)
    for partner, row in zip(few.tolist(), _nearest_first(solved, few), strict=True):
        known = {choice.lead_urn for choice in found[partner]}
        others = (lead for lead in row if solved.pool.lead_urns[lead] not in known)
        more = itertools.islice(others, n - len(known))
        found[partner] += [_of_lead(solved, partner, lead) for lead in more]
    return list(found.values())


def _in_order(solved: Solved) -> list[Ints]:
    """Give what arcs are compared by: the goals in order, then the own journey."""
    return [*solved.arc_prices.whole, *solved.later_changes, solved.arcs.hundredths]


def _nearest_first(solved: Solved, partners: Ints) -> list[list[int]]:
    """For each partner, the leads that are not its own: suitable ones first, then nearer ones."""
    pool = solved.pool
    journeys = pool.hundredths[partners]
    far = np.where(journeys == NEVER, np.iinfo(np.int64).max, journeys)
    suits = ~np.isin(pool.forbidden[partners], NOT_SUITED)
    order = np.lexsort((far, ~suits), axis=1)
    own = _own_lead(solved)[partners]
    return [
        [lead for lead in row if lead != mine]
        for row, mine in zip(order.tolist(), own.tolist(), strict=True)
    ]


def _of_arc(solved: Solved, arc: int) -> Alternative:
    table, slots = solved.arc_prices, solved.pool.slots
    slot = solved.arcs.place[arc]
    return Alternative(
        lead_urn=solved.pool.lead_urns[slots.lead[slot]],
        pathway=solved.pool.pathways[slots.pathway[slot]],
        minutes=int(solved.arcs.hundredths[arc]) / 100,
        blocked_by=_blocked_by(
            solved.priced, table.own[:, arc], table.whole[:, arc], solved.later_changes[:, arc]
        ),
        price=table.record(arc, solved.priced),
    )


def _blocked_by(priced: Sequence[str], own: Ints, whole: Ints, later: Ints) -> str:
    """Name what keeps an allowed pair from being chosen.

    Parameters
    ----------
    priced
        Names of the goals that are priced.
    own, whole
        Change for the partner and over all schools, goal by goal, most important first.
    later
        Change over all schools in the goals after those.
    """
    if not whole.any():
        names = zip(prices.LATER, later.tolist(), strict=True)
        return next((name for name, change in names if change), "tie")
    decides = priced[int(np.flatnonzero(whole)[0])]
    if decides == "moved":
        return "keeps its hub" if own[priced.index("moved")] > 0 else "others keep their hubs"
    if next((change > 0 for change in own.tolist() if change), False):
        return "longer journey"
    crowds_out = [priced.index(name) for name in ("need", "schools")]
    return "capacity" if (whole[crowds_out] > 0).any() else "other schools' journeys"


def _of_lead(solved: Solved, partner: int, lead: int) -> Alternative:
    """Tell about one pair: at its price if it can be had, else by the rule that forbids it."""
    pool, arcs = solved.pool, solved.arcs
    pair = np.flatnonzero((arcs.partner == partner) & arcs.serves)
    pair = pair[_leads(solved, pair) == lead]
    pair = pair[solved.arc_prices.is_possible[pair]]
    if len(pair):
        return _of_arc(solved, int(prices.first_by(_in_order(solved), arcs.partner, pair)[0]))
    rule = int(pool.forbidden[partner, lead])
    journey = int(pool.hundredths[partner, lead])
    wished = int(pool.wished[partner])
    return Alternative(
        lead_urn=pool.lead_urns[lead],
        pathway=pool.pathways[wished] if wished >= 0 else "",
        minutes=None if journey == NEVER else journey / 100,
        blocked_by=REASONS[rule] if rule != ALLOWED else _not_to_be_had(solved, partner, lead),
        price=None,
    )


def _not_to_be_had(solved: Solved, partner: int, lead: int) -> str:
    """Name what forbids a pair that every rule between the two schools allows."""
    pool, slots = solved.pool, solved.pool.slots
    if pool.pinned_lead[partner] != NOT_PINNED:
        return "pinned elsewhere"
    if pool.plan is not None and pool.plan.is_held[partner]:
        return "keeps its hub"
    offered = (slots.lead == lead) & pool.wants[partner][slots.pathway] & (slots.n_places > 0)
    return "capacity" if offered.any() else "pathway"
