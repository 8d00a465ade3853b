"""Hubs: a lead school of one programme, from a day, with the places it offers."""

from django.db import models

from schoolhubs.service.history.keeping import with_history


@with_history
class Hub(models.Model):
    """One lead school's hub in one programme.

    ``places`` maps pathway to places where the lead stated its own; the definition's stand else.
    """

    programme_id = models.CharField(max_length=60)
    lead_urn = models.CharField(max_length=6)
    started_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)
    places = models.JSONField(default=dict)

    class Meta:
        """A school leads one hub in a programme."""

        constraints = (
            models.UniqueConstraint(fields=("programme_id", "lead_urn"), name="one_hub_a_lead"),
            models.CheckConstraint(
                condition=models.Q(finished_on__isnull=True)
                | models.Q(started_on__isnull=True)
                | models.Q(finished_on__gt=models.F("started_on")),
                name="hub_finishes_after_it_starts",
            ),
        )
