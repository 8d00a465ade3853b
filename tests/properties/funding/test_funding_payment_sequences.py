"""Whatever is retried, repeated, late or taken back: no difference and no payment made twice."""

import os

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from paid_by_bank import Money
from schoolhubs.funding.paying.ledger import PaymentLedger
from schoolhubs.vocabulary.records.funding import PaymentItem

# All 10,000 are run by `make bench`; SCHOOLHUBS_PAYMENT_SEQUENCES=10000 runs them here.
SEQUENCES = int(os.environ.get("SCHOOLHUBS_PAYMENT_SEQUENCES", "250"))
WHICH, DAYS = st.integers(0, 1), st.integers(0, 400)


class PaymentSequences(RuleBasedStateMachine):
    """Everything that may happen to money, in any order."""

    money_kind: type[Money] = Money

    def __init__(self) -> None:
        super().__init__()
        self.money = self.money_kind()

    @rule(at=WHICH, after_days=DAYS, half_days=st.integers(1, 20))
    def deliver(self, at: int, after_days: int, half_days: int) -> None:
        self.money.deliver(at, after_days, half_days)

    @rule(at=WHICH)
    def correct(self, at: int) -> None:
        self.money.correct(at)

    @rule(at=WHICH, after_days=DAYS)
    def withdraw(self, at: int, after_days: int) -> None:
        self.money.withdraw(at, after_days)

    @rule(at=WHICH)
    def extend(self, at: int) -> None:
        self.money.extend(at)

    @rule(at=WHICH)
    def declare(self, at: int) -> None:
        self.money.declare(at)

    @rule(at=WHICH, term=st.integers(1, 6), is_lead=st.booleans())
    def declare_one(self, at: int, term: int, is_lead: bool) -> None:
        self.money.declare_one(at, f"term_{term}", is_lead=is_lead)

    @rule(at=WHICH)
    def send_back(self, at: int) -> None:
        self.money.send_back(at)

    @rule(hears_between=st.booleans())
    def send_page_twice(self, hears_between: bool) -> None:
        self.money.send_page_twice(hears_between=hears_between)

    @rule()
    def pay_everything(self) -> None:
        self.money.pay_everything()

    @rule()
    def next_term(self) -> None:
        self.money.next_term()

    @rule()
    def look(self) -> None:
        self.money.look()

    @rule(stale=st.booleans())
    def prepare(self, stale: bool) -> None:
        self.money.prepare(stale=stale)

    @rule(bounces=st.booleans())
    def hand_over(self, bounces: bool) -> None:
        self.money.hand_over(bounces=bounces)

    @rule()
    def confirm(self) -> None:
        self.money.confirm()

    @rule()
    def claw_back(self) -> None:
        self.money.claw_back()

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        self.money.check_nothing_is_paid_twice()

    def teardown(self) -> None:
        self.money.check_the_books()


def tried(n: int, *, steps: int = 25) -> settings:
    """Give settings that try so many sequences, the same each time."""
    return settings(
        max_examples=n, stateful_step_count=steps, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def test_payment_sequences_leave_no_difference_and_pay_nothing_twice() -> None:
    run_state_machine_as_test(PaymentSequences, settings=tried(SEQUENCES))


class NoUniqueKey(PaymentLedger):
    """The control: what stands already is not refused."""

    def _are_new(self, wanted: object) -> None:
        """Let everything through."""

    def _open(self, period: str, wanted: list[PaymentItem]) -> object:
        kept, self._payments = self._payments, {}  # what a run looks up is not found either
        try:
            return super()._open(period, wanted)
        finally:
            self._payments = {**kept, **self._payments}


class MoneyWithoutKey(Money):
    ledger_kind = NoUniqueKey


class SequencesWithoutKey(PaymentSequences):
    money_kind = MoneyWithoutKey


def test_without_the_unique_key_a_payment_is_made_twice() -> None:
    money = MoneyWithoutKey()
    money.deliver(0, 10, 20)
    money.look()
    for _ in range(2):  # the same page sent twice, the second time after a time-out
        money.prepare(stale=True)
        money.hand_over(bounces=False)
        money.confirm()
    with pytest.raises(AssertionError, match="paid twice"):
        money.check_nothing_is_paid_twice()


def test_sequences_find_the_payment_made_twice_without_the_key() -> None:
    # The first that is found will do: it need not be made shorter. Most find it within 250, and
    # none goes on to the last.
    found = settings(tried(40 * SEQUENCES), phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(SequencesWithoutKey, settings=found)
