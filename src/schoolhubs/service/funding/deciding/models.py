"""What one person of finance proposes and another agrees, where no file says it."""

import pgtrigger
from django.db import models

from schoolhubs.service.funding.models import NEVER_DELETED
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.history.keeping import with_history


class DecisionKind(models.TextChoices):
    """What is decided."""

    SETTLED = "settled", "A payment settled by hand"
    REPAID = "repaid", "Money that came back"
    SUCCESSOR = "successor", "Who is paid for a school or trust that is no more"


class DecisionState(models.TextChoices):
    """How far a decision has come."""

    PROPOSED = "proposed", "Waits for somebody else to agree"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Not agreed"
    TAKEN_BACK = "taken_back", "Taken back before anything was paid by it"
    WITHDRAWN = "withdrawn", "Withdrawn by who proposed it"


@with_history
class MoneyDecision(models.Model):
    """What two people say of money where no file says it; nothing counts before both did.

    Of a payment settled by hand, ``amount_pence`` is what arrived, and ``on`` the day; nothing
    where nothing arrived, and ``stood_as`` what stood of the payment when it was proposed: where
    that changed, it is not agreed any more. Of money that came back, they are what came, when, and
    ``reference`` the bank's. ``payee`` and ``successor`` are keys of organisations, such as
    ``school:900001``; of the same payee the newest that was agreed counts; once somebody takes it
    back, none does. Where both are the same, the payee is open again and paid itself.
    """

    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    programme_id = models.CharField(max_length=60)
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    clawback = models.ForeignKey(
        Clawback, null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    payee = models.CharField(max_length=40, blank=True)
    successor = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    amount_pence = models.PositiveBigIntegerField(null=True)
    on = models.DateField(null=True)
    stood_as = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=DecisionState.choices, default=DecisionState.PROPOSED
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    settled_reason = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.TextField(blank=True)
    taken_back_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """For a reason, agreed by another than who proposed it; one waits of a thing at a time."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(proposed_by=""),
                name="a_money_decision_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="settled")
                | models.Q(payment__isnull=False, amount_pence__isnull=False)
                & (models.Q(amount_pence=0) | models.Q(on__isnull=False)),
                name="a_payment_settled_by_hand_says_what_arrived_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="repaid")
                | models.Q(clawback__isnull=False, amount_pence__gt=0, on__isnull=False)
                & ~models.Q(reference=""),
                name="money_that_came_back_says_how_much_when_and_by_which_reference",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="successor")
                | ~models.Q(payee="")
                & ~models.Q(successor=""),
                name="a_successor_is_named",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by="")
                | models.Q(state="withdrawn")
                | ~models.Q(settled_by=models.F("proposed_by")),
                name="who_agrees_a_money_decision_did_not_propose_it",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", settled_at__isnull=True)
                | ~models.Q(state="proposed")
                & models.Q(settled_at__isnull=False)
                & ~models.Q(settled_by=""),
                name="a_money_decision_that_is_settled_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="taken_back")
                & models.Q(taken_back_at__isnull=True, taken_back_by="", taken_back_reason="")
                | models.Q(kind="successor", state="taken_back", taken_back_at__isnull=False)
                & ~models.Q(taken_back_by="")
                & ~models.Q(taken_back_reason=""),
                name="a_successor_taken_back_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn")
                | models.Q(settled_by=models.F("proposed_by")),
                name="who_proposed_a_money_decision_withdraws_it",
            ),
            models.UniqueConstraint(
                fields=("payment",), condition=models.Q(state="proposed"),
                name="one_money_decision_waits_a_payment",
            ),
            models.UniqueConstraint(
                fields=("reference",),
                condition=models.Q(kind="repaid")
                & ~models.Q(state__in=("refused", "withdrawn")),
                name="one_repayment_a_reference",
            ),
            models.UniqueConstraint(
                fields=("programme_id", "payee"),
                condition=models.Q(kind="successor", state="proposed"),
                name="one_successor_waits_a_payee",
            ),
        )  # fmt: skip
        triggers = (
            NEVER_DELETED,
            pgtrigger.ReadOnly(
                name="keeps_what_was_proposed",
                fields=[
                    "kind", "programme_id", "payment", "clawback", "payee", "successor",
                    "reference", "amount_pence", "on", "stood_as", "reason", "proposed_at",
                    "proposed_by",
                ],
            ),
            pgtrigger.Protect(
                name="stays_settled", operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state IN ('refused', 'taken_back', 'withdrawn') OR "
                    "OLD.state = 'agreed' AND NOT ("
                    "OLD.kind = 'successor' AND NEW.state = 'taken_back' AND "
                    "(NEW.settled_at, NEW.settled_by, NEW.settled_reason) = "
                    "(OLD.settled_at, OLD.settled_by, OLD.settled_reason))"
                ),
            ),
            pgtrigger.Trigger(
                name="taken_back_while_nothing_is_paid_by_it", when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state = 'taken_back'"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM funding_payment p
                        WHERE p.programme_id = NEW.programme_id AND p.payee = NEW.payee
                        AND p.successor = NEW.successor AND p.state IN ('in_run', 'paid')
                    ) THEN
                        RAISE EXCEPTION 'a successor who was paid stays one'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    @property
    def about(self) -> str:
        """The payee that it is about, such as ``school:900001``."""
        if self.payment is not None:
            return self.payment.payee
        return self.clawback.payee if self.clawback is not None else self.payee
