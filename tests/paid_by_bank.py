"""A cohort's money over many runs, with a bank that is slow, deaf and forgetful."""

import csv
import dataclasses
import datetime
import io
from collections import Counter

from schoolhubs import funding, programmes
from schoolhubs.funding.paying.ledger import PaymentLedger
from schoolhubs.funding.statements import statements
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import read_pounds
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Confirmed,
    Declaration,
    PayeeKind,
    PaymentState,
    Statement,
)

SPECIAL = programmes.load("special-ap-hubs-example")
START = datetime.date(2026, 9, 1)
TERMS = tuple(datetime.date(year, month, 1) for year in (2027, 2028) for month in (1, 4, 9))
PERIODS = ("2026/27", "2027/28")


class Bank:
    """Pays each row of a run it has not had before; it knows nothing of what runs were for."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.paid: list[Confirmed] = []
        self.bounced: set[str] = set()

    def receive(self, number: int, text: str, *, bounces: bool) -> None:
        """Take a run's file; the first payment of one that ``bounces`` cannot be made."""
        if number in self.seen:
            return
        self.seen.add(number)
        *rows, _ = csv.DictReader(io.StringIO(text))  # the last line is about the file
        for at, row in enumerate(rows):
            if bounces and at == 0:
                self.bounced.add(row["reference"])
                continue
            self.bounced.discard(row["reference"])
            pence = read_pounds(row["amount_pounds"])
            self.paid.append(Confirmed(row["reference"], row["payee_id"], pence))


