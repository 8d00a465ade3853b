"""What a bank says later, or otherwise; runs set aside once their file is made; odd endings."""

import datetime

import pytest
from django.db.models import F

from invented import AT
from paid import (
    CHECKER,
    MAKER,
    PAYS,
    awarded,
    bank,
    confirmed,
    declared,
    handed_over,
    paid_pence,
    partnership,
    prepared,
    schools,
    who,
)
from schoolhubs.service.funding.awarding.facts import facts_of
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import DeclaredDay
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment, PaymentRun
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = "900001", "900002", "900003"
ONES, TWOS = f"school:{ONE}", f"school:{TWO}"
FULL = 360_000
OVER = datetime.date(2023, 9, 4)


@pytest.fixture(autouse=True)
def _two_schools() -> None:
    schools(ONE, TWO, THREE)


def a_run_of_both() -> PaymentRun:
    for urn in (ONE, TWO):
        awarded(partnership(urn), half_days=40)
    return handed_over(prepared())


def codes(made: object) -> list[str]:
    return [each["code"] for each in made.problems]  # type: ignore[attr-defined]


def test_a_payment_that_came_back_is_told_and_due_again() -> None:
    run = a_run_of_both()
    confirmed(run)
    made = confirm(run, bank(run, fails=(ONES,)), **MAKER)
    assert codes(made) == ["came_back"]
    assert Payment.objects.get(payee=ONES).state == "not_paid"
    assert [each.award.payee for each in due(PAYS, on=OVER)] == [ONES]
    confirmed(handed_over(prepared()))
    assert paid_pence(ONES) == paid_pence(TWOS) == FULL


def test_a_payment_made_after_all_is_not_made_again() -> None:
    run = a_run_of_both()
    confirmed(run, fails=(ONES,))
    made = confirm(run, bank(run), **MAKER)
    assert codes(made) == ["paid_after_all"]
    assert due(PAYS, on=OVER) == []
    assert paid_pence(ONES) == FULL


@pytest.mark.parametrize("then", ["set aside", "taken back"])
def test_a_payment_sent_again_before_the_bank_knew_is_counted_once(then: str) -> None:
    run = a_run_of_both()
    confirmed(run, fails=(ONES,))
    again = prepared() if then == "set aside" else handed_over(prepared())
    made = confirm(run, bank(run), **MAKER)
    assert codes(made) == ["sent_twice"]
    if then == "set aside":
        paying.set_aside(again, version=again.version, reason="It was paid", **MAKER)
    else:
        confirmed(again)
        confirm(again, bank(again, fails=(ONES,)), **MAKER)
    assert due(PAYS, on=OVER) == [], "it would be paid again"
    assert paid_pence(ONES) == FULL


@pytest.mark.parametrize("then", ["two people", "the bank"])
@pytest.mark.parametrize("is_aside", [True, False])
def test_what_is_said_last_of_a_payment_counts_after_it_was_paid_after_all(
    then: str, is_aside: bool
) -> None:
    run = a_run_of_both()
    confirmed(run, fails=(ONES,))
    again = prepared()
    assert codes(confirm(run, bank(run), **MAKER)) == ["sent_twice"]
    payment = Payment.objects.get(payee=ONES, run=run)
    if is_aside:
        paying.set_aside(again, version=again.version, reason="It was paid", **MAKER)
        payment.refresh_from_db()
        assert (payment.state, payment.paid_on) == ("paid", AT.date())
    if then == "two people":
        made = deciding.propose_settled(
            payment, paid_pence=0, paid_on=None, reason="The school has nothing", **MAKER
        )
        deciding.settle(made, agrees=True, version=1, reason="Seen", **CHECKER)
    else:
        confirm(run, bank(run, fails=(ONES,)) + b"\n", **MAKER)
    if not is_aside:
        paying.set_aside(again, version=again.version, reason="Anew", **MAKER)
    payment.refresh_from_db()
    assert payment.state == "not_paid"
    assert [each.award.payee for each in due(PAYS, on=OVER)] == [ONES]


