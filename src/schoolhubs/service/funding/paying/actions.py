"""Prepares a run, agrees it, hands it over, sets it aside. Each step happens once, or not at all.

Whatever is written of one step is one transaction. Steps on the money of a programme queue for one
lock, and what no step may do is refused by the database besides.
"""

import dataclasses
import datetime
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from schoolhubs.funding import paying
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import payees, telling
from schoolhubs.service.funding.paying import due as dues
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import (
    LIVE_PAYMENTS,
    OPEN_RUNS,
    Payment,
    PaymentRun,
    PaymentState,
    RunState,
)
from schoolhubs.service.funding.paying.records import as_record
from schoolhubs.service.funding.paying.still import count_paid_after_all, refuse_what_changed
from schoolhubs.service.funding.recovering.models import Recovery
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.vocabulary.errors import Conflict

ROWS_AT_ONCE = 2_000
ONE_OPEN = (
    "A payment run of this programme is open already. Finish it or set it aside first. Nothing was "
    "prepared."
)
NOTHING_DUE = "Nothing is due on that day. Nothing was prepared."
SAME_PERSON = (
    "You prepared this run, so somebody else has to agree it. Nothing was changed; ask a colleague "
    "who agrees payments."
)
CHANGED = (
    "This run was changed while you had it open. Nothing of yours was saved; look at what stands "
    "now."
)
MAY_HAVE_LEFT = (
    "The file of this run is made, and may have left. Say that it went to nobody; if it did, note "
    "that it was handed over instead. Nothing was set aside."
)
MORE_THAN_AWARDED = (
    "A payment in it would come to more than the awards of its payee. Look at what was paid too "
    "much and propose a clawback first. Nothing was prepared."
)
ABOVE = (
    "This run would take the programme above its envelope. Nothing was prepared; look at the "
    "budget, or hold payments back."
)


