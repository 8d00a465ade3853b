"""How often a demonstration's clock was put forward, and how far. It never goes back."""

from django.db import models

from schoolhubs.service.history.keeping import written_once


@written_once
class Forward(models.Model):
    """The clock was put forward, in all by so many days; the furthest row is what counts.

    A smaller number written later changes nothing, so that no row can turn the clock back.
    """

    days_ahead = models.PositiveIntegerField(unique=True)
    put_at = models.DateTimeField()
    put_by = models.TextField()

    class Meta:
        """In order of days; forward by a day at least."""

        ordering = ("days_ahead",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(days_ahead__gt=0), name="the_clock_goes_forward"
            ),
        )
