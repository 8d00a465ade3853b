"""Whatever order people, banks and lost answers come in, payments are made once and add up."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from books import Bank, balance, none_above, settled
from invented import AT
from paid import (
    CHECKER,
    MAKER,
    OVER,
    PAYS,
    awarded,
    declared,
    partnership,
    prepared,
    schools,
    who,
)
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration, DeclaredDay
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import OPEN_RUNS, Payment, PaymentRun
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.money import plain

pytestmark = pytest.mark.django_db
URNS = ("900001", "900002", "900003")
SEQUENCES = int(os.environ.get("SCHOOLHUBS_PAYMENT_SEQUENCES", "8"))
STEPS = 26


class Office:
    """Everybody who touches money, each doing what they may at any moment, once or twice."""

    def __init__(self, seed: int) -> None:
        self.lot, self.bank = random.Random(seed), Bank()
        self.done: list[str] = []
        self.acts: tuple[Callable[[], Any], ...] = (
            self.declare, self.strike, self.give_back, self.prepare, self.prepare, self.agree,
            self.agree, self.hand_over, self.hand_over, self.bank_pays, self.bank_pays,
            self.confirm, self.confirm, self.confirm_altered, self.bank_sends_less,
            self.settle_by_hand, self.settle_by_hand, self.rest_arrives, self.set_aside,
            self.ask_back, self.settle_clawback, self.pay_all,
        )  # fmt: skip

    def act(self) -> None:
        """Do something, and sometimes the same again; what cannot be done is refused in words."""
        chosen = self.lot.choice(self.acts)
        for _ in range(self.lot.choice((1, 1, 2))):
            self.done.append(chosen.__name__)
            try:
                with transaction.atomic():
                    chosen()
            except (Conflict, DataProblem):
                self.done.append("refused")
            balance()

    def one_of(self, rows: Any) -> Any:
        found = list(rows)
        return self.lot.choice(found) if found else None

    def newest(self) -> PaymentRun | None:
        return PaymentRun.objects.filter(state__in=OPEN_RUNS).last()

    def away(self) -> PaymentRun | None:
        """One of the runs that wait for the bank: they stop no other."""
        found: PaymentRun | None = self.one_of(PaymentRun.objects.filter(state="handed_over"))
        return found

    def declare(self) -> None:
        taken = set(Declaration.objects.values_list("partnership__partner_urn", flat=True))
        free = [urn for urn in URNS if urn not in taken]
        if free:
            awarded(partnership(self.lot.choice(free)), half_days=self.lot.choice((8, 20, 40)))
        elif started := self.one_of(Declaration.objects.filter(state="started")):
            made = declared(started.partnership, half_days=self.lot.choice((20, 40)))
            declaring.check(made, version=made.version, who=who("officer"))

    def strike(self) -> None:
        day = self.one_of(DeclaredDay.objects.select_related("declaration"))
        if day:
            declaring.strike_day(
                day, reason="No minutes", version=day.declaration.version, who=who("officer")
            )

    def give_back(self) -> None:
        if held := self.one_of(Declaration.objects.filter(state="checked")):
            declaring.return_(held, reason="Look again", version=held.version, who=who("officer"))

    def prepare(self) -> None:
        prepared()

    def agree(self) -> None:
        if run := self.newest():
            paying.agree(run, version=run.version, **self.lot.choice((CHECKER, CHECKER, MAKER)))

    def hand_over(self) -> None:
        if run := self.newest():
            left = self.lot.random() < 0.5
            paying.hand_over(run, version=run.version, has_left=left, **MAKER)
            if not left:
                none_above([each.award for each in run.payments.select_related("award")])

    def bank_pays(self) -> None:
        """The file reaches the bank, perhaps again, perhaps before anybody noted it."""
        run = self.away()
        if run and run.file:
            self.bank.take(bytes(run.file).decode())

    def bank_sends_less(self) -> None:
        """A part of one payment arrives, and the bank never sends the rest."""
        waiting = Payment.objects.filter(run__state="handed_over", state="in_run")
        payment = self.one_of(waiting.filter(amount_pence__gt=200))
        if payment and payment.reference not in self.bank.paid:
            number, less = payment.payee.partition(":")[2], self.lot.choice((1, 200))
            self.bank.paid[payment.reference] = (number, payment.amount_pence - less)

    def rest_arrives(self) -> None:
        """What had not arrived of a payment comes after all, whatever was sent for it since."""
        short = Payment.objects.filter(state="paid", short_pence__gt=0)
        if payment := self.one_of(short):
            number, _ = self.bank.paid[payment.reference]
            self.bank.paid[payment.reference] = (number, payment.amount_pence)

    def otherwise(self) -> list[Payment]:
        """Give the payments of which the books say other than what the bank did."""
        away = Payment.objects.filter(run__state__in=("handed_over", "paid"))
        ours = away.filter(state__in=("in_run", "paid"), reference__in=list(self.bank.paid))
        return [
            each
            for each in ours
            if each.state == "in_run" or each.sent_pence != self.bank.paid[each.reference][1]
        ]

    def settle_by_hand(self) -> None:
        """Two people say what arrived of a payment; sometimes the same person twice."""
        if made := self.one_of(MoneyDecision.objects.filter(state="proposed")):
            who_agrees = self.lot.choice((CHECKER, CHECKER, MAKER))
            deciding.settle(
                made, agrees=self.lot.random() < 0.8, version=made.version, reason="Seen",
                **who_agrees,
            )  # fmt: skip
            return
        if payment := self.one_of(self.otherwise()):
            self.propose(payment)

    def propose(self, payment: Payment) -> MoneyDecision:
        return deciding.propose_settled(
            payment, paid_pence=self.bank.paid[payment.reference][1], paid_on=AT.date(),
            reason="The bank's letter", **MAKER,
        )  # fmt: skip

    def said(self, run: PaymentRun, most: int) -> bytes:
        ours = [each for each in run.payments.exclude(state="taken_out") if each.amount_pence]
        paid = self.bank.paid
        rows = [
            f"{each.reference},{each.payee.partition(':')[2]},{plain(paid[each.reference][1])}"
            for each in ours
            if each.reference in paid
        ]
        return ("reference,payee_id,amount_pounds\n" + "\n".join(rows[:most]) + "\n").encode()

    def confirm(self) -> None:
        if run := self.away():
            confirm(run, self.said(run, self.lot.choice((1, 9, 9))), **MAKER)

    def confirm_altered(self) -> None:
        """A confirmation in which an amount is a penny off, or of nobody."""
        if run := self.away():
            text = self.said(run, 9).replace(b".00\n", b".01\n", 1) + b"SHNONE,900009,5.00\n"
            confirm(run, text, **MAKER)

    def pay_all(self) -> None:
        """A day on which everything goes well."""
        run = prepared()
        agreed = paying.agree(run, version=run.version, **CHECKER)
        away = paying.hand_over(agreed, version=agreed.version, **MAKER)
        self.bank.take(bytes(away.file or b"").decode())
        confirm(away, self.said(away, 99), **MAKER)

    def set_aside(self) -> None:
        if run := self.newest():
            left = self.lot.random() < 0.5
            paying.set_aside(
                run, version=run.version, reason="Wrong", has_not_left=not left, **MAKER
            )

    def ask_back(self) -> None:
        over = [each for each in due(PAYS, on=OVER) if "overpaid" in each.exceptions]
        if found := self.one_of(over):
            part = max(1, -found.gross_pence // self.lot.choice((1, 1, 2)))
            recovering.propose(found.award, amount_pence=part, reason="Paid too much", **MAKER)

    def settle_clawback(self) -> None:
        if asked := self.one_of(Clawback.objects.filter(state="proposed")):
            recovering.settle(
                asked, agrees=self.lot.random() < 0.8, version=asked.version, reason="Seen",
                **CHECKER,
            )  # fmt: skip

    def finish(self) -> None:
        """Carry everything to its end, as people would in the end."""
        for started in Declaration.objects.filter(state="started"):
            made = declared(started.partnership, half_days=20)
            declaring.check(made, version=made.version, who=who("officer"))
        for made in MoneyDecision.objects.filter(state="proposed"):
            deciding.settle(made, agrees=False, version=1, reason="Anew", **CHECKER)
        for _ in range(4):
            if (run := self.newest()) and run.state == "prepared":
                paying.set_aside(run, version=run.version, reason="Anew", **MAKER)
            if (run := self.newest()) and run.state == "agreed":
                paying.hand_over(run, version=run.version, has_left=True, **MAKER)
            for run in PaymentRun.objects.filter(state="handed_over"):
                self.bank.take(bytes(run.file or b"").decode())
                confirm(run, self.said(run, 99), **MAKER)
            for payment in self.otherwise():
                made = self.propose(payment)
                deciding.settle(made, agrees=True, version=1, reason="Seen", **CHECKER)
            for asked in Clawback.objects.filter(state="proposed"):
                recovering.settle(
                    asked, agrees=False, version=asked.version, reason="Anew", **CHECKER
                )
            for found in [e for e in due(PAYS, on=OVER) if "overpaid" in e.exceptions]:
                asked = recovering.propose(
                    found.award, amount_pence=-found.gross_pence, reason="Too much", **MAKER
                )
                recovering.settle(asked, agrees=True, version=1, reason="Seen", **CHECKER)
            if any(not each.is_left_out for each in due(PAYS, on=OVER)):
                run = prepared()
                paying.agree(run, version=run.version, **CHECKER)
        assert (self.newest(), self.away()) == (None, None), self.done
        assert due(PAYS, on=OVER) == [], self.done


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_a_random_sequence_of_steps_leaves_no_payment_twice_and_no_difference(seed: int) -> None:
    schools(*URNS)
    office = Office(seed)
    for _ in range(STEPS):
        office.act()
    office.finish()
    settled()
    for urn in URNS:
        made = Payment.objects.filter(payee=f"school:{urn}", state="paid")
        told = sum(each.sent_pence for each in made)
        assert office.bank.sent_to(f"school:{urn}") == told, office.done


def test_the_random_sequences_of_payments_come_by_every_step() -> None:
    """A sequence in which nothing is ever paid, or nothing refused, would show nothing."""
    schools(*URNS)
    office = Office(seed=1)
    for _ in range(5 * STEPS):
        office.act()
    assert {each.__name__ for each in office.acts} <= set(office.done)
    assert "refused" in office.done
    assert Payment.objects.filter(state="paid").exists()
