"""Pieces of work: asked for once, done once."""

from django.db import models
from django.db.models.functions import Now

from schoolhubs.service.history.keeping import written_once


class State(models.TextChoices):
    """How far a piece of work is."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped"
    SET_ASIDE = "set_aside", "Set aside"


UNFINISHED = (State.WAITING, State.RUNNING)
STOPPED = (State.FAILED, State.SET_ASIDE)
FINISHED = (State.DONE, *STOPPED)


class Work(models.Model):
    """One piece of work.

    ``order`` is what was asked, as JSON, and never changes. ``stage``, ``n_done`` and ``n_total``
    are how far it is. ``result`` and ``result_path`` are written in the same transaction as the
    effect itself, so that a piece that is done had its effect, and no other had. ``fault`` says in
    words why the last try failed; ``attempt`` counts tries, those included that a power cut ended.
    Work that stopped is set aside once the office wants no more of it: it waits for nobody then.
    """

    kind = models.CharField(max_length=40)
    order = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    organisation = models.TextField(blank=True)
    place = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=80, blank=True)
    n_done = models.PositiveIntegerField(default=0)
    n_total = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    result_path = models.TextField(blank=True)
    fault = models.TextField(blank=True)

    class Meta:
        """What is finished says when; what failed says why."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=FINISHED, finished_at__isnull=False)
                | models.Q(state__in=UNFINISHED, finished_at__isnull=True),
                name="finished_work_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.FAILED) | ~models.Q(fault=""),
                name="failed_work_says_why",
            ),
        )
        indexes = (models.Index(fields=("state", "asked_at"), name="work_state"),)

    @property
    def is_finished(self) -> bool:
        """Nothing more happens to it by itself."""
        return self.state in FINISHED

    @property
    def is_stopped(self) -> bool:
        """It failed, whether it still waits for the office or was set aside."""
        return self.state in STOPPED


@written_once
class Product(models.Model):
    """A file that a piece of work made, for its asker to fetch."""

    work = models.OneToOneField(Work, primary_key=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()
