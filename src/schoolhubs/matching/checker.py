"""An independent check of the hard rules, written without anything the solver uses.

Plain loops over plain dictionaries, from the tables that were given to the table that came out:
slow to admire and easy to trust. A round runs it before it writes.
"""

import collections
import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules, MatchResult
from schoolhubs.vocabulary.records.travel import TravelMatrix

Row = Mapping[str, Any]
HALF_HUNDREDTH = 0.005 + 1e-6  # minutes are printed to a hundredth


def verify(
    result: MatchResult,
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    capacity: pl.DataFrame,
    travel: TravelMatrix,
    rules: MatchingRules,
    *,
    on: dt.date,
    partnerships: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
) -> tuple[Problem, ...]:
    """Find every hard rule that a match breaks; nothing found is an empty tuple.

    Takes what :func:`match` took, and the answer to be checked. Whether the answer is the best
    one is not asked here: the bound beside each goal proves that.
    """
    check = _Check(partners, leads, travel, rules)
    still = _running(partnerships, on)
    matches = result.matches.to_dicts()
    found = [
        *check.everyone_once(result, {row["partner_urn"] for row in still}),
        *(problem for row in matches for problem in check.pair(row)),
        *_too_many(matches, capacity, still),
        *_hubs_disagree(matches, result.hubs),
        *_orders_broken(matches, overrides, still),
        *_floors_broken(result),
    ]
    total = math.fsum(row["minutes"] for row in matches)
    if abs(total - result.total_minutes) > 0.001:
        fault = f"total_minutes is {result.total_minutes} but the journeys add up to {total:.2f}"
        found.append(Problem(code="total_disagrees", fault=fault))
    return tuple(found)


class _Check:
    """What is known of schools and journeys, by URN."""

    def __init__(
        self, partners: pl.DataFrame, leads: pl.DataFrame, travel: TravelMatrix,
        rules: MatchingRules,
    ) -> None:  # fmt: skip
        self.partners = {row["urn"]: row for row in partners.iter_rows(named=True)}
        self.leads = {row["urn"]: row for row in leads.iter_rows(named=True)}
        self.rows = {urn: row for row, urn in enumerate(travel.from_ids)}
        self.columns = {urn: column for column, urn in enumerate(travel.to_ids)}
        self.travel, self.rules = travel, rules

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

    def pair(self, row: Row) -> Iterator[Problem]:
        """Find the rules that one match breaks."""
        partner, lead = self.partners.get(row["urn"]), self.leads.get(row["lead_urn"])
        if partner is None or lead is None:
            yield _broken(row, "unknown_school", "one of the two is not part of this round")
            return
        if row["urn"] in self.leads:
            yield _broken(row, "lead_as_partner", "a lead school is nobody's partner")
        if not self._suits(partner, lead):
            yield _broken(row, "incompatible", "phase, need type or age range do not suit")
        if row["pathway"] not in (partner["pathways"] or ()):
            yield _broken(row, "wrong_pathway", f"it may not be placed on {row['pathway']}")
        trust = partner.get("trust_id")
        if self.rules.forbids_own_trust and trust is not None and trust == lead.get("trust_id"):
            yield _broken(row, "own_trust", f"both are in trust {trust}")
        yield from self._journey(row)

    def _suits(self, partner: Row, lead: Row) -> bool:
        if self.rules.lead_phases or self.rules.compatibility is Compatibility.PHASE:
            allowed = self.rules.lead_phases.get(partner["phase"], frozenset())
            if lead["phase"] not in allowed:
                return False
        if self.rules.compatibility is Compatibility.PHASE:
            return True
        mine, theirs = (set(school.get("need_types") or ()) for school in (partner, lead))
        if (mine or theirs) and not mine & theirs:
            return False
        low, high = partner.get("age_low"), partner.get("age_high")
        lead_low, lead_high = lead.get("age_low"), lead.get("age_high")
        if low is None or high is None or lead_low is None or lead_high is None:
            return False
        return bool(low < lead_high and lead_low < high)

    def _journey(self, row: Row) -> Iterator[Problem]:
        cell = self.rows[row["urn"]], self.columns[row["lead_urn"]]
        measured, said = float(self.travel.minutes[cell]), row["minutes"]
        if not math.isfinite(measured):
            yield _broken(row, "unreachable", "there is no way between them")
        elif abs(measured - said) > HALF_HUNDREDTH:
            yield _broken(row, "wrong_minutes", f"it says {said} minutes, not {measured:.2f}")
        if said > self.rules.absolute_maximum_minutes:
            limit = self.rules.absolute_maximum_minutes
            yield _broken(row, "too_far", f"{said} minutes is over the limit of {limit:g}")
        is_over = said > self.rules.preferred_maximum_minutes
        if is_over != row["is_exception"]:
            yield _broken(row, "wrong_exception", f"is_exception is {row['is_exception']}")
        if row["is_exception"] and not row["exception_reason"]:
            yield _broken(row, "no_reason", "an exception carries no reason")


