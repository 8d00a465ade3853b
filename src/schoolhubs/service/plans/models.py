"""Plans as versions that never change, what their screens ask, approvals, cards and comments."""

from typing import Any

import pgtrigger
from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.plan import ActionPlan

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


class PlanState(models.TextChoices):
    """How far a plan is."""

    DRAFT = "draft", "Being written"
    APPROVED = "approved", "Approved"
    REOPENED = "reopened", "Not in force: a screen was opened again"
    ENDED = "ended", "Ended"


@with_history
class Plan(models.Model):
    """A school's action plan: where it is, and which version is the newest.

    ``number`` is the newest version's; 0 for the moment before the first is written. The columns
    beside it repeat what that version says, to be asked for. ``partnership`` is the one it was
    begun in; None where a school acts without.
    """

    urn = models.CharField(max_length=6)
    programme_id = models.CharField(max_length=60)
    pathway = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40, blank=True)
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=200, blank=True)
    setting = models.CharField(max_length=30)
    phase = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    number = models.PositiveIntegerField(default=0)
    last_review_on = models.DateField(null=True)
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    organisation = models.TextField()
    ended_at = models.DateTimeField(null=True)
    why_ended = models.TextField(blank=True)

    class Meta:
        """One plan a school at a time; what ended says when and why."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("urn",), condition=~models.Q(state="ended"), name="one_plan_a_school"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended")
                | models.Q(ended_at__isnull=False) & ~models.Q(why_ended=""),
                name="an_ended_plan_says_when_and_why",
            ),
        )

    @staticmethod
    def from_record(plan: ActionPlan) -> dict[str, Any]:
        """Give the columns that repeat what a version says."""
        days = [each.reviewed_on for each in plan.reviews]
        return {
            "title": plan.title[:200], "setting": plan.setting, "phase": plan.phase,
            "programme_id": plan.programme_id, "pathway": plan.pathway,
            "cohort_id": plan.cohort_id, "last_review_on": max(days, default=None),
        }  # fmt: skip


class Kind(models.TextChoices):
    """What made a version. Whoever made an edit is an author, and reviews no screen of the plan."""

    EDIT = "edit", "Edited"
    SCREEN = "screen", "A screen was reviewed"
    FACTS = "facts", "Findings and audit as they stood"
    REVIEW = "review", "A review of the term"
    REOPENED = "reopened", "A screen was opened again"


@written_once
class PlanVersion(models.Model):
    """A plan as it was saved once: ActionPlan.as_dict without its approval.

    ``parent`` is the version the editor had open, which is not the one before where two edits were
    merged. ``digest`` is the record's own. ``seal`` is the database's own digest of the words that
    an approval covers, set by a trigger whatever is written there.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    told = models.CharField(max_length=200)
    content = models.JSONField()
    digest = models.CharField(max_length=12)
    seal = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Each number once a plan."""

        ordering = ("plan", "number")
        triggers = (NEVER_DELETED,)
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="one_plan_version_a_number"),
        )

    @property
    def record(self) -> ActionPlan:
        """Read the version back."""
        return ActionPlan.from_dict(self.content)


@written_once
class ActionScreen(models.Model):
    """What the gate asks of one action of one version, and why its screen is open, if it is.

    Parameters
    ----------
    changes_sanction
        By its kind, by what people answered, or by its words where that settles it.
    reads_as_sanction
        Whether its words read like a consequence, whatever was answered.
    asked, stops
        Names of the questions, and of the rules of the lint that no answer mends.
    open_because
        Codes of ``plans.gate.why_open``; empty where it is closed.
    reviewed_by
        Who reviewed it, as the audit log keeps people; blank where nobody has.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="screens")
    action_id = models.CharField(max_length=60)
    action_version = models.CharField(max_length=12)
    screened_version = models.CharField(max_length=12, blank=True)
    changes_sanction = models.BooleanField()
    reads_as_sanction = models.BooleanField(default=False)
    asked = models.JSONField()
    stops = models.JSONField()
    open_because = models.JSONField()
    reviewed_by = models.TextField(blank=True)

    class Meta:
        """Each action once a version."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED,)
        constraints = (
            models.UniqueConstraint(
                fields=("version", "action_id"), name="one_screen_a_version_and_action"
            ),
        )


@written_once
class Approval(models.Model):
    """That a version was approved. A trigger looks again at all that must be so first.

    ``audit`` are the steps that were done by then, each with its day. ``seal`` is that of the
    version, set by a trigger.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="approvals")
    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT)
    digest = models.CharField(max_length=12)
    seal = models.CharField(max_length=64, blank=True)
    approved_on = models.DateField()
    approved_at = models.DateTimeField()
    approved_by = models.TextField()
    name = models.TextField()
    organisation = models.TextField()
    definition_version = models.CharField(max_length=40)
    audit = models.JSONField()

    class Meta:
        """Newest last."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED,)


class CardState(models.TextChoices):
    """Where an action stands on the board."""

    TO_DO = "to_do", "Not started"
    DOING = "doing", "Under way"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


@with_history
class Card(models.Model):
    """Where an action stands: no part of the plan's words, so moving it asks for no approval.

    ``version`` grows with every move. An action without a row is not started.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="cards")
    action_id = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=CardState.choices, default=CardState.TO_DO)
    owner = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    moved_at = models.DateTimeField()
    moved_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One an action."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("plan", "action_id"), name="one_card_an_action"),
        )


@written_once
class Comment(models.Model):
    """What somebody said of a plan without changing it, such as its lead school."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="comments")
    number = models.PositiveIntegerField()
    words = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    name = models.TextField()
    organisation = models.TextField()

    class Meta:
        """Oldest first."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(words=""), name="a_comment_says_something"),
        )
