"""Snapshots of the school register: written once, numbered, one of them current."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.fields.json import KT

from schoolhubs.service.history.keeping import with_history, written_once


@written_once
class RegisterSnapshot(models.Model):
    """One school register as at a date, with what it was built from.

    ``archive`` holds the register's own Parquet tables in one zip, so that a round repeated years
    later reads exactly what the first run read, and one backup holds everything.
    """

    on = models.DateField()
    imported_at = models.DateTimeField()
    is_synthetic = models.BooleanField()
    n_schools = models.PositiveIntegerField()
    sources = models.JSONField()
    quality = models.JSONField()
    archive = models.BinaryField()

    class Meta:
        """Newest last."""

        ordering = ("pk",)


@with_history
class CurrentRegister(models.Model):
    """The pointer to the snapshot that pages and decisions read: one row, or none."""

    only = models.BooleanField(primary_key=True, default=True)
    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.PROTECT)

    class Meta:
        """There is at most one current snapshot."""

        constraints = (
            models.CheckConstraint(condition=models.Q(only=True), name="one_current_register"),
        )


@written_once
class School(models.Model):
    """One establishment in a snapshot; ``facts`` is its row of frames.SCHOOL_FACTS."""

    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.CASCADE)
    urn = models.CharField(max_length=6)
    name = models.TextField()
    postcode = models.CharField(max_length=8)
    la_name = models.TextField()
    region = models.TextField()
    phase = models.CharField(max_length=40)
    establishment_type = models.TextField()
    trust_id = models.CharField(max_length=20)
    is_open = models.BooleanField()
    is_state_funded = models.BooleanField()
    facts = models.JSONField()
    words = models.GeneratedField(
        expression=SearchVector("name", "la_name", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        """A URN stands once in a snapshot."""

        constraints = (
            models.UniqueConstraint(fields=("snapshot", "urn"), name="one_row_a_school"),
        )
        indexes = (
            GinIndex(fields=("words",), name="school_words"),
            models.Index(fields=("snapshot", "postcode"), name="school_postcode"),
            models.Index(fields=("snapshot", "trust_id"), name="school_trust"),
            models.Index("snapshot", KT("facts__la_code"), name="school_authority"),
        )
