"""Payments: a run pays once, a confirmation is held to the penny, what is owed is taken back."""

import dataclasses
import datetime

import pytest

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.funding import paying
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.funding import (
    Confirmed,
    PayeeKind,
    PaymentItem,
    PaymentRun,
    PaymentState,
)

BEHAVIOUR = programmes.load("behaviour-hubs-2021")
ON = datetime.date(2023, 9, 1)
MONEY = BEHAVIOUR.money(ON)


def items(n: int = 4, **more: object) -> tuple[PaymentItem, ...]:
    records = [
        delivered(half_days=32, partnership_id=str(at), urn=f"90{at:04d}", pathway="core")
        for at in range(1, n + 1)
    ]
    found = funding.statement(
        records, BEHAVIOUR, "2022/23",
        declarations=[declared(partnership_id=str(at)) for at in range(1, n + 1)],
    )  # fmt: skip
    return tuple(dataclasses.replace(each, **more) for each in paying.items_of(found))


def run(n: int = 4) -> PaymentRun:
    return paying.prepare_run(BEHAVIOUR.programme_id, "2022/23", items(n), MONEY)


def test_a_payment_run_gives_the_same_file_whatever_order_it_came_in() -> None:
    turned = paying.prepare_run(BEHAVIOUR.programme_id, "2022/23", reversed(items()), MONEY)
    assert paying.run_file(turned) == paying.run_file(run())
    assert paying.file_digest(paying.run_file(run())) == paying.file_digest(paying.run_file(turned))
    assert run().total_pence == 4 * 360000
    assert run().may_be_agreed


def test_what_was_paid_is_not_payable_again() -> None:
    (item,) = items(1)
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    again = funding.statement(
        [delivered(half_days=32, partnership_id="1", urn="900001")], BEHAVIOUR, "2022/23",
        declarations=[declared()], payments=[paid],
    )  # fmt: skip
    assert (again.paid_pence, again.due_pence) == (360000, 0)
    assert paying.items_of(again) == ()
    stopped = paying.prepare_run(BEHAVIOUR.programme_id, "2022/23", [item], MONEY, paid=[paid])
    assert [each.code for each in stopped.exceptions] == ["twice"]
    assert not stopped.may_be_agreed


def test_a_payment_run_stays_within_the_envelope() -> None:
    money = dataclasses.replace(MONEY, envelope_pence=4 * 360000)
    fits = paying.prepare_run(BEHAVIOUR.programme_id, "2022/23", items(4), money)
    over = paying.prepare_run(BEHAVIOUR.programme_id, "2022/23", items(5), money)
    assert fits.may_be_agreed
    assert [each.code for each in over.exceptions] == ["over_envelope"]


def test_exceptions_that_only_want_a_look_do_not_stop_a_payment_run() -> None:
    found = paying.prepare_run(
        BEHAVIOUR.programme_id, "2022/23", items(2), MONEY, watched={"900001"}
    )
    assert [(each.code, each.stops) for each in found.exceptions] == [("watched", False)]
    assert found.may_be_agreed


def test_a_payment_confirmed_to_the_penny_agrees() -> None:
    made = run()
    found = paying.reconcile(
        made, [Confirmed(each.reference, each.payee_id, each.amount_pence) for each in made.items]
    )
    assert found.agrees
    assert set(found.confirmed) == {item.reference for item in made.items}


