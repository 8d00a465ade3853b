"""Money arrives once: awards, runs by two people, confirmation to the penny, clawback."""

import dataclasses
import datetime
import hashlib
import importlib
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from invented import AT
from paid import (
    CHECKER,
    FINISHES,
    MAKER,
    OVER,
    PAYS,
    STARTS,
    awarded,
    bank,
    confirmed,
    declared,
    handed_over,
    paid_pence,
    partnership,
    prepared,
    repaid,
    schools,
    spent,
    who,
)
from schoolhubs.funding import paying as rules
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.declaring.due import tell_due
from schoolhubs.service.funding.models import Declaration, DeclaredDay, KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Confirmation, Payment, PaymentRun
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.service.funding.recovering.models import Clawback, Recovery
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.web.pages import day as in_words
from schoolhubs.vocabulary.errors import Conflict, DataProblem

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = "900001", "900002", "900003"
# Core: 16 of 40 days are expected, so that 9,000 pounds are 3,600.
FULL = 360_000


@pytest.fixture(autouse=True)
def _schools() -> None:
    schools(ONE, TWO, THREE)


def a_paid_run(*urns: str, **told: Any) -> PaymentRun:
    for urn in urns:
        awarded(partnership(urn), half_days=40, **told)
    run = handed_over(prepared())
    confirmed(run)
    run.refresh_from_db()
    return run


def test_a_declaration_becomes_an_award_and_an_award_a_payment() -> None:
    award = awarded(partnership(ONE), half_days=32)
    assert (award.amount_pence, award.milestone, award.payee) == (
        FULL,
        "first_year",
        f"school:{ONE}",
    )
    assert award.record["lines"][0]["amount_pence"] == FULL
    run = prepared()
    assert (run.total_pence, run.n_payments, run.state) == (FULL, 1, "prepared")
    run = handed_over(run)
    made = confirmed(run)
    run.refresh_from_db()
    assert (run.state, made.n_paid, made.paid_pence, made.problems) == ("paid", 1, FULL, [])
    assert paid_pence(f"school:{ONE}") == FULL
    assert due(PAYS, on=OVER) == []
    told = AuditEntry.objects.filter(action__startswith="payment_run").values_list(
        "action", flat=True
    )
    assert list(told) == [
        f"payment_run.{each}" for each in ("prepare", "agree", "hand_over", "confirm")
    ]


def test_ledger_days_count_by_themselves_and_missing_days_reduce_the_payment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = partnership(ONE), partnership(TWO)
    spent(monkeypatch, {one.pk: 26, two.pk: 16})
    # From four fifths of 32 half-days on nothing is taken off; half of them is half of it or so.
    assert awarded(one, half_days=0).amount_pence == FULL
    less = awarded(two, half_days=0)
    assert 0 < less.amount_pence < FULL
    assert less.made_of["half_days_by_hand"] == 0
    assert len(less.made_of["days"]) == 16


def test_only_one_payment_of_a_milestone_stands_whoever_writes_the_row() -> None:
    award = awarded(partnership(ONE), half_days=40)
    run = prepared()
    first = Payment.objects.get()
    again = {each: getattr(first, each) for each in (
        "award_id", "partnership_id", "programme_id", "payee", "period", "milestone",
        "gross_pence", "amount_pence")}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(run=run, reference="OTHER", **again)
    # Under another name of a milestone it would come to more than was awarded.
    with pytest.raises(IntegrityError, match="more than the awards"), transaction.atomic():
        Payment.objects.create(run=run, reference="OTHER", **{**again, "milestone": "first_year.2"})
    assert award.payments.count() == 1


def test_whoever_prepared_a_payment_run_never_agrees_it() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    with pytest.raises(Conflict, match="somebody else"):
        paying.agree(run, version=run.version, **MAKER)
    with pytest.raises(IntegrityError, match="did_not_prepare"), transaction.atomic():
        PaymentRun.objects.filter(pk=run.pk).update(
            state="agreed", agreed_by="maker", agreed_at=AT, file=b"", file_hash="0", file_name="x"
        )


def test_the_file_of_payments_carries_its_digest_and_stays_the_same() -> None:
    awarded(partnership(ONE), half_days=40)
    awarded(partnership(TWO), half_days=40)
    run = handed_over(prepared())
    text = bytes(PaymentRun.objects.get(pk=run.pk).file or b"").decode()
    assert hashlib.sha256(text.encode()).hexdigest() == run.file_hash
    assert run.file_hash[:12] in run.file_name
    *rows, last = text.splitlines(keepends=True)
    assert hashlib.sha256("".join(rows).encode()).hexdigest() in last
    assert last.startswith("end,2,")
    assert rules.read_run(text).total_pence == 2 * FULL
    with pytest.raises(DataProblem, match="does not agree with the lines before"):
        rules.read_run(text.replace("3600.00", "3600.01", 1))
    with pytest.raises(IntegrityError, match="stays as it was agreed"), transaction.atomic():
        PaymentRun.objects.filter(pk=run.pk).update(file=b"other")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRun.objects.filter(pk=run.pk).update(total_pence=F("total_pence") + 1)


