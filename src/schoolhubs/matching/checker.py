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
    check = _Check(partners, leads, travel, rules, on)
    declared = [] if partnerships is None else partnerships.to_dicts()
    running = check.kept_out(declared)
    matches = result.matches.to_dicts()
    found = [
        *check.partnerships(declared),
        *check.everyone_once(result, running),
        *(problem for row in matches for problem in check.pair(row)),
        *check.places(result, capacity, declared),
        *_hubs_disagree(matches, result.hubs),
        *_orders_broken(matches, overrides, declared, check.partners.keys() - running),
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
        rules: MatchingRules, on: dt.date,
    ) -> None:  # fmt: skip
        self.partners = {row["urn"]: row for row in partners.iter_rows(named=True)}
        self.leads = {row["urn"]: row for row in leads.iter_rows(named=True)}
        self.rows = {urn: row for row, urn in enumerate(travel.from_ids)}
        self.columns = {urn: column for column, urn in enumerate(travel.to_ids)}
        self.travel, self.rules, self.on = travel, rules, on

    def terms(self, pathway: str) -> list[tuple[dt.date, dt.date]]:
        """First day of each term of a match on a pathway, and the first day after it."""
        days = [self.on]
        for _ in range(self.rules.duration_terms.get(pathway, 1)):
            after = (dt.date(days[-1].year + n // 3, (1, 4, 9)[n % 3], 1) for n in range(4))
            days.append(next(day for day in after if day > days[-1]))
        return list(itertools.pairwise(days))

    def kept_out(self, declared: Sequence[Row]) -> set[str]:
        """Partners with a partnership on any day of the terms they could be matched for."""
        kept = set()
        for row in declared:
            partner = self.partners.get(row["partner_urn"])
            pathways = (partner["pathways"] or [""]) if partner else ()
            if any(_falls_in(row, self.on, self.terms(each)[-1][1]) for each in pathways):
                kept.add(row["partner_urn"])
        return kept

    def partnerships(self, declared: Sequence[Row]) -> Iterator[Problem]:
        """Find partners with two leads on one day, and leads that are somebody's partner."""
        last = max(self.terms(each)[-1][1] for each in ("", *self.rules.duration_terms))
        with_leads: dict[str, list[Row]] = collections.defaultdict(list)
        for row in declared:
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

    def places(
        self, result: MatchResult, capacity: pl.DataFrame, declared: Sequence[Row]
    ) -> Iterator[Problem]:
        """Find leads with more schools in some term than they have places."""
        offered = {(r["lead_urn"], r["pathway"]): r["n_places"] for r in capacity.to_dicts()}
        hubs = {(r["lead_urn"], r["pathway"]): r["n_running"] for r in result.hubs.to_dicts()}
        placed = collections.Counter(result.matches.select("lead_urn", "pathway").iter_rows())
        at = collections.defaultdict(list)
        for row in declared:
            at[row["lead_urn"], row["pathway"]].append(row)
        for slot in sorted(placed.keys() | hubs.keys()):
            held = [
                sum(_falls_in(row, first, after) for row in at[slot])
                for first, after in self.terms(slot[1])
            ]
            free, n = max(offered.get(slot, 0) - max(held), 0), placed[slot]
            if n > free:
                fault = f"lead {slot[0]} has {free} free places on {slot[1]} but {n} are matched"
                yield Problem(code="above_capacity", urn=slot[0], fault=fault)
            if slot in hubs and hubs[slot] != max(held):
                fault = f"the hub table gives {slot} {hubs[slot]} running, not {max(held)}"
                yield Problem(code="hub_disagrees", urn=slot[0], fault=fault)

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

    def pair(self, row: Row) -> Iterator[Problem]:
        """Find the rules that one match breaks."""
        partner, lead = self.partners.get(row["urn"]), self.leads.get(row["lead_urn"])
        if partner is None or lead is None:
            yield _broken(row, "unknown_school", "one of the two is not part of this round")
            return
        if row["urn"] in self.leads:
            yield _broken(row, "lead_as_partner", "a lead school is nobody's partner")
        if not self._phases_suit(partner, lead):
            yield _broken(row, "incompatible", "their phases do not suit")
        if self.rules.compatibility is Compatibility.NEED_TYPE_AND_AGE:
            yield from self._needs_and_ages(row, partner, lead)
        if row["pathway"] not in (partner["pathways"] or ()):
            yield _broken(row, "wrong_pathway", f"it may not be placed on {row['pathway']}")
        trust = partner.get("trust_id")
        if self.rules.forbids_own_trust and trust is not None and trust == lead.get("trust_id"):
            yield _broken(row, "own_trust", f"both are in trust {trust}")
        yield from self._journey(row)

    def _phases_suit(self, partner: Row, lead: Row) -> bool:
        if self.rules.lead_phases or self.rules.compatibility is Compatibility.PHASE:
            return lead["phase"] in self.rules.lead_phases.get(partner["phase"], frozenset())
        return True

    def _needs_and_ages(self, row: Row, partner: Row, lead: Row) -> Iterator[Problem]:
        """Find a mismatch that can be read, or one that must first be known not to be there."""
        mine, theirs = (set(school.get("need_types") or ()) for school in (partner, lead))
        if mine and theirs and not mine & theirs:
            yield _broken(row, "incompatible", "they share no type of need")
        unknown = {"need type"} if not mine or not theirs else set()
        for young, old in ((partner, lead), (lead, partner)):
            low, high = young.get("age_low"), old.get("age_high")
            if low is None or high is None:
                unknown.add("age range")
            elif low >= high:
                yield _broken(row, "incompatible", "their age ranges share no year group")
        said = f"{' and '.join(sorted(unknown, reverse=True))} not known" if unknown else None
        if unknown and not self.rules.may_match_unknown:
            yield _broken(row, "not_known", f"{said}, and the definition waits until it is")
        if row["not_known"] != said:
            yield _broken(row, "not_known_disagrees", f"not_known is {row['not_known']}")

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


def _falls_in(partnership: Row, first: dt.date, after: dt.date) -> bool:
    """Tell whether a partnership has a day from ``first`` on that is before ``after``."""
    finished = partnership.get("finished_on")
    return bool(partnership["started_on"] < after and (finished is None or first < finished))


def _hubs_disagree(matches: Sequence[Row], hubs: pl.DataFrame) -> Iterator[Problem]:
    placed = collections.Counter((row["lead_urn"], row["pathway"]) for row in matches)
    listed = {(row["lead_urn"], row["pathway"]): row["n_matched"] for row in hubs.to_dicts()}
    for slot in placed.keys() | listed.keys():
        if placed[slot] != listed.get(slot, 0):
            fault = f"the hub table gives {slot} {listed.get(slot)} schools, not {placed[slot]}"
            yield Problem(code="hub_disagrees", urn=slot[0], fault=fault)


def _orders_broken(
    matches: Sequence[Row], overrides: pl.DataFrame | None, declared: Sequence[Row], free: Set[str]
) -> Iterator[Problem]:
    """Find pins that were not kept, and bans and conflicts that were not heeded."""
    orders = [] if overrides is None else overrides.to_dicts()
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


def _floors_broken(result: MatchResult) -> Iterator[Problem]:
    for floor in result.floors:
        if floor.n_matched < floor.n_floor:
            fault = f"{floor.group} has {floor.n_matched} schools matched, below {floor.n_floor}"
            yield Problem(code="below_floor", fault=fault)
