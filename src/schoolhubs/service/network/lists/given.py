"""A list of lead schools on its way in: read as a round reads it, and carried by the page.

The page that shows what would change carries the list itself, so that nothing of it is kept before
somebody agrees, and nothing is left behind where nobody does.
"""

import base64
import binascii
import dataclasses
import tempfile
from pathlib import Path

import polars as pl

from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import ReadingLimits

# Assumed: a hundred times the longest list there was. The page carries it, a third longer.
MOST_BYTES = 500_000
LIMITS = ReadingLimits(plain_bytes=MOST_BYTES, unpacked_bytes=10 * MOST_BYTES)


def packed(content: bytes) -> str:
    """Write a list as a field of a form can carry it, byte for byte."""
    return base64.b64encode(content).decode()


def unpacked(text: str) -> bytes | None:
    """Give the list that a field carried; None where it did not come back whole.

    >>> unpacked(packed(b"urn")), unpacked("zq!")
    (b'urn', None)
    """
    try:
        return base64.b64decode(text.encode("ascii"), validate=True) or None
    except (UnicodeEncodeError, binascii.Error):
        return None


def read(content: bytes) -> tuple[pl.DataFrame, list[Problem]]:
    """Read a list as ``round --leads`` does.

    Returns
    -------
    polars.DataFrame, list of Problem
        frames.LEADS; the rows that were left out as they have no URN.

    Raises
    ------
    DataProblem
        With every row that cannot be used; no file is named, as there is one.
    """
    told: list[Problem] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        path.write_bytes(content)
        try:
            leads = files.read_list(path, "leads", limits=LIMITS, tell=told.append)
        except DataProblem as error:
            raise DataProblem(_unnamed(each) for each in error.problems) from error
    return leads, [_unnamed(each) for each in told]


def _unnamed(problem: Problem) -> Problem:
    return dataclasses.replace(problem, file="")
