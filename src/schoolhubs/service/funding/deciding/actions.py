"""Proposes what two people decide of money, and agrees or refuses it.

Each step is one transaction behind the lock of the programme's money.
"""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.funding import telling
from schoolhubs.service.funding.deciding import successors
from schoolhubs.service.funding.deciding.models import DecisionKind, DecisionState, MoneyDecision
from schoolhubs.service.funding.deciding.recording import CHANGED, WAITS, tell
from schoolhubs.service.funding.paying.actions import finish_if_all_settled, save
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import Payment, PaymentRun, PaymentState, RunState
from schoolhubs.service.funding.paying.still import (
    count_paid_after_all,
    is_sent_again,
    rest_in_open_run,
)
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import in_pounds

REPAID = "By the bank's reference {reference}"
SAME_PERSON = (
    "You proposed this, so somebody else has to agree it. Nothing was changed; ask a colleague who "
    "agrees payments."
)
NOT_YOURS = (
    "Somebody else proposed this, so it is theirs to withdraw. Nothing was changed; answer no "
    "instead."
)
STANDS_OTHERWISE = (
    "What stands of this payment changed since this was proposed, so it is not agreed. Look at the "
    "payment, answer no, and have proposed anew what arrived. Nothing was changed."
)
NOT_AWAY = (
    "A payment is settled by hand once its run was handed over, and something of it was to be "
    "sent. Nothing was saved."
)
SENT_AGAIN = (
    "This payment is in another run by now. Take it out there, or settle the other one. Nothing "
    "was saved."
)
REST_IN_RUN = (
    "Payment {reference} of run {number} holds what had not arrived of the same award, so it would "
    "be paid twice. Set that run aside first, or let it be handed over; what is too much then is "
    "owed back. Nothing was saved."
)
AS_IT_IS = "That is how it stands already. Nothing was saved."
FAR_ABOVE = (
    "That is more than this payment and its whole run come to ({most}), so it cannot have arrived "
    "by it. Look at the amount. Nothing was saved."
)
NOT_THEN = (
    "The money can have arrived from {first}, when the file was made, to {last}. Nothing was saved."
)