def test_what_was_not_paid_is_known_whatever_amount_stands_beside_it() -> None:
    run = a_run_of_both()
    text = bank(run, fails=(ONES,)).replace(f"{ONE},3600.00".encode(), f"{ONE},0.00".encode())
    made = confirm(run, text, **MAKER)
    assert (made.n_paid, made.n_not_paid, made.problems) == (1, 1, [])
    run.refresh_from_db()
    assert run.state == "paid"


def test_a_payment_in_another_amount_stops_no_other_run_of_the_programme() -> None:
    run = a_run_of_both()
    made = confirm(run, bank(run).replace(b"3600.00", b"3599.00", 1), **MAKER)
    assert codes(made) == ["other_amount"]
    awarded(partnership(THREE), half_days=40)
    later = prepared()
    assert [each.payee for each in later.payments.all()] == [f"school:{THREE}"]
    confirmed(handed_over(later))
    confirm(run, bank(run), **MAKER)  # the rest was sent after all
    assert paid_pence(ONES) == paid_pence(TWOS) == FULL


def test_a_later_file_lists_only_what_is_still_open() -> None:
    run = a_run_of_both()
    lines = bank(run).decode().splitlines()
    first, second = ("\n".join([lines[0], one]) + "\n" for one in lines[1:])
    assert codes(confirm(run, first.encode(), **MAKER)) == ["not_confirmed"]
    assert codes(confirm(run, second.encode(), **MAKER)) == []


def test_an_agreed_run_is_set_aside_only_where_its_file_went_to_nobody() -> None:
    awarded(partnership(ONE), half_days=40)
    run = paying.agree(prepared(), version=1, **CHECKER)
    aside = {"version": run.version, "reason": "Wrong day", **MAKER}
    with pytest.raises(Conflict, match="may have left"):
        paying.set_aside(run, **aside)
    paying.set_aside(run, **aside, has_not_left=True)
    (again,) = due(PAYS, on=OVER)
    assert "was_in_file" in again.exceptions


def test_a_run_that_was_only_prepared_leaves_no_mark() -> None:
    awarded(partnership(ONE), half_days=40)
    run = prepared()
    paying.set_aside(run, version=run.version, reason="Wrong day", **MAKER)
    (again,) = due(PAYS, on=OVER)
    assert "was_in_file" not in again.exceptions


def test_a_proposal_that_came_to_nothing_has_no_payment() -> None:
    one = partnership(ONE)
    assert facts_of([one.pk])
    never = partnership(TWO, state="ended", ended_on=datetime.date(2022, 9, 3))
    type(never).objects.filter(pk=never.pk).update(
        lead_says="", lead_at=None, lead_by="", version=F("version") + 1
    )
    assert facts_of([never.pk]) == {}


def test_a_further_year_given_up_before_it_began_leaves_the_first_years_payment() -> None:
    one = partnership(ONE)
    further = {"cohort_id": one.cohort_id, "extends": one, "year": 2}
    year = {"starts_on": datetime.date(2023, 9, 1), "finishes_on": datetime.date(2024, 9, 1)}
    partnership(ONE, state="ended", ended_on=datetime.date(2023, 6, 1), **further, **year)
    found = facts_of([one.pk])[one.pk]
    assert found.record.ended_on is None
    assert found.record.finishes_on == one.finishes_on
    assert awarded(one, half_days=40).amount_pence == FULL


def test_a_day_that_was_struck_out_is_not_taken_out_by_the_school() -> None:
    made = declared(partnership(ONE), half_days=40)
    day = DeclaredDay.objects.filter(declaration=made).first()
    assert day is not None
    declaring.strike_day(day, reason="No minutes", version=made.version, who=who("officer"))
    made.refresh_from_db()
    made = declaring.return_(made, reason="Look", version=made.version, who=who("officer"))
    with pytest.raises(Conflict):
        declaring.take_out_day(made, day.pk, version=made.version, who=who("head"))
