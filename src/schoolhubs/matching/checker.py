"""An independent check of the hard rules, written without anything the solver uses.

Plain loops over plain dictionaries, from the tables that were given to the table that came out:
slow to admire and easy to trust. A round runs it before it writes.
"""

import collections
import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import polars as pl

from schoolhubs.matching.checks import floors, plans
from schoolhubs.matching.checks.pairs import Pairs
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import FloorGroup, MatchingRules, MatchResult
from schoolhubs.vocabulary.records.travel import TravelMatrix

Row = Mapping[str, Any]
Counter = collections.Counter[tuple[str, str]]


def verify(
    result: MatchResult,
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    capacity: pl.DataFrame,
    travel: TravelMatrix,
    rules: MatchingRules,
    *,
    on: dt.date,
    starts_on: dt.date | None = None,
    partnerships: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
    current: pl.DataFrame | None = None,
    keep_others: bool = False,
    may_lose_place: bool = False,
) -> tuple[Problem, ...]:
    """Find every hard rule that a match breaks; nothing found is an empty tuple.

    Takes what :func:`match` or :func:`rematch` took, and the answer. Whether that is the best
    one is not asked here: the bound beside each goal proves that.
    """
    declared, orders = (
        [] if frame is None else frame.to_dicts() for frame in (partnerships, overrides)
    )
    pairs = Pairs(partners, leads, travel, rules)
    check = _Check(pairs, on, max(on, starts_on or on), declared)
    running, held = check.kept_out(), check.held()
    places = {}
    for row in capacity.to_dicts():
        slot = row["lead_urn"], row["pathway"]
        places[slot] = row["n_places"]
        if row.get("n_open") is not None:
            held[slot] = row["n_places"] - row["n_open"]
    free = {slot: n - held[slot] for slot, n in places.items() if n > held[slot]}
    waiting = {urn: row for urn, row in pairs.partners.items() if urn not in running}
    matches = result.matches.to_dicts()
    pinned = {row["partner_urn"]: row["lead_urn"] for row in orders if row["kind"] == "pin"}
    may = _Lawful(pairs, orders)
    plan = plans.NO_PLAN
    if current is not None:
        given = current.to_dicts()
        plan = plans.standing(
            given, waiting, free, may, pinned,
            keep_others=keep_others, may_lose_place=may_lose_place,
        )  # fmt: skip
    found = [
        *check.partnerships(),
        *check.everyone_once(result, running),
        *(problem for row in matches for problem in pairs.pair(row)),
        *_hubs_disagree(matches, result.hubs, free, held),
        *_orders_broken(matches, orders, declared, waiting.keys()),
        *_floors(result, waiting, free, may, pinned, plan),
        *_of_plan(result, plan, is_rematch=current is not None),
    ]
    total = math.fsum(row["minutes"] for row in matches)
    if abs(total - result.total_minutes) > 0.001:
        fault = f"total_minutes is {result.total_minutes} but the journeys add up to {total:.2f}"
        found.append(Problem(code="total_disagrees", fault=fault))
    return tuple(found)


