"""A statement as PDF/UA-1: tagged, titled, in British English, its fonts inside.

The words go to the typesetter as data and are never read as markup. It checks the standard's
rules itself and refuses a document that breaks one.
"""

import datetime
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typst

from schoolhubs.service.funding.pages import wording
from schoolhubs.service.web.pages import day, days_in_words
from schoolhubs.vocabulary.money import in_pounds

if TYPE_CHECKING:
    from schoolhubs.service.funding.paying.models import Payment
    from schoolhubs.service.funding.statements.drawing import OfPayee

TEMPLATE = Path(__file__).with_name("statement.typ")
STANDARD: Literal["ua-1"] = "ua-1"
HEADS = ("What for", "Due from", "Awarded", "Paid", "Came back", "To be paid", "How far")
FIGURES = ("awarded_pence", "paid_pence", "clawed_back_pence", "due_pence")


def told(found: "OfPayee", *, school_name: str) -> dict[str, Any]:
    """Give every word of a statement, as the page says them."""
    rows = [
        [wording.milestone(line.award.milestone), day(line.award.due_on),
         *(in_pounds(getattr(line, name)) for name in FIGURES), wording.stands(line)]
        for line in found.lines
    ]  # fmt: skip
    together = ["Together", "", *(in_pounds(found.total(name)) for name in FIGURES), ""]
    whys = [
        [
            f"{wording.milestone(line.award.milestone)}: {days_in_words(each.text)}",
            in_pounds(each.amount_pence),
        ]
        for line in found.lines
        for each in line.award.lines
    ]
    return {
        "title": f"Statement of {found.period}",
        "payee": school_name,
        "drawn": f"Drawn up on {day(found.drawn_on)}. Amounts are in pounds.",
        "heads": HEADS, "rows": [*rows, together] if rows else [],
        "none": "Nothing was awarded or paid in this period.",
        "why_heads": ("How it is worked out", "Amount"), "whys": whys,
        "payments": [_payment(each, found) for each in found.payments],
        "in_place": [_payment(each, found, is_other=True) for each in found.paid_in_place],
        "in_place_sum": "Together " + in_pounds(found.paid_in_place_pence) + " was paid so.",
        "notes": found.notes,
    }  # fmt: skip


def _payment(one: "Payment", found: "OfPayee", *, is_other: bool = False) -> str:
    """Say what arrived of a payment, or is on its way, and to whom where not to who earned it."""
    said = f"{one.reference}: {in_pounds(one.sent_pence)}"
    if one.short_pence:
        said += f" of {in_pounds(one.amount_pence)} that was to be sent"
    said += f", paid on {day(one.paid_on)}" if one.paid_on else ", in a payment run"
    if is_other:
        return f"{said}, {wording.milestone(one.milestone)}, earned by {found.name(one.payee)}"
    return f"{said}, to {found.name(one.successor)} in its place" if one.successor else said


def pdf(words: Mapping[str, Any], *, on: datetime.date, issued_by: str) -> bytes:
    """Print a statement; the same words on the same day always give the same bytes."""
    at = datetime.datetime.combine(on, datetime.time(), datetime.UTC)
    given = json.dumps({**words, "issued_by": issued_by}, ensure_ascii=False)
    return _compiled(given, int(at.timestamp()))


@functools.lru_cache(maxsize=16)
def _compiled(words: str, at: int) -> bytes:
    printed: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"told": words},
        pdf_standards=STANDARD,
        timestamp=at,
        ignore_system_fonts=True,
    )
    return printed
