"""Payments drawn to be looked at again, and what was found."""

from django.db import models

from schoolhubs.service.funding.models import NEVER_DELETED
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.history.keeping import with_history


class SampleState(models.TextChoices):
    """What looking again has come to."""

    ASKED = "asked", "Evidence asked for"
    SHOWN = "shown", "Shown: the payment stands"
    NOT_SHOWN = "not_shown", "Not shown"


@with_history
class SampledPayment(models.Model):
    """A payment drawn by lot from its run; ``seed`` draws the same ones again."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="sampled")
    seed = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=SampleState.choices, default=SampleState.ASKED)
    drawn_at = models.DateTimeField()
    drawn_by = models.TextField()
    found_at = models.DateTimeField(null=True)
    found_by = models.TextField(blank=True)
    found = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """What was found says who, when and what."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED,)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="asked", found_at__isnull=True)
                | ~models.Q(state="asked")
                & models.Q(found_at__isnull=False)
                & ~models.Q(found_by="")
                & ~models.Q(found=""),
                name="a_sampled_payment_says_what_was_found",
            ),
        )
