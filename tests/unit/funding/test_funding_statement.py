"""Statements over time: late ends, late days, and declarations for one milestone or for all."""

import dataclasses
import datetime
from typing import Any

import pytest

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.vocabulary.records.delivery import DeliveryRecord, MissedDay
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    DeclaredDay,
    PayeeKind,
    PaymentItem,
    PaymentState,
    Statement,
)

BEHAVIOUR = programmes.load("behaviour-hubs-2021")
SPECIAL = programmes.load("special-ap-hubs-example")
STARTS = datetime.date(2026, 9, 1)


def special(**more: object) -> funding.folder.FundingRecords:
    record = delivered(
        programme_id=SPECIAL.programme_id, pathway="paired", starts_on=STARTS, **more
    )
    return funding.folder.FundingRecords(records=(record,), declarations=(declared(),))


def drawn_up(records: funding.folder.FundingRecords, on: datetime.date) -> Statement:
    return funding.statement(
        records.records, SPECIAL, "2026/27", declarations=records.declarations,
        payments=records.payments, clawbacks=records.clawbacks, on=on,
    )  # fmt: skip


def test_a_payment_made_before_a_late_end_is_owed_back_until_it_came_back() -> None:
    record = delivered(half_days=32)
    (item,) = funding.paying.items_of(
        funding.statement([record], BEHAVIOUR, "2022/23", declarations=[declared()])
    )
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    ended = dataclasses.replace(record, ended_on=datetime.date(2023, 4, 1))
    found = funding.statement(
        [ended], BEHAVIOUR, "2022/23", declarations=[declared()], payments=[paid]
    )
    assert [(line.award.milestone, line.due_pence) for line in found.lines] == [
        ("first_year", 0), ("withdrawal", -120000),
    ]  # fmt: skip
    books = funding.books(found, [paid])
    assert (books.difference_pence, books.owed_back_pence, books.balance) == (0, 120000, False)
    assert [each.code for each in books.problems] == ["paid_above_award"]
    back = Clawback(
        payee_id="900001", owed_pence=120000, why="It ended in spring.", partnership_id="1",
        period="2022/23", milestone="withdrawal",
    )  # fmt: skip
    settled = funding.statement(
        [ended], BEHAVIOUR, "2022/23", declarations=[declared()], payments=[paid], clawbacks=[back]
    )
    assert settled.due_pence == 0
    assert funding.books(settled, [paid], [back]).balance
    assert settled.paid_pence == settled.awarded_pence == 240000


def paid_at(milestone: str, record: DeliveryRecord, **more: Any) -> PaymentItem:
    """Give a payment of a milestone that is not among those of the partnership."""
    (item,) = funding.paying.items_of(
        funding.statement([record], BEHAVIOUR, "2022/23", declarations=[declared()])
    )
    return dataclasses.replace(
        item, milestone=milestone, state=PaymentState.PAID, reference=f"X-{milestone}", **more
    )


@pytest.mark.parametrize(
    ("milestone", "terms"),
    [("banana", 3), ("term_1", 3), ("second_year", 3), ("withdrawal", 3), ("extension", 6)],
)
def test_a_payment_of_a_milestone_that_never_was_is_owed_back(milestone: str, terms: int) -> None:
    record = delivered(half_days=20, terms=terms)
    stray = paid_at(milestone, record, period="2023/24" if terms > 3 else "2022/23")
    found = funding.statement(
        [record], BEHAVIOUR, stray.period, declarations=[declared()], payments=[stray]
    )
    if terms > 3:  # further terms that earn nothing are no milestone
        (line,) = found.lines
        assert (line.awarded_pence, line.due_pence) == (0, -281_250)
        assert funding.books(found, [stray]).owed_back_pence == 281_250
        return
    lines = {line.award.milestone: line for line in found.lines}
    assert (lines[milestone].awarded_pence, lines[milestone].due_pence) == (0, -281_250)
    assert lines["first_year"].awarded_pence == 281_250, "the award itself is what it was"
    assert "never had this milestone" in lines[milestone].award.lines[0].text
    books = funding.books(found, [stray])
    assert (books.balance, books.owed_back_pence) == (False, 281_250)
    assert [each.code for each in books.problems] == ["paid_above_award"]


def test_a_payment_of_a_year_before_the_partnership_is_owed_back() -> None:
    record = delivered(half_days=20)
    stray = paid_at("first_year", record, period="2021/22")
    found = funding.statement([record], BEHAVIOUR, "2021/22", payments=[stray])
    assert not funding.books(found, [stray]).balance


