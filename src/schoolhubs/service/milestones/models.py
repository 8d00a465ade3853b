"""Concerns about how a partnership goes, and what each had come to when it was over."""

from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.partnerships.models import Partnership


class RaisedBy(models.TextChoices):
    """Who may raise a concern."""

    LEAD = "lead", "Lead school"
    OFFICE = "office", "Programme office"


class ConcernState(models.TextChoices):
    """How far a concern is."""

    OPEN = "open", "Waits for an answer"
    ANSWERED = "answered", "Answered"
    SETTLED = "settled", "Settled"


class Said(models.TextChoices):
    """What an entry of a concern is."""

    RAISED = "raised", "Raised"
    ANSWERED = "answered", "Answered"
    FURTHER = "further", "Taken further"
    SETTLED = "settled", "Settled"


@with_history
class Concern(models.Model):
    """A lead, or the office, is worried that a partner takes no part; one at a time.

    ``step`` is the step of the definition it is at, since ``step_on``. Words and evidence stand in
    its entries. ``version`` grows with every change.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="concerns")
    raised_side = models.CharField(max_length=6, choices=RaisedBy.choices)
    step = models.CharField(max_length=40)
    step_on = models.DateField()
    state = models.CharField(max_length=8, choices=ConcernState.choices, default=ConcernState.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One that is not settled at a time."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership",),
                condition=~models.Q(state="settled"),
                name="one_concern_at_a_time",
            ),
        )


@written_once
class ConcernEntry(models.Model):
    """What somebody said of a concern: why it was raised, with what evidence; the answer."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="entries")
    what = models.CharField(max_length=8, choices=Said.choices)
    step = models.CharField(max_length=40)
    words = models.TextField()
    evidence = models.TextField(blank=True)
    said_at = models.DateTimeField()
    said_by = models.TextField()

    class Meta:
        """In order of time; a concern is raised with evidence."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(what="raised") | ~models.Q(evidence=""),
                name="a_concern_is_raised_with_evidence",
            ),
        )


@written_once
class Completion(models.Model):
    """What a partnership had come to at its end, as ``delivery.milestones.Completed`` holds it.

    Kept anew, with the next number, where days of its last weeks are agreed only after its end.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="completions"
    )
    number = models.PositiveIntegerField(default=1)
    finished_on = models.DateField()
    definition_version = models.CharField(max_length=40)
    record = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        """The newest counts; those before it stay."""

        ordering = ("partnership_id", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "number"), name="one_completion_of_a_number"
            ),
        )


class TasksKept(models.Model):
    """What is due soon or overdue in a partnership, as last looked at, for the list of one's work.

    Worked out anew each hour from the ledgers, and sooner where the audit log shows that one of
    its schools did something since; the page of the terms looks at them itself. ``looked_to`` is
    the number of the last entry of that log when it was worked out.
    """

    partnership = models.OneToOneField(
        Partnership, on_delete=models.CASCADE, primary_key=True, related_name="tasks_kept"
    )
    tasks = models.JSONField()
    looked_to = models.BigIntegerField(default=0)
