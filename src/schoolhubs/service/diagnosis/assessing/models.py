"""Self-assessments of schools, who of the team answered, and what each said."""

import pgtrigger
from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once

LONGEST_LABEL = 60


class AssessmentState(models.TextChoices):
    """How far a self-assessment has come."""

    OPEN = "open", "Being answered"
    FINISHED = "finished", "Finished"
    RESTARTED = "restarted", "Begun anew, because the questions changed"


@written_once
class KeptInstrument(models.Model):
    """An instrument as it was when somebody began to answer it.

    A finished set is read by the version it was given to, and that must not hang on a file that
    is edited later. ``content`` is records.Instrument as JSON.
    """

    instrument_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        """Each wording once."""

        constraints = (
            models.UniqueConstraint(
                fields=("instrument_id", "version", "fingerprint"), name="one_row_a_wording"
            ),
        )


class _OfAnOpenSet(pgtrigger.Trigger):
    """Refuses to add, change or remove what belongs to a set that is no longer open.

    It takes a share of the lock on the set, so that nothing slips in while somebody finishes it.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("held", "TEXT")]  # noqa: RUF012 - as the library types it
    func = """
        IF TG_OP = 'UPDATE' AND NEW.assessment_id <> OLD.assessment_id THEN
            RAISE EXCEPTION 'what was answered to one self-assessment stays with it'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT state INTO held FROM diagnosis_selfassessment
            WHERE id = COALESCE(NEW.assessment_id, OLD.assessment_id) FOR SHARE;
        IF held <> 'open' THEN
            RAISE EXCEPTION 'this self-assessment is %, and stays as it was', held
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """


@with_history
class SelfAssessment(models.Model):
    """One school's answers to one version of one self-assessment.

    A school acts for itself, so it hangs on the URN and not on a partnership. Finished, or begun
    anew because the instrument changed, it never changes again: the database refuses it.
    """

    urn = models.CharField(max_length=6)
    asked = models.ForeignKey(KeptInstrument, on_delete=models.PROTECT)
    # Beside its key, so that the database can hold one open set of it.
    instrument_id = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=AssessmentState.choices, default=AssessmentState.OPEN
    )
    restarted_from = models.CharField(max_length=20, blank=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    organisation = models.TextField()
    finished_on = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.TextField(blank=True)

    class Meta:
        """One open set of an instrument a school; what is finished says when and by whom."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("urn", "instrument_id"), condition=models.Q(state="open"),
                name="one_open_self_assessment_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state="finished", finished_on__isnull=False,
                                   finished_at__isnull=False)
                & ~models.Q(finished_by="")
                | ~models.Q(state="finished") & models.Q(finished_on__isnull=True),
                name="a_finished_self_assessment_says_who_and_when",
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(
                name="stays_as_it_was", operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="open"),
            ),
            pgtrigger.Protect(
                name="begins_open", operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="open"),
            ),
            pgtrigger.ReadOnly(
                name="keeps_school_and_version",
                fields=["urn", "asked", "instrument_id", "restarted_from", "replaces"],
            ),
        )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """People can answer."""
        return self.state == AssessmentState.OPEN


@with_history(without=("by", "person"))
class TeamMember(models.Model):
    """Somebody who answers, and what the team knows them as, such as “SENCO”."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT)
    by = models.TextField()
    person = models.CharField(max_length=LONGEST_LABEL)

    class Meta:
        """One a person; no two are called the same."""

        ordering = ("person",)
        constraints = (
            models.UniqueConstraint(fields=("assessment", "by"), name="one_place_a_person"),
            models.UniqueConstraint(fields=("assessment", "person"), name="one_person_a_name"),
            models.CheckConstraint(
                condition=~models.Q(person="") & ~models.Q(by=""), name="a_member_has_a_name"
            ),
        )
        triggers = (_OfAnOpenSet(name="of_an_open_set"),)


@with_history
class AssessmentAnswer(models.Model):
    """One person's answer to one item; no value is “I cannot tell”."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT)
    member = models.ForeignKey(TeamMember, on_delete=models.PROTECT)
    item = models.CharField(max_length=60)
    value = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        """One a person and item."""

        ordering = ("member", "item")
        constraints = (
            models.UniqueConstraint(fields=("member", "item"), name="one_answer_a_person_and_item"),
        )
        triggers = (_OfAnOpenSet(name="of_an_open_set"),)
