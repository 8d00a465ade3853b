"""The ledger: releases that went out, kept in a folder so that later ones are held against them.

Each release is a numbered pair of files: ``0001.parquet`` with the table as it went out and, last
written, ``0001.json`` with its layout, rules and name. Nothing hidden is in either.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, Release, TableLayout
from schoolhubs.vocabulary.tables import write_text, written_whole

FORMAT = 1


def read_releases(folder: Path) -> tuple[Release, ...]:
    """Read every release of a ledger, in the order they went out; none where there is no folder.

    Raises
    ------
    DataProblem
        If a release cannot be read whole.
    """
    return tuple(_read(path) for path in sorted(folder.glob("[0-9]*.json")))


def write_release(folder: Path, release: Release) -> Path:
    """Add a release to a ledger; give the path of its record.

    Raises
    ------
    Conflict
        If the ledger has one of that name.
    """
    before = sorted(folder.glob("[0-9]*.json"))
    if any(_read(path).name == release.name for path in before):
        raise Conflict(f"{folder} has a release called {release.name!r}. Give this one a name.")
    number = int(before[-1].stem) + 1 if before else 1
    with written_whole(folder / f"{number:04}.parquet") as beside:
        release.table.write_parquet(beside)
    path = folder / f"{number:04}.json"
    told = {
        "format": FORMAT,
        "name": release.name,
        "rules": dataclasses.asdict(release.rules),
        "layout": dataclasses.asdict(release.layout),
        "uneven": release.uneven,
    }
    write_text(path, json.dumps(told, ensure_ascii=False, indent=1))
    return path


def _read(path: Path) -> Release:
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Release(
            name=told["name"],
            layout=TableLayout.from_dict(told["layout"]),
            rules=DisclosureRules(**told["rules"]),
            table=pl.read_parquet(path.with_suffix(".parquet")),
            uneven=tuple(told["uneven"]),
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        problem = Problem(
            code="unreadable_release",
            file=str(path),
            fault=f"this release of the ledger cannot be read ({type(error).__name__})",
            remedy="Restore the file and the .parquet beside it. Without it, a later table could "
            "give away what it hid.",
        )
        raise DataProblem([problem]) from error