def test_a_payment_run_pressed_twice_is_prepared_agreed_and_handed_over_once() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    with pytest.raises(Conflict, match="open already"):
        prepared()
    seen = run.version
    paying.agree(run, version=seen, **CHECKER)
    with pytest.raises(Conflict):
        paying.agree(run, version=seen, **CHECKER)
    with pytest.raises(Conflict):
        paying.hand_over(run, version=seen, **MAKER)
    assert PaymentRun.objects.count() == Payment.objects.count() == 1


def test_the_same_confirmation_of_payments_again_changes_nothing() -> None:
    awarded(partnership(ONE), half_days=40)
    run = handed_over(prepared())
    content = bank(run)
    first = confirm(run, content, **MAKER)
    n = AuditEntry.objects.count()
    assert confirm(run, content, **CHECKER) == first
    assert (Confirmation.objects.count(), AuditEntry.objects.count()) == (1, n)
    assert paid_pence(f"school:{ONE}") == FULL


def test_a_confirmation_is_held_against_the_payments_to_the_penny() -> None:
    for urn in (ONE, TWO, THREE):
        awarded(partnership(urn), half_days=40)
    run = handed_over(prepared())
    wrong = bank(run).replace(b"3600.00", b"3600.01", 1) + b"SHNONE,900009,1.00,paid,,\n"
    made = confirm(run, wrong, **MAKER)
    run.refresh_from_db()
    codes = {each["code"] for each in made.problems}
    assert codes == {"other_amount", "not_in_run"}
    assert (made.n_paid, run.state) == (2, "handed_over")
    # The whole file again, put right: what was settled stays settled, the rest is settled now.
    made = confirm(run, bank(run), **MAKER)
    run.refresh_from_db()
    assert (made.n_paid, made.problems, run.state) == (1, [], "paid")
    assert sum(paid_pence(f"school:{urn}") for urn in (ONE, TWO, THREE)) == 3 * FULL


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not text in UTF-8"),
        (b"reference,amount_pounds\n", "payee_id"),
        (b"reference,payee_id,amount_pounds\nSH1,900001,12.345\n", "no amount in pounds"),
        (b"reference,payee_id,amount_pounds,outcome\nSH1,900001,1.00,maybe\n", "paid or not_paid"),
        (b"reference,payee_id,amount_pounds,paid_on\nSH1,900001,1.00,soon\n", "2027-07-20"),
        (b"reference,payee_id,amount_pounds\n", "no row"),
        (
            b"reference,payee_id,amount_pounds,paid_on\nSH1,900001,1.00,2026-01-28\n",
            "its file was made on 2026-01-29",
        ),
        (
            b"reference,payee_id,amount_pounds,paid_on\nSH1,900001,1.00,2093-01-01\n",
            "today is 2026-01-29",
        ),
    ],
)
def test_a_confirmation_of_payments_that_cannot_be_read_is_refused_whole(
    content: bytes, said: str
) -> None:
    awarded(partnership(ONE), half_days=40)
    run = handed_over(prepared())
    with pytest.raises(DataProblem, match=said):
        confirm(run, content, **MAKER)
    assert not Confirmation.objects.exists()


def test_a_payment_that_failed_at_the_bank_is_due_again_under_another_reference() -> None:
    awarded(partnership(ONE), half_days=40)
    awarded(partnership(TWO), half_days=40)
    run = handed_over(prepared())
    confirmed(run, fails=(f"school:{TWO}",))
    run.refresh_from_db()
    assert run.state == "paid"
    again = prepared()
    assert [each.payee for each in again.payments.all()] == [f"school:{TWO}"]
    assert len(set(Payment.objects.values_list("reference", flat=True))) == 3
    confirmed(handed_over(again))
    assert paid_pence(f"school:{TWO}") == FULL


def test_a_payment_run_set_aside_pays_nothing_and_one_handed_over_cannot_be() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    paying.set_aside(run, version=run.version, reason="Wrong day", **MAKER)
    assert Payment.objects.get().state == "taken_out"
    run = handed_over(prepared())
    with pytest.raises(Conflict):
        paying.set_aside(run, version=run.version, reason="Too late", **MAKER)
    confirmed(run)
    assert paid_pence(f"school:{ONE}") == FULL


def test_payments_never_go_above_the_envelope() -> None:
    awarded(partnership(ONE), half_days=40)
    with pytest.raises(Conflict, match="above its envelope"):
        paying.prepare(PAYS, pay_on=OVER, envelope_pence=FULL - 1, **MAKER)
    assert not PaymentRun.objects.exists()
    paying.prepare(PAYS, pay_on=OVER, envelope_pence=FULL, **MAKER)