class _Check:
    """Partners and partnerships on the terms of a match."""

    def __init__(
        self, pairs: Pairs, on: dt.date, starts_on: dt.date, declared: Sequence[Row]
    ) -> None:
        self.partners, self.leads, self.rules = pairs.partners, pairs.leads, pairs.rules
        self.on, self.starts_on, self.declared = on, starts_on, declared

    def terms(self, pathway: str) -> list[tuple[dt.date, dt.date]]:
        """First day of each term of a match on a pathway, and the first day after it."""
        days = [self.starts_on]
        for _ in range(self.rules.duration_terms.get(pathway, 1)):
            after = (dt.date(days[-1].year + n // 3, (1, 4, 9)[n % 3], 1) for n in range(4))
            days.append(next(day for day in after if day > days[-1]))
        return list(itertools.pairwise(days))

    def kept_out(self) -> set[str]:
        """Partners with a partnership on a day from the round's to the last of a match."""
        kept = set()
        for row in self.declared:
            partner = self.partners.get(row["partner_urn"])
            pathways = (partner["pathways"] or [""]) if partner else ()
            if any(_falls_in(row, self.on, self.terms(each)[-1][1]) for each in pathways):
                kept.add(row["partner_urn"])
        return kept

    def partnerships(self) -> Iterator[Problem]:
        """Find partners with two leads on one day, and leads that are somebody's partner."""
        last = max(self.terms(each)[-1][1] for each in ("", *self.rules.duration_terms))
        with_leads: dict[str, list[Row]] = collections.defaultdict(list)
        for row in self.declared:
            if _falls_in(row, self.on, last):
                with_leads[row["partner_urn"]].append(row)
        for urn, rows in with_leads.items():
            if urn in self.leads:
                fault = f"{urn} leads, and is a partner of {rows[0]['lead_urn']}"
                yield Problem(code="lead_in_partnership", urn=urn, fault=fault)
            if any(
                _falls_in(one, other["started_on"], other.get("finished_on") or dt.date.max)
                for one, other in itertools.combinations(rows, 2)
            ):
                fault = f"{urn} is in two partnerships on one day"
                yield Problem(code="placed_twice", urn=urn, fault=fault)

    def held(self) -> Counter:
        """Places of each slot that partnerships hold in the fullest term of a match."""
        most: Counter = collections.Counter()
        for pathway in {row["pathway"] for row in self.declared}:
            for first, after in self.terms(pathway):
                most |= collections.Counter(
                    (row["lead_urn"], pathway)
                    for row in self.declared
                    if row["pathway"] == pathway and _falls_in(row, first, after)
                )
        return most

    def everyone_once(self, result: MatchResult, running: set[str]) -> Iterator[Problem]:
        """Find partners that are told about never, twice, or in the wrong table."""
        told = [
            *result.matches["urn"],
            *result.unmatched["urn"],
            *(set(result.already_placed["urn"]) if result.already_placed.width else ()),
        ]
        for urn, times in collections.Counter(told).items():
            if times > 1 or urn not in self.partners:
                fault = f"{urn} is told about {times} times, or was no partner of this round"
                yield Problem(code="not_once", urn=urn, fault=fault)
        for urn in self.partners.keys() - set(told):
            yield Problem(code="left_out", urn=urn, fault=f"{urn} is neither matched nor unmatched")
        for urn in running & {*result.matches["urn"], *result.unmatched["urn"]}:
            yield Problem(code="runs_already", urn=urn, fault=f"{urn} is in a running partnership")
        for urn in {*told} - running - {*result.matches["urn"], *result.unmatched["urn"]}:
            fault = f"{urn} is said to be placed already, but no partnership keeps it"
            yield Problem(code="not_running", urn=urn, fault=fault)


def _falls_in(partnership: Row, first: dt.date, after: dt.date) -> bool:
    """Tell whether a partnership has a day from ``first`` on that is before ``after``."""
    finished = partnership.get("finished_on")
    return bool(partnership["started_on"] < after and (finished is None or first < finished))


def _hubs_disagree(
    matches: Sequence[Row], hubs: pl.DataFrame, free: Mapping[tuple[str, str], int], held: Counter
) -> Iterator[Problem]:
    """Find leads with more schools than free places, and a hub table that says otherwise."""
    placed = collections.Counter((row["lead_urn"], row["pathway"]) for row in matches)
    listed = {(row["lead_urn"], row["pathway"]): row for row in hubs.to_dicts()}
    for slot in sorted(placed.keys() | listed.keys()):
        n, n_free, row = placed[slot], free.get(slot, 0), listed.get(slot, {})
        if n > n_free:
            fault = f"lead {slot[0]} has {n_free} free places on {slot[1]} but {n} are matched"
            yield Problem(code="above_capacity", urn=slot[0], fault=fault)
        if row.get("n_matched", 0) != n or row.get("n_running", held[slot]) != held[slot]:
            told = f"{row.get('n_matched')} matched and {row.get('n_running')} running"
            fault = f"the hub table gives {slot} {told}, not {n} and {held[slot]}"
            yield Problem(code="hub_disagrees", urn=slot[0], fault=fault)


def _orders_broken(
    matches: Sequence[Row], orders: Sequence[Row], declared: Sequence[Row], free: Set[str]
) -> Iterator[Problem]:
    """Find pins that were not kept, and bans and conflicts that were not heeded."""
    lead_of = {row["urn"]: row["lead_urn"] for row in matches}
    held = {(r["partner_urn"], r["lead_urn"]) for r in declared if r["partner_urn"] not in free}
    for order in orders:
        partner, lead = order["partner_urn"], order["lead_urn"]
        is_together = lead_of.get(partner) == lead
        if order["kind"] == "conflict":  # whichever is written first
            is_together |= lead_of.get(lead) == partner
        wrong = not is_together if order["kind"] == "pin" else is_together
        if wrong and not (order["kind"] == "pin" and (partner, lead) in held):
            fault = f"the {order['kind']} of {partner} and {lead} is not kept"
            yield Problem(code=f"{order['kind']}_broken", urn=partner, fault=fault)


class _Lawful:
    """Tells whether the rules and the office leave a partner and a lead each other."""

    def __init__(self, pairs: Pairs, orders: Sequence[Row]) -> None:
        self.pairs = pairs
        self.apart = {
            (row["partner_urn"], row["lead_urn"]) for row in orders if row["kind"] != "pin"
        }
        self.apart |= {
            (row["lead_urn"], row["partner_urn"]) for row in orders if row["kind"] == "conflict"
        }

    def __call__(self, partner_urn: str, lead_urn: str) -> bool:
        pair = (partner_urn, lead_urn)
        return pair not in self.apart and self.pairs.may(*pair)


def _of_plan(result: MatchResult, plan: plans.Standing, *, is_rematch: bool) -> Iterator[Problem]:
    """Find what a re-match did with its plan, or tells of it, wrongly."""
    if (result.rematch is not None) != is_rematch:
        yield Problem(code="moves_disagree", fault="moves are told where there was no plan, or not")
    elif result.rematch is not None:
        at = result.matches.select("urn", "lead_urn", "pathway").iter_rows()
        slots = {urn: (lead, pathway) for urn, lead, pathway in at}
        yield from plans.broken(result.rematch, slots, plan)


def _floors(
    result: MatchResult, waiting: Mapping[str, Row], free: Mapping[tuple[str, str], int],
    may: _Lawful, pinned: Mapping[str, str], plan: plans.Standing,
) -> Iterator[Problem]:  # fmt: skip
    """Find floors that are not what the partners, the places and the rules make them."""
    rules = may.pairs.rules
    if rules.floor_group is FloorGroup.NONE:
        if result.floors:
            yield Problem(code="false_floor", fault="floors are told where none are set")
        return
    board = floors.set_out(result, waiting, free, may, pinned, rules, plan)
    yield from floors.broken(result.floors, board, rules)
