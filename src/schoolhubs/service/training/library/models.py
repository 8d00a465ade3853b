"""What of the library is searched, and what schools used."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.plans.models import Plan


class IndexedResource(models.Model):
    """The words of one resource as PostgreSQL searches them; made anew from the library's files."""

    resource_id = models.CharField(max_length=60, primary_key=True)
    digest = models.CharField(max_length=12)
    words = SearchVectorField()

    class Meta:
        """Searched by its words."""

        indexes = (GinIndex(fields=("words",), name="training_resource_words"),)


@with_history
class ResourceUse(models.Model):
    """A school said that it used a resource, and what for; ``plan`` is the one it had then."""

    urn = models.CharField(max_length=6)
    resource_id = models.CharField(max_length=60)
    root_cause = models.CharField(max_length=60)
    version = models.CharField(max_length=60, blank=True)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT)
    used_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """Once for each resource and what it was for."""

        ordering = ("used_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("urn", "resource_id", "root_cause"), name="a_resource_is_used_once_for_it"
            ),
        )
        indexes = (models.Index(fields=("resource_id",), name="training_resource_used"),)