class Money:
    """Two partnerships of one school with one lead, their ledger and the bank."""

    ledger_kind: type[PaymentLedger] = PaymentLedger

    def __init__(self) -> None:
        self.on = TERMS[0]
        self.records = [self._record(name) for name in ("1", "2")]
        self.declarations: list[Declaration] = []
        self.ledger = self.ledger_kind(SPECIAL.programme_id, SPECIAL.money(START))
        self.bank = Bank()
        self.kept = self.statements()
        self.n_days = 0
        for at in (0, 1):
            self.declare(at)

    def _record(self, name: str) -> DeliveryRecord:
        return DeliveryRecord(
            partnership_id=name, programme_id=SPECIAL.programme_id, cohort_id="autumn",
            pathway="paired", urn="900001", lead_urn="900002", starts_on=START,
            finishes_on=datetime.date(2027, 9, 1), days=(),
        )  # fmt: skip

    def statements(self) -> tuple[Statement, ...]:
        """Draw up what is due now, a statement a year."""
        return statements(
            self.records, SPECIAL, PERIODS, declarations=self.declarations,
            payments=self.ledger.payments, clawbacks=self.ledger.clawbacks, on=self.on,
        )  # fmt: skip

    def deliver(self, at: int, after_days: int, half_days: int) -> None:
        """Agree a day, however late it is told."""
        self.n_days += 1
        on = START + datetime.timedelta(days=after_days)
        day = DaySpent(kind=DayKind.SUPPORT_DAY, on=on, partner_half_days=half_days,
                       lead_half_days=half_days, evidence=f"support_day:{self.n_days}")  # fmt: skip
        self._change(at, days=(*self.records[at].days, day))

    def correct(self, at: int) -> None:
        """Find that the newest day did not take place."""
        self._change(at, days=self.records[at].days[:-1])

    def withdraw(self, at: int, after_days: int) -> None:
        """End a partnership, perhaps on a day long past."""
        self._change(at, ended_on=START + datetime.timedelta(days=after_days))

    def extend(self, at: int) -> None:
        """Give a partnership a second year."""
        self._change(at, finishes_on=datetime.date(2028, 9, 1))

    def _change(self, at: int, **new: object) -> None:
        self.records[at] = dataclasses.replace(self.records[at], **new)

    def send_back(self, at: int) -> None:
        """Take a checked declaration back to the partner."""
        name = self.records[at].partnership_id
        self.declarations = [each for each in self.declarations if each.partnership_id != name]

    def declare_one(self, at: int, milestone: str, *, is_lead: bool) -> None:
        """Have one milestone declared and checked, perhaps after a later one."""
        name = self.records[at].partnership_id
        one = Declaration(
            declaration_id=f"{name}.{milestone}.{is_lead}", partnership_id=name,
            milestone=milestone, state=PaymentState.CHECKED, is_lead=is_lead,
        )  # fmt: skip
        own = [each for each in self.declarations if each.partnership_id == name]
        if all((each.milestone or milestone, each.is_lead) != (milestone, is_lead) for each in own):
            self.declarations.append(one)

    def declare(self, at: int) -> None:
        """Have one declaration for all milestones sent and checked by both sides."""
        name = self.records[at].partnership_id
        own = [each for each in self.declarations if each.partnership_id == name]
        if any(each.milestone for each in own) or not own:
            self.send_back(at)
            self.declarations += [
                Declaration(
                    declaration_id=f"{name}.{is_lead}", partnership_id=name,
                    state=PaymentState.CHECKED, is_lead=is_lead,
                )
                for is_lead in (False, True)
            ]  # fmt: skip

    def next_term(self) -> None:
        """Let a term pass."""
        later = [each for each in TERMS if each > self.on]
        self.on = later[0] if later else self.on

    def look(self) -> None:
        """Draw statements up and keep them, as a page that is open on a screen."""
        self.kept = self.statements()

    def prepare(self, *, stale: bool) -> None:
        """Prepare runs, from what stands now or from a page that was drawn up before."""
        for statement in self.kept if stale else self.statements():
            self._try_to_prepare(statement, stale=stale)
            if not stale:
                self.kept = self.kept if self.ledger.run else self.statements()

    def _try_to_prepare(self, statement: Statement, *, stale: bool) -> None:
        try:
            self.ledger.prepare(statement)
        except Conflict:
            return
        if not stale:
            self._check_no_more_than_earned()
        awarded = {line.award.key: line.awarded_pence for line in statement.lines}
        for item in self.ledger.run.items if self.ledger.run else ():
            paid = sum(
                each.gross_pence
                for each in self.ledger.payments
                if each.award_key == item.award_key
            )
            back = sum(
                each.owed_pence
                for each in self.ledger.clawbacks
                if (each.payee_id, each.partnership_id, each.period, each.milestone)
                == item.award_key
            )
            assert paid - back <= awarded[item.award_key], f"{item.reference} is paid twice"

    def _check_no_more_than_earned(self) -> None:
        """Hold what a run brings a side to, of all milestones, against all it has earned by now."""
        for item in self.ledger.run.items if self.ledger.run else ():
            here = (item.payee_id, item.partnership_id)
            sent = sum(
                each.gross_pence
                for each in self.ledger.payments
                if (each.payee_id, each.partnership_id) == here
            )
            back = sum(
                each.owed_pence
                for each in self.ledger.clawbacks
                if (each.payee_id, each.partnership_id) == here
            )
            earned = self.earned_pence(*here)
            assert sent - back <= earned, f"{here} paid twice: {sent - back} of {earned}"

    def earned_pence(self, payee_id: str, partnership_id: str) -> int:
        """Work out all that a side has earned by the last milestone that was checked."""
        record = next(each for each in self.records if each.partnership_id == partnership_id)
        rules, money = SPECIAL.as_at(record.starts_on), SPECIAL.money(record.starts_on)
        is_lead = payee_id == record.lead_urn
        kind = PayeeKind.LEAD_SCHOOL if is_lead else PayeeKind.SCHOOL
        declared = [
            each
            for each in self.declarations
            if (each.partnership_id, each.is_lead) == (partnership_id, is_lead)
        ]
        found = [
            funding.award(
                record, rules, money, next(iter(own), None), payee=kind,
                milestone=each.milestone, on=self.on,
            )
            for each in funding.milestones(record, rules, money, kind)
            for own in ([d for d in declared if d.milestone in ("", each.milestone)],)
        ]  # fmt: skip
        stands = [each.amount_pence for each in found if not each.blocked_by]
        return stands[-1] if stands else 0

    def send_page_twice(self, *, hears_between: bool) -> None:
        """Send a page, hear nothing, and send it again: the run may be over by then."""
        self.look()
        self.prepare(stale=True)
        self.hand_over(bounces=False)
        if hears_between:
            self.confirm()
        self.prepare(stale=True)
        self.hand_over(bounces=False)

    def hand_over(self, *, bounces: bool) -> None:
        """Send the file; nobody knows whether it arrived, so it may be sent again."""
        if self.ledger.run is not None:
            self.bank.receive(self.ledger.n_runs, self.ledger.file(), bounces=bounces)

    def confirm(self) -> None:
        """Hear from the bank, perhaps for the second time, of everything it ever did."""
        run = self.ledger.run
        known = {each.reference for each in run.items} if run else set()
        confirmed = [each for each in self.bank.paid if each.reference in known]
        self.ledger.confirm(confirmed, failed=self.bank.bounced & known, on=self.on)

    def pay_everything(self) -> None:
        """Prepare, hand over and confirm, as on a day when all goes well."""
        self.prepare(stale=False)
        self.hand_over(bounces=False)
        self.confirm()

    def claw_back(self) -> None:
        """Ask back what was paid too much."""
        lines = [line for statement in self.statements() for line in statement.lines]
        try:
            self.ledger.claw_back(lines, why="What was counted did not take place.")
        except Conflict:
            return

    def check_nothing_is_paid_twice(self) -> None:
        """Hold the bank's payments against the ledger at any moment."""
        times = Counter(each.reference for each in self.bank.paid)
        assert all(n == 1 for n in times.values()), f"paid twice: {times.most_common(1)}"
        held = {each.reference: each.amount_pence for each in self.ledger.payments}
        for each in self.bank.paid:
            pence = each.amount_pence
            assert held.get(each.reference) == pence, f"{each.reference}: the bank paid {pence}"

    def check_the_books(self) -> None:
        """Bring everything to its end: then not a penny is due, and none is missing."""
        self.on = TERMS[-1]
        for at in (0, 1):
            self.declare(at)
        for _ in range(12):
            self.hand_over(bounces=False)
            self.confirm()
            self.check_nothing_is_paid_twice()
            self.claw_back()
            self.prepare(stale=False)
            due = [line.due_pence for one in self.statements() for line in one.lines]
            if self.ledger.run is None and not any(due):
                break
        assert self.ledger.run is None
        statements = self.statements()
        assert not any(line.due_pence for one in statements for line in one.lines)
        earned = sum(one.awarded_pence for one in statements)
        assert earned == sum(one.paid_pence for one in statements)
        assert sum(each.amount_pence for each in self.bank.paid) == earned + self.ledger.debt_pence
        for one in statements:
            books = funding.books(one, self.ledger.payments, self.ledger.clawbacks)
            assert books.difference_pence == 0
            assert books.problems == ()
