"""``schoolhubs eligibility``: may one school join, and why."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import click
import polars as pl

from schoolhubs import eligibility as stage
from schoolhubs import files, programmes, runs, schools
from schoolhubs.cli import speak
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision, Verdict
from schoolhubs.vocabulary.records.rules import RuleKind, RulesAsAt

SIGNS = {Verdict.YES: "yes", Verdict.NO: "NO", Verdict.CANNOT_TELL: "cannot tell"}
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def eligibility() -> None:
    """Say who may join a programme, rule by rule, with reasons."""


@eligibility.command()
@click.option("--programme", "programme_id", required=True, help="Such as rise-hubs-2025.")
@click.option(
    "--register",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="School register from `data build`.",
)
@click.option("--urn", required=True, help="The school's URN, six digits.")
@speak.on_option
@click.option("--applications", type=FILE, help="CSV with the school's answers.")
@click.option("--leads", type=FILE, help="CSV of lead schools, which are nobody's partner.")
@speak.as_json_option
def check(
    programme_id: str,
    register: Path,
    urn: str,
    on: datetime.datetime,
    applications: Path | None,
    leads: Path | None,
    as_json: bool,
) -> None:
    """Give one school's verdict on each pathway, with the reason of every rule.

    Without an application of the school, the answers that the programme asks for are taken as
    given; every such reason is marked assumed. Without --leads, the rule that a lead school is
    nobody's partner is not asked, and the answer says so.

    Example: schoolhubs eligibility check --programme rise-hubs-2025 --register output/register
    --urn 900018 --on 2026-01-29
    """
    number = Urn(urn)
    rules = programmes.load(programme_id).as_at(on.date())
    ours = _ours(applications, number, rules) if applications else None
    led = files.read_list(leads, "leads") if leads else None
    held = schools.read_register(register)
    decisions = runs.check_school(
        held,
        rules,
        urn=number,
        applications=ours,
        lead_urns=None if led is None else _leading(led, rules),
    )
    not_asked = [] if led is not None else _of_leads(rules)
    for said in (*held.said_of_day(rules.on), *_notes(rules, ours, not_asked)):
        speak.say(said)
    if not as_json:
        for decision in decisions:
            _print(decision)
        return
    speak.show_json(
        {
            "urn": number,
            "programme_id": rules.programme_id,
            "definition_version": rules.definition_version,
            "on": on.date(),
            "rules_on": rules.rules_on,
            "is_rehearsal": rules.is_rehearsal,
            "is_over": rules.is_over,
            "are_answers_assumed": ours is None,
            "rules_not_asked": [name for name, _ in not_asked],
            "pathways": [decision.as_dict() for decision in decisions],
        }
    )


def _ours(path: Path, urn: Urn, rules: RulesAsAt) -> pl.DataFrame | None:
    """Read the list, say what is wrong with the school's answers; None if it did not apply."""
    applied = files.read_list(path, "applications")
    for problem in stage.check_answers(applied, rules).problems:
        if problem.urn == urn:
            speak.say(str(dataclasses.replace(problem, file=path.name)))
    to_it = pl.col("programme_id").is_null() | (pl.col("programme_id") == rules.programme_id)
    ours = applied.filter(to_it)
    return ours if urn in ours["urn"].to_list() else None


def _leading(led: pl.DataFrame, rules: RulesAsAt) -> list[str]:
    """Give the schools that lead a hub of the programme on the day, as a round takes the list."""
    named, begun, over = pl.col("programme_id"), pl.col("leads_from"), pl.col("leads_until")
    ours = led.filter(
        named.is_null() | (named == rules.programme_id),
        begun.is_null() | (begun <= rules.on),
        over.is_null() | (over > rules.on),
    )
    return ours["urn"].to_list()


def _notes(
    rules: RulesAsAt, ours: pl.DataFrame | None, not_asked: list[tuple[str, str]]
) -> Iterator[str]:
    """Say what was taken for granted, what was not asked, and whether the day is out of time."""
    if ours is None:
        yield "No application of this school to this programme was given: its answers are assumed."
    for name, asks in not_asked:
        yield f"Not asked, as --leads names no list of lead schools: {asks} ({name})."
    if rules.is_rehearsal:
        yield f"A rehearsal: the programme had not begun; rules of {rules.rules_on} apply."
    if rules.is_over:
        yield f"The programme was over from {rules.finished_on}; its last rules are tried."


def _of_leads(rules: RulesAsAt) -> list[tuple[str, str]]:
    """Name the rules that need a list of lead schools, with what they ask."""
    return [
        (rule.rule, rule.asks)
        for rule in rules.eligibility
        if rule.test.kind is RuleKind.NOT_A_LEAD
    ]


def _print(decision: EligibilityDecision) -> None:
    click.echo(f"{decision.pathway}: {decision.verdict.value}")
    for reason in decision.reasons:
        assumed = " [assumed]" if reason.is_assumed else ""
        click.echo(
            f"  {SIGNS[reason.verdict]:<12}{reason.rule}: {reason.value or 'not known'}{assumed}"
        )
        click.echo(f"{'':14}asked: {reason.threshold}; read in: {reason.source}")
        if reason.would_pass_if:
            click.echo(f"{'':14}would pass if {reason.would_pass_if}")
