"""The hard rules that a pair of schools keeps or breaks, whoever else is matched."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix

Row = Mapping[str, Any]
HALF_HUNDREDTH = 0.005 + 1e-6  # minutes are printed to a hundredth


class Pairs:
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

    def may(self, partner_urn: str, lead_urn: str) -> bool:
        """Tell whether the rules on schools and journeys leave a pair each other."""
        minutes = round(
            float(self.travel.minutes[self.rows[partner_urn], self.columns[lead_urn]]), 2
        )
        # What is not a number is within no limit.
        if partner_urn in self.leads or not minutes <= self.rules.absolute_maximum_minutes:
            return False
        row = {"urn": partner_urn, "lead_urn": lead_urn}
        return not any(self._of_schools(row, self.partners[partner_urn], self.leads[lead_urn]))

    def pair(self, row: Row) -> Iterator[Problem]:
        """Find the rules that one match breaks."""
        partner, lead = self.partners.get(row["urn"]), self.leads.get(row["lead_urn"])
        if partner is None or lead is None:
            yield _broken(row, "unknown_school", "one of the two is not part of this round")
            return
        if row["urn"] in self.leads:
            yield _broken(row, "lead_as_partner", "a lead school is nobody's partner")
        yield from self._of_schools(row, partner, lead)
        if self.rules.compatibility is Compatibility.NEED_TYPE_AND_AGE:
            said = _not_known(partner, lead)
            if row["not_known"] != said:
                yield _broken(row, "not_known_disagrees", f"not_known is not {said}")
        if row["pathway"] not in (partner["pathways"] or ()):
            yield _broken(row, "wrong_pathway", f"it may not be placed on {row['pathway']}")
        yield from self._journey(row)

    def _of_schools(self, row: Row, partner: Row, lead: Row) -> Iterator[Problem]:
        """Find the rules on what two schools are that a pair breaks."""
        if not self._phases_suit(partner, lead):
            yield _broken(row, "incompatible", "their phases do not suit")
        trust = partner.get("trust_id")
        if self.rules.forbids_own_trust and trust is not None and trust == lead.get("trust_id"):
            yield _broken(row, "own_trust", f"both are in trust {trust}")
        if self.rules.compatibility is Compatibility.NEED_TYPE_AND_AGE:
            yield from self._needs_and_ages(row, partner, lead)

    def _phases_suit(self, partner: Row, lead: Row) -> bool:
        if self.rules.lead_phases or self.rules.compatibility is Compatibility.PHASE:
            return lead["phase"] in self.rules.lead_phases.get(partner["phase"], frozenset())
        return True

    def _needs_and_ages(self, row: Row, partner: Row, lead: Row) -> Iterator[Problem]:
        """Find a mismatch that can be read, or one that must first be known not to be there."""
        mine, theirs = _needs(partner), _needs(lead)
        if mine and theirs and not mine & theirs:
            yield _broken(row, "incompatible", "they share no type of need")
        for low, high in _ages(partner, lead):
            if low is not None and high is not None and low >= high:
                yield _broken(row, "incompatible", "their age ranges share no year group")
        if not self.rules.may_match_unknown and (said := _not_known(partner, lead)):
            yield _broken(row, "not_known", f"{said}, and the definition waits until it is")

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


def _needs(school: Row) -> set[str]:
    return set(school.get("need_types") or ())


def _ages(partner: Row, lead: Row) -> tuple[tuple[int | None, int | None], ...]:
    """Lowest age of each with the highest of the other."""
    return (
        (partner.get("age_low"), lead.get("age_high")),
        (lead.get("age_low"), partner.get("age_high")),
    )


def _not_known(partner: Row, lead: Row) -> str | None:
    """Say what was not there to be read."""
    what = [] if _needs(partner) and _needs(lead) else ["need type"]
    if any(age is None for pair in _ages(partner, lead) for age in pair):
        what.append("age range")
    return f"{' and '.join(what)} not known" if what else None


def _broken(row: Row, code: str, fault: str) -> Problem:
    return Problem(code=code, urn=row["urn"], fault=f"{row['urn']} to {row['lead_urn']}: {fault}")
