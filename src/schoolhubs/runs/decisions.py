"""Who applied to a round, and what was decided on each pathway in question."""

import dataclasses
from collections.abc import Iterator, Sequence

import polars as pl

from schoolhubs import eligibility
from schoolhubs.runs.cohort import of_programme
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.round import DECISIONS
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.sourced import Assumption

RULE = "rule_"


def applicants(
    applications: pl.DataFrame | None, facts: pl.DataFrame, rules: RulesAsAt
) -> pl.DataFrame:
    """Give frames.APPLICATIONS of this programme made by the day of the round.

    With no applications at all, every open state school applies, for no pathway in particular.

    Raises
    ------
    DataProblem
        With every pathway or answer that cannot be read, and every application made twice.
    """
    if applications is None:
        every = facts.filter(pl.col("is_open") & pl.col("is_state_funded")).select("urn")
        return frames.APPLICATIONS.fill(every)
    if problems := eligibility.check_answers(applications, rules).problems:
        named = [dataclasses.replace(problem, file="applications") for problem in problems]
        raise DataProblem(named, outcome="Nothing was written.")
    in_time = pl.col("applied_on").is_null() | (pl.col("applied_on") <= rules.on)
    return of_programme(applications, rules.programme_id).filter(in_time)


def decide(
    applicants: pl.DataFrame,
    facts: pl.DataFrame,
    rules: RulesAsAt,
    lead_urns: Sequence[str],
    *,
    answers_assumed: bool,
) -> pl.DataFrame:
    """Decide every application, on each pathway it puts in question.

    Where the definition says that the school decides, that is the pathway it asked for; else,
    and where it asked for none, every pathway.

    Returns
    -------
    polars.DataFrame
        records.round.DECISIONS, then ``asked_for`` and for each rule ``<rule>_verdict`` and
        ``<rule>_value``; sorted by URN.
    """
    judged = eligibility.assess(
        facts, applicants, rules, answers_assumed=answers_assumed, lead_urns=lead_urns
    )
    wishes = applicants.select("urn", pl.col("pathway").alias("asked_for"))
    judged = judged.join(wishes.unique("urn", keep="first"), on="urn", how="left")
    if rules.pathway_decided_by == "school":
        asked = pl.col("asked_for")
        judged = judged.filter(asked.is_null() | (asked == pl.col("pathway")))
    named = judged.join(facts.select("urn", "school_name", "region", "phase"), on="urn", how="left")
    each = [name.removeprefix(RULE) for name in judged.columns if name.startswith(RULE)]
    binding = [
        pl.when(pl.col("binding_rule") == rule).then(
            pl.col(RULE + rule).struct.field("would_pass_if")
        )
        for rule in each
    ]
    by_rule = [
        pl.col(RULE + rule).struct.field(field).alias(f"{rule}_{field}")
        for rule in each
        for field in ("verdict", "value")
    ]
    settled = pl.coalesce(binding) if binding else pl.lit(None, dtype=pl.String)
    return named.with_columns(settled.alias("would_pass_if"), *by_rule).select(
        *DECISIONS.schema, "asked_for", *(column.meta.output_name() for column in by_rule)
    )


def holds_no_answers(applications: pl.DataFrame | None, rules: RulesAsAt) -> bool:
    """Tell whether a list carries none of the programme's questions, so that nobody was asked.

    An answer left blank where others answered is another matter: there the rule cannot tell.
    """
    if applications is None:
        return True
    return not {question.question for question in rules.questions} & set(applications.columns)


def assumed(applications: pl.DataFrame | None, rules: RulesAsAt) -> tuple[Assumption, ...]:
    """Say what a round takes for granted because its lists do not hold it."""
    said = []
    if applications is None:
        said.append(
            Assumption(
                where="applications",
                value="every open state school applies, for any pathway",
                why="No applications were given: the round shows what would happen if all applied.",
            )
        )
    if rules.questions and holds_no_answers(applications, rules):
        said.append(
            Assumption(
                where="applications",
                value="every question is answered as the rules ask",
                why="The list holds no answers to the programme's questions.",
            )
        )
    return tuple(said)


def left_aside(applications: pl.DataFrame | None, rules: RulesAsAt) -> Iterator[str]:
    """Say in sentences what a list of applications holds that the round did not use."""
    if applications is None:
        return
    ours = of_programme(applications, rules.programme_id)
    if n := applications.height - ours.height:
        yield f"{n:,} applications are to another programme."
    if "applied_on" in ours.columns and (n := int((ours["applied_on"] > rules.on).sum())):
        yield f"{n:,} applications were made after the day of the round and wait for the next."
    known = {*frames.APPLICATIONS.schema, *(question.question for question in rules.questions)}
    if unknown := [name for name in applications.columns if name not in known]:
        yield f"Columns that are no question of the programme were not read: {', '.join(unknown)}."
