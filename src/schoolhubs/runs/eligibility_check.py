"""One school's eligibility from the school register: register → facts → decision."""

from collections.abc import Collection

import polars as pl

from schoolhubs import eligibility, schools
from schoolhubs.runs.parts.register import newest_urns
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision
from schoolhubs.vocabulary.records.rules import RulesAsAt


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
