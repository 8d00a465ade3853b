"""Writes a finished round: its pack, and beside it the workings that explain and repeat it."""

from pathlib import Path

from schoolhubs import packs
from schoolhubs.runs.kept import rounds
from schoolhubs.runs.workings import NAME, Workings
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.round import Round

RECORD = "round.json"  # every round has one


def refuse_other_contents(folder: Path) -> None:
    """Refuse a folder in which a round would stand among files of something else."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / RECORD).exists():
        raise Conflict(
            f"{folder} holds something that is not a round, so nothing was written. "
            "Name an empty or a new folder."
        )


def write_round(held: Round, workings: Workings, folder: Path) -> tuple[Path, ...]:
    """Write a round into ``folder``, whole or not at all.

    An earlier round there is replaced.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    Conflict
        If ``folder`` holds something, and no round.
    """
    refuse_other_contents(folder)
    pack = packs.build(held)
    kept = workings.to_bytes(rounds.parts(held, workings.programme) if workings.programme else {})
    return packs.write_pack(packs.Pack(files={**pack.files, NAME: kept}), folder)
