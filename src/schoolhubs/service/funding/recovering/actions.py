"""Proposes a clawback, agrees or refuses it, and counts what two people agree was repaid."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import queries, telling
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState, Recovery
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import in_pounds

TOO_MUCH = (
    "No more comes back than was paid above the award as it stands, and was not asked back "
    "already: {most}. Correct the award first if it should be less. Nothing was saved."
)
WAITS = "A clawback of this award waits to be agreed already. Nothing was saved."
SAME_PERSON = (
    "You proposed this clawback, so somebody else has to agree it. Nothing was changed; ask a "
    "colleague who agrees payments."
)
CHANGED = "This clawback was settled while you had it open. Nothing of yours was saved."
TWICE = "A repayment with this reference is counted already. Nothing was added."
LATER = "Money came back by {today} at the latest: no later day can be. Nothing was added."
ABOVE = "That is more than is still owed. Nothing was added."


def propose(
    award: KeptAward, *, amount_pence: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Clawback:  # fmt: skip
    """Propose that what was paid above an award comes back; somebody else agrees it.

    Raises
    ------
    Conflict
        If it is more than was overpaid and not asked back, or one waits for the award already.
    """
    try:
        with transaction.atomic():
            alone_with_money(award.programme_id)
            _refuse_too_much(award, amount_pence)
            made = Clawback.objects.create(
                partnership_id=award.partnership_id, programme_id=award.programme_id,
                payee=award.payee, period=award.period, milestone=award.milestone,
                amount_pence=amount_pence, reason=reason, proposed_at=at, proposed_by=by,
            )  # fmt: skip
            _tell("clawback.propose", made, by, organisation, at, place, reason)
    except IntegrityError as error:
        raise Conflict(WAITS) from error
    return made


def settle(
    clawback: Clawback, *, agrees: bool, version: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Clawback:  # fmt: skip
    """Agree a clawback that somebody else proposed, or refuse it.

    Once agreed, what is still to be paid to the payee gives first, and the rest is a debt.

    Raises
    ------
    Conflict
        If the same person proposed it, it was settled meanwhile, or the award was raised since.
    """
    with transaction.atomic():
        alone_with_money(clawback.programme_id)
        held = Clawback.objects.select_for_update().get(pk=clawback.pk)
        if held.version != version or held.state != ClawbackState.PROPOSED:
            raise Conflict(CHANGED)
        if held.proposed_by == by:
            raise Conflict(SAME_PERSON)
        if agrees:
            _refuse_too_much(_award_of(held), held.amount_pence)
        held.state = ClawbackState.AGREED if agrees else ClawbackState.REFUSED
        held.settled_at, held.settled_by, held.settled_reason = at, by, reason
        held.version += 1
        held.save()
        faults.at("payment.clawback-saved")
        if agrees:
            letters.write(telling.clawed_back(held), by=by, at=at, place=place)
        action = "clawback.agree" if agrees else "clawback.refuse"
        _tell(action, held, by, organisation, at, place, reason)
    faults.at("payment.clawback-made")
    return held


def refuse_repaid(
    clawback: Clawback, *, amount_pence: int, received_on: datetime.date, reference: str,
    at: datetime.datetime,
) -> None:  # fmt: skip
    """Refuse money that cannot have come back: on a day ahead, counted already, above the debt.

    Raises
    ------
    Conflict
        Saying which.
    """
    if received_on > (today := timezone.localdate(at)):
        raise Conflict(LATER.format(today=day(today)))
    if Recovery.objects.filter(reference=reference).exists():
        raise Conflict(TWICE)
    if amount_pence > queries.outstanding([clawback]).get(clawback.pk, 0):
        raise Conflict(ABOVE)


def count_repaid(
    clawback: Clawback, *, amount_pence: int, received_on: datetime.date, reference: str, by: str,
    at: datetime.datetime,
) -> Recovery:  # fmt: skip
    """Count money that a payee sent back, as two people agreed; part of their transaction.

    Raises
    ------
    Conflict
        If the day is ahead, the reference is counted already, or more than is still owed.
    """
    refuse_repaid(
        clawback, amount_pence=amount_pence, received_on=received_on, reference=reference, at=at
    )
    return Recovery.objects.create(
        clawback=clawback, amount_pence=amount_pence, received_on=received_on,
        reference=reference, made_at=at, made_by=by,
    )  # fmt: skip


def overpaid_pence(award: KeptAward) -> int:
    """Give what was paid for an award above what it comes to now, and is not asked back yet."""
    newest = queries.newest_of(award.payee, award.partnership_id, award.period, award.milestone)
    payments = queries.live_payments(payee=award.payee, partnership_id=award.partnership_id)
    asked = Clawback.objects.filter(payee=award.payee, partnership_id=award.partnership_id)
    key = queries.key_of(award)
    kept = queries.sent(payments).get(key, 0) - queries.clawed_back(asked).get(key, 0)
    return max(kept - (newest.amount_pence if newest else 0), 0)


def _award_of(held: Clawback) -> KeptAward:
    found = queries.newest_of(held.payee, held.partnership_id, held.period, held.milestone)
    assert found is not None, "a clawback is proposed of an award"
    return found


def _refuse_too_much(award: KeptAward, amount_pence: int) -> None:
    left = overpaid_pence(award)
    if amount_pence > left:
        raise Conflict(TOO_MUCH.format(most=in_pounds(left)))


def _tell(
    action: str, one: Clawback, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str,
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"clawback:{one.pk}",
        details={"payee": one.payee, "milestone": one.milestone, "pence": one.amount_pence},
    )  # fmt: skip
