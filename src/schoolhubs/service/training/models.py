"""Leaders whom schools named, sessions, who signed up, and what each leader has done."""

import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from schoolhubs.service.history.keeping import with_history
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.training import Duty

LONGEST_NAME = 120
DUTIES = {
    Duty.BEHAVIOUR: "Behaviour", Duty.ATTENDANCE: "Attendance",
    Duty.INCLUSION: "Inclusion and SEND",
}  # fmt: skip
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


@with_history(without=("name",))
class SchoolLeader(models.Model):
    """A senior leader whom a school named for the programme; the record of one who left stays.

    ``left_on`` is the first day on which somebody is no longer one; ``succeeds`` whose place was
    taken.
    """

    urn = models.CharField(max_length=6)
    name = models.CharField(max_length=LONGEST_NAME)
    post = models.CharField(max_length=LONGEST_NAME)
    duties = ArrayField(models.CharField(max_length=20), default=list)
    named_on = models.DateField()
    left_on = models.DateField(null=True)
    succeeds = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Nobody leaves before they were named."""

        ordering = ("named_on", "pk")
        indexes = (models.Index(fields=("urn",), name="training_leader_school"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(left_on__gte=models.F("named_on")),
                name="a_leader_leaves_after_being_named",
            ),
        )
        triggers = (NEVER_DELETED,)

    def __str__(self) -> str:
        """Give the name."""
        return self.name

    def is_there(self, on: datetime.date) -> bool:
        """Tell whether this is a leader of the school on a day."""
        return self.named_on <= on and (self.left_on is None or on < self.left_on)


def initials(name: str) -> str:
    """Give the first letters of a name, which whoever holds the certificate can compare.

    >>> initials("Amara de Vexley-Oake")
    'A d V'
    """
    return " ".join(part[0] for part in name.split())


class SessionState(models.TextChoices):
    """How far a session is."""

    PLANNED = "planned", "Planned"
    CANCELLED = "cancelled", "Cancelled"
    HELD = "held", "Held, and completion recorded"


@with_history
class TrainingSession(models.Model):
    """One date of a module: at a hub or online, taught by the hub or, with no hub, by the office.

    ``n_places`` is None where there is room for everybody. ``where`` is a place, or what to open.
    """

    programme_id = models.CharField(max_length=60)
    module = models.CharField(max_length=60)
    lead_urn = models.CharField(max_length=6, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_online = models.BooleanField()
    where = models.CharField(max_length=200)
    n_places = models.PositiveIntegerField(null=True)
    state = models.CharField(
        max_length=10, choices=SessionState.choices, default=SessionState.PLANNED
    )
    why_cancelled = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """It ends after it starts, and says why it is cancelled."""

        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(
                fields=("programme_id", "lead_urn", "starts_at"), name="training_session_due"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_session_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(why_cancelled=""),
                name="a_cancelled_session_says_why",
            ),
        )
        triggers = (NEVER_DELETED,)


@with_history
class SignUp(models.Model):
    """A leader's place at a session. ``seat`` counts from 1; no two who come share one.

    ``came`` is None until whoever taught has recorded who came.
    """

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT)
    leader = models.ForeignKey(SchoolLeader, on_delete=models.PROTECT)
    seat = models.PositiveIntegerField()
    is_live = models.BooleanField(default=True)
    came = models.BooleanField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """A seat is one leader's, and a leader has one; never more seats than places."""

        ordering = ("session", "seat", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "leader"), condition=models.Q(is_live=True),
                name="one_place_a_leader_at_a_session",
            ),
            models.UniqueConstraint(
                fields=("session", "seat"), condition=models.Q(is_live=True),
                name="one_leader_a_seat",
            ),
            models.CheckConstraint(condition=models.Q(seat__gt=0), name="seats_count_from_one"),
        )  # fmt: skip
        triggers = (
            pgtrigger.Trigger(
                name="within_the_places", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.is_live AND EXISTS (
                        SELECT 1 FROM training_trainingsession s
                        WHERE s.id = NEW.session_id AND NEW.seat > s.n_places
                    ) THEN
                        RAISE EXCEPTION 'a session has no more seats than places'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip


class CompletionState(models.TextChoices):
    """How far a completion is believed."""

    DECLARED = "declared", "Declared, not confirmed yet"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Not confirmed"
    STRUCK = "struck", "Struck out"


STANDS = (CompletionState.DECLARED, CompletionState.CONFIRMED)


@with_history(without=("earned_by",))
class ModuleCompletion(models.Model):
    """A module that a leader has done, as the definition had it on that day.

    Recorded by whoever taught it, or declared by the school and then confirmed. ``number`` is the
    certificate's, and is there once it is confirmed; ``earned_by`` is the name it was earned under,
    whatever the leader is called later. The office can strike out what was confirmed wrongly.
    """

    leader = models.ForeignKey(SchoolLeader, on_delete=models.PROTECT)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    programme_id = models.CharField(max_length=60)
    module = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    half_days = models.PositiveSmallIntegerField()
    definition_version = models.CharField(max_length=80)
    session = models.ForeignKey(TrainingSession, null=True, on_delete=models.PROTECT)
    completed_on = models.DateField()
    state = models.CharField(max_length=10, choices=CompletionState.choices)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    settled_reason = models.TextField(blank=True)
    number = models.CharField(max_length=14, blank=True)
    earned_by = models.CharField(max_length=LONGEST_NAME, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """A leader completes a module once; what is settled says by whom and when."""

        ordering = ("completed_on", "pk")
        indexes = (models.Index(fields=("partnership", "state"), name="training_done_in"),)
        constraints = (
            models.UniqueConstraint(
                fields=("leader", "programme_id", "module"),
                condition=models.Q(state__in=("declared", "confirmed")),
                name="a_leader_completes_a_module_once",
            ),
            models.UniqueConstraint(
                fields=("number",), condition=~models.Q(number=""),
                name="one_certificate_a_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state="declared", settled_at__isnull=True)
                | models.Q(state__in=("confirmed", "refused", "struck"), settled_at__isnull=False)
                & ~models.Q(settled_by=""),
                name="a_settled_completion_says_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("confirmed", "struck")) & ~models.Q(number="")
                | ~models.Q(state__in=("confirmed", "struck")) & models.Q(number=""),
                name="a_confirmed_completion_has_a_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("refused", "struck"))
                | ~models.Q(settled_reason=""),
                name="a_refused_completion_says_why",
            ),
        )  # fmt: skip
        triggers = (
            NEVER_DELETED,
            pgtrigger.ReadOnly(
                name="keeps_whose_it_is",
                fields=["leader", "partnership", "programme_id", "module", "half_days",
                        "completed_on", "session"],
            ),
            pgtrigger.Protect(
                name="stays_settled", operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["refused", "struck"])
                | pgtrigger.Q(old__state="confirmed") & ~pgtrigger.Q(new__state="struck"),
            ),
        )  # fmt: skip