def struck(urn: str, n: int = 2) -> KeptAward:
    """Strike out days of a school's declaration, so that too little was given by far."""
    made = Declaration.objects.get(partnership__partner_urn=urn)
    award = None
    for day in DeclaredDay.objects.filter(declaration=made)[:n]:
        made.refresh_from_db()
        award = declaring.strike_day(
            day, reason="No minutes", version=made.version, who=who("officer")
        )
    assert award is not None
    return award


def agreed_clawback(award: KeptAward, pence: int) -> Clawback:
    asked = recovering.propose(award, amount_pence=pence, reason="No minutes", **MAKER)
    return recovering.settle(asked, agrees=True, version=1, reason="Seen", **CHECKER)


def test_a_day_struck_out_after_its_payment_lowers_the_award_and_is_asked_back() -> None:
    a_paid_run(ONE)
    award = struck(ONE)
    # Two days of ten people were struck out, one after the other.
    assert (award.number, award.why, award.amount_pence) == (3, "No minutes", 0)
    (found,) = due(PAYS, on=OVER)
    assert (found.exceptions[0], found.gross_pence, found.is_left_out) == ("overpaid", -FULL, True)
    with pytest.raises(Conflict, match="No more comes back"):
        recovering.propose(award, amount_pence=FULL + 1, reason="No minutes", **MAKER)
    asked = recovering.propose(award, amount_pence=FULL, reason="No minutes", **MAKER)
    with pytest.raises(Conflict, match="somebody else"):
        recovering.settle(asked, agrees=True, version=1, reason="Seen", **MAKER)
    recovering.settle(asked, agrees=True, version=1, reason="Seen", **CHECKER)
    assert queries.outstanding([Clawback.objects.get()]) == {asked.pk: FULL}
    assert due(PAYS, on=OVER) == []
    letter = Letter.objects.get(kind="clawback_agreed")
    assert (letter.facts["amount"], letter.facts["owed"]) == ("£3,600.00", "£3,600.00")


def test_clawback_is_taken_from_payments_still_to_come_first_and_the_rest_is_a_debt() -> None:
    a_paid_run(ONE)
    asked = agreed_clawback(struck(ONE), FULL)
    # A second year's partnership of the same school earns less than it owes.
    later = partnership(
        ONE, cohort_id="2023-24-autumn", starts_on=FINISHES, finishes_on=datetime.date(2024, 9, 1)
    )
    award = awarded(later, half_days=16, first_on=FINISHES)
    assert 0 < award.amount_pence < FULL
    run = prepared(datetime.date(2024, 9, 4))
    payment = run.payments.get()
    assert (payment.taken_pence, payment.amount_pence) == (award.amount_pence, 0)
    assert queries.outstanding([asked]) == {asked.pk: FULL - award.amount_pence}
    # Set aside, the run has taken nothing.
    paying.set_aside(run, version=run.version, reason="Wrong day", **MAKER)
    assert queries.outstanding([asked]) == {asked.pk: FULL}
    # Nothing was to be sent, and it counts as paid on no day that is ahead.
    run = handed_over(prepared(AT.date() + datetime.timedelta(days=20)))
    assert (run.state, run.payments.get().state) == ("paid", "paid")
    assert run.payments.get().paid_on == AT.date()
    letter = Letter.objects.filter(kind="payment_made").latest("pk")
    assert letter.facts["on"] == in_words(AT.date())
    owed = FULL - award.amount_pence
    told = {"on": datetime.date(2024, 10, 1), "reference": "BANK-1"}
    with pytest.raises(Conflict, match="more than is still owed"):
        repaid(asked, owed + 1, **told)
    with pytest.raises(Conflict, match="no later day can be"):
        repaid(asked, owed, on=AT.date() + datetime.timedelta(days=1), reference="BANK-1")
    with pytest.raises(IntegrityError, match="two people say"), transaction.atomic():
        Recovery.objects.create(
            clawback=asked, amount_pence=owed, received_on=OVER, reference="BANK-1", made_at=AT,
            made_by="maker",
        )  # fmt: skip
    repaid(asked, owed, **told)
    with pytest.raises(Conflict, match="counted already"):
        repaid(asked, 1, **told)
    assert queries.outstanding([asked]) == {}


