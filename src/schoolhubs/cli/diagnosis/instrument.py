"""``schoolhubs instrument``: list and check surveys and self-assessments."""

from pathlib import Path
from typing import Any

import click

from schoolhubs import diagnosis
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument


@click.group()
def instrument() -> None:
    """Read instruments: surveys and self-assessments as versioned data."""


@instrument.command("list")
@speak.as_json_option
def list_(as_json: bool) -> None:
    """List the instruments that come with the project.

    Example: schoolhubs instrument list
    """
    known = [diagnosis.instrument(name) for name in diagnosis.instruments()]
    if as_json:
        speak.show_json({"instruments": [_about(each) for each in known]})
        return
    for each in known:
        click.echo(f"{each.instrument_id:<34}{each.version:<6}{each.title}")


@instrument.command()
@click.argument("path")
@speak.as_json_option
def check(path: str, as_json: bool) -> None:
    """Check an instrument, a translation, or a folder of them; PATH may be a listed name.

    Every fault is listed with file, line, column and what to do; exit code 3 if there are any.

    Example: schoolhubs instrument check pupil-survey
    """
    is_listed = path in diagnosis.instruments() and not Path(path).exists()
    if is_listed:
        found = diagnosis.instrument(path)
    else:
        if problems := diagnosis.check_instrument(Path(path)):
            raise DataProblem(problems)
        if _holds_several(Path(path)):
            _say_in_order(path, as_json)
            return
        found = diagnosis.instrument(Path(path))
    if as_json:
        speak.show_json({"path": path, **_about(found), "problems": []})
    else:
        n = len(found.items)
        click.echo(f"{found.instrument_id} {found.version}: {n} items, all in order.")


def _holds_several(path: Path) -> bool:
    """Tell a folder, or a translation (``1.0.cy.yaml``), from one instrument."""
    name, _, language = path.stem.rpartition(".")
    return path.is_dir() or (bool(name) and language.isalpha())


def _say_in_order(path: str, as_json: bool) -> None:
    if as_json:
        speak.show_json({"path": path, "problems": []})
    else:
        click.echo(f"{path}: all in order.")


def _about(found: Instrument) -> dict[str, Any]:
    return {
        "instrument_id": found.instrument_id,
        "version": found.version,
        "fingerprint": found.fingerprint,
        "title": found.title,
        "kind": found.kind,
        "respondents": found.respondents,
        "topics": list(found.topics),
        "settings": list(found.settings),
        "items": len(found.items),
        "reversed": sum(each.is_reversed for each in found.items),
        "scales": [each.name for each in found.scales],
    }
