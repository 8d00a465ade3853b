"""Money to come back: who said so, who agreed, and what has come back."""

import pgtrigger
from django.db import models

from schoolhubs.service.funding.models import NEVER_DELETED
from schoolhubs.service.funding.moves import bar_other_moves
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.partnerships.models import Partnership


class ClawbackState(models.TextChoices):
    """How far a clawback has come."""

    PROPOSED = "proposed", "Waits for somebody else to agree"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Not agreed"


@with_history
class Clawback(models.Model):
    """Money paid that has to come back, with why; agreed by another person.

    Period and milestone are of the award by which it is owed.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    programme_id = models.CharField(max_length=60)
    payee = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    milestone = models.CharField(max_length=60)
    amount_pence = models.PositiveBigIntegerField()
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=ClawbackState.choices, default=ClawbackState.PROPOSED
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    settled_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of something, for a reason, agreed by another than who proposed it."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_pence__gt=0) & ~models.Q(reason=""),
                name="a_clawback_is_of_something_and_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by="") | ~models.Q(settled_by=models.F("proposed_by")),
                name="who_agrees_a_clawback_did_not_propose_it",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", settled_at__isnull=True)
                | ~models.Q(state="proposed")
                & models.Q(settled_at__isnull=False)
                & ~models.Q(settled_by=""),
                name="a_settled_clawback_says_who_and_when",
            ),
            models.UniqueConstraint(
                fields=("payee", "partnership", "period", "milestone"),
                condition=models.Q(state="proposed"),
                name="one_clawback_waits_a_payee_and_milestone",
            ),
        )
        triggers = (
            NEVER_DELETED,
            bar_other_moves("clawback"),
            pgtrigger.ReadOnly(
                name="keeps_what_was_proposed",
                fields=[
                    "partnership", "programme_id", "payee", "period", "milestone", "amount_pence",
                    "reason", "proposed_at", "proposed_by",
                ],
            ),
            pgtrigger.Protect(
                name="stays_settled", operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["agreed", "refused"]),
            ),
            pgtrigger.Trigger(
                name="never_above_what_was_paid", when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'proposed' AND NEW.state = 'agreed'"),
                declare=[("paid", "bigint"), ("back", "bigint")],
                func="""
                    SELECT coalesce(sum(p.gross_pence - p.short_pence), 0) INTO paid
                    FROM funding_payment p
                    WHERE p.payee = NEW.payee AND p.partnership_id = NEW.partnership_id
                        AND p.state = 'paid';
                    SELECT coalesce(sum(c.amount_pence), 0) INTO back FROM funding_clawback c
                    WHERE c.payee = NEW.payee AND c.partnership_id = NEW.partnership_id
                        AND c.state = 'agreed';
                    IF back + NEW.amount_pence > paid THEN
                        RAISE EXCEPTION 'no more comes back than was paid'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip


@written_once
class Recovery(models.Model):
    """A part of a clawback that came back: taken from a payment, or repaid.

    One taken from a payment counts while that payment stands: a payment that was not made took
    nothing. ``reference`` is what a repayment is known by, so that none is counted twice.
    """

    clawback = models.ForeignKey(Clawback, on_delete=models.PROTECT, related_name="recoveries")
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="recoveries"
    )
    amount_pence = models.PositiveBigIntegerField()
    received_on = models.DateField(null=True)
    reference = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """From a payment or repaid, never both; never more than the clawback."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_pence__gt=0)
                & (
                    models.Q(payment__isnull=False, received_on__isnull=True, reference="")
                    | models.Q(payment__isnull=True, received_on__isnull=False)
                    & ~models.Q(reference="")
                ),
                name="a_recovery_is_from_a_payment_or_repaid",
            ),
            models.UniqueConstraint(
                fields=("clawback", "payment"), name="one_recovery_a_clawback_and_payment"
            ),
            models.UniqueConstraint(
                fields=("reference",), condition=~models.Q(reference=""),
                name="one_recovery_a_repayment",
            ),
        )  # fmt: skip
        triggers = (
            NEVER_DELETED,
            pgtrigger.Trigger(
                name="never_above_the_clawback", when=pgtrigger.Before, operation=pgtrigger.Insert,
                declare=[("due", "bigint"), ("back", "bigint")],
                func="""
                    IF NEW.payment_id IS NULL AND NOT EXISTS (
                        SELECT 1 FROM funding_moneydecision d WHERE d.kind = 'repaid'
                        AND d.state = 'agreed' AND d.clawback_id = NEW.clawback_id
                        AND d.reference = NEW.reference AND d.amount_pence = NEW.amount_pence
                    ) THEN
                        RAISE EXCEPTION 'two people say that money came back'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT c.amount_pence INTO due FROM funding_clawback c
                    WHERE c.id = NEW.clawback_id AND c.state = 'agreed';
                    SELECT coalesce(sum(r.amount_pence), 0) INTO back FROM funding_recovery r
                    LEFT JOIN funding_payment p ON p.id = r.payment_id
                    WHERE r.clawback_id = NEW.clawback_id
                        AND (p.id IS NULL OR p.state IN ('in_run', 'paid'));
                    IF due IS NULL OR back + NEW.amount_pence > due THEN
                        RAISE EXCEPTION 'no more comes back than a clawback is of'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip
