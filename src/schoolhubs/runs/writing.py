"""Writes a finished round: its pack, and beside it the workings that explain and repeat it."""

from pathlib import Path

from schoolhubs import packs
from schoolhubs.runs.workings import NAME, Workings
from schoolhubs.vocabulary.records.round import Round


def write_round(held: Round, workings: Workings, folder: Path) -> tuple[Path, ...]:
    """Write a round into ``folder``, whole or not at all.

    Returns
    -------
    tuple of Path
        The files written.
    """
    pack = packs.build(held)
    return packs.write_pack(packs.Pack(files={**pack.files, NAME: workings.to_bytes()}), folder)
