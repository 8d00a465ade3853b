"""The payments of a programme over many runs: what pays once, whatever is tried again.

The service keeps the same in its database. Here it stands without one, so that thousands of
sequences of retries, time-outs and corrections can be tried.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Sequence

from schoolhubs.funding.paying.banking.handing import run_file
from schoolhubs.funding.paying.clawing import claw_back
from schoolhubs.funding.paying.reconciling import reconcile
from schoolhubs.funding.paying.runs import items_of, prepare_run
from schoolhubs.vocabulary.errors import Conflict, UsageError
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    Confirmed,
    MoneyRules,
    PaymentItem,
    PaymentRun,
    PaymentState,
    Reconciliation,
    Statement,
    StatementLine,
)

_Key = tuple[str, str, str, str]


class PaymentLedger:
    """Payments by what may be paid once, with one run open at a time.

    Parameters
    ----------
    programme_id, money
        Whose payments they are, and the envelope that they stay within.
    """

    def __init__(self, programme_id: str, money: MoneyRules) -> None:
        self.programme_id, self.money = programme_id, money
        self._payments: dict[_Key, PaymentItem] = {}
        self.clawbacks: list[Clawback] = []
        self._debts: list[tuple[str, int]] = []
        self.run: PaymentRun | None = None
        self.n_runs = 0

    @property
    def payments(self) -> tuple[PaymentItem, ...]:
        """Every payment in a run or made, in the order of their keys."""
        return tuple(self._payments[key] for key in sorted(self._payments))

    @property
    def debt_pence(self) -> int:
        """What is owed back and was not yet taken from anything."""
        return sum(pence for _, pence in self._debts)

    def prepare(self, statement: Statement) -> PaymentRun:
        """Open a run with everything that a statement says may be paid, less what is owed back.

        Raises
        ------
        Conflict
            If a run is open, or a payment of the statement is there already: then the statement
            is older than the payments, and nothing was changed.
        """
        self._none_open()
        wanted = list(items_of(statement))
        return self._open(statement.period, wanted)

    def _none_open(self) -> None:
        if self.run is not None:
            raise Conflict("A run is open. Close it, or take it back, before another is prepared.")

    def _open(self, period: str, wanted: Sequence[PaymentItem]) -> PaymentRun:
        self._are_new(wanted)
        items, debts = self._less_debts(wanted)
        run = prepare_run(
            self.programme_id, period, items, self.money, paid=self.payments,
        )  # fmt: skip
        if stopped := [each.text for each in run.exceptions if each.stops]:
            raise Conflict(" ".join(stopped))
        self._debts = debts
        for item in items:
            # One brought to nothing by a clawback is settled without a bank.
            state = PaymentState.IN_RUN if item.amount_pence else PaymentState.PAID
            self._payments[item.key] = dataclasses.replace(item, state=state)
        self.run = run if run.items else None
        self.n_runs += self.run is not None
        return run

    def _are_new(self, wanted: Collection[PaymentItem]) -> None:
        """Refuse what stands already: a payee, partnership, period and milestone is paid once."""
        for item in wanted:
            if item.key in self._payments:
                raise Conflict(f"{item.reference} is in a run or paid already. Nothing changed.")

    def _less_debts(
        self, wanted: Sequence[PaymentItem]
    ) -> tuple[tuple[PaymentItem, ...], list[tuple[str, int]]]:
        items, left = tuple(wanted), []
        for payee_id, pence in self._debts:
            taken, items = claw_back(payee_id, pence, items, why="Owed from before.")
            if taken.remaining_pence:
                left.append((payee_id, taken.remaining_pence))
        return items, left

    def file(self) -> str:
        """Give the file of the open run: the same bytes however often it is asked for."""
        if self.run is None:
            raise UsageError("No run is open: there is no file to hand over.")
        return run_file(self.run)

    def confirm(
        self, confirmed: Sequence[Confirmed], *, failed: Collection[str], on: datetime.date
    ) -> Reconciliation | None:
        """Take in what a bank says of the open run; said again, it changes nothing.

        Parameters
        ----------
        confirmed
            Reference, payee and pence of each payment made.
        failed
            References of payments that the bank says it did not make. Those alone may be paid
            again, in a later run; one of which nothing is said stays in the run.

        Returns
        -------
        How it agrees with the run; None where no run is open.
        """
        if self.run is None:
            return None
        found = reconcile(self.run, confirmed)
        for item in self.run.items:
            if item.reference in found.confirmed:
                paid = dataclasses.replace(item, state=PaymentState.PAID, paid_on=on)
                self._payments[item.key] = paid
            elif item.reference in failed:
                self._release(item)
        left = [e for e in self.run.items if self._is_open(e)]
        self.run = dataclasses.replace(self.run, items=tuple(left)) if left else None
        return found

    def _is_open(self, item: PaymentItem) -> bool:
        found = self._payments.get(item.key)
        return found is not None and found.state is PaymentState.IN_RUN

    def _release(self, item: PaymentItem) -> None:
        """Take a payment that failed out; what a clawback took of it is owed again."""
        gone = self._payments.pop(item.key, None)
        if gone is not None and gone.taken_back_pence:
            self._debts.append((gone.payee_id, gone.taken_back_pence))

    def claw_back(self, lines: Iterable[StatementLine], *, why: str) -> tuple[Clawback, ...]:
        """Record what lines of a statement say is owed back; the next runs take it off first.

        Raises
        ------
        Conflict
            If a run is open: what it pays may settle some of it.
        """
        self._none_open()
        made = tuple(
            claw_back(
                line.award.payee_id, -line.due_pence, (), why=why,
                partnership_id=line.award.partnership_id, period=line.award.period,
                milestone=line.award.milestone,
            )[0]
            for line in lines
            if line.due_pence < 0
        )  # fmt: skip
        self.clawbacks += made
        self._debts += [(each.payee_id, each.owed_pence) for each in made]
        return made
