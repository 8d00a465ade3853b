"""One school: may it join, and which hubs are nearest to it; register → facts → decision."""

from collections.abc import Collection

import polars as pl

from schoolhubs import eligibility, schools
from schoolhubs.runs.parts.journeys import journeys
from schoolhubs.runs.parts.register import newest_urns
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.travel import NearHub

MOST_HUBS = 3


def check_school(
    register: schools.SchoolRegister,
    rules: RulesAsAt,
    *,
    urn: str,
    applications: pl.DataFrame | None = None,
    lead_urns: Collection[str] | None = None,
) -> tuple[EligibilityDecision, ...]:
    """Decide one school on every pathway, with a reason for each rule.

    Parameters
    ----------
    register
        The school register; seen as on ``rules.on`` where that is not its own day.
    applications
        frames.APPLICATIONS with answers. Without the school's own application its answers are
        taken as those asked for, and every such reason is marked assumed.

    Raises
    ------
    DataProblem
        If the register does not hold the school.
    """
    facts = schools.facts(schools.as_seen(register, on=rules.on), on=rules.on)
    applied = applications is not None and urn in applications["urn"].to_list()
    now = newest_urns(facts)
    led = None if lead_urns is None else [now.get(lead, lead) for lead in lead_urns]
    return eligibility.explain(
        facts,
        applications if applied else None,
        rules,
        urn=urn,
        answers_assumed=not applied,
        lead_urns=led,
        register_on=register.on,
    )


def near_hubs(
    facts: pl.DataFrame, leads: pl.DataFrame, rules: RulesAsAt, *, urn: str
) -> tuple[NearHub, ...]:
    """Give the nearest hubs whose lead suits a school by phase, at most three.

    A hub nearer than another is not promised: a match weighs every school at once.

    Parameters
    ----------
    facts, leads
        frames.SCHOOL_FACTS holding the school, and the lead schools.
    rules
        Says which phases suit, and the preferred limit on the drive.

    Returns
    -------
    tuple of NearHub
        Nearest first, ties by URN; empty where the school has no known place or no lead suits.
    """
    school = facts.filter(pl.col("urn") == urn)
    suited = rules.matching.lead_phases.get(school["phase"].item(), frozenset())
    possible = leads.filter(
        pl.col("phase").is_in(sorted(suited)) & pl.col("lat").is_not_null() & (pl.col("urn") != urn)
    ).sort("urn")
    if possible.is_empty() or school["lat"].null_count():
        return ()
    found = journeys(school, possible, pl.concat([school, possible]))
    limit = rules.matching.preferred_maximum_minutes
    straddles = found.straddles(limit)[0]
    hubs = [
        NearHub(
            lead_urn=row["urn"],
            lead_name=row["school_name"],
            minutes=float(found.minutes[0, index]),
            minutes_low=float(found.minutes_low[0, index]),
            minutes_high=float(found.minutes_high[0, index]),
            is_ferry=bool(found.is_ferry[0, index]),
            straddles_limit=bool(straddles[index]),
            source=found.source,
        )
        for index, row in enumerate(possible.iter_rows(named=True))
        if found.minutes[0, index] <= rules.matching.absolute_maximum_minutes
    ]
    return tuple(sorted(hubs, key=lambda hub: (hub.minutes, hub.lead_urn))[:MOST_HUBS])