def propose_settled(
    payment: Payment, *, paid_pence: int, paid_on: datetime.date | None, reason: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Propose what arrived of a payment, where no file will say it; somebody else agrees it.

    Parameters
    ----------
    paid_pence
        What arrived; nothing, less or more than was to be sent.
    paid_on
        The day; None where nothing arrived.

    Raises
    ------
    Conflict
        If its run is not handed over, the day cannot be, or a decision of it waits already.
    """
    try:
        with transaction.atomic():
            alone_with_money(payment.programme_id)
            held = Payment.objects.select_related("run").get(pk=payment.pk)
            _refuse_settled(held, paid_pence, paid_on if paid_pence else None, at)
            made = MoneyDecision.objects.create(
                kind=DecisionKind.SETTLED, programme_id=held.programme_id, payment=held,
                amount_pence=paid_pence, on=paid_on if paid_pence else None, reason=reason,
                stood_as=held.stands, proposed_at=at, proposed_by=by,
            )  # fmt: skip
            tell("money_decision.propose", made, by, organisation, at, place, reason)
    except IntegrityError as error:
        raise Conflict(WAITS) from error
    return made


def _refuse_settled(
    held: Payment, paid_pence: int, paid_on: datetime.date | None, at: datetime.datetime
) -> None:
    is_away = held.run.state in (RunState.HANDED_OVER, RunState.PAID)
    if not is_away or held.state == PaymentState.TAKEN_OUT or not held.amount_pence:
        raise Conflict(NOT_AWAY)
    # A bank that makes a payment twice, or another's to it, sends no more than this.
    most = held.amount_pence + held.run.total_pence
    if paid_pence > most:
        raise Conflict(FAR_ABOVE.format(most=in_pounds(most)))
    stands = {PaymentState.PAID: held.sent_pence, PaymentState.NOT_PAID: 0}
    if stands.get(PaymentState(held.state)) == paid_pence and held.after_all_on is None:
        raise Conflict(AS_IT_IS)
    if paid_pence and held.state == PaymentState.NOT_PAID and is_sent_again(held):
        raise Conflict(SENT_AGAIN)
    counted = stands.get(PaymentState(held.state), held.amount_pence)
    if paid_pence > counted and (rest := rest_in_open_run(held)):
        raise Conflict(REST_IN_RUN.format(reference=rest.reference, number=rest.run.number))
    first, last = days_of(held, timezone.localdate(at))
    if paid_pence and (paid_on is None or not first <= paid_on <= last):
        raise Conflict(NOT_THEN.format(first=day(first), last=day(last)))


def days_of(payment: Payment, on: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Give the first and the last day on which a payment can have arrived, as at a day.

    Nobody settles one whose run has no file yet, so nothing is asked of its first day then.
    """
    made_at = payment.run.agreed_at
    return (timezone.localdate(made_at) if made_at is not None else on), on


def propose_repaid(
    clawback: Clawback, *, amount_pence: int, received_on: datetime.date, reference: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Propose that money came back; once somebody else agrees, it is counted by its reference.

    Raises
    ------
    Conflict
        If the day is ahead, the reference is counted or waits already, or more than is owed.
    """
    try:
        with transaction.atomic():
            alone_with_money(clawback.programme_id)
            recovering.refuse_repaid(
                clawback, amount_pence=amount_pence, received_on=received_on,
                reference=reference, at=at,
            )  # fmt: skip
            made = MoneyDecision.objects.create(
                kind=DecisionKind.REPAID, programme_id=clawback.programme_id, clawback=clawback,
                amount_pence=amount_pence, on=received_on, reference=reference,
                reason=REPAID.format(reference=reference), proposed_at=at, proposed_by=by,
            )  # fmt: skip
            tell("money_decision.propose", made, by, organisation, at, place, made.reason)
    except IntegrityError as error:
        raise Conflict(recovering.TWICE) from error
    return made


def settle(
    decision: MoneyDecision, *, agrees: bool, version: int, reason: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Agree what somebody else proposed, which counts from then on, or refuse it.

    Raises
    ------
    Conflict
        If the same person proposed it, it was settled meanwhile, or what it is about changed so
        that it cannot be any more.
    """
    with transaction.atomic():
        alone_with_money(decision.programme_id)
        held = MoneyDecision.objects.select_for_update().get(pk=decision.pk)
        if held.version != version or held.state != DecisionState.PROPOSED:
            raise Conflict(CHANGED)
        if held.proposed_by == by:
            raise Conflict(SAME_PERSON)
        held.state = DecisionState.AGREED if agrees else DecisionState.REFUSED
        held.settled_at, held.settled_by, held.settled_reason = at, by, reason
        held.version += 1
        held.save()
        faults.at("payment.decide-saved")
        if agrees:
            _carry_out(held, by, at, place)
        faults.at("payment.decide-carried-out")
        action = "money_decision.agree" if agrees else "money_decision.refuse"
        tell(action, held, by, organisation, at, place, reason)
    faults.at("payment.decide-made")
    return held


def withdraw(
    decision: MoneyDecision, *, version: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Take back what one proposed by mistake, before anybody answered: nothing counts of it.

    Raises
    ------
    Conflict
        If somebody else proposed it, or it was settled meanwhile.
    """
    with transaction.atomic():
        alone_with_money(decision.programme_id)
        held = MoneyDecision.objects.select_for_update().get(pk=decision.pk)
        if held.version != version or held.state != DecisionState.PROPOSED:
            raise Conflict(CHANGED)
        if held.proposed_by != by:
            raise Conflict(NOT_YOURS)
        held.state = DecisionState.WITHDRAWN
        held.settled_at, held.settled_by, held.settled_reason = at, by, reason
        held.version += 1
        held.save()
        tell("money_decision.withdraw", held, by, organisation, at, place, reason)
    return held


def _carry_out(decision: MoneyDecision, by: str, at: datetime.datetime, place: str) -> None:
    if decision.kind == DecisionKind.SETTLED:
        _settle_payment(decision, by, at, place)
        return
    if decision.kind == DecisionKind.SUCCESSOR:
        successors.carry_out(decision, by, at, place)
        return
    assert decision.clawback is not None
    assert decision.amount_pence is not None
    assert decision.on is not None
    recovering.count_repaid(
        decision.clawback, amount_pence=decision.amount_pence, received_on=decision.on,
        reference=decision.reference, by=by, at=at,
    )  # fmt: skip


def _settle_payment(decision: MoneyDecision, by: str, at: datetime.datetime, place: str) -> None:
    """Count what arrived of a payment: what did not is due again, what was too much is owed."""
    assert decision.payment_id is not None
    assert decision.amount_pence is not None
    rows = Payment.objects.select_related("run", "partnership", "award__declaration")
    payment = rows.get(pk=decision.payment_id)
    if payment.stands != decision.stood_as:
        raise Conflict(STANDS_OTHERWISE)
    _refuse_settled(payment, decision.amount_pence, decision.on, at)
    arrived, was = decision.amount_pence, payment.state
    payment.state = PaymentState.PAID if arrived else PaymentState.NOT_PAID
    payment.paid_on = decision.on
    payment.short_pence = payment.amount_pence - arrived if arrived else 0
    payment.fault, payment.after_all_on = "", None
    payment.save()
    count_paid_after_all(decision.programme_id)
    run = PaymentRun.objects.select_for_update().get(pk=payment.run_id)
    if run.state == RunState.HANDED_OVER:
        finish_if_all_settled(run, by, at)
        save(run)
    if arrived and was != PaymentState.PAID:
        letters.write(telling.paid([payment]), by=by, at=at, place=place)
