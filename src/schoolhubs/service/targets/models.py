"""Fitted models, and what each expects of every school: written once, never changed."""

from typing import Any

from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.frames import TARGETS

# Who fits targets for a demonstration, dated as if schools had them in time.
STAGED_BY = "demonstration"
# Columns of frames.TARGETS that a row of a school keeps beside its URN.
KEPT = tuple(name for name in TARGETS.schema if name != "urn")


@written_once
class Fit(models.Model):
    """One model of attendance targets, fitted to one snapshot of the school register.

    ``artefact`` is the model as targets.fit writes it, and ``card`` its model card and transparency
    record as they were made of it. ``year`` is the year it sets targets for; ``is_hindsight`` says
    that it was over, or its figures in the register already, so that nobody was given them in time.
    """

    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.PROTECT)
    until = models.CharField(max_length=7)
    year = models.CharField(max_length=7)
    is_hindsight = models.BooleanField()
    definition_version = models.CharField(max_length=40)
    fitted_at = models.DateTimeField()
    fitted_by = models.TextField()
    n_schools = models.PositiveIntegerField()
    n_targets = models.PositiveIntegerField()
    n_learned_from = models.PositiveIntegerField()
    artefact = models.TextField()
    card = models.JSONField()

    class Meta:
        """Newest last."""

        ordering = ("pk",)

    @property
    def is_staged(self) -> bool:
        """Whether a demonstration shows it as given in time, though nobody was given it."""
        return self.fitted_by == STAGED_BY


@written_once
class SchoolTarget(models.Model):
    """What a fit expects of one school; absence, percent of sessions, as in frames.TARGETS.

    Version 1 is as fitted; each challenge that was upheld has added one, with the reason and what
    was replaced. The newest stands.
    """

    fit = models.ForeignKey(Fit, on_delete=models.CASCADE)
    urn = models.CharField(max_length=6)
    version = models.PositiveIntegerField(default=1)
    phase = models.CharField(max_length=40)
    expected_percent = models.FloatField(null=True)
    target_percent = models.FloatField(null=True)
    low_percent = models.FloatField(null=True)
    high_percent = models.FloatField(null=True)
    chance_unaided = models.FloatField(null=True)
    last_year_percent = models.FloatField(null=True)
    baseline_percent = models.FloatField(null=True)
    frontier_percent = models.FloatField(null=True)
    national_percent = models.FloatField(null=True)
    national_year = models.CharField(max_length=7, null=True)
    chance_size_percent = models.FloatField(null=True)
    n_years = models.PositiveIntegerField()
    context_part = models.CharField(max_length=20)
    reason = models.TextField(null=True)
    made_at = models.DateTimeField()
    amended_because = models.TextField(blank=True)
    replaced = models.JSONField(default=list)

    class Meta:
        """A school has each version once; what differs from the fit says why."""

        ordering = ("urn", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("fit", "urn", "version"), name="one_target_a_school_and_version"
            ),
            models.CheckConstraint(
                condition=models.Q(version=1) | ~models.Q(amended_because=""),
                name="an_amended_target_says_why",
            ),
        )

    @classmethod
    def from_row(cls, row: dict[str, Any], **more: Any) -> "SchoolTarget":
        """Make the row of one school from its row of frames.TARGETS."""
        return cls(urn=row["urn"], **{name: row[name] for name in KEPT}, **more)


@written_once
class Explanation(models.Model):
    """All that explains one target, as records.AttendanceTarget writes it; kept once asked for.

    ``said`` has the sentences of targets.said by section, and what each piece is called, so that a
    page is shown without what works them out.
    """

    target = models.OneToOneField(SchoolTarget, on_delete=models.CASCADE, primary_key=True)
    record = models.JSONField()
    said = models.JSONField(default=dict)
    made_at = models.DateTimeField()


class Disputed(models.TextChoices):
    """What can be challenged; the values are the kinds of records.Replacement."""

    FIGURE = "figure", "A year’s absence"
    CONTEXT = "context", "A figure of the school’s context"
    COMPARATOR = "comparator", "A school it is set beside"


class ChallengeState(models.TextChoices):
    """How far a challenge has come."""

    OPEN = "open", "Waiting for the office"
    UPHELD = "upheld", "Upheld"
    REFUSED = "refused", "Not upheld"
    WITHDRAWN = "withdrawn", "Withdrawn"


@with_history
class Challenge(models.Model):
    """A school disputes something its target was worked out from; an officer decides.

    ``name`` is an academic year, a column of context or the URN of a comparator; ``before`` what
    stood there when it was disputed, ``after`` what the school says it should be. ``amended`` is
    the version of the target that followed. ``version`` grows with every change.
    """

    target = models.ForeignKey(SchoolTarget, on_delete=models.PROTECT, related_name="+")
    urn = models.CharField(max_length=6)
    kind = models.CharField(max_length=12, choices=Disputed.choices)
    name = models.CharField(max_length=40)
    before = models.FloatField(null=True)
    after = models.FloatField(null=True)
    words = models.TextField()
    evidence = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()
    state = models.CharField(
        max_length=12, choices=ChallengeState.choices, default=ChallengeState.OPEN
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    decided_reason = models.TextField(blank=True)
    amended = models.ForeignKey(SchoolTarget, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One open challenge of a thing; what is decided says when and why."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("urn", "kind", "name"), condition=models.Q(state="open"),
                name="one_open_challenge_of_a_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open")
                | models.Q(decided_at__isnull=False) & ~models.Q(decided_reason=""),
                name="a_decided_challenge_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(amended__isnull=True) | models.Q(state="upheld"),
                name="only_what_is_upheld_amends",
            ),
        )  # fmt: skip


@written_once
class YearEnd(models.Model):
    """What became of a target, by the figures of one register: records.Judgement, with flags.

    ``record`` has the judgement, the flags of the watch that stand beside it, and the measures that
    the register has no figures of.
    """

    target = models.ForeignKey(SchoolTarget, on_delete=models.CASCADE)
    snapshot = models.ForeignKey(RegisterSnapshot, on_delete=models.PROTECT)
    record = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        """A target is judged once by a register."""

        constraints = (
            models.UniqueConstraint(fields=("target", "snapshot"), name="one_judgement_a_register"),
        )


class SetByPeople(models.Model):
    """A figure that a person set beside a school's target of a year; absence, percent."""

    urn = models.CharField(max_length=6)
    year = models.CharField(max_length=7)
    percent = models.FloatField()
    set_at = models.DateTimeField()
    set_by = models.TextField()
    organisation = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """It is made into tables of its own."""

        abstract = True


@with_history
class Goal(SetByPeople):
    """A goal that a person set for a school that has no target by rule, with the reason."""

    reason = models.TextField()

    class Meta:
        """One a school and year, never without a reason."""

        constraints = (
            models.UniqueConstraint(fields=("urn", "year"), name="one_goal_a_school_and_year"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100) & ~models.Q(reason=""),
                name="a_goal_is_a_percentage_with_a_reason",
            ),
        )


@with_history
class IssuedElsewhere(SetByPeople):
    """What somebody else, such as the Department, expects: beside ours, never mixed."""

    issued_by = models.CharField(max_length=120)
    issued_on = models.DateField()

    class Meta:
        """One a school and year."""

        constraints = (
            models.UniqueConstraint(
                fields=("urn", "year"), name="one_figure_issued_a_school_and_year"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="a_figure_issued_is_a_percentage",
            ),
        )
