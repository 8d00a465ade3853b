"""The links by which calendars follow somebody's dates."""

from django.db import models

from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.history.keeping import with_history


@with_history(without=("secret_hash", "last_used_on"))
class CalendarLink(models.Model):
    """One person's link for one organisation; of its secret only a digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "organisation"),
                condition=models.Q(ended_at__isnull=True),
                name="one_calendar_link_at_a_time",
            ),
        )
