"""Imports: published files somebody brought, what the check found, and what was made of them."""

from django.db import models

from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.schools.models import RegisterSnapshot


class Step(models.TextChoices):
    """How far an import is."""

    RECEIVED = "received", "Being checked"
    CHECKED = "checked", "Checked, waits for a choice"
    KEEPING = "keeping", "Being imported"
    KEPT = "kept", "Imported"
    STOPPED = "stopped", "Stopped, nothing kept"


class Choice(models.TextChoices):
    """What to keep of the files."""

    WHOLE_FILES = "whole_files", "files without faults"
    GOOD_ROWS = "good_rows", "files without faults, and the good rows of the others"


@with_history(without=("report",))
class Import(models.Model):
    """One import of published files.

    ``files`` lists what was brought, with name, size and digest; ``report`` is what the check
    found. ``compared_with`` is the register that was current then: the import is kept only if it
    still is. ``before`` is what an undo goes back to.
    """

    on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField(blank=True)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.RECEIVED)
    files = models.JSONField()
    report = models.JSONField(default=dict)
    compared_with = models.ForeignKey(
        RegisterSnapshot, null=True, on_delete=models.PROTECT, related_name="+"
    )
    choice = models.CharField(max_length=12, choices=Choice.choices, blank=True)
    check_work = models.OneToOneField(Work, null=True, on_delete=models.PROTECT, related_name="+")
    keep_work = models.OneToOneField(Work, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.OneToOneField(
        RegisterSnapshot, null=True, on_delete=models.PROTECT, related_name="import_of"
    )
    before = models.ForeignKey(
        RegisterSnapshot, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True)
    undone_because = models.TextField(blank=True)

    class Meta:
        """What was kept has its register, and only that; an undo has a reason."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(step=Step.KEPT, snapshot__isnull=False)
                | ~models.Q(step=Step.KEPT) & models.Q(snapshot__isnull=True),
                name="kept_imports_have_a_register",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True)
                | models.Q(step=Step.KEPT) & ~models.Q(undone_because=""),
                name="an_undo_has_a_reason",
            ),
        )
