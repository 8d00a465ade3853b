"""Draws payments of a run by lot, asks for their evidence, and says what was found."""

import datetime
import hashlib

from django.db import transaction

from schoolhubs import programmes
from schoolhubs.funding import paying
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding.assurance.models import SampledPayment, SampleState
from schoolhubs.service.funding.paying.models import LIVE_PAYMENTS, PaymentRun, RunState
from schoolhubs.service.funding.paying.records import as_item
from schoolhubs.vocabulary.errors import Conflict

DIGITS = 12  # of the seed: anybody who reads the run can draw by it again
NOT_YET = "The run is not agreed yet, so nothing can be drawn of it. Nothing was drawn."
DRAWN = "Payments of this run are drawn already. Nothing was drawn."
CHANGED = "Somebody said what this payment showed while you had it open. Nothing was saved."


def draw(
    run: PaymentRun, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> list[SampledPayment]:
    """Draw the payments of a run that are looked at again, by the programme's rule.

    The seed is the digest of the file's own and of the lot that was drawn when the run was agreed:
    who prepared it could not choose it, and anybody can draw by it again.

    Raises
    ------
    Conflict
        If the run is not agreed, or was drawn from already.
    """
    with transaction.atomic():
        held = PaymentRun.objects.select_for_update().get(pk=run.pk)
        if held.state not in (RunState.AGREED, RunState.HANDED_OVER, RunState.PAID):
            raise Conflict(NOT_YET)
        if SampledPayment.objects.filter(payment__run=held).exists():
            raise Conflict(DRAWN)
        payments = {
            each.reference: each
            for each in held.payments.filter(state__in=LIVE_PAYMENTS).select_related("award")
        }
        seed = hashlib.sha256((held.file_hash + held.lot).encode()).hexdigest()[:DIGITS]
        drawn = paying.draw_sample(
            [as_item(each) for each in payments.values()],
            programmes.load(held.programme_id).money(held.pay_on).assurance, seed=int(seed, 16),
        )  # fmt: skip
        made = SampledPayment.objects.bulk_create(
            SampledPayment(payment=payments[each.reference], seed=seed, drawn_at=at, drawn_by=by)
            for each in drawn
        )
        audit.record(
            by=by, organisation=organisation, at=at, action="sample.draw", place=place,
            subject=f"payment_run:{held.pk}", details={"drawn": len(made), "seed": seed},
        )  # fmt: skip
    return made


def find(
    sampled: SampledPayment, *, is_shown: bool, found: str, version: int, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> SampledPayment:  # fmt: skip
    """Say whether the evidence shows a payment; what it does not show is corrected where it stands.

    Raises
    ------
    Conflict
        If somebody said so meanwhile.
    """
    with transaction.atomic():
        held = SampledPayment.objects.select_for_update().get(pk=sampled.pk)
        if held.version != version or held.state != SampleState.ASKED:
            raise Conflict(CHANGED)
        held.state = SampleState.SHOWN if is_shown else SampleState.NOT_SHOWN
        held.found_at, held.found_by, held.found = at, by, found
        held.version += 1
        held.save()
        audit.record(
            by=by, organisation=organisation, at=at, action="sample.find", place=place,
            subject=f"payment:{held.payment_id}", reason=found, details={"is_shown": is_shown},
        )  # fmt: skip
    return held