def test_an_award_corrected_upwards_pays_the_difference_once() -> None:
    one = partnership(ONE)
    first = awarded(one, half_days=16)
    confirmed(handed_over(prepared()))
    made = Declaration.objects.get()
    declaring.return_(made, reason="Days are missing", version=made.version, who=who("officer"))
    assert due(PAYS, on=OVER) == []  # nothing more is paid by it until it is checked again
    second = awarded(one, half_days=32)
    assert (second.number, second.amount_pence) == (2, FULL)
    run = handed_over(prepared())
    payment = run.payments.get()
    assert (payment.milestone, payment.gross_pence) == (
        "first_year.2", FULL - first.amount_pence
    )  # fmt: skip
    confirmed(run)
    assert due(PAYS, on=OVER) == []
    assert Letter.objects.filter(kind="declaration_returned").count() == 1


def test_a_partner_that_withdrew_keeps_the_payment_of_the_terms_it_completed() -> None:
    ended = datetime.date(2023, 2, 10)
    one = partnership(ONE, state="ended", ended_on=ended)
    award = awarded(one, half_days=40, milestone="withdrawal")
    assert 0 < award.amount_pence < FULL
    assert award.record["due_on"] == ended.isoformat()
    (found,) = due(PAYS, on=OVER)
    assert "ended_early" in found.exceptions
    assert not found.is_left_out


def test_a_further_year_is_paid_by_its_own_rule_and_the_first_year_once() -> None:
    one = partnership(ONE)
    further = partnership(ONE, starts_on=FINISHES, finishes_on=datetime.date(2024, 9, 1), year=2,
                          extends=one)  # fmt: skip
    award = awarded(one, half_days=40)
    assert (award.milestone, award.amount_pence) == ("first_year", FULL)
    with pytest.raises(Conflict, match="No money falls due"):
        declaring.begin(further, side="partner", milestone="first_year", who=who("head"))


def test_payments_of_a_closed_payee_are_left_out_and_shown_first() -> None:
    awarded(partnership("900099"), half_days=40)
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    assert [each.payee for each in run.payments.all()] == [f"school:{ONE}"]
    assert (run.exceptions[0]["what"], run.exceptions[0]["is_left_out"]) == ("closed", True)


def test_a_run_whose_award_was_corrected_meanwhile_is_not_agreed() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    struck(ONE)
    with pytest.raises(Conflict, match="no longer due"):
        paying.agree(run, version=run.version, **CHECKER)


def test_nothing_is_declared_before_its_time_nor_where_nothing_is_paid() -> None:
    one = partnership(ONE)
    made = declaring.begin(one, side="partner", milestone="first_year", who=who("head"))
    early = dataclasses.replace(
        who("head"), at=datetime.datetime(2023, 8, 31, 12, tzinfo=datetime.UTC)
    )
    with pytest.raises(Conflict, match="1 September 2023"):
        declaring.declare(made, version=made.version, who=early)
    rise = partnership(TWO, programme_id="rise-hubs-2025", pathway="enhanced",
                       cohort_id="2025-26-autumn", starts_on=datetime.date(2025, 9, 1),
                       finishes_on=datetime.date(2026, 9, 1))  # fmt: skip
    with pytest.raises(Conflict, match="No money falls due"):
        declaring.begin(rise, side="partner", milestone="first_year", who=who("head"))


def test_a_declared_day_is_not_changed_once_it_is_declared() -> None:
    made = declared(partnership(ONE))
    day = made.days.first()
    assert day is not None
    for change in (
        lambda: DeclaredDay.objects.filter(pk=day.pk).delete(),
        lambda: DeclaredDay.objects.filter(pk=day.pk).update(half_days=1),
        lambda: declaring.add_day(made, on=STARTS, half_days=1, what="x", by_whom="x",
                                  evidence="x", version=made.version, who=who("head")),
    ):  # fmt: skip
        with pytest.raises((DatabaseError, Conflict)), transaction.atomic():
            change()
    assert made.days.get(pk=day.pk).half_days == day.half_days


def test_a_declaration_before_a_payment_is_asked_for_once_and_by_its_day_only() -> None:
    one = partnership(ONE)
    told: dict[str, Any] = {"at": AT, "place": "tests"}
    assert tell_due(on=datetime.date(2023, 8, 31), **told) == 0
    assert tell_due(on=FINISHES, **told) == 1
    assert tell_due(on=OVER, **told) == 0
    letter = Letter.objects.get(kind="declaration_due")
    assert (letter.organisation, letter.facts["on"]) == (f"school:{ONE}", "31 August 2023")
    declared(one)
    Letter.objects.all().delete()
    assert tell_due(on=OVER, **told) == 0


def test_every_ledger_of_days_is_read_for_a_payment() -> None:
    """An app that keeps days gives them by ``queries.days_of``; none is forgotten here."""
    apps = [each.parent.name for each in Path(ledger.__file__).parents[2].glob("*/queries.py")]
    found = [importlib.import_module(f"schoolhubs.service.{each}.queries") for each in apps]
    keeping = {each.__name__ for each in found if hasattr(each, "days_of")}
    assert keeping == {each.__module__ for each in ledger.LEDGERS}
