"""A certificate as PDF/UA-1: tagged, titled, in British English, its fonts inside."""

import dataclasses
import datetime
import functools
import json
from pathlib import Path

import typst

from schoolhubs.service.plans.printing.pdf import CANNOT_BE_SHOWN, NOT_SURE, STANDARD
from schoolhubs.service.web.pages import day

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says."""

    name: str
    post: str
    school: str
    title: str
    programme: str
    completed_on: datetime.date
    half_days: int
    number: str
    check_at: str


def printed(certificate: Certificate, *, issued_by: str) -> bytes:
    """Print it; the same certificate always gives the same bytes.

    The standard forbids a letter that the typeface has no shape for: a question mark stands there.
    """
    told = {
        **dataclasses.asdict(certificate), "completed_on": day(certificate.completed_on),
        "issued_by": issued_by,
    }  # fmt: skip
    midnight = datetime.datetime.combine(certificate.completed_on, datetime.time(), datetime.UTC)
    words, at = json.dumps(told, ensure_ascii=False), int(midnight.timestamp())
    try:
        return _compiled(words, at)
    except typst.TypstError as error:
        if CANNOT_BE_SHOWN not in str(error):
            raise
    return _compiled(NOT_SURE.sub("?", words), at)


@functools.lru_cache(maxsize=16)
def _compiled(told: str, at: int) -> bytes:
    made: bytes = typst.compile(
        TEMPLATE, format="pdf", sys_inputs={"told": told}, pdf_standards=STANDARD, timestamp=at,
        ignore_system_fonts=True,
    )  # fmt: skip
    return made
