"""Payments, runs and clawbacks as the rules read them."""

import dataclasses
from collections.abc import Iterable, Mapping

from schoolhubs.service.funding.paying.models import Payment, PaymentRun, PaymentState
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.vocabulary.records import funding as records

# What was not paid, or taken out of its run, is to be paid as if it had never been sent.
STATES: Mapping[str, records.PaymentState] = {
    PaymentState.IN_RUN: records.PaymentState.IN_RUN,
    PaymentState.PAID: records.PaymentState.PAID,
    PaymentState.NOT_PAID: records.PaymentState.PAYABLE,
    PaymentState.TAKEN_OUT: records.PaymentState.PAYABLE,
}


def as_record(run: PaymentRun, payments: Iterable[Payment]) -> records.PaymentRun:
    """Give a run and its payments as the rules read them."""
    return records.PaymentRun(
        programme_id=run.programme_id, period="",
        items=tuple(_to_whom_it_goes(each) for each in payments),
        pay_on=run.pay_on,
    )  # fmt: skip


def _to_whom_it_goes(payment: Payment) -> records.PaymentItem:
    """Give a payment of a run: to who is paid in place of the payee, where two people said so."""
    item, (kind, _, number) = as_item(payment), payment.paid_to.partition(":")
    if not payment.successor:
        return item
    if item.payee_kind == records.PayeeKind.LEAD_SCHOOL and kind == "school":
        return dataclasses.replace(item, payee_id=number)
    return dataclasses.replace(item, payee_kind=records.PayeeKind(kind), payee_id=number)


def as_item(payment: Payment) -> records.PaymentItem:
    """Give one payment as the rules read it; its award was read with it, or is read now."""
    return records.PaymentItem(
        reference=payment.reference, payee_kind=payment.award.record["payee_kind"],
        payee_id=payment.payee.partition(":")[2], partnership_id=str(payment.partnership_id),
        pathway=payment.award.pathway, period=payment.period, milestone=payment.milestone,
        amount_pence=payment.sent_pence, taken_back_pence=payment.taken_pence,
        state=STATES[payment.state], paid_on=payment.paid_on, paid_to=payment.successor,
    )  # fmt: skip


def as_clawback(one: Clawback) -> records.Clawback:
    """Give one clawback as the rules read it."""
    return records.Clawback(
        payee_id=one.payee.partition(":")[2], partnership_id=str(one.partnership_id),
        period=one.period, milestone=one.milestone, owed_pence=one.amount_pence, why=one.reason,
    )  # fmt: skip
