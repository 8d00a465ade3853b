"""Reads what whoever paid confirms, and holds it against the run, payment by payment."""

import csv
import dataclasses
import datetime
import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from schoolhubs.funding import paying
from schoolhubs.service.funding import telling
from schoolhubs.service.funding.paying.actions import (
    CHANGED,
    finish_if_all_settled,
    save,
    tell,
)
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import (
    Confirmation,
    Payment,
    PaymentRun,
    PaymentState,
    RunState,
)
from schoolhubs.service.funding.paying.records import as_record
from schoolhubs.service.funding.paying.still import SENT_TWICE, count_paid_after_all, is_sent_again
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records import funding as records

Confirmed = tuple[str, str, int]
LONGEST_FAULT = 200
OUTCOMES = {"paid": True, "": True, "not_paid": False}
NOT_READ = "Nothing of the file was taken."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a confirmation says of one payment beside its reference, payee and amount."""

    is_paid: bool
    paid_on: datetime.date | None
    fault: str


def read(content: bytes) -> list[tuple[Confirmed, Outcome]]:
    r"""Read a confirmation: reference, payee_id, amount_pounds, and where given what became of it.

    ``outcome`` is ``paid`` (as where nothing is said) or ``not_paid``, ``paid_on`` a day, ``fault``
    why it was not paid.

    Raises
    ------
    DataProblem
        With every row that cannot be read: where, what stands there, what was expected.

    Examples
    --------
    >>> head = b"reference,payee_id,amount_pounds,outcome,paid_on\n"
    >>> (row, said), = read(head + b"SH1,900001,9000.00,paid,2027-07-20\n")
    >>> row, said.paid_on.isoformat()
    (('SH1', '900001', 900000), '2027-07-20')
    """
    try:
        text = content.decode("utf-8-sig")
        rows = paying.read_confirmation(text)
        given = list(csv.DictReader(io.StringIO(text)))
    except (UnicodeDecodeError, csv.Error) as error:
        told = Problem(
            code="confirmation_not_text", fault="the file is not text in UTF-8",
            remedy="Save it as CSV UTF-8 and send it again.",
        )  # fmt: skip
        raise DataProblem([told], outcome=NOT_READ) from error
    read = [_outcome(at, each) for at, each in enumerate(given, start=2)]
    problems = [each for each in read if isinstance(each, Problem)]
    if not read:
        remedy = "Give a row for each payment, and send it again."
        problems = [Problem(code="confirmation_empty", fault="it has no row", remedy=remedy)]
    if problems:
        raise DataProblem(problems, outcome=NOT_READ)
    said = [each for each in read if isinstance(each, Outcome)]
    return list(zip(rows, said, strict=True))


def _outcome(at: int, row: Mapping[str, str | None]) -> Outcome | Problem:
    """Read what a row says beside what every confirmation says."""
    cells = {name: (row.get(name) or "").strip() for name in ("outcome", "paid_on", "fault")}
    if cells["outcome"] not in OUTCOMES:
        return _unreadable(at, "outcome", cells["outcome"], "paid or not_paid")
    try:
        paid_on = datetime.date.fromisoformat(cells["paid_on"]) if cells["paid_on"] else None
    except ValueError:
        return _unreadable(at, "paid_on", cells["paid_on"], "a day, such as 2027-07-20")
    return Outcome(
        is_paid=OUTCOMES[cells["outcome"]], paid_on=paid_on, fault=cells["fault"][:LONGEST_FAULT]
    )


def _unreadable(at: int, column: str, stands: str, expected: str) -> Problem:
    return Problem(
        code=f"confirmation_{column}", row=at, column=column, value=stands[:40],
        fault=f"row {at}, column {column}: {stands[:40]}, where {expected} was expected",
        remedy="Correct the row and send the file again.",
    )  # fmt: skip


def confirm(
    run: PaymentRun, content: bytes, *, by: str, organisation: str, at: datetime.datetime,
    place: str,
) -> Confirmation:  # fmt: skip
    """Take a confirmation: each payment that it agrees with to the penny is settled by it.

    The same file again changes nothing and gives what it came to. Rows that agree with no payment
    are kept as problems, and the run stays open until all of its payments are settled. What whoever
    pays says later counts, in a run that was finished too: a payment that came back is due again,
    and one that was made after all is not.

    Raises
    ------
    DataProblem
        If it cannot be read; nothing of it is taken.
    Conflict
        If the run was not handed over.
    """
    rows, digest = read(content), hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        alone_with_money(run.programme_id)
        held = PaymentRun.objects.select_for_update().get(pk=run.pk)
        before = held.confirmations.filter(digest=digest).first()
        if before is not None:
            return before
        if held.state not in (RunState.HANDED_OVER, RunState.PAID):
            raise Conflict(CHANGED)
        settled, problems = _held_against(held, rows)
        faults.at("payment.confirm-read")
        Payment.objects.bulk_update(settled, ["state", "paid_on", "short_pence", "fault"])
        count_paid_after_all(held.programme_id)
        faults.at("payment.confirm-settled")
        paid = [each for each in settled if each.state == PaymentState.PAID]
        made = Confirmation.objects.create(
            run=held, digest=digest, content=content, n_paid=len(paid),
            n_not_paid=len(settled) - len(paid), made_at=at, made_by=by, problems=problems,
            paid_pence=sum(each.amount_pence for each in paid),
        )  # fmt: skip
        if held.state == RunState.HANDED_OVER:
            finish_if_all_settled(held, by, at)
            save(held)
        faults.at("payment.confirm-saved")
        letters.write(telling.paid(paid), by=by, at=at, place=place)
        tell(
            "payment_run.confirm", held, by, organisation, at, place, file=digest,
            paid_pence=made.paid_pence, not_paid=made.n_not_paid, problems=len(problems),
        )  # fmt: skip
    faults.at("payment.confirm-made")
    return made


def _held_against(
    run: PaymentRun, rows: Sequence[tuple[Confirmed, Outcome]]
) -> tuple[list[Payment], list[dict[str, Any]]]:
    """Settle the payments that a confirmation agrees with; tell of every other difference.

    It is held against the whole run by the same rule as ``schoolhubs funding reconcile``, so a
    later file may repeat what an earlier one said. What was not paid is known by reference and
    payee alone: banks write nought beside it, or nothing.
    """
    payments = {
        each.reference: each
        for each in run.payments.exclude(state=PaymentState.TAKEN_OUT)
        .select_related("award__declaration", "partnership")
        .order_by("pk")
        if each.amount_pence
    }
    outcomes = {row[0]: said for row, said in rows}
    told = [row if said.is_paid else _as_sent(row, payments) for row, said in rows]
    found = paying.reconcile(as_record(run, payments.values()), told)
    differences = [
        each.as_dict()
        for each in found.differences
        if each.code != "not_confirmed" or payments[each.reference].state == PaymentState.IN_RUN
    ]
    settled = []
    for name in found.confirmed:
        payment, said = payments[name], outcomes[name]
        before, now = payment.state, PaymentState.PAID if said.is_paid else PaymentState.NOT_PAID
        if before == now:
            continue
        if before != PaymentState.IN_RUN:
            differences.append(_otherwise(payment, said))
        if now == PaymentState.PAID and is_sent_again(payment):
            continue  # two payments were made of one: the difference says so
        payment.state, payment.fault = now, said.fault
        payment.paid_on = (said.paid_on or run.pay_on) if said.is_paid else None
        payment.short_pence = 0
        settled.append(payment)
    return settled, differences


def _as_sent(row: Confirmed, payments: Mapping[str, Payment]) -> Confirmed:
    name, payee, pence = row
    return name, payee, payments[name].sent_pence if name in payments else pence


def _otherwise(payment: Payment, said: Outcome) -> dict[str, Any]:
    """Say that whoever pays said otherwise before."""
    name, pence = payment.reference, payment.sent_pence
    if not said.is_paid:
        code, text = "came_back", f"{in_pounds(pence)} was paid, and came back: it is due again."
    elif is_sent_again(payment):
        code = SENT_TWICE
        text = f"{in_pounds(pence)} was said not to be paid, and was paid: a later run holds it "
        text += "again. Take it out of that run, or have whoever pays take one of the two back."
    else:
        code, text = "paid_after_all", f"{in_pounds(pence)} was said not to be paid, and was paid."
    paid = pence if said.is_paid else 0
    return records.Difference(
        code=code, reference=name, run_pence=pence, confirmed_pence=paid, text=f"{name}: {text}"
    ).as_dict()
