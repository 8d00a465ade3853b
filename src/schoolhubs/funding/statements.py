"""What is due under a programme in a period, to whom and why, line by line."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schoolhubs.funding.awards.awarding import award, milestones, payee_of
from schoolhubs.funding.paying.references import payment_reference
from schoolhubs.programmes import Programme
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Award,
    Declaration,
    MoneyRules,
    PayeeKind,
    PaymentItem,
    PaymentMilestone,
    PaymentState,
    Statement,
    StatementLine,
)
from schoolhubs.vocabulary.records.rules import RulesAsAt

GONE = {PaymentState.PAID, PaymentState.CLAWED_BACK}
_Key = tuple[str, str, str, str]


def statement(
    records: Iterable[DeliveryRecord],
    programme: Programme,
    period: str,
    *,
    declarations: Iterable[Declaration] = (),
    payments: Iterable[PaymentItem] = (),
    on: datetime.date | None = None,
) -> Statement:
    """Work out every award of a period, and what of it is paid and still due.

    Parameters
    ----------
    records
        Everything delivered, whole partnerships: earlier periods settle what later ones pay.
    programme
        Each partnership is paid by the rules of its first day.
    period
        An academic year, such as ``2026/27``: the year in which the last term paid for lies.
    declarations
        The newest of each partnership.
    payments
        Every payment made or under way, of any period.
    on
        The day it is drawn up; the first day after the period if not given.

    Returns
    -------
    Statement
        Lines in the order of payee, partnership and due date. The same records give the same
        statement, in whatever order they come.

    Raises
    ------
    DataProblem
        If the period is no academic year.
    """
    year = AcademicYear.parse(period)
    drawn_on = on or year.finishes_on
    declared = {each.partnership_id: each for each in declarations}
    paid: dict[_Key, PaymentItem] = {each.key: each for each in payments}
    to_leads: dict[str, int] = defaultdict(int)
    lines: list[StatementLine] = []
    notes: dict[str, None] = {}
    for record in sorted(records, key=lambda each: (each.starts_on, each.partnership_id)):
        rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
        notes.update(dict.fromkeys(says_of(rules, money)))
        for kind in _payees(record, rules):
            due = milestones(record, rules, money, kind)
            claim = _Claim(record, rules, money, declared.get(record.partnership_id), drawn_on)
            for line in claim.lines(kind, due, paid, to_leads):
                lines += [line] if line.award.period == year else []
    lines.sort(key=lambda line: (line.award.payee_id, line.award.partnership_id, line.award.due_on,
                                 line.award.milestone))  # fmt: skip
    version = programme.definition_version
    assumed = sorted({each for line in lines for each in line.award.assumed})
    return Statement(
        programme_id=programme.programme_id, definition_version=version, period=str(year),
        lines=tuple(lines), notes=tuple(notes), assumed=tuple(assumed),
    )  # fmt: skip


def says_of(rules: RulesAsAt, money: MoneyRules) -> tuple[str, ...]:
    """Give the sentences that every answer about a programme's money carries."""
    found = []
    if not money.pays_partners:
        mark = (
            "assumed: none was found" if money.said["grant.maximum_grant_pence"].is_assumed else ""
        )
        said = f" ({mark})" if mark else ""
        found.append(f"{rules.title} pays partners nothing{said}.")
    elif not money.streams:
        found.append(f"How {rules.title} works awards out is not in its definition: none is made.")
    if money.lead_pay is not None and money.said["budget.day_rate_pence"].is_assumed:
        found.append("What lead schools are paid was not published: the rate is assumed.")
    return tuple(found)


def _payees(record: DeliveryRecord, rules: RulesAsAt) -> Iterator[PayeeKind]:
    yield payee_of(record, rules.pathway(record.pathway))[0]
    yield PayeeKind.LEAD_SCHOOL


class _Claim:
    """One payee's lines in one partnership, each milestone taking off what came before."""

    def __init__(
        self,
        record: DeliveryRecord,
        rules: RulesAsAt,
        money: MoneyRules,
        declaration: Declaration | None,
        on: datetime.date,
    ) -> None:
        self.record, self.rules, self.money = record, rules, money
        self.declaration, self.on = declaration, on

    def lines(
        self,
        kind: PayeeKind,
        due: Sequence[PaymentMilestone],
        paid: Mapping[_Key, PaymentItem],
        to_leads: dict[str, int],
    ) -> Iterator[StatementLine]:
        """Give a line for each milestone; a lead's room shrinks by what it is awarded."""
        earlier = 0
        of_lead = kind is PayeeKind.LEAD_SCHOOL and self.money.lead_pay is not None
        lead = self.record.lead_urn
        most = self.money.lead_pay.most_per_lead_pence if self.money.lead_pay else 0
        room = max(most - to_leads[lead], 0) if of_lead else None
        for at, milestone in enumerate(due):
            found = award(
                self.record, self.rules, self.money, self.declaration, payee=kind,
                milestone=milestone.milestone, on=self.on, earlier_pence=earlier, room_pence=room,
            )  # fmt: skip
            payment = paid.get(found.key)
            is_last = at + 1 == len(due) or due[at + 1].due_on > self.on
            yield _line(found, payment, is_last=is_last)
            earlier += _kept(payment) if payment else max(found.amount_pence, 0)
        if of_lead:
            to_leads[lead] += earlier


def _kept(payment: PaymentItem) -> int:
    """Give what a payment settles: what was paid and what was taken off it, unless taken back."""
    if payment.state is PaymentState.CLAWED_BACK:
        return 0
    return payment.amount_pence + payment.taken_back_pence


def _line(found: Award, payment: PaymentItem | None, *, is_last: bool) -> StatementLine:
    """Set an award against its payment.

    What a payment lacks or has too much by later evidence is settled by the next milestone; after
    the last one that is due it shows here, to be paid or taken back.
    """
    if payment is None:
        due = found.amount_pence if not found.blocked_by else 0
        state = PaymentState.PAYABLE if found.is_payable else _state_of(found)
        return StatementLine(
            award=found, state=state, awarded_pence=found.amount_pence, paid_pence=0,
            clawed_back_pence=0, due_pence=due,
        )  # fmt: skip
    is_paid = payment.state in GONE
    settled = _kept(payment)
    return StatementLine(
        award=found,
        state=payment.state,
        awarded_pence=found.amount_pence,
        paid_pence=payment.amount_pence + payment.taken_back_pence if is_paid else 0,
        clawed_back_pence=payment.amount_pence if payment.state is PaymentState.CLAWED_BACK else 0,
        due_pence=found.amount_pence - settled
        if is_last and is_paid and payment.state is PaymentState.PAID
        else 0,
    )


def _state_of(found: Award) -> PaymentState:
    codes = {each.code for each in found.blocked_by}
    if "not_declared" in codes:
        return PaymentState.STARTED
    return PaymentState.DECLARED if "not_checked" in codes else PaymentState.CHECKED


__all__ = ["payment_reference", "says_of", "statement"]
