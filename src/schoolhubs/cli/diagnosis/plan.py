"""``schoolhubs plan``: check an action plan, the equality gate included; its reviews."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import click

from schoolhubs import plans, programmes
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective, Review
from schoolhubs.vocabulary.records.rules import RulesAsAt

PROBLEMS = 3


@click.group()
def plan() -> None:
    """Action plans: objectives, actions, the Equality Act gate."""


@plan.command()
@click.argument(
    "path", metavar="PLAN", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--on",
    type=speak.DAY,
    metavar="DATE",
    help="Day of the check: its rules, and what is past by then; today if not given.",
)
@speak.as_json_option
@click.pass_context
def check(ctx: click.Context, path: Path, on: datetime.datetime | None, as_json: bool) -> None:
    """List what stands between a plan and its approval; exit code 3 if anything does.

    PLAN is a file in YAML or JSON. Each problem says what is wrong, where, and what to do.
    No problem is no proof that a plan is lawful.

    Example: schoolhubs plan check plan.yaml
    """
    day = on.date() if on else datetime.date.today()  # noqa: DTZ011 - the reader's own day
    try:
        found = plans.editing.read_plan(path)
        problems = plans.check(found, rules=_rules(found, day))
    except DataProblem as error:
        found, problems = None, error.problems
    if as_json:
        speak.show_json(
            {
                "plan": str(path),
                "on": day,
                **_told(found),
                "answers": _answers(),
                "problems": _listed(problems),
            }
        )
    elif problems:
        speak.say(str(DataProblem(problems, outcome=_outcome(problems))))
    elif found is not None:
        n = len(found.actions)
        click.echo(
            f"{found.plan_id}: {len(found.objectives)} objectives, {n} actions, all in order."
        )
    if problems:
        ctx.exit(PROBLEMS)


@plan.command()
@click.argument(
    "path", metavar="PLAN", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@speak.as_json_option
def progress(path: Path, as_json: bool) -> None:
    """Say of each review of a plan how far its objective had come, with the noise.

    PLAN is a file in YAML or JSON with its reviews. Of each review: the improvement since the
    baseline with its 90 % interval, what was expected by then, and the colour that allows.

    Example: schoolhubs plan progress plan.yaml
    """
    found = plans.editing.read_plan(path)
    held = {each.objective_id: each for each in found.objectives}
    reviews = [
        {**_row(held[each.objective_id], each), "objective_id": each.objective_id}
        for each in found.reviews
        if each.objective_id in held
    ]
    if as_json:
        speak.show_json({"plan": str(path), "reviews": reviews})
        return
    if not reviews:
        click.echo(f"{found.plan_id}: no objective was reviewed yet.")
    for each in reviews:
        click.echo(f"{each['objective_id']}, {each['reviewed_on']}: {_in_words(each)}")


def _row(objective: Objective, review: Review) -> dict[str, Any]:
    """Give one review and how far its objective had come; None where no figure was kept."""
    come = (
        plans.watching.progress(objective, review.measured, on=review.reviewed_on)
        if review.measured
        else None
    )
    return {
        "reviewed_on": review.reviewed_on, "rag": review.rag,
        "measured": review.measured and dataclasses.asdict(review.measured),
        "progress": come and dataclasses.asdict(come),
    }  # fmt: skip


def _in_words(row: dict[str, Any]) -> str:
    come = row["progress"]
    if come is None:
        return f"reviewed as {row['rag']} without a figure, which allows amber at best."
    return f"{come['said']} Reviewed as {row['rag']}; the figures allow {come['rag']}."


def _rules(found: ActionPlan, day: datetime.date) -> RulesAsAt | None:
    """Give the rules of the plan's programme; None where none of that name is shipped."""
    known = found.programme_id in programmes.list_ids()
    return programmes.load(found.programme_id).as_at(day) if known else None


def _answers() -> dict[str, str]:
    """Give the answers to a screen's questions: what a file writes, and what it means."""
    said = plans.facts.stored("gate/questions.yaml")
    return {**said["consequence"]["answers"], **said["answers"]}


def _outcome(problems: tuple[Problem, ...]) -> str:
    """Say what became of it, and how a file writes the answers where one is missing."""
    if all(each.code != "screen_open" for each in problems):
        return "The plan cannot be approved."
    told = "; ".join(f"{code} ({words})" for code, words in _answers().items())
    return f"The plan cannot be approved.\nAn answer is written in the file as {told}."


def _listed(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    return [
        {
            "code": each.code,
            "where": each.column or each.file,
            "text": f"{each.fault}. {each.remedy}".strip(),
        }
        for each in problems
    ]


def _told(found: ActionPlan | None) -> dict[str, object]:
    """Give each action's version and the questions of its screen."""
    if found is None:
        return {"actions": []}
    done = {each.action_id: each for each in found.screens}
    asked = [plans.screen(each, done.get(each.action_id)) for each in found.actions]
    return {
        "actions": [
            {
                "action_id": each.action_id,
                "version": each.version,
                "questions": [
                    {"question": one.question, "asks": one.asks, "because": one.because}
                    for one in each.questions
                ],
            }
            for each in asked
        ]
    }
