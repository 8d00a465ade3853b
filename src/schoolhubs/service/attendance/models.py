"""A school's own marks: which column is what, term dates, what was brought, what was found.

No mark and no pupil is in the database: marks are in the data folder, by keyed hashes.
"""

from django.db import models

from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.jobs.models import Work


class Step(models.TextChoices):
    """How far an import of marks is."""

    BROUGHT = "brought", "Waits for its columns"
    MAPPED = "mapped", "Waits for term dates"
    READING = "reading", "Being read"
    FOUND = "found", "Read, waits for a choice"
    KEEPING = "keeping", "Being kept"
    KEPT = "kept", "Kept"
    STOPPED = "stopped", "Stopped, nothing kept"


OPEN = (Step.BROUGHT, Step.MAPPED, Step.READING, Step.FOUND)


@with_history
class Mapping(models.Model):
    """Which column of a school's own export is what, saved by name; headings alone, no cell."""

    urn = models.CharField(max_length=6)
    name = models.CharField(max_length=80)
    content = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One of a name in each school."""

        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("urn", "name"), name="one_marks_mapping_a_name"),
        )

    def __str__(self) -> str:
        return self.name


@with_history
class SchoolYear(models.Model):
    """The term dates of one school and academic year."""

    urn = models.CharField(max_length=6)
    year = models.CharField(max_length=7)
    content = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One a school and year."""

        ordering = ("year",)
        constraints = (
            models.UniqueConstraint(fields=("urn", "year"), name="one_school_year_of_a_school"),
        )


@with_history(without=("report", "headings"))
class MarksImport(models.Model):
    """One file of marks on its way in.

    Its name is not kept, as it may be a pupil's. ``columns`` is the mapping as it was used;
    ``report`` is what reading found: counts, rows and remedies, never a cell. ``losses`` says what
    of the marks stored before would go.
    """

    urn = models.CharField(max_length=6)
    organisation = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    suffix = models.CharField(max_length=12)
    layout = models.CharField(max_length=8)
    step = models.CharField(max_length=8, choices=Step.choices, default=Step.BROUGHT)
    headings = models.JSONField(default=list)
    separator = models.CharField(max_length=1, default=",")
    columns = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    read_work = models.OneToOneField(Work, null=True, on_delete=models.PROTECT, related_name="+")
    keep_work = models.OneToOneField(Work, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Newest last; what is finished says when."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(step__in=[Step.KEPT, Step.STOPPED], finished_at__isnull=False)
                | ~models.Q(step__in=[Step.KEPT, Step.STOPPED])
                & models.Q(finished_at__isnull=True),
                name="a_finished_marks_import_says_when",
            ),
        )


@with_history(without=("content",))
class Finding(models.Model):
    """What the newest year of a school's marks shows, protected: nothing of few pupils is in it."""

    urn = models.CharField(max_length=6, unique=True)
    year = models.CharField(max_length=7)
    last_week_on = models.DateField()
    made_at = models.DateTimeField()
    content = models.JSONField()