def prepare(
    programme_id: str, *, pay_on: datetime.date, envelope_pence: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> PaymentRun:  # fmt: skip
    """Prepare a run of all that is due on a day; what stops a payment is kept as an exception.

    Raises
    ------
    Conflict
        If a run is open, nothing is due, or the envelope would not hold it.
    """
    try:
        return _prepared(programme_id, pay_on, envelope_pence, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(MORE_THAN_AWARDED) from error


def _prepared(
    programme_id: str, pay_on: datetime.date, envelope_pence: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> PaymentRun:  # fmt: skip
    with transaction.atomic():
        alone_with_money(programme_id)
        if PaymentRun.objects.filter(programme_id=programme_id, state__in=OPEN_RUNS).exists():
            raise Conflict(ONE_OPEN)
        found = dues.due(programme_id, on=pay_on)
        to_pay = [each for each in found if not each.is_left_out]
        if not to_pay:
            raise Conflict(NOTHING_DUE)
        faults.at("payment.prepare-worked-out")
        total = sum(each.gross_pence - each.taken_pence for each in to_pay)
        if total + _live_pence(programme_id) > envelope_pence:
            raise Conflict(ABOVE)
        last = PaymentRun.objects.filter(programme_id=programme_id).order_by("-number").first()
        run = PaymentRun.objects.create(
            programme_id=programme_id, number=last.number + 1 if last else 1, pay_on=pay_on,
            n_payments=len(to_pay), total_pence=total, envelope_pence=envelope_pence,
            exceptions=dues.to_look_at(found), prepared_at=at, prepared_by=by,
        )  # fmt: skip
        faults.at("payment.prepare-run")
        _pay(run, to_pay, by, at)
        faults.at("payment.prepare-payments")
        tell("payment_run.prepare", run, by, organisation, at, place)
        faults.at("payment.prepare-audited")
    faults.at("payment.prepare-made")
    return run


def _live_pence(programme_id: str) -> int:
    rows = Payment.objects.filter(programme_id=programme_id, state__in=LIVE_PAYMENTS)
    return int(rows.aggregate(pence=Sum(F("amount_pence") - F("short_pence")))["pence"] or 0)


def _pay(run: PaymentRun, to_pay: Sequence[dues.Due], by: str, at: datetime.datetime) -> None:
    made = Payment.objects.bulk_create(
        (
            Payment(
                run=run, award=each.award, partnership_id=each.award.partnership_id,
                programme_id=run.programme_id, payee=each.award.payee,
                successor=each.successor, period=each.award.period, milestone=each.milestone,
                gross_pence=each.gross_pence, taken_pence=each.taken_pence,
                amount_pence=each.gross_pence - each.taken_pence,
                reference=_reference(each, run),
            )
            for each in to_pay
        ),
        batch_size=ROWS_AT_ONCE,
    )  # fmt: skip
    Recovery.objects.bulk_create(
        Recovery(clawback_id=pk, payment=payment, amount_pence=pence, made_at=at, made_by=by)
        for payment, each in zip(made, to_pay, strict=True)
        for pk, pence in each.taken
    )


def _reference(one: dues.Due, run: PaymentRun) -> str:
    """Give what a payment is known by at a bank; tried again in a later run, it is another's."""
    award = one.award
    key = paying.payment_reference(
        award.payee.partition(":")[2], str(award.partnership_id), award.period, one.milestone
    )
    return f"{key}{run.number:03d}"


def agree(
    run: PaymentRun, *, version: int, by: str, organisation: str, at: datetime.datetime, place: str
) -> PaymentRun:
    """Agree a run that somebody else prepared; its file is made, and nothing of it changes after.

    Raises
    ------
    Conflict
        If the same person prepared it, it was changed meanwhile, or an award in it or a day
        behind it was corrected.
    """
    with transaction.atomic():
        held = _held(run, version, RunState.PREPARED)
        if held.prepared_by == by:
            raise Conflict(SAME_PERSON)
        payments = list(held.payments.filter(state=PaymentState.IN_RUN).order_by("pk"))
        refuse_what_changed(payments)
        faults.at("payment.agree-checked")
        names = payees.names_of({each.paid_to for each in payments})
        made = dataclasses.replace(as_record(held, payments), made_on=timezone.localdate(at))
        text = paying.run_file(made, {each.partition(":")[2]: name for each, name in names.items()})
        held.file, held.file_hash = text.encode(), paying.file_digest(text)
        held.lot, digest = secrets.token_hex(16), held.file_hash
        held.file_name = f"payments-{held.programme_id}-{held.number}-{digest[:12]}.csv"
        held.state, held.agreed_at, held.agreed_by = RunState.AGREED, at, by
        save(held)
        faults.at("payment.agree-saved")
        tell("payment_run.agree", held, by, organisation, at, place, file=digest)
        faults.at("payment.agree-audited")
    faults.at("payment.agree-made")
    return held


def hand_over(
    run: PaymentRun, *, version: int, by: str, organisation: str, at: datetime.datetime,
    place: str, has_left: bool = False,
) -> PaymentRun:  # fmt: skip
    """Note that the file was handed to whoever pays; what is all taken for clawback is settled.

    Parameters
    ----------
    has_left
        The file was sent before anybody saw that something behind it changed: nothing stops it
        any more, and what is too much of it comes back by clawback.

    Raises
    ------
    Conflict
        If it is not agreed, was handed over already, or an award in it or a day behind it was
        corrected since it was agreed.
    """
    with transaction.atomic():
        held = _held(run, version, RunState.AGREED)
        if not has_left:
            refuse_what_changed(list(held.payments.filter(state=PaymentState.IN_RUN)))
        nothing = held.payments.filter(state=PaymentState.IN_RUN, amount_pence=0)
        settled = list(nothing.select_related("award__declaration", "partnership"))
        # Nothing counts as paid on a day that is ahead.
        paid_on = min(held.pay_on, timezone.localdate(at))
        nothing.update(state=PaymentState.PAID, paid_on=paid_on)
        for each in settled:
            each.paid_on = paid_on
        letters.write(telling.paid(settled), by=by, at=at, place=place)
        faults.at("payment.hand-over-settled")
        held.state, held.handed_over_at, held.handed_over_by = RunState.HANDED_OVER, at, by
        finish_if_all_settled(held, by, at)
        save(held)
        faults.at("payment.hand-over-saved")
        left: dict[str, Any] = {"had_left": True} if has_left else {}
        tell("payment_run.hand_over", held, by, organisation, at, place, **left)
    faults.at("payment.hand-over-made")
    return held


def set_aside(
    run: PaymentRun, *, version: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str, has_not_left: bool = False,
) -> PaymentRun:  # fmt: skip
    """Set a run aside before it is handed over: nothing of it is paid, and all of it is due again.

    Parameters
    ----------
    has_not_left
        Whoever does it says that the file of an agreed run went to nobody.

    Raises
    ------
    Conflict
        If it was handed over: what became of it is known by its confirmation alone. Also if it
        was agreed, and nobody said that its file went to nobody.
    """
    with transaction.atomic():
        held = _held(run, version, RunState.PREPARED, RunState.AGREED)
        if held.state == RunState.AGREED and not has_not_left:
            raise Conflict(MAY_HAVE_LEFT)
        held.payments.filter(state=PaymentState.IN_RUN).update(state=PaymentState.TAKEN_OUT)
        count_paid_after_all(held.programme_id)
        faults.at("payment.set-aside-taken-out")
        held.state, held.finished_reason = RunState.SET_ASIDE, reason
        held.finished_at, held.finished_by = at, by
        save(held)
        tell("payment_run.set_aside", held, by, organisation, at, place, reason=reason)
    faults.at("payment.set-aside-made")
    return held


def finish_if_all_settled(held: PaymentRun, by: str, at: datetime.datetime) -> None:
    """Say that a run is paid, once nothing of it waits any more."""
    if not held.payments.filter(state=PaymentState.IN_RUN).exists():
        held.state, held.finished_at, held.finished_by = RunState.PAID, at, by


def _held(run: PaymentRun, version: int, *states: RunState) -> PaymentRun:
    alone_with_money(run.programme_id)
    held = PaymentRun.objects.select_for_update().get(pk=run.pk)
    if held.version != version or held.state not in states:
        raise Conflict(CHANGED)
    return held


def save(held: PaymentRun) -> None:
    """Save a run that was changed."""
    held.version += 1
    held.save()


def tell(
    action: str, run: PaymentRun, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "", **details: Any,
) -> None:  # fmt: skip
    """Say in the audit log what was done with a run."""
    told = {"run": run.number, "payments": run.n_payments, "pence": run.total_pence, **details}
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"payment_run:{run.pk}", details=told,
    )  # fmt: skip
