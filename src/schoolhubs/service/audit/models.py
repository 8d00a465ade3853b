"""The audit log's one table. Its rows are written once: the database refuses anything else."""

from typing import Self

from django.db import models

from schoolhubs.service.audit.chain import Entry


class AuditEntry(models.Model):
    """One entry of the chain, as :class:`schoolhubs.service.audit.chain.Entry`."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.TextField()
    organisation = models.TextField(blank=True)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    place = models.TextField()
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """In order of writing."""

        ordering = ("number",)
        indexes = (models.Index(fields=("subject", "number"), name="audit_subject"),)

    @classmethod
    def from_record(cls, entry: Entry) -> Self:
        """Make the row of an entry."""
        return cls(
            **{
                name: getattr(entry, name)
                for name in Entry.__dataclass_fields__
                if name != "details"
            },
            details=dict(entry.details),
        )

    def as_record(self) -> Entry:
        """Give the entry of a row."""
        return Entry(**{name: getattr(self, name) for name in Entry.__dataclass_fields__})
