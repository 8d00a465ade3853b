"""``schoolhubs programme``: list, show, check and compare programme definitions."""

import datetime
from pathlib import Path
from typing import Any

import click

from schoolhubs import programmes, runs
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.records.settings import DatedValue

DATE = speak.DAY


@click.group()
def programme() -> None:
    """Read programme definitions: rules, money and dates as sourced data."""


@programme.command("list")
@speak.as_json_option
def list_(as_json: bool) -> None:
    """List the programmes that come with the project.

    Example: schoolhubs programme list
    """
    known = [programmes.load(programme_id) for programme_id in programmes.list_ids()]
    if as_json:
        speak.show_json({"programmes": [_about(each) for each in known]})
        return
    for each in known:
        click.echo(f"{each.programme_id:<26}{each.title}")


@programme.command()
@click.argument("programme_id", metavar="ID")
@click.option("--on", type=DATE, metavar="DATE", help="Rules of this date; today if not given.")
@speak.as_json_option
def show(programme_id: str, on: datetime.datetime | None, as_json: bool) -> None:
    """Print a definition with the source and status of every value; ID may be a folder's path.

    Example: schoolhubs programme show rise-hubs-2025 --on 2025-11-12
    """
    found = programmes.load(programme_id)
    day = on.date() if on else datetime.date.today()  # noqa: DTZ011 - the reader's own day
    if as_json:
        speak.show_json(_shown(found, day))
    else:
        click.echo(programmes.describe(found, day), nl=False)


@programme.command()
@click.argument("path")
@speak.as_json_option
def check(path: str, as_json: bool) -> None:
    """Check a definition's folder: its shape, its sense, its sources and its own cases.

    Every fault is listed with file, line, column and what to do; exit code 3 if there are any.

    Example: schoolhubs programme check rise-hubs-2025
    """
    folder = Path(path)
    if path in programmes.list_ids() and not folder.exists():
        folder = programmes.load(path).folder
    if problems := runs.check_programme(folder):
        raise DataProblem(problems)
    found = programmes.load(folder)
    warnings = _of_a_copy(found)
    for said in warnings:
        speak.say(said)
    n_cases = sum(len(one["cases"]) for one in (*found.cases, *found.money_cases))
    if as_json:
        record = {"path": path, **_about(found), "settings": len(found.settings), "cases": n_cases}
        speak.show_json({**record, "problems": [], "warnings": warnings})
    else:
        n_values = len(found.settings)
        click.echo(f"{found.programme_id}: {n_values} values and {n_cases} cases, all in order.")


@programme.command()
@click.argument("programme_id", metavar="ID")
@click.option("--from", "earlier", type=DATE, required=True, metavar="DATE", help="Earlier date.")
@click.option("--to", "later", type=DATE, required=True, metavar="DATE", help="Later date.")
@speak.as_json_option
def diff(
    programme_id: str, earlier: datetime.datetime, later: datetime.datetime, as_json: bool
) -> None:
    """Say what changed in a programme between two dates.

    Example: schoolhubs programme diff rise-hubs-2025 --from 2025-09-01 --to 2026-02-01
    """
    if earlier > later:
        raise UsageError(f"--from {earlier.date()} lies after --to {later.date()}: swap them.")
    found = programmes.load(programme_id)
    changes = programmes.compare(found, earlier.date(), later.date())
    if as_json:
        record = {
            "programme_id": found.programme_id,
            "definition_version": found.definition_version,
            "from": earlier.date(),
            "to": later.date(),
        }
        changed = [
            {
                "path": each.path,
                "description": each.description,
                "unit": each.unit,
                "is_first_published": each.is_first_published,
                "earlier": _entry(each.earlier),
                "later": _entry(each.later),
            }
            for each in changes
        ]
        speak.show_json({**record, "changes": changed})
        return
    heading = ""
    for change in changes:
        kind = "First published in between" if change.is_first_published else "Changed"
        if kind != heading:
            click.echo(f"{chr(10) if heading else ''}{kind}\n{'-' * len(kind)}")
            heading = kind
        click.echo(f"{change.path}: {change.description}")
        for day, words in zip((earlier, later), change.words, strict=True):
            click.echo(f"  {day.date()}  {words}")
    if not changes:
        click.echo(f"Nothing changed between {earlier.date()} and {later.date()}.")


def _of_a_copy(found: programmes.Programme) -> list[str]:
    """Warn of a definition from elsewhere that has the id of one that comes with the project."""
    name = found.programme_id
    if name not in programmes.list_ids():
        return []
    if found.folder.resolve() == programmes.load(name).folder.resolve():
        return []
    said = (
        f"Warning: {name} is also the id of a programme that comes with the project, so their "
        "rounds could not be told apart. Give your own another programme_id in programme.yaml."
    )
    return [said]


def _about(found: programmes.Programme) -> dict[str, Any]:
    return {
        "programme_id": found.programme_id,
        "title": found.title,
        "definition_version": found.definition_version,
        "began_on": found.began_on,
    }


def _shown(found: programmes.Programme, on: datetime.date) -> dict[str, Any]:
    rules = found.as_at(on)
    settings = [
        {
            "path": setting.path,
            "description": setting.description,
            "unit": setting.unit,
            "rule": setting.rule,
            "in_force": _entry(found.in_force(path, rules.rules_on)),
            "values": [_entry(entry) for entry in setting.entries],
            "also_published": [_entry(entry) for entry in setting.also_published],
        }
        for path, setting in found.settings.items()
    ]
    return {
        **_about(found),
        "on": on,
        "rules_on": rules.rules_on,
        "is_rehearsal": rules.is_rehearsal,
        "is_over": rules.is_over,
        "summary": found.tree["programme"]["summary"],
        "contradictions": found.tree["programme"].get("contradictions", []),
        "pathways": [pathway.pathway for pathway in rules.pathways],
        "rules": [
            {"rule": each.rule, "asks": each.asks, "pathways": list(each.pathways)}
            for each in rules.eligibility
        ],
        "questions": [
            {
                "question": each.question,
                "wording": each.wording,
                "kind": each.kind.value,
                "phases": list(each.phases),
            }
            for each in rules.questions
        ],
        "settings": settings,
        "assumptions": [each.as_dict() for each in rules.assumptions],
    }


def _entry(entry: DatedValue | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    source = {"title": entry.source.title, "read_on": entry.source.read_on, "url": entry.source.url}
    return {
        "value": entry.value,
        "from_on": entry.from_on,
        "status": entry.status.value,
        "source": source,
        "why": entry.why,
    }
