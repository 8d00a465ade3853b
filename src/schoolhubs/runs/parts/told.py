"""What a round says of its applications: what it took for granted, and what it left aside."""

import datetime
from collections.abc import Iterator

import polars as pl

from schoolhubs import travel
from schoolhubs.runs.parts.leads import of_programme
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.sourced import Assumption
from schoolhubs.vocabulary.words import counted


def holds_no_answers(applications: pl.DataFrame | None, rules: RulesAsAt) -> bool:
    """Tell whether a list carries none of the programme's questions, so that nobody was asked.

    An answer left blank where others answered is another matter: there the rule cannot tell.
    """
    if applications is None:
        return True
    return not {question.question for question in rules.questions} & set(applications.columns)


def assumed(applications: pl.DataFrame | None, rules: RulesAsAt) -> tuple[Assumption, ...]:
    """Say what a round takes for granted because no list and no publication holds it."""
    said = []
    if applications is None:
        said.append(
            Assumption(
                where="applications",
                value="every open state school applies, for any pathway",
                description="Who applies",
                why="No applications were given: the round shows what would happen if all applied.",
            )
        )
    if rules.questions and holds_no_answers(applications, rules):
        said.append(
            Assumption(
                where="applications",
                value="every question is answered as the rules ask",
                description="What the applications answer",
                why="The list holds no answers to the programme's questions.",
            )
        )
    return (*said, *travel.assumptions())


def turned(rules: RulesAsAt) -> Iterator[str]:
    """Say in a sentence which values of the definition an office turned for this round."""
    if rules.changes:
        n = counted(len(rules.changes), "value of the definition was", "values were")
        yield f"A what-if: {n} changed for this round: {'; '.join(map(str, rules.changes))}."


def ruled(decided: pl.DataFrame) -> Iterator[str]:
    """Say in a sentence how many decisions people made, and how many against the rules."""
    rulings = decided.drop_nulls("ruled_by")
    if rulings.height:
        n_against = rulings.filter(pl.col("verdict") != pl.col("rules_verdict")).height
        was = counted(rulings.height, "decision was", "decisions were")
        yield (
            f"{was} made by people, {n_against:,} of them other than the rules alone say: see "
            "ruled_by in decisions.csv."
        )


def starts_later(starts_on: datetime.date | None, rules: RulesAsAt) -> Iterator[str]:
    """Say in a sentence that what is matched starts after the day of the round."""
    if starts_on and starts_on > rules.on:
        yield (
            f"What is matched starts on {starts_on.day} {starts_on:%B %Y}; places are counted over "
            "the terms from then."
        )


def out_of_time(rules: RulesAsAt) -> Iterator[str]:
    """Say in sentences that no round was held at such a time: after the end, or between cohorts."""
    if rules.is_over:
        yield (
            f"{rules.title} was over on {rules.on}: {rules.finished_on} was the first day after "
            "it. Its last rules are tried on that later day."
        )
        return
    if rules.is_rehearsal:
        return
    term = term_starts_on(rules.on)
    if rules.cohorts and term not in {term_starts_on(day) for day in rules.cohorts}:
        yield (
            f"No cohort was to start in the term from {term}: the "
            f"{counted(len(rules.cohorts), 'published cohort')} began between "
            f"{min(rules.cohorts)} and {max(rules.cohorts)}."
        )
    last = rules.last_trust_intake_on
    if last is not None and term > term_starts_on(last):
        yield f"Trusts started for the last time in the term from {last}."


def n_later(applications: pl.DataFrame | None, rules: RulesAsAt) -> int:
    """Count the applications to the programme that were made after the day of the round."""
    if applications is None or "applied_on" not in applications.columns:
        return 0
    ours = of_programme(applications, rules.programme_id)
    return int((ours["applied_on"] > rules.on).sum())


def of_others(listed: pl.DataFrame, rules: RulesAsAt, one: str, many: str) -> Iterator[str]:
    """Say in a sentence how many rows of a list name another programme, and which."""
    if "programme_id" not in listed.columns:
        return
    others = listed.filter(pl.col("programme_id") != rules.programme_id)
    if others.height:
        by_id = others.group_by("programme_id").len().sort("programme_id").iter_rows()
        named = ", ".join(f"{name} ({n:,})" for name, n in by_id)
        yield (
            f"{counted(others.height, one, many)} for another programme than "
            f"{rules.programme_id}: {named}."
        )


def left_aside(applications: pl.DataFrame | None, rules: RulesAsAt) -> Iterator[str]:
    """Say in sentences what a list of applications holds that the round did not use."""
    if applications is None:
        return
    yield from of_others(applications, rules, "application is", "applications are")
    if n := n_later(applications, rules):
        made = counted(n, "application was", "applications were")
        waits = "waits" if n == 1 else "wait"
        yield f"{made} made after the day of the round and {waits} for the next."
    known = {*frames.APPLICATIONS.schema, *(question.question for question in rules.questions)}
    if unknown := [name for name in applications.columns if name not in known]:
        yield f"Columns that are no question of the programme were not read: {', '.join(unknown)}."
