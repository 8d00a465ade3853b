"""Who is paid in place of a school or trust that is no more: proposed, agreed, taken back.

A payment keeps the payee that earned it, so what it is one of stays the same whoever is paid.
"""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from schoolhubs.service.funding import payees, queries, telling
from schoolhubs.service.funding.deciding.models import DecisionKind, DecisionState, MoneyDecision
from schoolhubs.service.funding.deciding.recording import CHANGED, WAITS, tell
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import (
    LIVE_PAYMENTS,
    OPEN_RUNS,
    Payment,
    PaymentState,
)
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict

IS_OPEN = (
    "{payee} is open in the register, so it is paid itself. Somebody is paid in place of a school "
    "or trust that is closed. Nothing was saved."
)
OPEN_AGAIN = (
    "{payee} is open in the register again, so nobody else is paid in its place from now on. Give "
    "its own number, and it is paid itself. Nothing was saved."
)
NOT_OPEN = (
    "{successor} is not open in the register, so it cannot be paid. Give the number of a school or "
    "trust that is. Nothing was saved."
)
OTHER_SIDE = (
    "{successor} is a side of a partnership of the payee itself, so it would be paid for both "
    "sides of one. Nothing was saved."
)
IN_A_RUN = (
    "A payment of the payee stands in run {number}, which is being prepared or agreed. Set that "
    "run aside first; if its file has left already, note that it was handed over instead. Nothing "
    "was saved."
)
AS_IT_IS = "That is how it stands already. Nothing was saved."
WAS_PAID = (
    "A payment to the successor is in a run or was made, so the decision stays. Take the payment "
    "out first, or decide on another successor. Nothing was saved."
)


def propose(
    award: KeptAward, *, successor: str, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Propose who is paid from now on in place of an award's payee; somebody else agrees it.

    Parameters
    ----------
    successor
        The key of a school or trust, such as ``school:900001``; the payee's own once it is open
        again, so that it is paid itself.

    Raises
    ------
    Conflict
        If the payee is open and another is named, the successor is not open, it would be paid
        twice, one waits already, or a payment of the payee stands in a run that is not handed over.
    """
    try:
        with transaction.atomic():
            alone_with_money(award.programme_id)
            _refuse(award.programme_id, award.payee, successor)
            stands = queries.successors(award.programme_id).get(award.payee, award.payee)
            if stands == successor:
                raise Conflict(AS_IT_IS)
            made = MoneyDecision.objects.create(
                kind=DecisionKind.SUCCESSOR, programme_id=award.programme_id, payee=award.payee,
                successor=successor, reason=reason, proposed_at=at, proposed_by=by,
            )  # fmt: skip
            tell("money_decision.propose", made, by, organisation, at, place, reason)
    except IntegrityError as error:
        raise Conflict(WAITS) from error
    return made


def _refuse(programme_id: str, payee: str, successor: str) -> None:
    open_ones = payees.names_of({payee, successor})
    if payee in open_ones and successor != payee:
        words = OPEN_AGAIN if payee in queries.successors(programme_id) else IS_OPEN
        raise Conflict(words.format(payee=open_ones[payee]))
    if successor not in open_ones:
        raise Conflict(NOT_OPEN.format(successor=successor))
    if successor in _paid_beside(programme_id, payee):
        raise Conflict(OTHER_SIDE.format(successor=open_ones[successor]))
    rows = Payment.objects.filter(
        programme_id=programme_id, payee=payee, state=PaymentState.IN_RUN, run__state__in=OPEN_RUNS
    )
    if in_run := rows.select_related("run").first():
        raise Conflict(IN_A_RUN.format(number=in_run.run.number))


def _paid_beside(programme_id: str, payee: str) -> set[str]:
    """Give who is paid for the other sides of a payee's partnerships, declared for or not."""
    kind, _, number = payee.partition(":")
    is_its = (
        Q(partner_trust_id=number)
        if kind == "trust"
        else Q(lead_urn=number) | Q(partner_urn=number)
    )
    found = {
        payees.payee_of(each, side)
        for each in Partnership.objects.filter(is_its, programme_id=programme_id)
        for side in ("partner", "lead")
    }
    if payee not in found:
        return set()
    told = queries.successors(programme_id)
    return {to for each in found - {payee} for to in (each, told.get(each, each))}


def carry_out(decision: MoneyDecision, by: str, at: datetime.datetime, place: str) -> None:
    """Let a decision that was just agreed count, and write to both of whom it tells.

    Raises
    ------
    Conflict
        If the payee or the successor is not as it was proposed any more, or a payment of the
        payee stands in a run that is not handed over yet.
    """
    _refuse(decision.programme_id, decision.payee, decision.successor)
    letters.write(telling.succeeded(decision), by=by, at=at, place=place)


def take_back(
    decision: MoneyDecision, *, version: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> MoneyDecision:  # fmt: skip
    """Take back who is paid in place of a payee, while nothing was paid by it.

    One person may: nobody is paid in its place then, by no older decision either.

    Raises
    ------
    Conflict
        If it does not stand any more, or a payment by it is in a run or was made.
    """
    with transaction.atomic():
        alone_with_money(decision.programme_id)
        held = MoneyDecision.objects.select_for_update().get(pk=decision.pk)
        if held.version != version or not stands(held):
            raise Conflict(CHANGED)
        if was_paid(held):
            raise Conflict(WAS_PAID)
        held.state = DecisionState.TAKEN_BACK
        held.taken_back_at, held.taken_back_by, held.taken_back_reason = at, by, reason
        held.version += 1
        held.save()
        tell("money_decision.take_back", held, by, organisation, at, place, reason)
    return held


def stands(held: MoneyDecision) -> bool:
    """Tell whether a decision names somebody else, was agreed and not taken back."""
    is_agreed = (held.kind, held.state) == (DecisionKind.SUCCESSOR, DecisionState.AGREED)
    return is_agreed and held.successor != held.payee


def was_paid(held: MoneyDecision) -> bool:
    """Tell whether a payment by a decision is in a run or was made."""
    rows = Payment.objects.filter(
        programme_id=held.programme_id, payee=held.payee, successor=held.successor
    )
    return rows.filter(state__in=LIVE_PAYMENTS).exists()
