"""Agreements between a lead and its partner on what the lead may see, what for, and until when."""

import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.partnerships.models import Partnership, Side


class AgreementState(models.TextChoices):
    """How far an agreement has come; by its dates it can be over while it still says agreed."""

    PROPOSED = "proposed", "Waiting for the other school"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ENDED = "ended", "Ended"


SETTLED = (AgreementState.DECLINED, AgreementState.WITHDRAWN, AgreementState.ENDED)
LIVE = (AgreementState.PROPOSED, AgreementState.AGREED)


@with_history
class Agreement(models.Model):
    """What a partner lets its lead see, what for, from a first day to the day after the last.

    What was proposed never changes: whoever wants it otherwise ends it and proposes anew. It is in
    force by its dates and the partnership's state, so that it ends without anybody doing anything.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    purposes = ArrayField(models.CharField(max_length=40))
    kinds = ArrayField(models.CharField(max_length=40))
    starts_on = models.DateField()
    finishes_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=AgreementState.choices, default=AgreementState.PROPOSED
    )
    proposed_side = models.CharField(max_length=8, choices=Side.choices)
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    settled_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One live agreement a partnership, about something, never beyond the partnership."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership",), condition=models.Q(state__in=("proposed", "agreed")),
                name="one_live_agreement_a_partnership",
            ),
            models.CheckConstraint(
                condition=models.Q(finishes_on__gt=models.F("starts_on")),
                name="an_agreement_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(purposes__len__gt=0, kinds__len__gt=0),
                name="an_agreement_is_for_something_and_about_something",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="agreed")
                | models.Q(agreed_at__isnull=False) & ~models.Q(agreed_by=""),
                name="an_agreement_says_who_agreed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "agreed"), settled_at__isnull=True)
                | models.Q(state__in=("declined", "withdrawn", "ended"), settled_at__isnull=False)
                & ~models.Q(settled_by=""),
                name="a_settled_agreement_says_who_and_when",
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(
                name="stays_settled", operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[each.value for each in SETTLED]),
            ),
            pgtrigger.ReadOnly(
                name="keeps_what_was_proposed",
                fields=[
                    "partnership", "purposes", "kinds", "starts_on", "finishes_on",
                    "proposed_side", "proposed_at", "proposed_by",
                ],
            ),
            pgtrigger.Trigger(
                name="within_the_partnership", when=pgtrigger.Before, operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM partnerships_partnership p WHERE p.id = NEW.partnership_id
                        AND NEW.finishes_on <= p.finishes_on
                    ) THEN
                        RAISE EXCEPTION 'an agreement lasts no longer than its partnership'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    @property
    def last_on(self) -> datetime.date:
        """The last day on which the lead sees anything by it."""
        return self.finishes_on - datetime.timedelta(days=1)

    @property
    def is_live(self) -> bool:
        """It is proposed or agreed."""
        return self.state in LIVE
