"""What no file says of money: two people settle a payment by hand, and the books balance."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from books import settled
from invented import AT
from paid import (
    CHECKER,
    MAKER,
    OVER,
    PAYS,
    awarded,
    bank,
    confirmed,
    handed_over,
    paid_pence,
    partnership,
    prepared,
    schools,
)
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment, PaymentRun
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.service.funding.statements import printing
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
ONES, TWOS = f"school:{ONE}", f"school:{TWO}"
FULL, PART = 360_000, 359_900
DAY = AT.date()


@pytest.fixture(autouse=True)
def _two_schools() -> None:
    schools(ONE, TWO)


def a_part_arrived() -> PaymentRun:
    """Hand over a run of two payments; the bank sends one short by a pound."""
    for urn in (ONE, TWO):
        awarded(partnership(urn), half_days=40)
    run = handed_over(prepared())
    confirm(run, bank(run).replace(b"3600.00", b"3599.00", 1), **MAKER)
    return run


def proposed(pence: int = PART, payee: str = ONES, **changes: Any) -> MoneyDecision:
    on = None if not pence else DAY
    told = {"paid_pence": pence, "paid_on": on, "reason": "The bank's letter", **MAKER, **changes}
    payment = Payment.objects.filter(payee=payee).latest("pk")
    return deciding.propose_settled(payment, **told)


def propose_of(payment: Payment, pence: int) -> MoneyDecision:
    told = {"paid_on": DAY if pence else None, "reason": "The bank's letter", **MAKER}
    return deciding.propose_settled(payment, paid_pence=pence, **told)


def agreed(made: MoneyDecision, **changes: Any) -> MoneyDecision:
    told = {"agrees": True, "version": 1, "reason": "Seen", **CHECKER, **changes}
    return deciding.settle(made, **told)


def test_a_payment_that_arrived_in_part_is_settled_by_two_and_the_rest_is_due() -> None:
    run = a_part_arrived()
    run.refresh_from_db()
    assert run.state == "handed_over"
    made = proposed()
    run.refresh_from_db()
    assert run.state == "handed_over", "nothing counts before both said it"
    with pytest.raises(Conflict, match="somebody else"):
        agreed(made, **MAKER)
    agreed(made)
    run.refresh_from_db()
    assert run.state == "paid"
    payment = Payment.objects.get(payee=ONES)
    assert (payment.state, payment.short_pence, payment.sent_pence) == ("paid", 100, PART)
    (rest,) = due(PAYS, on=OVER)
    assert (rest.gross_pence, rest.milestone) == (100, "first_year.1")
    letter = Letter.objects.get(kind="payment_made", organisation=ONES)
    assert letter.facts["amount"] == "£3,599.00"
    confirmed(handed_over(prepared()))
    assert due(PAYS, on=OVER) == []
    settled()


def test_the_rest_of_a_payment_is_not_settled_while_a_run_would_pay_it_too() -> None:
    awarded(partnership(ONE), half_days=40)
    first = handed_over(prepared()).payments.get()
    agreed(proposed(100_000))
    rest = prepared()
    with pytest.raises(Conflict, match="it would be paid twice"):
        propose_of(first, FULL)
    paying.set_aside(rest, version=rest.version, reason="It came after all", **MAKER)
    agreed(propose_of(first, FULL))
    assert due(PAYS, on=OVER) == []
    settled()


def test_the_rest_that_came_after_its_payment_left_is_owed_back() -> None:
    awarded(partnership(ONE), half_days=40)
    first = handed_over(prepared()).payments.get()
    agreed(proposed(100_000))
    confirmed(handed_over(prepared()))
    agreed(propose_of(first, FULL))
    (over,) = due(PAYS, on=OVER)
    assert (over.exceptions[0], over.gross_pence) == ("overpaid", 100_000 - FULL)


@pytest.mark.parametrize("step", ["agree", "hand over"])
def test_a_run_does_not_go_on_with_a_payment_that_came_by_another_meanwhile(step: str) -> None:
    awarded(partnership(ONE), half_days=40)
    first = handed_over(prepared()).payments.get()
    agreed(proposed(100_000))
    rest = handed_over(prepared())
    confirm(rest, bank(rest, fails=(ONES,)), **MAKER)
    agreed(propose_of(first, 0))
    again = prepared()
    if step == "hand over":
        again = paying.agree(again, version=again.version, **CHECKER)
    confirm(rest, bank(rest), **MAKER)  # it was paid after all: 2,600.00 of the 3,600.00
    on = signed_in(Role.FINANCE_CHECKER, subject="checker-1").get(f"/office/money/runs/{again.pk}")
    assert b"more of it has arrived since" in on.content
    does, by = (paying.agree, CHECKER) if step == "agree" else (paying.hand_over, MAKER)
    with pytest.raises(Conflict, match="would pay above the awards"):
        does(again, version=again.version, **by)
    paying.set_aside(again, version=again.version, reason="Paid", has_not_left=True, **MAKER)
    confirmed(handed_over(prepared()))
    assert paid_pence(ONES) == FULL
    settled()


def test_a_statement_says_what_arrived_not_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    a_part_arrived()
    agreed(proposed(100_000))
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE)
    reference = Payment.objects.get(payee=ONES).reference
    page = head.get(f"/schools/{ONE}/money/statement?period=2022/23").content.decode()
    row = page[page.index(f">{reference}<") :].partition("</tr>")[0]
    assert ">1,000.00<" in row.replace("£", "")
    assert "3,600.00 was to be sent" in row
    printed: list[Any] = []
    monkeypatch.setattr(printing, "pdf", lambda words, **_: printed.append(words) or b"")
    head.get(f"/schools/{ONE}/money/statement.pdf?period=2022/23")
    (said,) = printed[0]["payments"]
    assert "£1,000.00 of £3,600.00 that was to be sent, paid on" in said


def test_what_arrived_above_a_payment_is_owed_and_asked_back() -> None:
    a_part_arrived()
    agreed(proposed(FULL + 500))
    (over,) = due(PAYS, on=OVER)
    assert (over.exceptions[0], over.gross_pence) == ("overpaid", -500)
    asked = recovering.propose(over.award, amount_pence=500, reason="Too much", **MAKER)
    recovering.settle(asked, agrees=True, version=1, reason="Seen", **CHECKER)
    assert due(PAYS, on=OVER) == []
    settled()


def test_a_payment_of_which_nothing_arrived_is_due_again() -> None:
    run = a_part_arrived()
    agreed(proposed(0))
    run.refresh_from_db()
    assert run.state == "paid"
    (again,) = due(PAYS, on=OVER)
    assert (again.gross_pence, again.milestone) == (FULL, "first_year")
    confirmed(handed_over(prepared()))
    assert paid_pence(ONES) == FULL


def test_a_payment_settled_wrongly_is_settled_again_and_a_later_file_says_so_too() -> None:
    run = a_part_arrived()
    agreed(proposed())
    with pytest.raises(Conflict, match="how it stands already"):
        proposed()
    # The rest came after all, and the bank's next file tells of the whole.
    made = confirm(run, bank(run), **MAKER)
    assert [each["code"] for each in made.problems] == ["other_amount"]
    agreed(proposed(FULL))
    assert due(PAYS, on=OVER) == []
    assert Payment.objects.get(payee=ONES).short_pence == 0
    settled()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"paid_on": DAY + datetime.timedelta(days=1)}, "can have arrived from"),
        ({"paid_on": DAY - datetime.timedelta(days=1)}, "can have arrived from"),
        ({"paid_on": None}, "can have arrived from"),
    ],
)
def test_a_payment_is_settled_on_a_day_on_which_it_can_have_arrived(
    changes: dict[str, Any], words: str
) -> None:
    a_part_arrived()
    with pytest.raises(Conflict, match=words):
        proposed(**changes)


def test_a_payment_is_not_settled_twice_at_once_nor_before_its_run_left() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    with pytest.raises(Conflict, match="once its run was handed over"):
        proposed()
    handed_over(run)
    made = proposed()
    with pytest.raises(Conflict, match="waits to be agreed already"):
        proposed(FULL)
    agreed(made, agrees=False)
    assert Payment.objects.get().state == "in_run"
    with pytest.raises(Conflict, match="settled while you had it open"):
        agreed(made)


def test_a_payment_that_a_bank_settled_meanwhile_is_not_settled_by_an_older_word() -> None:
    run = a_part_arrived()
    made = proposed(100_000)
    confirm(run, bank(run), **MAKER)  # the rest was sent after all
    checker = signed_in(Role.FINANCE_CHECKER, subject="checker-1")
    page = checker.get(f"/office/money/decisions/{made.pk}").content.decode()
    for words in ("so it cannot be agreed", "Paid: £3,600.00 on", "3,599.00"):
        assert words in page
    with pytest.raises(Conflict, match="changed since this was proposed"):
        agreed(made)
    payment = Payment.objects.get(payee=ONES)
    assert (payment.state, payment.sent_pence) == ("paid", FULL)
    agreed(made, agrees=False)
    agreed(proposed(PART))
    assert [each.gross_pence for each in due(PAYS, on=OVER)] == [100]


def test_more_than_was_to_be_sent_is_asked_twice_and_bounded_by_what_the_run_came_to() -> None:
    a_part_arrived()
    with pytest.raises(Conflict, match="more than this payment and its whole run"):
        proposed(3 * FULL + 1)
    payment = Payment.objects.get(payee=ONES)
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    page = f"/office/money/payments/{payment.pk}/settle"
    said = {"amount": "3600.01", "reason": "The bank's letter", "paid_on_day": DAY.day,
            "paid_on_month": DAY.month, "paid_on_year": DAY.year}  # fmt: skip
    asked = maker.post(page, said).content
    assert "more than the £3,600.00 that was to be sent".encode() in asked
    assert not MoneyDecision.objects.exists()
    assert maker.post(page, {**said, "is_above": "yes"}).status_code == 302
    assert MoneyDecision.objects.get().amount_pence == FULL + 1


def test_who_proposed_to_settle_a_payment_by_mistake_withdraws_it_and_nobody_else() -> None:
    run = a_part_arrived()
    payment = Payment.objects.get(payee=ONES)
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    page = f"/office/money/payments/{payment.pk}/settle"
    said = {"amount": "35.99", "reason": "The bank's letter", "paid_on_day": DAY.day,
            "paid_on_month": DAY.month, "paid_on_year": DAY.year}  # fmt: skip
    here = maker.post(page, said).headers["Location"]
    assert "Withdraw it" in maker.get(here).content.decode()
    answer = {"verdict": "withdraw", "reason": "A slip", "version": 1}
    for role, status in ((Role.FINANCE_MAKER, 403), (Role.FINANCE_CHECKER, 200)):
        other = signed_in(role, subject=f"other-{role}")
        assert "Withdraw it" not in other.get(here).content.decode()
        assert other.post(here, answer).status_code == status
    made = MoneyDecision.objects.get()
    assert made.state == "proposed"
    with pytest.raises(Conflict, match="theirs to withdraw"):
        deciding.withdraw(made, version=1, reason="Not mine", **CHECKER)
    with pytest.raises(IntegrityError, match="withdraws_it"), transaction.atomic():
        MoneyDecision.objects.update(state="withdrawn", settled_by="checker", settled_at=AT)
    assert b"Enter why it is withdrawn" in maker.post(here, {**answer, "reason": ""}).content
    for _ in ("once", "pressed again"):
        assert maker.post(here, answer).status_code == 302
    assert maker.post(here, {**answer, "reason": "Another"}).status_code == 409
    run.refresh_from_db()
    assert (MoneyDecision.objects.get().state, run.state) == ("withdrawn", "handed_over")
    agreed(proposed())
    assert Payment.objects.get(payee=ONES).sent_pence == PART


def test_no_row_of_a_payment_falls_short_without_what_two_people_said() -> None:
    a_part_arrived()
    paid = Payment.objects.filter(payee=TWOS)
    made = proposed(PART, TWOS)
    with pytest.raises(IntegrityError, match="two people settle"), transaction.atomic():
        paid.update(short_pence=100)
    with pytest.raises(IntegrityError, match="did_not_propose"), transaction.atomic():
        MoneyDecision.objects.filter(pk=made.pk).update(
            state="agreed", settled_by="maker", settled_at=AT
        )
    agreed(made)
    with pytest.raises(IntegrityError, match="two people settle"), transaction.atomic():
        paid.update(short_pence=99)


def test_the_pages_settle_a_payment_by_hand() -> None:
    run = a_part_arrived()
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    payment = Payment.objects.get(payee=ONES)
    page = f"/office/money/payments/{payment.pk}/settle"
    assert page in maker.get(f"/office/money/runs/{run.pk}/payments").content.decode()
    assert b"Enter the day on which it arrived" in maker.post(page, {"amount": "1"}).content
    said = {"amount": "3599", "reason": "The bank's letter", "paid_on_day": DAY.day,
            "paid_on_month": DAY.month, "paid_on_year": DAY.year}  # fmt: skip
    early = maker.post(page, {**said, "paid_on_year": DAY.year - 1})
    assert b"must be from 29 January 2026, when the file was made" in early.content
    assert b'value="3599"' in early.content
    here = maker.post(page, said).headers["Location"]
    assert b"did not propose it, settles it" in maker.get(here).content
    answer = {"verdict": "yes", "reason": "Seen", "version": 1}
    assert maker.post(here, answer).status_code == 403
    checker = signed_in(Role.FINANCE_CHECKER, subject="checker-1")
    assert b"1 decision about money waits" in checker.get("/work").content
    assert here in checker.get("/office/money/decisions").content.decode()
    assert b"Select whether you agree it" in checker.post(here, {"version": 1}).content
    assert checker.post(here, answer).status_code == 302
    assert checker.post(here, answer).status_code == 302
    assert b"You answered this already. Nothing more was done." in checker.get(here).content
    assert checker.post(here, {**answer, "verdict": "no"}).status_code == 409
    away = maker.get(f"/office/money/runs/{run.pk}/set-aside").content
    assert b"cannot be set aside any more" in away
    assert b"Set it aside" not in away
    assert b"3,599.00 arrived, settled by hand" in checker.get(
        f"/office/money/runs/{run.pk}/payments"
    ).content  # fmt: skip