def test_a_payment_to_a_side_that_is_paid_nothing_is_owed_back() -> None:
    rise = programmes.load("rise-hubs-2025")
    record = delivered(
        half_days=20, starts_on=STARTS, programme_id=rise.programme_id, pathway="enhanced"
    )
    stray = PaymentItem(
        reference="X1", payee_kind=PayeeKind.SCHOOL, payee_id="900001", partnership_id="1",
        pathway="enhanced", period="2026/27", milestone="first_year", amount_pence=500_000,
        state=PaymentState.PAID,
    )  # fmt: skip
    found = funding.statement([record], rise, "2026/27", payments=[stray])
    books = funding.books(found, [stray])
    assert (books.balance, books.owed_back_pence) == (False, 500_000)
    assert found.awarded_pence == funding.statement([record], rise, "2026/27").awarded_pence


@pytest.mark.parametrize("half_days", [4, 0])
def test_a_payment_to_a_lead_is_owed_back_where_no_day_of_its_own_stands(half_days: int) -> None:
    rise = programmes.load("rise-hubs-2025")
    record = delivered(
        half_days=20, lead_half_days=half_days, starts_on=STARTS, programme_id=rise.programme_id,
        pathway="regional", trust_id="9001",
    )  # fmt: skip
    paid = PaymentItem(
        reference="X1", payee_kind=PayeeKind.LEAD_SCHOOL, payee_id="900002", partnership_id="1",
        pathway="regional", period="2026/27", milestone="term_1", amount_pence=50_000,
        state=PaymentState.PAID,
    )  # fmt: skip
    found = funding.statement([record], rise, "2026/27", payments=[paid])
    lines = [each for each in found.lines if each.award.payee_kind == PayeeKind.LEAD_SCHOOL]
    if half_days:
        assert [each.award.milestone for each in lines] == ["term_1", "term_2", "term_3"]
        return
    (line,) = lines
    assert (line.awarded_pence, line.due_pence) == (0, -50_000)
    books = funding.books(found, [paid])
    assert (books.balance, books.owed_back_pence) == (False, 50_000)


def test_a_payment_made_before_a_partnership_was_cut_short_is_explained() -> None:
    ended = delivered(half_days=4, ended_on=datetime.date(2023, 4, 1))
    paid = paid_at("first_year", delivered(half_days=4))
    of_all = {"declarations": [declared()], "payments": [paid]}
    found = funding.statement([ended], BEHAVIOUR, "2022/23", **of_all)
    (before, _) = found.lines
    assert (before.awarded_pence, before.due_pence) == (paid.amount_pence, 0)
    withdrawn = dataclasses.replace(paid, milestone="withdrawal")
    of_all["payments"] = [withdrawn]
    on = datetime.date(2023, 1, 1)
    earlier = funding.statement([ended], BEHAVIOUR, "2022/23", on=on, **of_all)
    assert all(line.due_pence >= 0 for line in earlier.lines), "money knows of a later end"


def test_a_statement_drawn_up_before_cannot_pay_again() -> None:
    records = special(half_days=10)
    before = drawn_up(records, datetime.date(2027, 1, 1))
    (item,) = funding.paying.items_of(before)
    paid = dataclasses.replace(
        records, payments=(dataclasses.replace(item, state=PaymentState.PAID),)
    )
    assert funding.paying.items_of(before)[0].key == item.key, "the key that is taken"
    now = drawn_up(paid, datetime.date(2027, 1, 1))
    assert funding.paying.items_of(now) == ()


def test_what_a_correction_adds_has_the_next_number() -> None:
    few = special(half_days=5)
    (item,) = funding.paying.items_of(drawn_up(few, datetime.date(2027, 1, 1)))
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    more = dataclasses.replace(special(half_days=10), payments=(paid,))
    (added,) = funding.paying.items_of(drawn_up(more, datetime.date(2027, 1, 1)))
    assert added.milestone == "term_1.2"
    assert added.award_key == item.key
    assert item.amount_pence + added.amount_pence == 83333
    assert added.reference != item.reference


def test_a_declaration_for_one_milestone_leaves_the_next_waiting() -> None:
    records = special(half_days=20)
    first = declared(milestone="term_1")
    found = drawn_up(dataclasses.replace(records, declarations=(first,)), datetime.date(2027, 9, 1))
    partner = [line for line in found.lines if line.award.payee_kind == "school"]
    assert [bool(line.award.blocked_by) for line in partner] == [False, True, True]
    assert partner[0].due_pence == 83333
    assert partner[1].due_pence == 0


def test_an_excused_day_counts_as_taken_part_in() -> None:
    excused = DeclaredDay(
        on=datetime.date(2023, 2, 1), half_days=2, what="The lead was ill", evidence="letter",
        is_excused=True,
    )  # fmt: skip
    missed = MissedDay(on=excused.on, half_days=2, evidence="support_day:7")
    record = delivered(half_days=24, missed=(missed,))
    without, with_ = (
        funding.statement([record], BEHAVIOUR, "2022/23", declarations=[each]).due_pence
        for each in (declared(), declared(days=(excused,)))
    )
    assert (without, with_) == (337500, 360000)


