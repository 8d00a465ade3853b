"""Partnerships, what each school said of them, and objections. Moves go by the table of states."""

import datetime

from django.db import models

from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.matching.models import Round

STATE_CHOICES = list(states.meanings(states.PARTNERSHIP).items())
LIVE = ("proposed", "agreed", "running")
HOLDS_A_PLACE = ("agreed", "running")
# What the lead may know of: what lives, and what ran to its last day.
STANDS = (*LIVE, "finished")


class Side(models.TextChoices):
    """The two schools of a partnership."""

    PARTNER = "partner", "Partner school"
    LEAD = "lead", "Lead school"


class EndedBy(models.TextChoices):
    """Who ended a partnership before its last day; of some that ended long ago nobody knows."""

    NOT_KNOWN = "", "Not known"
    PARTNER = "partner", "The partner withdrew"
    LEAD = "lead", "The hub stepped down"
    OFFICE = "office", "The programme office ended it"


class Says(models.TextChoices):
    """What a school said of a proposal."""

    NOTHING = "", "Not answered yet"
    ACCEPTS = "accepts", "Accepted"
    OBJECTS = "objects", "Said that it does not work"


@with_history
class Partnership(models.Model):
    """One partner with one lead on one pathway, from a first day to the first day after its last.

    Schools have URNs; on a pathway of trusts the trusts' ids stand beside, and the URNs are of the
    schools that speak for them. ``year`` 2 extends the partnership of the year before. ``ended_on``
    is the day it was ended before its last; what ended earlier than this was noted has none.
    ``ended_side`` tells who ended it, by which it is paid. ``answer_by`` is the last day to answer
    a proposal, which lapses after it once who had not answered was reminded at ``reminded_at``;
    what was proposed before that was kept has none. ``version`` grows with every change.
    """

    programme_id = models.CharField(max_length=60)
    cohort_id = models.CharField(max_length=40)
    application = models.ForeignKey(Application, null=True, on_delete=models.PROTECT)
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT)
    partner_urn = models.CharField(max_length=6)
    lead_urn = models.CharField(max_length=6)
    partner_trust_id = models.CharField(max_length=20, blank=True)
    lead_trust_id = models.CharField(max_length=20, blank=True)
    pathway = models.CharField(max_length=60)
    minutes = models.FloatField(null=True)
    state = models.CharField(max_length=12, choices=STATE_CHOICES, default="proposed")
    partner_says = models.CharField(max_length=8, choices=Says.choices, blank=True)
    partner_at = models.DateTimeField(null=True)
    partner_by = models.TextField(blank=True)
    lead_says = models.CharField(max_length=8, choices=Says.choices, blank=True)
    lead_at = models.DateTimeField(null=True)
    lead_by = models.TextField(blank=True)
    starts_on = models.DateField()
    finishes_on = models.DateField()
    year = models.PositiveSmallIntegerField(default=1)
    extends = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    answer_by = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    why_ended = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    ended_side = models.CharField(max_length=8, choices=EndedBy.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """What no partnership may be, whoever writes the row."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme_id", "cohort_id", "partner_urn", "pathway", "year"),
                condition=models.Q(state__in=LIVE),
                name="one_live_partnership_a_school_and_year",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("agreed", "running", "finished"))
                | models.Q(partner_says="accepts", lead_says="accepts"),
                name="agreed_by_both_schools",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{side}_says": "", f"{side}_at__isnull": True})
                    | ~models.Q(**{f"{side}_says": ""})
                    & ~models.Q(**{f"{side}_by": ""})
                    & models.Q(**{f"{side}_at__isnull": False}),
                    name=f"the_{side}_answered_says_who_and_when",
                )
                for side in ("partner", "lead")
            ),
            models.CheckConstraint(
                condition=models.Q(finishes_on__gt=models.F("starts_on")),
                name="a_partnership_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(partner_urn=models.F("lead_urn")),
                name="nobody_partners_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(year=1, extends__isnull=True)
                | models.Q(year__gt=1, extends__isnull=False),
                name="a_later_year_extends_an_earlier",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | ~models.Q(why_ended=""),
                name="an_ended_partnership_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(partner_trust_id="", lead_trust_id="")
                | ~models.Q(partner_trust_id="") & ~models.Q(lead_trust_id=""),
                name="trusts_partner_with_trusts",
            ),
        )
        indexes = (
            models.Index(fields=("programme_id", "lead_urn", "state"), name="partnership_lead"),
            models.Index(fields=("programme_id", "partner_urn"), name="partnership_partner"),
        )

    @property
    def last_on(self) -> datetime.date:
        """The last day."""
        return self.finishes_on - datetime.timedelta(days=1)

    @property
    def is_of_trusts(self) -> bool:
        """Trusts work together, not schools."""
        return bool(self.partner_trust_id)

    @property
    def is_live(self) -> bool:
        """It is proposed, agreed or running."""
        return self.state in LIVE

    def says_of(self, side: str) -> str:
        """Give what a side said."""
        return str(getattr(self, f"{side}_says"))


@with_history
class Objection(models.Model):
    """A school said that a proposal does not work; the office decides whether that stands."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    side = models.CharField(max_length=8, choices=Side.choices)
    reasons = models.JSONField()
    words = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    state = models.CharField(
        max_length=12,
        choices=[
            ("open", "Waits for the office"),
            ("upheld", "Upheld"),
            ("not_upheld", "Not upheld"),
            ("withdrawn", "No longer stands"),
        ],
        default="open",
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    decided_reason = models.TextField(blank=True)

    class Meta:
        """One open objection a side; a decision says who, when and why."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "side"),
                condition=models.Q(state="open"),
                name="one_open_objection_a_side",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True)
                | ~models.Q(state="open")
                & models.Q(decided_at__isnull=False)
                & ~models.Q(decided_by="")
                & ~models.Q(decided_reason=""),
                name="a_decided_objection_says_who_when_and_why",
            ),
        )


@with_history
class ExtensionRequest(models.Model):
    """Lead and partner ask for a further year; the office agrees once both have asked."""

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT)
    partner_at = models.DateTimeField(null=True)
    partner_by = models.TextField(blank=True)
    partner_reason = models.TextField(blank=True)
    lead_at = models.DateTimeField(null=True)
    lead_by = models.TextField(blank=True)
    lead_reason = models.TextField(blank=True)
    state = models.CharField(
        max_length=8,
        choices=[("asked", "Asked for"), ("agreed", "Agreed"), ("refused", "Not agreed")],
        default="asked",
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    decided_reason = models.TextField(blank=True)

    class Meta:
        """Agreed only where both asked; decided by somebody, with a reason."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="agreed")
                | models.Q(partner_at__isnull=False, lead_at__isnull=False),
                name="a_further_year_is_asked_for_by_both",
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_at__isnull=True)
                | ~models.Q(state="asked")
                & models.Q(decided_at__isnull=False)
                & ~models.Q(decided_by="")
                & ~models.Q(decided_reason=""),
                name="a_decided_request_says_who_when_and_why",
            ),
        )

    @property
    def is_asked_by_both(self) -> bool:
        """Both schools want it."""
        return self.partner_at is not None and self.lead_at is not None


@with_history
class Rest(models.Model):
    """A partnership rests from a day to the first day after; until it is taken up, there is none.

    While it rests nothing is asked of either school: its tasks are only read, and the days of its
    milestones move on.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="rests")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    reason = models.TextField()
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        """One rest at a time; one that is over says who took the work up, and why."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership",),
                condition=models.Q(until_on__isnull=True),
                name="one_rest_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True, ended_at__isnull=True)
                | models.Q(until_on__gte=models.F("from_on"), ended_at__isnull=False)
                & ~models.Q(ended_by="")
                & ~models.Q(ended_reason=""),
                name="a_rest_that_is_over_says_who_and_why",
            ),
        )
