"""Support days and what they stand on: a lead's leaders, term dates, coaching, proposals."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from schoolhubs.delivery import days
from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.partnerships.models import Partnership

STATE_CHOICES = list(days.states.meanings().items())


class Kind(models.TextChoices):
    """What a day is for."""

    SUPPORT_DAY = "support_day", "Support day"
    COACHING = "coaching", "Coaching session"
    EXECUTIVE = "executive", "Executive support"


class Parts(models.TextChoices):
    """Which part of a day."""

    DAY = days.ledger.Part.DAY.value, "Whole day"
    AM = days.ledger.Part.AM.value, "Morning"
    PM = days.ledger.Part.PM.value, "Afternoon"


class HeldAt(models.TextChoices):
    """Where a day is held."""

    PARTNER = "partner", "At the partner school"
    LEAD = "lead", "At the lead school"
    SCREEN = "screen", "On screen"


@with_history(without=("name",))
class Leader(models.Model):
    """Somebody of a lead school who goes to partners, by name; nobody has to sign in for that."""

    lead_urn = models.CharField(max_length=6)
    name = models.CharField(max_length=120)
    job = models.CharField(max_length=120, blank=True)
    most_minutes = models.PositiveSmallIntegerField(null=True)
    cannot = ArrayField(models.DateField(), default=list)
    stopped_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    added_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One of a name in a school at a time."""

        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("lead_urn", "name"), condition=models.Q(stopped_on__isnull=True),
                name="one_leader_of_a_name",
            ),
        )  # fmt: skip


@with_history
class OwnCalendar(models.Model):
    """A school's own dates of one academic year.

    ``half_terms`` holds ``[term, first day, last day]``; none where the usual ones are its own.
    ``cannot`` holds a reason, or blank, for each day on which it takes nobody.
    """

    urn = models.CharField(max_length=6)
    year = models.CharField(max_length=7)
    half_terms = models.JSONField(default=list)
    cannot = models.JSONField(default=dict)
    set_at = models.DateTimeField()
    set_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One a school and year."""

        ordering = ("urn", "year")
        constraints = (
            models.UniqueConstraint(fields=("urn", "year"), name="one_calendar_a_school_and_year"),
        )


@with_history
class CoachingCycle(models.Model):
    """A named coach works with a partner on one focus, session by session, up to a review."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    coach = models.ForeignKey(Leader, on_delete=models.PROTECT)
    focus = models.TextField()
    starts_on = models.DateField()
    review_on = models.DateField()
    began_at = models.DateTimeField()
    began_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    told_missed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One at a time; what ended says what came of it."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership",), condition=models.Q(ended_at__isnull=True),
                name="one_coaching_cycle_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | ~models.Q(outcome="") & ~models.Q(ended_by=""),
                name="an_ended_cycle_says_what_came_of_it",
            ),
        )  # fmt: skip


@with_history
class SupportDay(models.Model):
    """A day, or half of one, that leaders of a lead give to a partner; moves by states.yaml.

    ``sequence`` is what calendars go by: it grows when the day is moved or cancelled. ``reason``
    says why it was moved, cancelled, missed or disputed, whichever came last.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SUPPORT_DAY)
    cycle = models.ForeignKey(CoachingCycle, null=True, on_delete=models.PROTECT)
    on = models.DateField()
    part = models.CharField(max_length=3, choices=Parts.choices, default=Parts.DAY)
    held_at = models.CharField(max_length=8, choices=HeldAt.choices, default=HeldAt.PARTNER)
    focus = models.TextField()
    state = models.CharField(max_length=10, choices=STATE_CHOICES, default="planned")
    evidence = models.TextField(blank=True)
    observation = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    n_partner_leaders = models.PositiveSmallIntegerField(default=1)
    travel_minutes = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.TextField()
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(blank=True)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """What no support day may be, whoever writes the row."""

        ordering = ("on", "part", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state__in=("delivered", "agreed", "disputed"))
                | models.Q(delivered_at__isnull=False) & ~models.Q(delivered_by=""),
                name="a_delivered_day_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="agreed")
                | ~models.Q(evidence="")
                & models.Q(answered_at__isnull=False)
                & ~models.Q(answered_by=""),
                name="an_agreed_day_has_evidence_and_an_answer",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("cancelled", "missed", "disputed"))
                | ~models.Q(reason=""),
                name="a_day_that_was_not_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.COACHING, cycle__isnull=False)
                | ~models.Q(kind=Kind.COACHING) & models.Q(cycle__isnull=True),
                name="coaching_is_of_a_cycle",
            ),
        )
        indexes = (models.Index(fields=("partnership", "on"), name="support_day_of"),)
        triggers = (
            pgtrigger.Trigger(
                name="leaders_go_with_the_day", when=pgtrigger.After, operation=pgtrigger.Update,
                func="""
                    IF NEW.state <> OLD.state THEN
                        UPDATE delivery_leaderhalfday
                        SET is_held = NEW.state NOT IN ('cancelled', 'missed')
                        WHERE day_id = NEW.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="within_the_partnership", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM partnerships_partnership p WHERE p.id = NEW.partnership_id
                        AND NEW."on" >= p.starts_on AND NEW."on" < p.finishes_on
                    ) THEN
                        RAISE EXCEPTION 'a support day lies within its partnership'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    @property
    def is_coaching(self) -> bool:
        """It is a session of a coaching cycle."""
        return self.kind == Kind.COACHING


@with_history
class LeaderHalfDay(models.Model):
    """A leader is taken for half a day: nobody can be in two places.

    ``is_held`` follows the state of the day, by a trigger: a day that was cancelled or missed
    keeps who would have come, and takes nobody's time.
    """

    day = models.ForeignKey(SupportDay, related_name="held", on_delete=models.CASCADE)
    leader = models.ForeignKey(Leader, on_delete=models.PROTECT)
    on = models.DateField()
    half = models.CharField(max_length=2, choices=[("am", "Morning"), ("pm", "Afternoon")])
    is_held = models.BooleanField(default=True)

    class Meta:
        """A leader has one place in half a day."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("leader", "on", "half"), condition=models.Q(is_held=True),
                name="a_leader_is_in_one_place",
            ),
            models.UniqueConstraint(
                fields=("day", "leader", "half"), name="a_leader_comes_once_a_half_day"
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Trigger(
                name="is_of_its_day", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM delivery_supportday d
                        JOIN partnerships_partnership p ON p.id = d.partnership_id
                        JOIN delivery_leader l ON l.id = NEW.leader_id
                        WHERE d.id = NEW.day_id AND d."on" = NEW."on"
                        AND (d.part = 'day' OR d.part = NEW.half) AND l.lead_urn = p.lead_urn
                    ) THEN
                        RAISE EXCEPTION 'a half-day is of its day, and of a leader of its lead'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip


@with_history
class Proposal(models.Model):
    """Dates that were worked out for all partners of a lead, beside the plan as it stands.

    ``record`` is what the schedule gave, ``basis`` a digest of what it stood on: once that is
    another the proposal can no longer be accepted.
    """

    programme_id = models.CharField(max_length=60)
    lead_urn = models.CharField(max_length=6)
    work = models.OneToOneField(Work, on_delete=models.PROTECT)
    basis = models.CharField(max_length=64)
    record: Any = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Newest last."""

        ordering = ("pk",)
