"""Returns of who was affected: what of them may be shown, and nothing else. Written once."""

import pgtrigger
from django.db import models

from schoolhubs.service.history.keeping import written_once
from schoolhubs.service.plans.models import Plan


@written_once
class AffectedReturn(models.Model):
    """One comparison of the time after a plan began with the time before.

    ``gaps`` and ``tables`` hold what passed ``disclosure``; ``releases`` is the same as an
    attacker sees it, for the next return. The counts that were sent are not kept.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveIntegerField()
    about = models.CharField(max_length=200)
    actions = models.JSONField(default=list)
    before_from_on = models.DateField()
    before_last_on = models.DateField()
    after_from_on = models.DateField()
    after_last_on = models.DateField()
    gaps = models.JSONField()
    tables = models.JSONField()
    releases = models.JSONField()
    is_widening = models.BooleanField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Once a pair of periods: a second of the same days would give small numbers away."""

        ordering = ("pk",)
        triggers = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "after_from_on", "after_last_on"), name="one_return_a_period"
            ),
            models.CheckConstraint(
                condition=models.Q(before_from_on__lte=models.F("before_last_on"))
                & models.Q(before_last_on__lt=models.F("after_from_on"))
                & models.Q(after_from_on__lte=models.F("after_last_on")),
                name="before_lies_before_after",
            ),
        )