SECOND = datetime.date(2022, 9, 2)  # the ledger of delivered() holds half a day of it


@pytest.mark.parametrize(
    ("half_days", "missed", "on", "counted"),
    [
        ((20, 20), (), datetime.date(2023, 2, 1), 0),
        ((20, 20), (2,), datetime.date(2023, 2, 1), 2),
        ((1, 1), (2,), datetime.date(2023, 2, 1), 2),
        ((2, 2), (1,), datetime.date(2023, 2, 1), 1),
        ((20,), (1, 2), datetime.date(2023, 2, 1), 2),
        ((2,), (2,), SECOND, 1),
    ],
)
def test_an_excused_day_counts_once_and_for_no_more_than_was_missed(
    half_days: tuple[int, ...], missed: tuple[int, ...], on: datetime.date, counted: int
) -> None:
    """Twenty half-days on one date, of which nothing was missed, once earned a whole award."""
    days = tuple(
        DeclaredDay(on=on, half_days=n, what="Ill", evidence=f"letter {at}", is_excused=True)
        for at, n in enumerate(half_days)
    )
    held = tuple(
        MissedDay(on=on, half_days=n, evidence=f"support_day:{at}") for at, n in enumerate(missed)
    )
    record = delivered(half_days=4, lead_half_days=4, missed=held)
    rules, money = BEHAVIOUR.as_at(record.starts_on), BEHAVIOUR.money(record.starts_on)
    found = funding.award(
        record, rules, money, declared(days=days), payee=PayeeKind.SCHOOL,
        milestone="first_year", on=datetime.date(2023, 9, 1),
    )  # fmt: skip
    assert found.counted_half_days == 4 + counted
    lines = [line for line in found.lines if line.code == "excused"]
    assert len(lines) == len(days)
    told = [("Only what stands as missed" in line.why) for line in lines]
    assert any(told) == (counted < sum(half_days))


def test_where_the_definition_counts_no_excused_day_it_is_said_and_not_counted() -> None:
    excused = DeclaredDay(
        on=datetime.date(2023, 2, 1), half_days=2, what="The lead was ill", evidence="letter",
        is_excused=True,
    )  # fmt: skip
    record = delivered(half_days=24)
    rules, money = BEHAVIOUR.as_at(record.starts_on), BEHAVIOUR.money(record.starts_on)
    found = funding.award(
        record, rules, dataclasses.replace(money, counts_excused=False),
        declared(days=(excused,)), payee=PayeeKind.SCHOOL, milestone="first_year",
        on=datetime.date(2023, 9, 1),
    )  # fmt: skip
    assert found.amount_pence == 337500
    assert any("not counted" in line.text for line in found.lines)


def test_the_order_records_come_in_changes_nothing() -> None:
    records = [
        delivered(partnership_id=str(at), urn=f"9000{at:02d}", half_days=at) for at in range(9)
    ]
    declarations = [declared(partnership_id=str(at), declaration_id=str(at)) for at in range(9)]
    one = funding.statement(records, BEHAVIOUR, "2022/23", declarations=declarations)
    other = funding.statement(records[::-1], BEHAVIOUR, "2022/23", declarations=declarations[::-1])
    assert one == other


@pytest.mark.parametrize("half_days", range(0, 31, 2))
def test_thirds_paid_term_by_term_leave_no_penny_to_take_back(half_days: int) -> None:
    records = special(half_days=half_days)
    paid: list[PaymentItem] = []
    for on in (datetime.date(2027, 1, 1), datetime.date(2027, 4, 1), datetime.date(2027, 9, 1)):
        found = drawn_up(dataclasses.replace(records, payments=tuple(paid)), on)
        due = [line.due_pence for line in found.lines if line.award.payee_kind == "school"]
        assert min(due) >= 0
        items = funding.paying.items_of(found)
        paid += [dataclasses.replace(each, state=PaymentState.PAID) for each in items]
    (record,) = records.records
    whole = funding.award(
        record, SPECIAL.as_at(STARTS), SPECIAL.money(STARTS), declared(),
        payee=PayeeKind.SCHOOL, milestone="term_3", on=datetime.date(2027, 9, 1),
    )  # fmt: skip
    assert sum(each.amount_pence for each in paid) == whole.amount_pence


def test_a_statement_of_an_earlier_day_knows_no_later_one() -> None:
    record = delivered(half_days=32)  # a half-day a day from 1 September
    ended = dataclasses.replace(record, ended_on=datetime.date(2023, 4, 1))
    early = datetime.date(2022, 9, 10)
    (line,) = funding.statement([ended], BEHAVIOUR, "2022/23", on=early).lines
    assert (line.award.milestone, line.award.counted_half_days) == ("first_year", 10)
    (before,) = funding.statement(
        [ended], BEHAVIOUR, "2022/23", on=datetime.date(1999, 1, 1),
        declarations=[declared(6)],
    ).lines  # fmt: skip
    assert before.award.counted_half_days == 0


