"""What is held back from runs by hand."""

import pgtrigger
from django.db import models

from schoolhubs.service.funding.models import NEVER_DELETED
from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.partnerships.models import Partnership


@with_history
class HeldPayment(models.Model):
    """What is due to a payee for one milestone, left out of runs until it is taken up again.

    Its corrections are held back with it: it is known by what a payment is one of.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    programme_id = models.CharField(max_length=60)
    payee = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    milestone = models.CharField(max_length=60)
    reason = models.TextField()
    held_at = models.DateTimeField()
    held_by = models.TextField()
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.TextField(blank=True)
    taken_up_reason = models.TextField(blank=True)

    class Meta:
        """For a reason, once at a time; taken up again for another."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("payee", "partnership", "period", "milestone"),
                condition=models.Q(taken_up_at__isnull=True),
                name="a_payment_is_held_back_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(held_by=""),
                name="a_payment_held_back_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_up_at__isnull=True, taken_up_by="", taken_up_reason="")
                | models.Q(taken_up_at__isnull=False)
                & ~models.Q(taken_up_by="")
                & ~models.Q(taken_up_reason=""),
                name="a_payment_taken_up_again_says_who_and_why",
            ),
        )
        triggers = (
            NEVER_DELETED,
            pgtrigger.ReadOnly(
                name="keeps_what_was_held",
                fields=[
                    "partnership", "programme_id", "payee", "period", "milestone", "reason",
                    "held_at", "held_by",
                ],
            ),
            pgtrigger.Protect(
                name="stays_taken_up", operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_up_at__isnull=False),
            ),
        )  # fmt: skip
