"""A round pack: all its files as texts, and all or none of them on disk."""

import contextlib
import dataclasses
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schoolhubs.packs.report import render
from schoolhubs.packs.said.effects import floor_notes
from schoolhubs.packs.tables import tabulate
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.matching import GoalResult
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.tables import csv_text, told_of

NAMES_ALONE = "Files and folders stand by their names, without the folders they were in."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The files of a round pack, name to text or bytes, in the order a reader wants them."""

    files: Mapping[str, str | bytes]


def build(held: Round) -> Pack:
    """Draw up the pack: the report, five tables, and the record that repeats the round.

    Nothing is read or written but the report's own template. The same round gives the same
    bytes.
    """
    tables = tabulate(held)
    written = {
        "report.html": render(held, tables),
        "decisions.csv": csv_text(tables.decisions),
        "matches.csv": csv_text(tables.matches),
        "unmatched.csv": csv_text(tables.unmatched),
        "hubs.csv": csv_text(tables.hubs),
        "placed.csv": csv_text(tables.placed),
    }
    return Pack(files={**written, "round.json": round_json(held, written)})


def sha256(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def round_json(held: Round, written: Mapping[str, str]) -> str:
    """Write the record of a round.

    Parameters
    ----------
    written
        The other files of the pack, name to text; their hashes are recorded.
    """
    record: dict[str, Any] = {
        "programme_id": held.programme_id,
        "programme_title": held.programme_title,
        "definition_version": held.definition_version,
        "cohort_id": held.cohort_id,
        "on": held.on.isoformat(),
        "rules_on": held.rules_on.isoformat(),
        "register_on": (held.register_on or held.on).isoformat(),
        "is_synthetic": held.is_synthetic,
        "is_rehearsal": held.is_rehearsal,
        "is_over": held.is_over,
        "command": held.command,
        "command_note": NAMES_ALONE,
        "seed": held.seed,
        "versions": dict(held.versions),
        "summary": held.summary(),
        "rules": _rules(held),
        "rematch": held.rematch.as_dict() if held.rematch else None,
        "changes": [change.as_dict() for change in held.changes],
        "solver": held.result.solver,
        "goals": [_goal(goal) for goal in held.result.goals],
        "floors": [floor.as_dict() for floor in held.result.floors],
        "floor_notes": list(floor_notes([floor.as_dict() for floor in held.result.floors])),
        "total_minutes": round(held.result.total_minutes, 2),
        "lower_bound_minutes": round(held.result.lower_bound_minutes, 2),
        "travel": {"source": held.travel_source, "band_share": held.travel_band_share},
        "budget": held.budget.as_dict() if held.budget else None,
        "assumptions": [assumption.as_dict() for assumption in held.assumptions],
        "notes": list(held.notes),
        "inputs": [file.as_dict() for file in held.sources],
        "outputs": [{"name": name, "sha256": sha256(text)} for name, text in written.items()],
        "timings_seconds": dict(held.timings),
    }
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _goal(goal: GoalResult) -> dict[str, Any]:
    """Give a goal with its minutes to hundredths, in which they are solved."""
    told = goal.as_dict()
    if goal.unit == "minutes":
        told |= {"value": round(goal.value, 2), "bound": round(goal.bound, 2)}
    return told


def _rules(held: Round) -> dict[str, Any]:
    rules = held.rules
    suits = {phase: sorted(leads) for phase, leads in sorted(rules.lead_phases.items())}
    return {
        "compatibility": rules.compatibility.value,
        "lead_phases": suits,
        "preferred_maximum_minutes": rules.preferred_maximum_minutes,
        "absolute_maximum_minutes": rules.absolute_maximum_minutes,
        "forbids_own_trust": rules.forbids_own_trust,
        "long_journey_steps": [list(step) for step in rules.long_journey_steps],
        "floor_group": rules.floor_group.value,
        "floor_share": rules.floor_share,
        "alike_by": list(rules.alike_by),
    }


def write_pack(pack: Pack, folder: Path) -> tuple[Path, ...]:
    """Write every file of a pack into ``folder``, or leave the folder exactly as it was.

    An earlier pack in the folder is replaced; other files there are left alone.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    UsageError
        If ``folder`` is a file.
    OSError
        If the disk is full or the folder may not be written; the folder is then as it was.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file. A round pack is a folder of files: give another name."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _beside(folder, "new") as new, _beside(folder, "old") as old:
        for name, held in pack.files.items():
            (new / name).write_bytes(held.encode("utf-8") if isinstance(held, str) else held)
        if folder.exists():
            _swap(tuple(pack.files), new, folder, old)
        else:
            os.replace(new, folder)  # noqa: PTH105 - the same call on every platform
    return tuple(folder / name for name in pack.files)


@contextlib.contextmanager
def _beside(folder: Path, kind: str) -> Iterator[Path]:
    """Make a hidden folder next to ``folder``, gone in the end whatever happens."""
    path = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.{kind}")
    with told_of(folder):
        path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _swap(names: tuple[str, ...], new: Path, folder: Path, old: Path) -> None:
    """Move the old files out and the new ones in; on any failure put everything back."""
    moved_in: list[str] = []
    moved_out: list[str] = []
    try:
        for name in names:
            if (folder / name).exists():
                os.replace(folder / name, old / name)  # noqa: PTH105
                moved_out.append(name)
            os.replace(new / name, folder / name)  # noqa: PTH105
            moved_in.append(name)
    except BaseException:
        for name in moved_in:
            (folder / name).unlink()
        for name in moved_out:
            os.replace(old / name, folder / name)  # noqa: PTH105
        raise
