"""Behaviour returns as they are kept, and diagnoses that people confirmed."""

import pgtrigger
from django.db import models

from schoolhubs.service.diagnosis.day.models import DiagnosticDay
from schoolhubs.service.history.keeping import written_once


@written_once
class BehaviourReturn(models.Model):
    """What a school's behaviour return showed, small numbers hidden; the newest counts.

    The return itself is not kept. ``content`` is frames.BEHAVIOUR as CSV; ``mapping`` says which
    column was which.
    """

    urn = models.CharField(max_length=6)
    year = models.CharField(max_length=20)
    mapping = models.JSONField()
    content = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Newest last."""

        ordering = ("pk",)


@written_once
class KeptDiagnosis(models.Model):
    """A confirmed diagnosis, as it will always be: what was found, and what it was drafted from.

    ``record`` is records.Diagnosis as JSON; ``files`` are the inputs by name, as they were read.
    """

    urn = models.CharField(max_length=6)
    day = models.OneToOneField(DiagnosticDay, on_delete=models.PROTECT)
    record = models.JSONField()
    files = models.JSONField()
    drafted = models.CharField(max_length=12)
    confirmed_on = models.DateField()
    confirmed_at = models.DateTimeField()
    confirmed_by = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Newest last; neither changed nor deleted."""

        ordering = ("pk",)
        triggers = (pgtrigger.Protect(name="kept_for_good", operation=pgtrigger.Delete),)
