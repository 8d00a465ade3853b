"""What rows of a folder cannot say together: names told twice or nowhere, days that cannot be."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.funding import PayeeKind, PaymentState

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
SENT = {PaymentState.PAID, PaymentState.CLAWED_BACK}
# The column of a partnership that names each kind of payee.
PAID_AS: Mapping[PayeeKind, str] = {
    PayeeKind.SCHOOL: "urn", PayeeKind.TRUST: "trust_id", PayeeKind.LEAD_SCHOOL: "lead_urn",
}  # fmt: skip
# A row that stands once: money would be counted, or paid, twice by a second one.
ONCE = (
    ("partnerships.csv", ("partnership_id",)),
    ("days.csv", ("partnership_id", "kind", "on", "evidence")),
    ("missed_days.csv", ("partnership_id", "on", "evidence")),
    ("declarations.csv", ("declaration_id",)),
    ("declarations.csv", ("partnership_id", "milestone", "is_lead")),
    ("declared_days.csv", ("declaration_id", "on", "what", "evidence")),
    ("payments.csv", ("payee_id", "partnership_id", "period", "milestone")),
    ("payments.csv", ("reference",)),
)


def faults_together(rows: Rows, until: datetime.date | None = None) -> Iterator[Problem]:
    """Give every fault of rows that hold what they should each by itself.

    ``until`` is the last day on which money can have been paid, where that is known.
    """
    for file, columns in ONCE:
        yield from _twice(rows[file], file, columns)
    yield from _unknown(rows)
    yield from _of_partnerships(rows["partnerships.csv"])
    yield from _outside(rows)
    yield from _paid_out_of_time(rows, until)
    yield from _paid_otherwise(rows)


def _twice(rows: list[Row], file: str, columns: tuple[str, ...]) -> Iterator[Problem]:
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        if key in seen:
            fault = f"{', '.join(columns)} {', '.join(map(str, key))} stands in row {seen[key]} too"
            yield Problem(code="twice", file=file, row=row["_row"], fault=fault,
                          remedy="Take one of the two out.")  # fmt: skip
        seen.setdefault(key, row["_row"])


def _unknown(rows: Rows) -> Iterator[Problem]:
    partnerships = {row["partnership_id"] for row in rows["partnerships.csv"]}
    declarations = {row["declaration_id"] for row in rows["declarations.csv"]}
    for name, column, known in (
        ("days.csv", "partnership_id", partnerships),
        ("missed_days.csv", "partnership_id", partnerships),
        ("declarations.csv", "partnership_id", partnerships),
        ("declared_days.csv", "declaration_id", declarations),
        ("uses.csv", "declaration_id", declarations),
    ):
        for row in rows[name]:
            if row[column] not in known:
                fault = f"{column} {row[column][:40]!r} is nowhere else"
                home = "partnerships" if known is partnerships else "declarations"
                remedy = f"Add its row to {home}.csv."
                yield Problem(code="unknown_name", file=name, row=row["_row"], column=column,
                              fault=fault, remedy=remedy)  # fmt: skip


def _of_partnerships(rows: list[Row]) -> Iterator[Problem]:
    for row in rows:
        starts_on, finishes_on, ended_on = row["starts_on"], row["finishes_on"], row["ended_on"]
        if finishes_on <= starts_on:
            fault = f"finishes_on {finishes_on} is not after starts_on {starts_on}"
            remedy = f"Write the first day after the partnership: one after {starts_on}."
            yield Problem(code="ends_before_start", file="partnerships.csv", row=row["_row"],
                          column="finishes_on", fault=fault, remedy=remedy)  # fmt: skip
        if ended_on and ended_on < starts_on:
            fault = f"ended_on {ended_on} is before starts_on {starts_on}"
            remedy = f"Write the day on which it ended early: {starts_on} or later, or none."
            yield Problem(code="ends_before_start", file="partnerships.csv", row=row["_row"],
                          column="ended_on", fault=fault, remedy=remedy)  # fmt: skip


def _outside(rows: Rows) -> Iterator[Problem]:
    """Give days that no partnership holds: they would count towards an award."""
    spans = _spans(rows)
    of_declaration = {
        row["declaration_id"]: row["partnership_id"] for row in rows["declarations.csv"]
    }
    for file in ("days.csv", "missed_days.csv", "declared_days.csv"):
        for row in rows[file]:
            name = row.get("partnership_id") or of_declaration.get(row.get("declaration_id", ""))
            starts_on, finishes_on = spans.get(name or "", (None, None))
            if starts_on is None or starts_on <= row["on"] < finishes_on:
                continue
            last_on = finishes_on - datetime.timedelta(days=1)
            fault = f"on {row['on']} is outside of partnership {name}, {starts_on} to {last_on}"
            remedy = "Correct the day, or take the row out: it earns nothing."
            yield Problem(code="outside_partnership", file=file, row=row["_row"], column="on",
                          fault=fault, remedy=remedy)  # fmt: skip


def _paid_out_of_time(rows: Rows, until: datetime.date | None) -> Iterator[Problem]:
    spans = _spans(rows)
    for row in rows["payments.csv"]:
        name, paid_on = row["partnership_id"], row["paid_on"]
        starts_on, _ = spans.get(name, (None, None))
        if paid_on and starts_on and paid_on < starts_on:
            fault = f"paid_on {paid_on} is before partnership {name} starts, on {starts_on}"
            remedy = "Write the day on which the bank paid it."
        elif paid_on and until and paid_on > until:
            fault = f"paid_on {paid_on} is after {until}, so it has not been paid yet"
            remedy = "Write the day on which the bank paid it, or give that day or a later --on."
        else:
            continue
        yield Problem(code="paid_out_of_time", file="payments.csv", row=row["_row"],
                      column="paid_on", fault=fault, remedy=remedy)  # fmt: skip


def _paid_otherwise(rows: Rows) -> Iterator[Problem]:
    """Give payments that contradict themselves or the partnership that they are of."""
    partnerships = {row["partnership_id"]: row for row in rows["partnerships.csv"]}
    for row in rows["payments.csv"]:
        if row["state"] in SENT and not row["paid_on"]:
            fault = f"paid_on is empty, and its state is {row['state']}"
            remedy = "Write the day on which the bank paid it, or another state."
            yield _of_payment(row, "paid_on", fault, remedy)
        of = partnerships.get(row["partnership_id"])
        if of is None:
            continue
        name = f"partnership {row['partnership_id']}"
        if row["pathway"] != of["pathway"]:
            fault = f"pathway {row['pathway'][:40]!r} is not that of {name}, {of['pathway']!r}"
            remedy = f"Write {of['pathway']!r}, or the right partnership_id."
            yield _of_payment(row, "pathway", fault, remedy)
        kinds = [kind for kind, column in PAID_AS.items() if of[column] == row["payee_id"]]
        if kinds and row["payee_kind"] not in kinds:
            should_be = " or ".join(kinds)
            fault = (
                f"payee_kind is {row['payee_kind']}: {row['payee_id']} is the {should_be} of {name}"
            )
            yield _of_payment(row, "payee_kind", fault, f"Write {should_be}.")


def _of_payment(row: Row, column: str, fault: str, remedy: str) -> Problem:
    return Problem(
        code="paid_otherwise", file="payments.csv", row=row["_row"], column=column, fault=fault,
        remedy=remedy,
    )  # fmt: skip


def _spans(rows: Rows) -> dict[str, tuple[Any, Any]]:
    return {
        row["partnership_id"]: (row["starts_on"], row["finishes_on"])
        for row in rows["partnerships.csv"]
    }
