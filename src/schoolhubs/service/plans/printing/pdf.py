"""A plan on one page as PDF/UA-1: tagged, titled, in British English, its fonts inside.

The words go to the typesetter as data and are never read as markup. It checks the standard's
rules itself and refuses a document that breaks one.
"""

import dataclasses
import datetime
import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import typst

from schoolhubs.service.plans.printing.one_page import OnePage

TEMPLATE = Path(__file__).with_name("one_page.typ")
STANDARD: Literal["ua-1"] = "ua-1"
# What the typeface surely has: Latin, Greek and Cyrillic letters in use, and marks of print.
NOT_SURE = re.compile(
    "[^ -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f"
    "\u2013\u2014\u2018-\u201d\u2026\u20ac\u2212]"
)
CANNOT_BE_SHOWN = "could not be displayed"


def pdf(lengths: Sequence[OnePage], *, on: datetime.date, issued_by: str) -> bytes:
    """Print a plan; the same words on the same day always give the same bytes.

    Parameters
    ----------
    lengths
        The page at every length, the longest first; the longest that fits is printed.

    Notes
    -----
    The standard forbids a letter that the typeface has no shape for. Where there is one, whatever
    the typeface may lack stands as a question mark; the plan's page has it as it was written.
    """
    told = {"issued_by": issued_by, "lengths": [dataclasses.asdict(each) for each in lengths]}
    at = int(datetime.datetime.combine(on, datetime.time(), datetime.UTC).timestamp())
    words = json.dumps(told, default=str, ensure_ascii=False)
    try:
        return _compiled(words, at)
    except typst.TypstError as error:
        if CANNOT_BE_SHOWN not in str(error):
            raise
    return _compiled(NOT_SURE.sub("?", words), at)


@functools.lru_cache(maxsize=16)
def _compiled(told: str, at: int) -> bytes:
    printed: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"told": told},
        pdf_standards=STANDARD,
        timestamp=at,
        ignore_system_fonts=True,
    )
    return printed
