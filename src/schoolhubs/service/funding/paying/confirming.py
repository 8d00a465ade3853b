"""Reads what whoever paid confirms, and holds it against the run, payment by payment."""

import dataclasses
import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

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
from schoolhubs.service.funding.paying.still import SENT_TWICE, count_paid_after_all, is_sent_again
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records import funding as records
from schoolhubs.vocabulary.records.funding import Confirmed


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
        If it cannot be read, or says that something was paid before the file was made or later
        than today; nothing of it is taken.
    Conflict
        If the run was not handed over.
    """
    digest, until = hashlib.sha256(content).hexdigest(), timezone.localdate(at)
    with transaction.atomic():
        alone_with_money(run.programme_id)
        held = PaymentRun.objects.select_for_update().get(pk=run.pk)
        before = held.confirmations.filter(digest=digest).first()
        if before is not None:
            return before
        if held.state not in (RunState.HANDED_OVER, RunState.PAID):
            raise Conflict(CHANGED)
        sent = paying.read_run(bytes(held.file or b"").decode(), file=held.file_name)
        rows = paying.read_confirmation(content, since=sent.made_on, until=until)
        said, problems = _held_against(held, sent, rows, until)
        faults.at("payment.confirm-read")
        told = ["state", "paid_on", "short_pence", "fault", "after_all_on"]
        Payment.objects.bulk_update(said, told)
        settled = [each for each in said if not each.after_all_on]
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
    run: PaymentRun, sent: records.PaymentRun, rows: Sequence[Confirmed], until: datetime.date
) -> tuple[list[Payment], list[dict[str, Any]]]:
    """Settle the payments that a confirmation agrees with; tell of every other difference.

    It is held against the whole file that was handed over, by the same rule as ``schoolhubs
    funding reconcile``, so a later file may repeat what an earlier one said. Of what two people
    settled by hand, what they said is expected.
    """
    payments = {
        each.reference: each
        for each in run.payments.exclude(state=PaymentState.TAKEN_OUT)
        .select_related("award__declaration", "partnership")
        .order_by("pk")
    }
    expected = tuple(
        dataclasses.replace(item, amount_pence=payments[item.reference].sent_pence)
        for item in sent.items
    )
    found = paying.reconcile(dataclasses.replace(sent, items=expected), rows)
    differences = [
        each.as_dict()
        for each in found.differences
        if each.code != "not_confirmed" or payments[each.reference].state == PaymentState.IN_RUN
    ]
    said_of, settled = {each.reference: each for each in rows}, []
    usual = min(max(run.pay_on, sent.made_on or run.pay_on), until)
    for name in (*found.confirmed, *found.not_paid):
        payment, said = payments[name], said_of[name]
        now = PaymentState.PAID if said.is_paid else PaymentState.NOT_PAID
        if payment.state not in (PaymentState.IN_RUN, now):
            differences.append(_otherwise(payment, said))
        if _is_news(payment, said, now, usual):
            settled.append(payment)
    return settled, differences


def _is_news(payment: Payment, said: Confirmed, now: PaymentState, usual: datetime.date) -> bool:
    """Count what was said of a payment, and tell whether it changes anything.

    Where two payments were made of one, the former waits until the other is not made any more.
    """
    paid_on = (said.paid_on or usual) if said.is_paid else None
    if payment.state == PaymentState.NOT_PAID and said.is_paid and is_sent_again(payment):
        is_known, payment.after_all_on = payment.after_all_on == paid_on, paid_on
        return not is_known
    if payment.state == now and payment.after_all_on is None:
        return False
    payment.state, payment.fault, payment.short_pence = now, said.fault, 0
    payment.paid_on, payment.after_all_on = paid_on, None
    return True


def _otherwise(payment: Payment, said: Confirmed) -> dict[str, Any]:
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
