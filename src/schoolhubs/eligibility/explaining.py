"""The decision about one school, rule by rule, from the same engine as the whole of England."""

import datetime
from collections.abc import Collection

import polars as pl

from schoolhubs.eligibility.assessing import RULE, assess
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision, RuleReason, Verdict
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import register_words


def explain(
    facts: pl.DataFrame,
    applications: pl.DataFrame | None,
    rules: RulesAsAt,
    *,
    urn: str,
    answers_assumed: bool = False,
    lead_urns: Collection[str] | None = None,
    register_on: datetime.date | None = None,
) -> tuple[EligibilityDecision, ...]:
    """Give one school's decision on every pathway, with the reason of every rule.

    Parameters
    ----------
    facts
        frames.SCHOOL_FACTS holding at least the school and the schools of its trust.
    applications, rules, answers_assumed, lead_urns, register_on
        As for :func:`assess`.
    urn
        The school.

    Raises
    ------
    DataProblem
        If ``facts`` does not hold the school.
    """
    school = facts.filter(pl.col("urn") == urn)
    if school.is_empty():
        named = register_words(register_on or rules.on, rules.on)
        fault = f"no school with URN {urn} is in the {named}"
        remedy = "Check the number; a school that closed or converted may have a successor's URN."
        raise DataProblem([Problem(code="unknown_urn", urn=urn, fault=fault, remedy=remedy)])
    trust_id = school["trust_id"][0]
    same_trust = pl.lit(value=False) if trust_id is None else pl.col("trust_id") == trust_id
    near = facts.filter((pl.col("urn") == urn) | same_trust)
    own = None
    if applications is not None:
        own = applications.filter(pl.col("urn") == urn)
        if own.is_empty():  # judged without an application, as a school that has not applied
            own = None
    decided = assess(
        near, own, rules,
        answers_assumed=answers_assumed, lead_urns=lead_urns, register_on=register_on,
    )  # fmt: skip
    return decisions(decided.filter(pl.col("urn") == urn), rules)


def decisions(assessed: pl.DataFrame, rules: RulesAsAt) -> tuple[EligibilityDecision, ...]:
    """Turn rows of :func:`assess` into records."""
    return tuple(
        EligibilityDecision(
            programme_id=rules.programme_id,
            definition_version=rules.definition_version,
            cohort_id=rules.cohort_id,
            urn=row["urn"],
            pathway=row["pathway"],
            verdict=Verdict(row["verdict"]),
            reasons=tuple(
                RuleReason(
                    rule=name.removeprefix(RULE),
                    **{**reason, "verdict": Verdict(reason["verdict"])},
                )
                for name, reason in row.items()
                if name.startswith(RULE) and reason is not None
            ),
            on=rules.on,
        )
        for row in assessed.iter_rows(named=True)
    )
