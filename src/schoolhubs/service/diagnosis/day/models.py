"""Diagnostic days, what was seen on them, and what lies outside the school."""

from django.db import models

from schoolhubs.service.history.keeping import with_history


class Side(models.TextChoices):
    """Which school saw something."""

    SCHOOL = "school", "The school"
    LEAD_SCHOOL = "lead_school", "The lead school"


class Says(models.TextChoices):
    """Whether what was seen speaks for a root cause."""

    FOR = "for", "Speaks for it"
    AGAINST = "against", "Speaks against it"
    CANNOT_TELL = "cannot_tell", "Does not decide it"


@with_history
class DiagnosticDay(models.Model):
    """A day on which partner and lead school look for causes; open until findings are confirmed.

    A school acts for itself, so it hangs on the URN and not on a partnership.
    """

    urn = models.CharField(max_length=6)
    held_on = models.DateField()
    agenda = models.TextField()
    who = models.TextField()
    to_see = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One that is open in each school."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("urn",), condition=models.Q(confirmed_at=None),
                name="one_open_diagnostic_day",
            ),
        )  # fmt: skip


@with_history
class Seen(models.Model):
    """One thing that somebody saw on the day, on one root cause; never a pupil."""

    day = models.ForeignKey(DiagnosticDay, on_delete=models.PROTECT, related_name="seen")
    root_cause = models.CharField(max_length=40)
    side = models.CharField(max_length=12, choices=Side.choices)
    says = models.CharField(max_length=12, choices=Says.choices)
    text = models.TextField()
    place = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """In the order in which they were written down."""

        ordering = ("pk",)


@with_history(without=("content",))
class SeenDraft(models.Model):
    """What somebody began to write down and could not send yet."""

    day = models.ForeignKey(DiagnosticDay, on_delete=models.CASCADE, related_name="+")
    by = models.TextField()
    content = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        """One a person."""

        constraints = (
            models.UniqueConstraint(fields=("day", "by"), name="one_draft_of_what_was_seen"),
        )


@with_history
class OutsideBarrier(models.Model):
    """What keeps pupils away that lies outside the school: its extent, and who answers for it."""

    urn = models.CharField(max_length=6)
    root_cause = models.CharField(max_length=40)
    extent = models.TextField()
    body = models.CharField(max_length=120)
    referral = models.TextField(blank=True)
    referred_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One of a kind in each school."""

        ordering = ("root_cause",)
        constraints = (
            models.UniqueConstraint(fields=("urn", "root_cause"), name="one_barrier_of_a_kind"),
        )
