"""Intakes of a programme, and the schools that may come late."""

import datetime

from django.db import models

from schoolhubs.service.history.keeping import with_history


@with_history
class Intake(models.Model):
    """One intake of one programme: the window to apply in, and the term it starts with.

    ``closes_on`` is the first day on which it is no longer open. A window that was only proposed
    opens to nobody; the office confirms it. ``day_from`` says where its first day was found.
    """

    programme_id = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    starts_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    day_from = models.CharField(
        max_length=12,
        choices=[("definition", "Published"), ("calendar", "Proposed from the term calendar")],
    )
    is_confirmed = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """In order of time; a confirmed window says who confirmed it and why."""

        ordering = ("programme_id", "starts_on")
        constraints = (
            models.UniqueConstraint(
                fields=("programme_id", "cohort_id"), name="one_intake_a_cohort"
            ),
            models.CheckConstraint(
                condition=models.Q(closes_on__gt=models.F("opens_on")),
                name="an_intake_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(is_confirmed=False)
                | models.Q(changed_at__isnull=False)
                & ~models.Q(changed_by="")
                & ~models.Q(reason=""),
                name="a_confirmed_intake_says_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def is_open(self, on: datetime.date) -> bool:
        """Tell whether schools may apply on a day."""
        return self.is_confirmed and self.opens_on <= on < self.closes_on

    @property
    def last_on(self) -> datetime.date:
        """The last day to apply."""
        return self.closes_on - datetime.timedelta(days=1)


@with_history
class LatePermission(models.Model):
    """An officer let one school apply outside the window, with a reason, up to a day."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT)
    urn = models.CharField(max_length=6)
    until_on = models.DateField()
    reason = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.TextField()

    class Meta:
        """One permission a school and intake, never without a reason."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("intake", "urn"), name="one_late_permission_a_school_and_intake"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="lateness_has_a_reason"),
        )
