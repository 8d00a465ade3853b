"""Payment runs, their payments and confirmations: what the database itself refuses."""

import pgtrigger
from django.db import models

from schoolhubs.service.funding.models import NEVER_DELETED, KeptAward
from schoolhubs.service.funding.moves import bar_other_moves
from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.partnerships.models import Partnership


class RunState(models.TextChoices):
    """How far a payment run has come."""

    PREPARED = "prepared", "Prepared, waits for somebody else to agree"
    AGREED = "agreed", "Agreed, to be handed over"
    HANDED_OVER = "handed_over", "Handed over, waits for confirmation"
    PAID = "paid", "Paid"
    SET_ASIDE = "set_aside", "Set aside: nothing of it is paid"


class PaymentState(models.TextChoices):
    """What became of one payment."""

    IN_RUN = "in_run", "In a run"
    PAID = "paid", "Paid"
    NOT_PAID = "not_paid", "Not paid, to be tried again"
    TAKEN_OUT = "taken_out", "Taken out of the run"


LIVE_PAYMENTS = (PaymentState.IN_RUN, PaymentState.PAID)
OPEN_RUNS = (RunState.PREPARED, RunState.AGREED)


@with_history(without=("file",))
class PaymentRun(models.Model):
    """Payments that one person prepared and another agreed, and the file handed over for them.

    ``file`` is made once, when it is agreed, and ``file_hash`` is the SHA-256 of all its bytes.
    ``lot`` is drawn then too, by which a sample is drawn: nobody knows it before.
    ``envelope_pence`` is all the programme's money as its definition stood.
    """

    programme_id = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.PREPARED)
    pay_on = models.DateField()
    n_payments = models.PositiveIntegerField()
    total_pence = models.PositiveBigIntegerField()
    envelope_pence = models.PositiveBigIntegerField()
    exceptions = models.JSONField(default=list)
    prepared_at = models.DateTimeField()
    prepared_by = models.TextField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(blank=True)
    file = models.BinaryField(null=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    lot = models.CharField(max_length=64, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.TextField(blank=True)
    finished_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Maker is never checker; one run of a programme is being prepared or agreed at a time."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("programme_id", "number"), name="one_run_a_number"),
            models.UniqueConstraint(
                fields=("programme_id",),
                condition=models.Q(state__in=("prepared", "agreed")),
                name="one_open_payment_run_a_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by="") | ~models.Q(agreed_by=models.F("prepared_by")),
                name="who_agrees_a_payment_run_did_not_prepare_it",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("prepared", "set_aside"))
                | models.Q(agreed_at__isnull=False, file__isnull=False)
                & ~models.Q(agreed_by="")
                & ~models.Q(file_hash=""),
                name="an_agreed_payment_run_says_who_and_has_its_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("handed_over", "paid"))
                | models.Q(handed_over_at__isnull=False) & ~models.Q(handed_over_by=""),
                name="a_payment_run_handed_over_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="set_aside") | ~models.Q(finished_reason=""),
                name="a_payment_run_set_aside_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(total_pence__lte=models.F("envelope_pence")),
                name="a_payment_run_is_within_the_envelope",
            ),
        )
        triggers = (
            NEVER_DELETED,
            bar_other_moves("payment run"),
            pgtrigger.ReadOnly(
                name="keeps_what_was_prepared",
                fields=["programme_id", "number", "prepared_at", "prepared_by", "envelope_pence"],
            ),
            pgtrigger.Trigger(
                name="keeps_what_was_agreed", when=pgtrigger.Before, operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'prepared'"),
                func="""
                    IF (NEW.file, NEW.file_hash, NEW.lot, NEW.total_pence, NEW.n_payments,
                        NEW.agreed_by) IS DISTINCT FROM
                        (OLD.file, OLD.file_hash, OLD.lot, OLD.total_pence, OLD.n_payments,
                        OLD.agreed_by)
                        OR NEW.state = 'prepared'
                        OR OLD.state IN ('paid', 'set_aside')
                    THEN
                        RAISE EXCEPTION 'an agreed payment run stays as it was agreed'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="is_the_sum_of_its_payments", when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'prepared' AND NEW.state = 'agreed'"),
                declare=[("n", "bigint"), ("pence", "bigint"), ("everything", "bigint")],
                func="""
                    SELECT count(*), coalesce(sum(p.amount_pence), 0) INTO n, pence
                    FROM funding_payment p WHERE p.run_id = NEW.id AND p.state = 'in_run';
                    IF n <> NEW.n_payments OR pence <> NEW.total_pence OR n = 0 THEN
                        RAISE EXCEPTION 'a payment run comes to the sum of its payments'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT coalesce(sum(p.amount_pence - p.short_pence), 0) INTO everything
                    FROM funding_payment p WHERE p.programme_id = NEW.programme_id
                        AND p.state IN ('in_run', 'paid');
                    IF everything > NEW.envelope_pence THEN
                        RAISE EXCEPTION 'payments of a programme are within its envelope'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip


@with_history
class Payment(models.Model):
    """Money for one payee, partnership, period and milestone; ``amount_pence`` is what is sent.

    ``milestone`` is the award's; for what a correction adds to one that was paid, the award's with
    the correction's number behind. ``taken_pence`` is clawback, taken before anything is sent.
    ``short_pence`` is what of it did not arrive, as two people settled it by hand; below nought
    where more arrived. ``after_all_on`` is the day on which it was made after all, as whoever pays
    said last of a payment that was not made and stands in a later run again. ``payee`` earned it,
    whoever is paid; ``successor`` is who is paid in its place, as two people decided, and blank
    where nobody is.
    """

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="payments")
    award = models.ForeignKey(KeptAward, on_delete=models.PROTECT, related_name="payments")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    programme_id = models.CharField(max_length=60)
    payee = models.CharField(max_length=40)
    successor = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=20)
    milestone = models.CharField(max_length=80)
    gross_pence = models.PositiveBigIntegerField()
    taken_pence = models.PositiveBigIntegerField(default=0)
    amount_pence = models.PositiveBigIntegerField()
    reference = models.CharField(max_length=30, unique=True)
    state = models.CharField(
        max_length=10, choices=PaymentState.choices, default=PaymentState.IN_RUN
    )
    paid_on = models.DateField(null=True)
    short_pence = models.BigIntegerField(default=0)
    after_all_on = models.DateField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        """One payment a payee, partnership, period and milestone, whoever writes the row."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("payee", "partnership", "period", "milestone"),
                condition=models.Q(state__in=("in_run", "paid")),
                name="one_payment_a_payee_period_and_milestone",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_pence__gt=0)
                & models.Q(gross_pence=models.F("amount_pence") + models.F("taken_pence")),
                name="a_payment_is_what_is_due_less_what_is_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(state="paid", paid_on__isnull=False)
                | ~models.Q(state="paid") & models.Q(paid_on__isnull=True),
                name="a_paid_payment_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(short_pence=0)
                | models.Q(state="paid", short_pence__lt=models.F("amount_pence")),
                name="a_payment_short_of_something_was_paid_in_part",
            ),
            models.CheckConstraint(
                condition=models.Q(state="not_paid") | models.Q(after_all_on__isnull=True),
                name="only_a_payment_not_made_waits_to_be_counted_after_all",
            ),
        )
        triggers = (
            NEVER_DELETED,
            pgtrigger.ReadOnly(
                name="keeps_what_is_sent",
                fields=[
                    "run", "award", "partnership", "programme_id", "payee", "successor", "period",
                    "milestone", "gross_pence", "taken_pence", "amount_pence", "reference",
                ],
            ),
            pgtrigger.Protect(
                name="stays_as_it_ended", operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    # A bank may say otherwise later: it took money back, or paid after all.
                    "OLD.state IN ('paid', 'not_paid', 'taken_out') AND NOT ("
                    "OLD.state = 'paid' AND NEW.state = 'not_paid' OR "
                    "OLD.state = 'not_paid' AND NEW.state = 'paid' OR "
                    "OLD.state = 'not_paid' AND NEW.state = 'not_paid' AND "
                    "NEW.after_all_on IS DISTINCT FROM OLD.after_all_on OR "
                    # Or two people settle it by hand: see the next.
                    "OLD.state = 'paid' AND NEW.short_pence <> OLD.short_pence)"
                ),
            ),
            pgtrigger.Trigger(
                name="short_of_what_two_people_said", when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.short_pence <> 0"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM funding_moneydecision d WHERE d.payment_id = NEW.id
                        AND d.kind = 'settled' AND d.state = 'agreed'
                        AND d.amount_pence = NEW.amount_pence - NEW.short_pence
                    ) THEN
                        RAISE EXCEPTION 'two people settle a payment by hand'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="paid_to_whom_two_people_said", when=pgtrigger.Before,
                operation=pgtrigger.Insert, declare=[("told", "varchar")],
                func="""
                    SELECT CASE WHEN d.state = 'agreed' AND d.successor <> d.payee
                        THEN d.successor ELSE '' END
                    INTO told FROM funding_moneydecision d
                    WHERE d.kind = 'successor' AND d.state IN ('agreed', 'taken_back')
                        AND d.programme_id = NEW.programme_id AND d.payee = NEW.payee
                    ORDER BY d.id DESC LIMIT 1;
                    IF NEW.successor <> coalesce(told, '') THEN
                        RAISE EXCEPTION 'two people say who is paid in place of a payee'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="held_back_is_in_no_run", when=pgtrigger.Before, operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM funding_heldpayment h
                        WHERE h.payee = NEW.payee AND h.partnership_id = NEW.partnership_id
                        AND h.period = NEW.period AND h.taken_up_at IS NULL
                        AND h.milestone = split_part(NEW.milestone, '.', 1)
                    ) THEN
                        RAISE EXCEPTION 'what is held back by hand is in no run'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="never_above_the_awards", when=pgtrigger.Before, operation=pgtrigger.Insert,
                declare=[("due", "bigint"), ("sent", "bigint"), ("back", "bigint")],
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM funding_paymentrun r WHERE r.id = NEW.run_id
                        AND r.state = 'prepared' AND r.programme_id = NEW.programme_id
                    ) THEN
                        RAISE EXCEPTION 'payments join a run while it is prepared'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM funding_keptaward a WHERE a.id = NEW.award_id
                        AND a.payee = NEW.payee AND a.partnership_id = NEW.partnership_id
                        AND a.period = NEW.period
                        AND a.milestone = split_part(NEW.milestone, '.', 1)
                        AND NEW.gross_pence <= a.amount_pence
                    ) THEN
                        RAISE EXCEPTION 'a payment is of an award'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT coalesce(sum(a.amount_pence), 0) INTO due FROM funding_keptaward a
                    WHERE a.payee = NEW.payee AND a.partnership_id = NEW.partnership_id
                        AND NOT EXISTS (
                            SELECT 1 FROM funding_keptaward later
                            WHERE later.payee = a.payee AND later.period = a.period
                            AND later.milestone = a.milestone
                            AND later.partnership_id = a.partnership_id
                            AND later.number > a.number
                        );
                    SELECT coalesce(sum(p.gross_pence - p.short_pence), 0) INTO sent
                    FROM funding_payment p
                    WHERE p.payee = NEW.payee AND p.partnership_id = NEW.partnership_id
                        AND p.state IN ('in_run', 'paid');
                    SELECT coalesce(sum(c.amount_pence), 0) INTO back FROM funding_clawback c
                    WHERE c.payee = NEW.payee AND c.partnership_id = NEW.partnership_id
                        AND c.state = 'agreed';
                    IF sent - back + NEW.gross_pence > due THEN
                        RAISE EXCEPTION 'payments never come to more than the awards'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    @property
    def paid_to(self) -> str:
        """Whom the money goes to: the payee, or who is paid in its place.

        >>> Payment(payee="school:900001").paid_to
        'school:900001'
        >>> Payment(payee="school:900001", successor="school:900002").paid_to
        'school:900002'
        """
        return self.successor or self.payee

    @property
    def sent_pence(self) -> int:
        """What is sent, or arrived."""
        return self.amount_pence - self.short_pence

    @property
    def stands(self) -> str:
        """What stands of it, to be held against what stands later.

        >>> Payment(state="paid", short_pence=100).stands
        'paid:100:'
        """
        return f"{self.state}:{self.short_pence}:{self.after_all_on or ''}"

    @property
    def settles_pence(self) -> int:
        """What of its award it settles: what is sent, and what was taken for clawback."""
        return self.gross_pence - self.short_pence


@written_once
class Confirmation(models.Model):
    """A file that says what became of a run's payments, as it was sent, and what it came to.

    ``digest`` is its SHA-256: the same file is read once, however often it is sent.
    """

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="confirmations")
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    n_paid = models.PositiveIntegerField()
    n_not_paid = models.PositiveIntegerField()
    paid_pence = models.PositiveBigIntegerField()
    problems = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """Each file once a run."""

        ordering = ("pk",)
        triggers = (NEVER_DELETED,)
        constraints = (
            models.UniqueConstraint(fields=("run", "digest"), name="one_confirmation_a_file"),
        )
