"""Who worked with whom: each partner with a lead of its region that had a place, if there was."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs import programmes
from schoolhubs.synthetic.calibration import read_yaml
from schoolhubs.synthetic.england import England
from schoolhubs.vocabulary.calendar import AcademicYear, Term, term_finishes_on
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A partner with its lead, before anything is delivered."""

    partnership_id: str
    rules: RulesAsAt
    pathway: str
    urn: str
    lead_urn: str
    trust_id: str
    region: str
    starts_on: datetime.date
    finishes_on: datetime.date

    @property
    def cohort_id(self) -> str:
        """Schools that start together, such as ``2025-26-autumn``."""
        year = AcademicYear.holding(self.starts_on).replace("/", "-")
        return f"{year}-{Term.holding(self.starts_on).value}"


def pairs(imagined: England) -> Iterator[Pair]:
    """Give every partnership of the delivered years, programme by programme."""
    regions = _regions(imagined)
    trusts = dict(
        imagined.trusts.members.filter(pl.col("left_on").is_null())
        .select("urn", "trust_id")
        .iter_rows()
    )
    number = 0
    for programme_id, facts in read_yaml("delivered.yaml")["programmes"].items():
        rules = programmes.load(programme_id).as_at(facts["starts_on"])
        places = _places(imagined, rules, regions)
        for urn, pathway in _partners(imagined, rules, set(regions)):
            lead_urn = _take_place(places, pathway, regions[urn])
            kind = rules.pathway(pathway).partner_kind
            if lead_urn is None or (kind == "trust" and urn not in trusts):
                continue
            number += 1
            yield Pair(
                partnership_id=f"p{number:05d}",
                rules=rules,
                pathway=pathway,
                urn=urn,
                lead_urn=lead_urn,
                trust_id=trusts[urn] if kind == "trust" else "",
                region=regions[urn],
                starts_on=facts["starts_on"],
                finishes_on=_finishes_on(facts["starts_on"], rules.pathway(pathway)),
            )


def _finishes_on(starts_on: datetime.date, pathway: PathwayRules) -> datetime.date:
    day = starts_on
    for _ in range(pathway.duration_terms):
        day = term_finishes_on(day)
    return day


def _regions(imagined: England) -> Mapping[str, str]:
    """Give the region of each open state-funded school."""
    schools = imagined.history.schools.with_row_index("school")
    entries = imagined.history.entries.filter(pl.col("status").str.starts_with("Open"))
    told = entries.select("school", "urn").join(
        schools.select(pl.col("school").cast(pl.Int64), "region", "kind"), on="school"
    )
    state = told.filter(pl.col("kind") != "independent")
    return dict(state.sort("urn").select("urn", "region").iter_rows())


def _partners(imagined: England, rules: RulesAsAt, known: set[str]) -> Iterator[tuple[str, str]]:
    """Give schools that asked to join, with a pathway, no lead among them."""
    own = pl.col("programme_id") == rules.programme_id
    leads = set(imagined.leads.filter(own)["urn"])
    asked = imagined.applications.filter(own).sort("applied_on", "urn")
    names = {each.pathway for each in rules.pathways}
    for urn, pathway in asked.select("urn", "pathway").iter_rows():
        if urn in known and urn not in leads and pathway in names:
            yield urn, pathway


_Places = dict[str, dict[str, list[list[Any]]]]


def _places(imagined: England, rules: RulesAsAt, regions: Mapping[str, str]) -> _Places:
    """Give for each pathway and region the leads with their free places."""
    found: _Places = {each.pathway: {} for each in rules.pathways}
    leads = imagined.leads.filter(pl.col("programme_id") == rules.programme_id).sort("urn")
    for row in leads.iter_rows(named=True):
        for each in rules.pathways:
            given = row.get(f"capacity_{each.pathway}")
            places = each.places_per_lead if given is None else given
            of_region = found[each.pathway].setdefault(regions[row["urn"]], [])
            of_region.append([row["urn"], places])
    return found


def _take_place(places: _Places, pathway: str, region: str) -> str | None:
    """Take a place at the lead of the region with most left, else of any region."""
    free = [each for each in places[pathway].get(region, ()) if each[1]]
    if not free:
        free = [each for of in places[pathway].values() for each in of if each[1]]
    if not free:
        return None
    best = max(free, key=lambda each: each[1])
    best[1] -= 1
    return str(best[0])
