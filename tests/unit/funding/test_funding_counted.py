"""What a half-day of commitment is: one rule, in the definition; no half-day of a partner twice."""

import dataclasses
import datetime

import pytest

from delivered import SEPTEMBER, declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent
from schoolhubs.vocabulary.records.funding import CountedFor, MoneyRules, PayeeKind

HUBS = programmes.load("behaviour-hubs-2021")
MONEY = HUBS.money(SEPTEMBER)


def awarded(kind: DayKind, *, n_records: int, money: MoneyRules = MONEY) -> int:
    """Give the award for ten days of a partner, each written down so many times."""
    days = tuple(
        DaySpent(kind=kind, on=SEPTEMBER + datetime.timedelta(days=at), partner_half_days=2,
                 evidence=f"{kind.value}:{at}-{n}")
        for at in range(10) for n in range(n_records)
    )  # fmt: skip
    record = dataclasses.replace(delivered(pathway="extended"), days=days)
    found = funding.award(
        record, HUBS.as_at(SEPTEMBER), money, declared(), payee=PayeeKind.SCHOOL,
        milestone="first_year", on=datetime.date(2023, 9, 1), earlier_pence=0,
    )  # fmt: skip
    return found.amount_pence


def test_a_day_that_was_written_down_twice_is_paid_once_by_every_payment() -> None:
    once = awarded(DayKind.SUPPORT_DAY, n_records=1)
    assert once == 281250, "10 of 24 days of 6,750 pounds"
    assert awarded(DayKind.SUPPORT_DAY, n_records=2) == once
    # The guard off: counted for each leader, the same records come to twice as much.
    each = {**MONEY.counted_for, DayKind.SUPPORT_DAY: CountedFor.LEADER}
    off = dataclasses.replace(MONEY, counted_for=each)
    assert awarded(DayKind.SUPPORT_DAY, n_records=2, money=off) == 2 * once


def test_two_leaders_who_did_a_module_on_a_day_are_two() -> None:
    one, two = (awarded(DayKind.TRAINING, n_records=n) for n in (1, 2))
    assert two == 2 * one


@pytest.mark.parametrize(
    ("kind", "n_leaders", "counts"),
    [
        (DayKind.SUPPORT_DAY, 50, 2), (DayKind.SUPPORT_DAY, 0, 0), (DayKind.OPEN_DAY, 3, 2),
        (DayKind.TRAINING, 3, 6),
    ],
)  # fmt: skip
def test_a_half_day_counts_for_the_school_or_for_each_leader(
    kind: DayKind, n_leaders: int, counts: int
) -> None:
    assert MONEY.half_days(kind, 2, n_leaders) == counts


def test_every_kind_of_day_has_its_rule_where_awards_are_worked_out() -> None:
    for programme_id in ("behaviour-hubs-2021", "special-ap-hubs-example"):
        programme = programmes.load(programme_id)
        rules = programme.money(datetime.date(2026, 9, 1)).counted_for
        assert set(rules) == set(DayKind) - {DayKind.DECLARED}
