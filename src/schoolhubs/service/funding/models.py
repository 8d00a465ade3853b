"""Declarations of time given, days added to them by hand, and the awards that follow."""

import pgtrigger
from django.db import models

from schoolhubs.service.funding.limits import limits
from schoolhubs.service.funding.moves import bar_other_moves
from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.partnerships.models import Partnership, Side

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)
MOST_HALF_DAYS = limits().most_half_days_of_a_line


class DeclarationState(models.TextChoices):
    """How far a declaration has come; what is payable and paid is told of its award."""

    STARTED = "started", "Started"
    DECLARED = "declared", "Declared, waits for the programme office"
    CHECKED = "checked", "Checked"
    LAPSED = "lapsed", "Lapsed, not declared by its last day"


@with_history
class Declaration(models.Model):
    """What one side of a partnership says of the time it gave, for one payment milestone.

    Days that the service knows of are read from their ledgers and never typed. What the money was
    used for is said in pence: travel, backfill, the plan. A declaration that is returned is
    started again, with the reason. One that was not declared by the day after ``lapses_on`` lapses,
    once its side was reminded; the office can open it again. ``version`` grows with every change.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    side = models.CharField(max_length=8, choices=Side.choices)
    milestone = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=DeclarationState.choices, default=DeclarationState.STARTED
    )
    travel_pence = models.PositiveBigIntegerField(default=0)
    backfill_pence = models.PositiveBigIntegerField(default=0)
    plan_pence = models.PositiveBigIntegerField(default=0)
    organisation = models.TextField()
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    declared_at = models.DateTimeField(null=True)
    declared_by = models.TextField(blank=True)
    declared_name = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.TextField(blank=True)
    returned_reason = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True)
    lapses_on = models.DateField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.TextField(blank=True)
    reopened_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One a side and milestone; nobody checks what they declared."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED, bar_other_moves("declaration"))
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "side", "milestone"),
                name="one_declaration_a_side_and_milestone",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("started", "lapsed"), declared_at__isnull=True)
                | ~models.Q(state__in=("started", "lapsed"))
                & models.Q(declared_at__isnull=False)
                & ~models.Q(declared_by=""),
                name="a_declaration_says_who_declared_it",
            ),
            models.CheckConstraint(
                condition=models.Q(state="checked", checked_at__isnull=False)
                & ~models.Q(checked_by="")
                | ~models.Q(state="checked") & models.Q(checked_at__isnull=True),
                name="a_checked_declaration_says_who_checked_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lapsed")
                | models.Q(lapsed_at__isnull=False, reminded_at__isnull=False),
                name="nothing_lapses_without_a_reminder",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_by="") | ~models.Q(checked_by=models.F("declared_by")),
                name="nobody_checks_their_own_declaration",
            ),
        )

    @property
    def used_pence(self) -> int:
        """What the use of the money comes to, of all three kinds."""
        return int(self.travel_pence + self.backfill_pence + self.plan_pence)


@with_history
class DeclaredDay(models.Model):
    """Time that no ledger of the service holds: when, what, who, and what shows it.

    ``excused_because`` says why it did not take place, where that was no fault of the partner.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    half_days = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    who = models.CharField(max_length=200)
    evidence = models.TextField()
    excused_because = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.TextField()
    struck_at = models.DateTimeField(null=True)
    struck_by = models.TextField(blank=True)
    struck_reason = models.TextField(blank=True)

    class Meta:
        """Added and taken out only while it is being written; the office may strike one out."""

        ordering = ("on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(half_days__gte=1, half_days__lte=MOST_HALF_DAYS),
                name="a_declared_day_is_some_half_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(what="") & ~models.Q(who="") & ~models.Q(evidence=""),
                name="a_declared_day_says_what_who_and_by_what",
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at__isnull=True)
                | ~models.Q(struck_by="") & ~models.Q(struck_reason=""),
                name="a_struck_day_says_who_and_why",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="keeps_what_was_added",
                fields=[
                    "declaration", "on", "half_days", "what", "who", "evidence",
                    "excused_because", "added_at", "added_by",
                ],
            ),
            pgtrigger.Trigger(
                name="only_while_it_is_written", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                declare=[("held", "bigint")],
                func="""
                    IF TG_OP = 'DELETE' THEN held := OLD.declaration_id;
                    ELSE held := NEW.declaration_id; END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM funding_declaration d WHERE d.id = held
                        AND d.state = 'started'
                    ) THEN
                        RAISE EXCEPTION 'days of a declaration stand once it is declared'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip


@written_once
class KeptAward(models.Model):
    """What a checked declaration is worth to its payee, with why; a correction is a new number.

    ``record`` is the award as the rules gave it, line by line; ``made_of`` all that it was worked
    out from. ``payee`` is an organisation's key, such as ``school:900001``. An amount below nought
    was paid at an earlier milestone and is owed back.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="awards")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    programme_id = models.CharField(max_length=60)
    pathway = models.CharField(max_length=60)
    payee = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    milestone = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    amount_pence = models.BigIntegerField()
    payable_from = models.DateField()
    record = models.JSONField()
    made_of = models.JSONField()
    definition_version = models.CharField(max_length=40)
    why = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """Each number once a payee, partnership and milestone; a correction says why."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED,)
        constraints = (
            models.UniqueConstraint(
                fields=("payee", "partnership", "period", "milestone", "number"),
                name="one_award_a_payee_milestone_and_number",
            ),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(why=""), name="a_correction_says_why"
            ),
        )
