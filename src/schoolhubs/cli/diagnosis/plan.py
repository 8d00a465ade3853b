"""``schoolhubs plan``: check an action plan, the equality gate included."""

import datetime
from pathlib import Path

import click

from schoolhubs import plans, programmes
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan
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
    "--on", type=speak.DAY, metavar="DATE", help="Rules of this date; today if not given."
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
            {"plan": str(path), "on": day, **_told(found), "problems": _listed(problems)}
        )
    elif problems:
        speak.say(str(DataProblem(problems, outcome="The plan cannot be approved.")))
    elif found is not None:
        n = len(found.actions)
        click.echo(
            f"{found.plan_id}: {len(found.objectives)} objectives, {n} actions, all in order."
        )
    if problems:
        ctx.exit(PROBLEMS)


def _rules(found: ActionPlan, day: datetime.date) -> RulesAsAt | None:
    """Give the rules of the plan's programme; None where none of that name is shipped."""
    known = found.programme_id in programmes.list_ids()
    return programmes.load(found.programme_id).as_at(day) if known else None


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
    asked = [plans.screen(each) for each in found.actions]
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
