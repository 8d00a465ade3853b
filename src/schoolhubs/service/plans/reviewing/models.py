"""Reviews as they were made: the figure, what it says, and the colour. Written once."""

import pgtrigger
from django.db import models

from schoolhubs.service.history.keeping import written_once
from schoolhubs.service.plans.models import Plan, PlanVersion


class Rag(models.TextChoices):
    """Colours of a review, as plans/progress.yaml has them."""

    GREEN = "green", "Green: better, for certain, and as much as expected"
    AMBER = "amber", "Amber: cannot be told yet"
    RED = "red", "Red: worse, or certainly less than expected"


@written_once
class TermReview(models.Model):
    """One review of one objective: what stands in the plan's version too, with what it means.

    ``better_by``, ``better_low`` and ``better_high`` are plans.watching.progress: improvement since
    the baseline with its 90 % interval; None where the noise is not known.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="term_reviews")
    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT)
    objective_id = models.CharField(max_length=60)
    measure = models.CharField(max_length=60)
    reviewed_on = models.DateField()
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    better_by = models.FloatField()
    better_low = models.FloatField(null=True)
    better_high = models.FloatField(null=True)
    expected_by_now = models.FloatField()
    rag = models.CharField(max_length=5, choices=Rag.choices)
    comment = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    name = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Once a day; never brighter than its interval."""

        ordering = ("reviewed_on", "pk")
        triggers = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "objective_id", "reviewed_on"), name="one_review_a_day"
            ),
            models.CheckConstraint(
                condition=~models.Q(comment=""), name="a_review_has_a_comment"
            ),
            models.CheckConstraint(
                condition=~models.Q(rag="green")
                | models.Q(
                    better_low__isnull=False, better_high__isnull=False, better_low__gt=0,
                    better_by__gte=models.F("expected_by_now"),
                    better_high__gte=models.F("expected_by_now"),
                ),
                name="green_only_where_the_interval_says_so",
            ),
            models.CheckConstraint(
                condition=models.Q(rag="red")
                | models.Q(better_low__isnull=True, better_high__isnull=True)
                | models.Q(
                    better_low__isnull=False, better_high__isnull=False, better_high__gte=0
                )
                & models.Q(better_high__gte=models.F("expected_by_now")),
                name="red_where_the_interval_says_so",
            ),
        )  # fmt: skip