def _broken(row: Row, code: str, fault: str) -> Problem:
    return Problem(code=code, urn=row["urn"], fault=f"{row['urn']} to {row['lead_urn']}: {fault}")


def _running(partnerships: pl.DataFrame | None, on: dt.date) -> list[Row]:
    """Give the partnerships that any day of the term falls in, from the day of the match on."""
    rows = [] if partnerships is None else partnerships.to_dicts()
    next_term = next(
        first
        for year in (on.year, on.year + 1)
        for first in (dt.date(year, month, 1) for month in (1, 4, 9))
        if first > on
    )
    return [
        row
        for row in rows
        if row["started_on"] < next_term
        and (row.get("finished_on") is None or on < row["finished_on"])
    ]


def _too_many(
    matches: Sequence[Row], capacity: pl.DataFrame, still: Sequence[Row]
) -> Iterator[Problem]:
    places = {(row["lead_urn"], row["pathway"]): row["n_places"] for row in capacity.to_dicts()}
    running = collections.Counter((row["lead_urn"], row["pathway"]) for row in still)
    placed = collections.Counter((row["lead_urn"], row["pathway"]) for row in matches)
    for slot, n in placed.items():
        free = max(places.get(slot, 0) - running[slot], 0)
        if n > free:
            fault = (
                f"lead {slot[0]} has {free} free places on {slot[1]} but {n} schools are matched"
            )
            yield Problem(code="above_capacity", urn=slot[0], fault=fault)


def _hubs_disagree(matches: Sequence[Row], hubs: pl.DataFrame) -> Iterator[Problem]:
    placed = collections.Counter((row["lead_urn"], row["pathway"]) for row in matches)
    listed = {(row["lead_urn"], row["pathway"]): row["n_matched"] for row in hubs.to_dicts()}
    for slot in placed.keys() | listed.keys():
        if placed[slot] != listed.get(slot, 0):
            fault = f"the hub table gives {slot} {listed.get(slot)} schools, not {placed[slot]}"
            yield Problem(code="hub_disagrees", urn=slot[0], fault=fault)


def _orders_broken(
    matches: Sequence[Row], overrides: pl.DataFrame | None, still: Sequence[Row]
) -> Iterator[Problem]:
    """Find pins that were not kept, and bans and conflicts that were not heeded."""
    orders = [] if overrides is None else overrides.to_dicts()
    lead_of = {row["urn"]: row["lead_urn"] for row in matches}
    held = {(row["partner_urn"], row["lead_urn"]) for row in still}
    for order in orders:
        partner, lead = order["partner_urn"], order["lead_urn"]
        is_together = lead_of.get(partner) == lead
        wrong = not is_together if order["kind"] == "pin" else is_together
        if wrong and not (order["kind"] == "pin" and (partner, lead) in held):
            fault = f"the {order['kind']} of {partner} and {lead} is not kept"
            yield Problem(code=f"{order['kind']}_broken", urn=partner, fault=fault)


def _floors_broken(result: MatchResult) -> Iterator[Problem]:
    for floor in result.floors:
        if floor.n_matched < floor.n_floor:
            fault = f"{floor.group} has {floor.n_matched} schools matched, below {floor.n_floor}"
            yield Problem(code="below_floor", fault=fault)
