"""Every broken file of the gallery, and what the tests ask of all of them."""

import re
from collections.abc import Sequence

import pytest

from gallery import broken_cells, broken_layout, broken_lists, broken_packing
from gallery.making import Accepted, Broken

BROKEN = [
    *broken_packing.CASES,
    *broken_layout.CASES,
    *broken_cells.CASES,
    *broken_lists.CASES,
]
PUBLISHED = [case for case in BROKEN if case.reader == "published"]
# Words of a programmer, not of a file's owner.
OURS = re.compile(r"Traceback|\b[A-Z]\w*(?:Error|Exception)\b|object at 0x|polars|\bNone\b|Errno")


def each(cases: Sequence[Broken | Accepted]) -> pytest.MarkDecorator:
    """Run a test for each case, under the case's name."""
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)