def test_a_line_says_what_was_done_and_no_more() -> None:
    record = delivered(half_days=32)

    def said(on: datetime.date | None = None, **more: PaymentState) -> str:
        declarations = [declared(**more)] if more else []
        (line,) = funding.statement(
            [record], BEHAVIOUR, "2022/23", declarations=declarations, on=on
        ).lines
        return str(funding.line_of(line)["stands"])

    assert said() == "not declared"
    assert said(state=PaymentState.DECLARED) == "declared, not checked"
    assert said(datetime.date(2023, 1, 1), state=PaymentState.CHECKED) == "checked, not due yet"
    assert said(state=PaymentState.CHECKED) == "payable"


def typed(*half_days: int, state: PaymentState = PaymentState.CHECKED) -> tuple[Any, ...]:
    """Declare half-days by hand for the first terms, each in the first week of all."""
    told = (
        declared(n, milestone=f"term_{at}", declaration_id=str(at), state=state)
        for at, n in enumerate(half_days, start=1)
    )
    return tuple(
        dataclasses.replace(
            each, days=tuple(dataclasses.replace(day, on=STARTS) for day in each.days)
        )
        for each in told
    )


def partners(found: Statement) -> list[int]:
    return [e.awarded_pence for e in found.lines if e.award.payee_kind == "school"]


def test_days_checked_for_one_milestone_count_in_what_a_later_one_would_pay() -> None:
    first = dataclasses.replace(special(), declarations=typed(20))
    found = drawn_up(first, datetime.date(2027, 9, 1))
    assert partners(found) == [83333, 83334, 55555], "20 of 22.5 half-days by the third"
    later = dataclasses.replace(special(), declarations=typed(20, 0, 0))
    assert partners(drawn_up(later, datetime.date(2027, 9, 1))) == partners(found)


def test_what_waits_takes_nothing_of_a_payment_back() -> None:
    """Paid, and then given back with fewer days: what is still to come is never below nought."""
    first = dataclasses.replace(special(), declarations=typed(8))
    (item,) = funding.paying.items_of(drawn_up(first, datetime.date(2027, 1, 1)))
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    given_back = dataclasses.replace(
        special(), declarations=typed(2, state=PaymentState.STARTED), payments=(paid,)
    )
    found = drawn_up(given_back, datetime.date(2027, 9, 1))
    assert partners(found) == [83333, 0, 0]
    held = [line.award for line in found.lines if line.award.milestone == "term_2"]
    assert [each.lines[-1].code for each in held if each.payee_kind == "school"] == ["to_come"]
    books = funding.books(found, [paid])
    assert books.problems == ()
    assert books.awarded_pence == books.paid_pence + books.due_pence + books.waiting_pence
    checked = dataclasses.replace(given_back, declarations=typed(2, 0, 0))
    settled = drawn_up(checked, datetime.date(2027, 9, 1))
    assert sum(partners(settled)) == 22222, "what is earned; the last line says what is owed back"
    assert partners(settled)[-1] < 0


@pytest.mark.parametrize("ledger", [0, 3, 10, 30])
@pytest.mark.parametrize("by_hand", [(), (20,), (2, 9), (0, 0, 4)])
def test_all_lines_add_up_to_what_is_earned_by_the_end_whatever_waits(
    ledger: int, by_hand: tuple[int, ...]
) -> None:
    """The same days, declared for every milestone, come to as much."""
    given = special(half_days=ledger)
    rest = (0,) * (3 - len(by_hand))
    some, every = (
        partners(
            drawn_up(
                dataclasses.replace(given, declarations=typed(*told)), datetime.date(2027, 9, 1)
            )
        )
        for told in (by_hand, (*by_hand, *rest))
    )
    assert min(some) >= 0
    assert sum(some) == sum(every)


def test_what_lapsed_is_awarded_nothing_and_its_days_count_at_a_later_milestone() -> None:
    lapsed, *_ = typed(0, state=PaymentState.LAPSED)
    alone = dataclasses.replace(special(half_days=30), declarations=(lapsed,))
    found = drawn_up(alone, datetime.date(2027, 9, 1))
    first = next(line for line in found.lines if line.award.milestone == "term_1")
    assert (first.awarded_pence, first.due_pence, first.state) == (0, 0, PaymentState.LAPSED)
    assert funding.line_of(first)["stands"] == "lapsed"
    _, second, third = typed(0, 0, 0)
    later = dataclasses.replace(alone, declarations=(lapsed, second, third))
    assert sum(partners(drawn_up(later, datetime.date(2027, 9, 1)))) == 250000
