"""What the files of a folder of records hold, and how each cell is read."""

import dataclasses
import datetime
import functools
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.delivery import DayKind
from schoolhubs.vocabulary.records.funding import PayeeKind, PaymentState
from schoolhubs.vocabulary.written.stored import read_facts

MOST_HALF_DAYS = 20
MOST_DIGITS = 12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CellKind:
    """How one kind of cell is read, and what it should be, in words."""

    read: Callable[[str], Any]
    should_be: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """One file: its columns in order with their kinds, and those that may be blank or missing."""

    name: str
    columns: Mapping[str, str]
    may_be_blank: frozenset[str]
    may_be_missing: frozenset[str]
    is_needed: bool


def _side(cell: str) -> str:
    if cell not in ("partner", "lead", "office"):
        raise ValueError
    return cell


def _flag(cell: str) -> bool:
    return {"yes": True, "no": False}[cell.lower()]


def _count(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit()) or len(cell) > MOST_DIGITS:
        raise ValueError
    return int(cell)


def _half_days(cell: str) -> int:
    n = _count(cell)
    if n > MOST_HALF_DAYS:
        raise ValueError
    return n


def _minutes(cell: str) -> float:
    minutes = float(cell)
    if not 0 <= minutes < 1e5:
        raise ValueError
    return minutes


def _urn(cell: str) -> str:
    if not Urn.is_shaped(cell):
        raise ValueError
    return cell


KINDS: Mapping[str, CellKind] = {
    "text": CellKind(read=str, should_be="text"),
    "urn": CellKind(read=_urn, should_be="a URN of six digits"),
    "date": CellKind(read=datetime.date.fromisoformat, should_be="a date such as 2026-09-01"),
    "count": CellKind(read=_count, should_be="a whole number from 0 to 999,999,999,999"),
    "half_days": CellKind(read=_half_days, should_be=f"half-days from 0 to {MOST_HALF_DAYS}"),
    "minutes": CellKind(read=_minutes, should_be="minutes from 0"),
    "flag": CellKind(read=_flag, should_be="yes or no"),
    "day_kind": CellKind(read=DayKind, should_be=f"one of {', '.join(DayKind)}"),
    "payee_kind": CellKind(read=PayeeKind, should_be=f"one of {', '.join(PayeeKind)}"),
    "side": CellKind(read=_side, should_be="partner, lead or office"),
    "state": CellKind(read=PaymentState, should_be=f"one of {', '.join(PaymentState)}"),
}


@functools.cache
def files() -> Mapping[str, RecordFile]:
    """Give every file by its name."""
    text = resources.files("schoolhubs.funding.folder").joinpath("layout.yaml").read_text("utf-8")
    return {
        name: RecordFile(
            name=name,
            columns={column: each["kind"] for column, each in node["columns"].items()},
            may_be_blank=frozenset(c for c, each in node["columns"].items() if each.get("blank")),
            may_be_missing=frozenset(
                c for c, each in node["columns"].items() if each.get("may_be_missing")
            ),
            is_needed=node.get("needed", False),
        )
        for name, node in read_facts(text).items()
    }


FILES = tuple(files())