def test_every_difference_of_a_payment_is_named() -> None:
    made = run(5)
    first, second, third, _, fifth = made.items
    rows = [
        (first.reference, first.payee_id, first.amount_pence - 1),
        (second.reference, "900099", second.amount_pence),
        (third.reference, third.payee_id, third.amount_pence),
        (third.reference, third.payee_id, third.amount_pence),
        (fifth.reference, fifth.payee_id, fifth.amount_pence),
        ("SH000000000000", "900001", 5),
    ]
    found = paying.reconcile(made, [Confirmed(*each) for each in rows])
    assert [each.code for each in found.differences] == [
        "other_amount", "other_payee", "twice", "not_confirmed", "not_in_run",
    ]  # fmt: skip
    assert found.confirmed == (fifth.reference,)
    assert not found.agrees


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("reference,payee_id\nSH1,900001\n", ["missing_column"]),
        ("reference,payee_id,amount_pounds\nSH1,900001,1.5\nSH2,900001,one\n",
         ["not_an_amount", "not_an_amount"]),
    ],
)  # fmt: skip
def test_a_confirmation_of_payment_that_cannot_be_read_is_refused_whole(
    text: str, codes: list[str]
) -> None:
    with pytest.raises(DataProblem) as refused:
        paying.read_confirmation(text)
    assert [each.code for each in refused.value.problems] == codes
    assert "Nothing of the file was taken" in str(refused.value)


def test_a_confirmation_of_payment_with_semicolons_is_told_what_stands_between_its_cells() -> None:
    with pytest.raises(DataProblem, match="separated by semicolons, not commas"):
        paying.read_confirmation("reference;payee_id;amount_pounds\nSH1;900001;1.50\n")


def test_clawback_comes_from_payments_still_to_make_first() -> None:
    first, second = items(2, payee_id="900001", amount_pence=500)
    in_run = dataclasses.replace(first, state=PaymentState.IN_RUN)
    other = dataclasses.replace(first, payee_id="900009")
    clawback, after = paying.claw_back(
        "900001", 1200, [in_run, other, first, second], why="Two days did not take place."
    )
    assert (clawback.taken_pence, clawback.remaining_pence) == (1000, 200)
    assert [each.amount_pence for each in after] == [500, 500, 0, 0]
    assert sum(each.amount_pence + each.taken_back_pence for each in after) == 2000


def test_a_payment_less_a_clawback_is_not_due_again() -> None:
    (item,) = items(1)
    _, (less,) = paying.claw_back("900001", 100, [item], why="One mile too many.")
    paid = dataclasses.replace(less, state=PaymentState.PAID)
    found = funding.statement(
        [delivered(half_days=32)], BEHAVIOUR, "2022/23", declarations=[declared()],
        payments=[paid],
    )  # fmt: skip
    assert found.due_pence == 0


def test_evidence_taken_away_after_payment_is_owed_back() -> None:
    (item,) = items(1)
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    found = funding.statement(
        [delivered(half_days=13)], BEHAVIOUR, "2022/23", declarations=[declared()], payments=[paid]
    )
    assert found.due_pence == 182813 - 360000


def test_a_sample_of_payments_is_seeded_stratified_and_takes_all_large_ones() -> None:
    many = items(60)
    large = dataclasses.replace(many[0], amount_pence=900000)
    lone = dataclasses.replace(many[1], pathway="extended")
    given = [large, lone, *many[2:]]
    drawn = paying.draw_sample(given, MONEY.assurance, seed=7)
    assert drawn == paying.draw_sample(given[::-1], MONEY.assurance, seed=7)
    assert {large.reference, lone.reference} <= {each.reference for each in drawn}
    assert len(drawn) == 1 + 1 + 6  # a tenth of the 58 others, rounded up
    assert drawn != paying.draw_sample(given, MONEY.assurance, seed=8)


def test_a_payment_moves_only_as_the_table_says() -> None:
    states = paying.states
    assert set(states.meanings()) == {str(each) for each in PaymentState}
    assert {name for move in states.moves() for name in move[:2]} == set(states.meanings())
    states.check_move(PaymentState.IN_RUN, PaymentState.PAID, by="finance")
    with pytest.raises(Conflict, match="Nothing was changed"):
        states.check_move(PaymentState.PAID, PaymentState.PAYABLE, by="finance")
    with pytest.raises(Conflict):
        states.check_move(PaymentState.DECLARED, PaymentState.CHECKED, by="school")


def test_a_reference_of_payment_is_made_of_what_may_be_paid_once() -> None:
    (item,) = items(1)
    assert item.reference == paying.payment_reference(*item.key)
    assert len({each.reference for each in items(200)}) == 200
    assert item.payee_kind is PayeeKind.SCHOOL
