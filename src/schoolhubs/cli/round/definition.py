"""Whose definition a round is run by: one that comes with the project, or another by its folder."""

import dataclasses
import hashlib
from pathlib import Path

from schoolhubs import programmes, runs
from schoolhubs.vocabulary.records.round import InputFile
from schoolhubs.vocabulary.words import counted


def by_content(name: str, kind: str, path: Path) -> InputFile:
    """Name a file by the digest of what it holds."""
    return InputFile(name=name, kind=kind, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _is_shipped(programme: programmes.Programme) -> bool:
    """Tell whether a definition comes with the project, so that its version alone names it."""
    name = programme.programme_id
    return name in programmes.list_ids() and programmes.load(name).folder == programme.folder


def definition_files(programme: programmes.Programme) -> tuple[InputFile, ...]:
    """Name the files of a definition that does not come with the project."""
    if _is_shipped(programme):
        return ()
    folder = programme.folder.resolve()
    return tuple(
        by_content(f"{folder.name}/{path.name}", "definition", path)
        for path in sorted(folder.glob("*.yaml"))
    )


def whose(programme: programmes.Programme) -> tuple[str, ...]:
    """Say that a definition is not one of ours, and whether it passes its own check."""
    if _is_shipped(programme):
        return ()
    name, ours = programme.programme_id, ""
    if name in programmes.list_ids():
        ours = f", though it goes by the id of one that does, {name}"
    said = f"The definition is of {as_named(programme)} and does not come with the project{ours}."
    faults = runs.check_programme(programme.folder)
    if not faults:
        return (said,)
    first = str(dataclasses.replace(faults[0], remedy="", other_rows=())).rstrip(".")
    found = counted(len(faults), "fault")
    return (said, f"The definition does not pass its own check: {found}, the first in {first}.")


def as_named(programme: programmes.Programme) -> str:
    """Name a definition as ``--programme`` takes it, beside which its folder has to stand."""
    if _is_shipped(programme):
        return programme.programme_id
    return f"./{programme.folder.resolve().name}"
