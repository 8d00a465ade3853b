"""Rounds and what they gave each school: written once, never changed; one pointer publishes."""

from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.schools.models import RegisterSnapshot


class Outcome(models.TextChoices):
    """What a round gave a school."""

    MATCHED = "matched", "Matched"
    UNMATCHED = "unmatched", "Not matched"
    HELD = "held", "Keeps a place, or waits for a match of trusts"
    NOT_ELIGIBLE = "not_eligible", "Not eligible"
    CANNOT_TELL = "cannot_tell", "Cannot tell"


@written_once
class Round(models.Model):
    """One round of one programme, on one snapshot of the school register.

    ``record`` is the pack's round.json: inputs' digests, rules, seed, solver, bound and timings.
    ``pack`` is the pack itself, workings included, in one zip: it repeats and explains the round.
    A what-if names the round it is tried beside (``base``) and says in the officer's words what is
    tried (``title``). ``changes`` is what was changed of the rules, as programmes.RuleChanges
    writes it; ``fixed`` the pins and bans set by hand, as rows of frames.OVERRIDES.
    """

    programme_id = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40)
    definition_version = models.TextField()
    on = models.DateField()
    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    is_synthetic = models.BooleanField()
    summary = models.JSONField()
    record = models.JSONField()
    pack = models.BinaryField()
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=dict)
    fixed = models.JSONField(default=list)

    class Meta:
        """Newest last; a what-if says what is tried."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(base__isnull=True) | ~models.Q(title=""),
                name="a_what_if_has_a_title",
            ),
        )


@with_history
class PublishedRound(models.Model):
    """The pointer to the round that a cohort's schools see; moving it publishes another."""

    programme_id = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40)
    round = models.ForeignKey(Round, on_delete=models.PROTECT)
    published_at = models.DateTimeField()
    published_by = models.TextField()
    reason = models.TextField()

    class Meta:
        """One published round a cohort, and never without a reason."""

        constraints = (
            models.UniqueConstraint(
                fields=("programme_id", "cohort_id"), name="one_published_round_a_cohort"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="a_publication_has_a_reason"
            ),
        )


@written_once
class Placement(models.Model):
    """What a round gave one applicant school; ``record`` is its row of the pack's tables."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    urn = models.CharField(max_length=6)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    name = models.TextField()
    phase = models.CharField(max_length=40)
    region = models.TextField()
    pathway = models.CharField(max_length=60, blank=True)
    lead_urn = models.CharField(max_length=6, blank=True)
    minutes = models.FloatField(null=True)
    is_exception = models.BooleanField(default=False)
    record = models.JSONField()

    class Meta:
        """A school has one outcome in a round; a match names its lead."""

        constraints = (
            models.UniqueConstraint(fields=("round", "urn"), name="one_outcome_a_school"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.MATCHED) ^ models.Q(lead_urn=""),
                name="a_match_and_only_a_match_names_its_lead",
            ),
        )
        indexes = (
            models.Index(fields=("round", "lead_urn"), name="placement_lead"),
            models.Index(fields=("round", "outcome", "region"), name="placement_outcome"),
        )

    @property
    def hub_urn(self) -> str:
        """The lead it is matched to, or whose place it keeps from before; blank for none."""
        return self.lead_urn or str(self.record.get("kept", {}).get("lead_urn", ""))


@written_once
class HubLoad(models.Model):
    """One hub's places on one pathway in a round; ``record`` is its row of hubs.csv."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    lead_urn = models.CharField(max_length=6)
    pathway = models.CharField(max_length=60)
    name = models.TextField()
    region = models.TextField()
    phase = models.CharField(max_length=40)
    n_places = models.PositiveIntegerField()
    n_running = models.PositiveIntegerField()
    n_matched = models.PositiveIntegerField()
    record = models.JSONField()

    class Meta:
        """A hub has one row a pathway in a round."""

        constraints = (
            models.UniqueConstraint(
                fields=("round", "lead_urn", "pathway"), name="one_load_a_hub_and_pathway"
            ),
        )
