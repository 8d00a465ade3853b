"""A brochure as PDF/UA-1: tagged, titled, in British English, its fonts inside.

The words go to the typesetter as data and are never read as markup. It checks the standard's
rules itself and refuses a document that breaks one.
"""

import dataclasses
import datetime
import functools
import json
from pathlib import Path
from typing import Literal

import typst

from schoolhubs import programmes

TEMPLATE = Path(__file__).with_name("brochure.typ")
STANDARD: Literal["ua-1"] = "ua-1"


def pdf(programme: programmes.Programme, on: datetime.date, *, issued_by: str) -> bytes:
    """Print a programme's brochure; the same words always give the same bytes."""
    brochure = programmes.brochure(programme, on)
    told = {**dataclasses.asdict(brochure), "issued_by": issued_by}
    at = datetime.datetime.combine(on, datetime.time(), datetime.UTC)
    return _compiled(json.dumps(told, default=str), int(at.timestamp()))


@functools.lru_cache(maxsize=16)
def _compiled(told: str, at: int) -> bytes:
    printed: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"brochure": told},
        pdf_standards=STANDARD,
        timestamp=at,
        ignore_system_fonts=True,
    )
    return printed
