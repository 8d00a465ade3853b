"""Applications and what was decided on them. Decisions are written once."""

from django.db import models

from schoolhubs.service.eligibility import states
from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.schools.models import RegisterSnapshot

STATE_CHOICES = [(state, meaning) for state, meaning in states.meanings().items()]
# Answers that name people: kept with the application, and in no event of its history.
NAMING_PEOPLE = ("leaders", "email")
OUT = ("withdrawn", "finished", "not_eligible")
# States in which a verdict still decides what becomes of an application.
DECIDABLE = ("submitted", "undecided", "eligible", "not_eligible")


@with_history(without_keys={"answers": NAMING_PEOPLE})
class Application(models.Model):
    """One school's application to one cohort of one programme.

    ``version`` grows with every change, so that of two people who edit at once the second is told.
    ``facts_seen`` is what the school was shown of itself before it declared. ``deferred_to`` is
    the cohort that a deferred application waits for.
    """

    reference = models.CharField(max_length=20, unique=True)
    programme_id = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40)
    urn = models.CharField(max_length=6)
    state = models.CharField(max_length=20, choices=STATE_CHOICES, default="draft")
    version = models.PositiveIntegerField(default=1)
    pathways = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.TextField(blank=True)
    applied_on = models.DateField(null=True)
    snapshot = models.ForeignKey(RegisterSnapshot, null=True, on_delete=models.PROTECT)
    facts_seen = models.JSONField(default=dict)
    deferred_to = models.CharField(max_length=40, blank=True)

    class Meta:
        """A school has one application under way in a cohort; a sent one says when and by whom."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme_id", "cohort_id", "urn"),
                condition=~models.Q(state__in=OUT),
                name="one_application_under_way",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "withdrawn"))
                | models.Q(submitted_at__isnull=False, snapshot__isnull=False)
                & ~models.Q(submitted_by=""),
                name="a_sent_application_says_when_and_by_whom",
            ),
        )
        indexes = (
            models.Index(fields=("programme_id", "cohort_id", "state"), name="application_queue"),
            models.Index(fields=("urn",), name="application_school"),
            models.Index(fields=("applied_on", "id"), name="application_in_order"),
            models.Index(fields=("state",), name="application_state"),
        )


@written_once
class Decision(models.Model):
    """What the rules said of an application on one pathway; ``record`` is the whole decision."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT)
    pathway = models.CharField(max_length=60)
    verdict = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    definition_version = models.CharField(max_length=80)
    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.PROTECT)
    record = models.JSONField()

    class Meta:
        """Newest last."""

        ordering = ("pk",)


class HumanDecisions(models.QuerySet["HumanDecision"]):
    """Decisions of people, as at what the rules were asked last."""

    def with_asked(self) -> "HumanDecisions":
        """Add ``asked_at``: when the rules were last asked about the application; None for never.

        They are asked once an intake: when it is sent, and when it comes back from being put off.
        """
        asked = Decision.objects.filter(application=models.OuterRef("application")).order_by("-pk")
        return self.annotate(asked_at=models.Subquery(asked.values("made_at")[:1]))

    def that_stand(self) -> "HumanDecisions":
        """Leave out those of an earlier intake: facts are new, so the office decides again."""
        since = models.Q(asked_at__isnull=True) | models.Q(decided_at__gte=models.F("asked_at"))
        return self.with_asked().filter(since)


@with_history
class HumanDecision(models.Model):
    """A person's decision where the rules cannot tell, or against them; the second needs another.

    It counts once ``agreed_by`` is filled, which an override needs and a plain answer to "cannot
    tell" does not; and as long as the rules were not asked anew for a later intake.
    """

    objects = HumanDecisions.as_manager()

    application = models.ForeignKey(Application, on_delete=models.PROTECT)
    pathway = models.CharField(max_length=60)
    rules_said = models.CharField(max_length=12)
    verdict = models.CharField(max_length=12, choices=[("yes", "May join"), ("no", "May not join")])
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.TextField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(blank=True)

    class Meta:
        """Never without a reason; nobody agrees with themselves."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_decision_has_a_reason"),
            models.CheckConstraint(
                condition=~models.Q(agreed_by=models.F("decided_by")), name="two_pairs_of_eyes"
            ),
        )

    @property
    def is_override(self) -> bool:
        """The rules had an answer, and this is another."""
        return self.rules_said in {"yes", "no"} and self.rules_said != self.verdict

    @property
    def counts(self) -> bool:
        """An override counts once another person has agreed."""
        return bool(self.agreed_by) or not self.is_override
