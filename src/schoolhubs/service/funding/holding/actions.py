"""Holds a payment back from runs, and takes it up again; one person may do either.

Neither sends money: what is held is not in a run, and what is taken up again is agreed with its
run by another person.
"""

import datetime

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding.holding.models import HeldPayment
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import OPEN_RUNS, Payment, PaymentState
from schoolhubs.vocabulary.errors import Conflict

HELD_ALREADY = "Somebody held this back while you had it open. Nothing of yours was saved."
NOT_HELD = "This is not held back any more. Nothing of yours was saved."
IN_A_RUN = (
    "This stands in run {number}, which is being prepared or agreed. Set that run aside first, "
    "then hold it back and prepare the run anew. Nothing was saved."
)


def held_of(award: KeptAward) -> HeldPayment | None:
    """Give what holds an award's payments back; None where nothing does."""
    return HeldPayment.objects.filter(
        payee=award.payee, partnership=award.partnership_id, period=award.period,
        milestone=award.milestone, taken_up_at__isnull=True,
    ).first()  # fmt: skip


def hold(
    award: KeptAward, *, reason: str, by: str, organisation: str, at: datetime.datetime, place: str
) -> HeldPayment:
    """Leave what is due of an award out of runs until somebody takes it up again.

    Raises
    ------
    Conflict
        If it is held back already, or stands in a run that is not handed over yet.
    """
    with transaction.atomic():
        alone_with_money(award.programme_id)
        if held_of(award) is not None:
            raise Conflict(HELD_ALREADY)
        rows = Payment.objects.filter(
            award__payee=award.payee, partnership=award.partnership_id, period=award.period,
            award__milestone=award.milestone, state=PaymentState.IN_RUN, run__state__in=OPEN_RUNS,
        )  # fmt: skip
        if in_run := rows.select_related("run").first():
            raise Conflict(IN_A_RUN.format(number=in_run.run.number))
        made = HeldPayment.objects.create(
            partnership_id=award.partnership_id, programme_id=award.programme_id,
            payee=award.payee, period=award.period, milestone=award.milestone, reason=reason,
            held_at=at, held_by=by,
        )  # fmt: skip
        _tell("held_payment.hold", made, by, organisation, at, place, reason)
    return made


def take_up(
    held: HeldPayment, *, reason: str, by: str, organisation: str, at: datetime.datetime, place: str
) -> HeldPayment:
    """Let what was held back stand in the next run again.

    Raises
    ------
    Conflict
        If somebody took it up already.
    """
    with transaction.atomic():
        alone_with_money(held.programme_id)
        found = HeldPayment.objects.select_for_update().get(pk=held.pk)
        if found.taken_up_at is not None:
            raise Conflict(NOT_HELD)
        found.taken_up_at, found.taken_up_by, found.taken_up_reason = at, by, reason
        found.save()
        _tell("held_payment.take_up", found, by, organisation, at, place, reason)
    return found


def _tell(
    action: str, one: HeldPayment, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str,
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"held_payment:{one.pk}",
        details={"payee": one.payee, "milestone": one.milestone},
    )  # fmt: skip
