"""What is due under a programme in a period, to whom and why, line by line."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schoolhubs.funding.awards.awarding import (
    CHECKED,
    award_at,
    milestones,
    no_longer_due,
    payee_id_of,
    payee_of,
    period_of,
)
from schoolhubs.programmes import Programme
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Award,
    AwardLine,
    Clawback,
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

SENT = {PaymentState.IN_RUN, PaymentState.PAID, PaymentState.CLAWED_BACK}
_Key = tuple[str, str, str, str]


def statement(
    records: Iterable[DeliveryRecord],
    programme: Programme,
    period: str,
    *,
    declarations: Iterable[Declaration] = (),
    payments: Iterable[PaymentItem] = (),
    clawbacks: Iterable[Clawback] = (),
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
        The newest of each partnership, one for all milestones or one for each.
    payments
        Every payment made or under way, of any period.
    clawbacks
        Every one agreed, of any period.
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
    made = statements(
        records, programme, [year], declarations=declarations, payments=payments,
        clawbacks=clawbacks, on=on or year.finishes_on,
    )  # fmt: skip
    return made[0]


def statements(
    records: Iterable[DeliveryRecord],
    programme: Programme,
    periods: Sequence[str],
    *,
    declarations: Iterable[Declaration] = (),
    payments: Iterable[PaymentItem] = (),
    clawbacks: Iterable[Clawback] = (),
    on: datetime.date,
) -> tuple[Statement, ...]:
    """Draw up the statements of several years in one go, as :func:`statement` does one."""
    declared, sent = _by_partnership(declarations), _Sent(payments, clawbacks)
    to_leads: dict[str, int] = defaultdict(int)
    lines: list[StatementLine] = []
    notes: dict[str, None] = {}
    for record in sorted(records, key=lambda each: (each.starts_on, each.partnership_id)):
        rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
        notes.update(dict.fromkeys(says_of(rules, money)))
        claim = _Claim(record, rules, money, declared.get(record.partnership_id, ()), on)
        for kind in _payees(record, rules):
            lines += claim.lines(kind, sent, to_leads)
    return tuple(_of_year(lines, programme, str(year), tuple(notes)) for year in periods)


def _of_year(
    lines: Iterable[StatementLine], programme: Programme, year: str, notes: tuple[str, ...]
) -> Statement:
    own = sorted((line for line in lines if line.award.period == year), key=_in_order)
    return Statement(
        programme_id=programme.programme_id,
        definition_version=programme.definition_version,
        period=year,
        lines=tuple(own),
        notes=notes,
        assumed=tuple(sorted({each for line in own for each in line.award.assumed})),
    )


def _in_order(line: StatementLine) -> tuple[str, str, datetime.date, str]:
    award = line.award
    return award.payee_id, award.partnership_id, award.due_on, award.milestone


def _by_partnership(
    declarations: Iterable[Declaration],
) -> Mapping[str, tuple[Declaration, ...]]:
    found: dict[str, tuple[Declaration, ...]] = defaultdict(tuple)
    for each in declarations:
        found[each.partnership_id] += (each,)
    return found


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


class _Sent:
    """What was sent for each award and what of it came back."""

    def __init__(self, payments: Iterable[PaymentItem], clawbacks: Iterable[Clawback]) -> None:
        self._payments: dict[_Key, list[PaymentItem]] = defaultdict(list)
        self._back: dict[_Key, int] = defaultdict(int)
        self._keys: dict[tuple[str, str], set[_Key]] = defaultdict(set)
        for payment in payments:
            self._payments[payment.award_key].append(payment)
            self._keys[payment.award_key[:2]].add(payment.award_key)
        for back in clawbacks:
            key = (back.payee_id, back.partnership_id, back.period, back.milestone)
            self._back[key] += back.owed_pence
            self._keys[key[:2]].add(key)

    def of(self, key: _Key) -> tuple[PaymentItem, ...]:
        return tuple(self._payments.get(key, ()))

    def back(self, key: _Key) -> int:
        return self._back.get(key, 0)

    def kept(self, key: _Key) -> int | None:
        """Give what an award's payments settle, less what came back; None if nothing moved."""
        sent = [each.gross_pence for each in self.of(key) if each.state in SENT]
        moved = sent or self.back(key)
        return sum(sent) - self.back(key) if moved else None

    def keys_of(self, payee_id: str, partnership_id: str) -> list[_Key]:
        """Name every award that money moved for."""
        keys = self._keys.get((payee_id, partnership_id), ())
        return sorted(keys, key=lambda key: key[2:])


class _Claim:
    """A partnership's lines, each milestone of a payee taking off what came before."""

    def __init__(
        self,
        record: DeliveryRecord,
        rules: RulesAsAt,
        money: MoneyRules,
        declarations: Sequence[Declaration],
        on: datetime.date,
    ) -> None:
        self.record, self.rules, self.money = record, rules, money
        self.declarations, self.on = declarations, on

    def lines(
        self, kind: PayeeKind, sent: _Sent, to_leads: dict[str, int]
    ) -> Iterator[StatementLine]:
        """Give a line for each milestone; a lead's room shrinks by what it is awarded."""
        due = milestones(self.record, self.rules, self.money, kind)
        alone = list(self._alone(kind, due, sent))
        yield from alone
        earlier, room = sum(line.awarded_pence for line in alone), self._room(kind, to_leads)
        for at, milestone in enumerate(due):
            found = self._award(kind, milestone, earlier, room)
            is_last = at + 1 == len(due) or due[at + 1].due_on > self.on
            kept = sent.kept(found.key)
            found = found if is_last or kept is None else _carried(found, kept)
            yield _line(found, sent, is_last=is_last)
            earlier += found.amount_pence if kept is None else kept
        if room is not None:
            to_leads[self.record.lead_urn] += earlier

    def _award(
        self, kind: PayeeKind, milestone: PaymentMilestone, earlier: int, room: int | None
    ) -> Award:
        return award_at(
            self.record, self.rules, self.money, declared_for(self.declarations, milestone),
            payee=kind, milestone=milestone, on=self.on, earlier_pence=earlier, room_pence=room,
        )  # fmt: skip

    def _alone(
        self, kind: PayeeKind, due: Sequence[PaymentMilestone], sent: _Sent
    ) -> Iterator[StatementLine]:
        """Give a line for money that moved at a milestone which is none any more.

        So it is when a partnership turns out to have ended before it. What was paid stays paid
        here, and the milestone on which it ended settles it: nothing is paid twice.
        """
        payee_id = payee_id_of(self.record, self.rules, kind)
        known = {(period_of(each.due_on), each.milestone) for each in due}
        for key in sent.keys_of(payee_id, self.record.partnership_id):
            if key[2:] not in known:
                found = no_longer_due(self.record, self.rules, kind, key, sent.kept(key) or 0)
                yield _line(found, sent, is_last=False)

    def _room(self, kind: PayeeKind, to_leads: Mapping[str, int]) -> int | None:
        if kind is not PayeeKind.LEAD_SCHOOL or self.money.lead_pay is None:
            return None
        most = self.money.lead_pay.most_per_lead_pence
        return max(most - to_leads.get(self.record.lead_urn, 0), 0)


def declared_for(
    declarations: Sequence[Declaration], milestone: PaymentMilestone
) -> Declaration | None:
    """Give what stands declared at a milestone: its own declaration, with every day checked before.

    Days of a declaration for another milestone count once that is checked; a milestone that has
    no declaration of its own, nor one for all, has none.
    """
    own = [each for each in declarations if each.milestone in ("", milestone.milestone)]
    if not own:
        return None
    others = [each for each in declarations if each not in own and each.state in CHECKED]
    days = [day for each in (*others, *own) for day in each.days]
    newest = own[-1]
    return dataclasses.replace(newest, days=tuple(sorted(days, key=lambda day: day.on)))


def _carried(found: Award, kept: int) -> Award:
    """Bring an award that was settled to what was settled: the next milestone takes the rest."""
    if found.amount_pence == kept:
        return found
    text = "Paid before later evidence; the next milestone settles the difference"
    line = AwardLine(code="carried", text=text, amount_pence=kept - found.amount_pence)
    return dataclasses.replace(found, amount_pence=kept, lines=(*found.lines, line))


def _line(found: Award, sent: _Sent, *, is_last: bool) -> StatementLine:
    """Set an award against its payments.

    What a payment lacks or has too much by later evidence is settled by the next milestone; after
    the last one that is due it shows here, to be paid or taken back.
    """
    payments, back, kept = sent.of(found.key), sent.back(found.key), sent.kept(found.key)
    paid = sum(e.gross_pence for e in payments if e.state in SENT - {PaymentState.IN_RUN})
    due = 0
    if kept is None:
        due = found.amount_pence if not found.blocked_by else 0
    elif is_last and all(each.state is not PaymentState.IN_RUN for each in payments):
        due = found.amount_pence - kept
    return StatementLine(
        award=found, state=_state_of(found, payments), awarded_pence=found.amount_pence,
        paid_pence=paid, clawed_back_pence=back, due_pence=due, n_payments=len(payments),
    )  # fmt: skip


def _state_of(found: Award, payments: Sequence[PaymentItem]) -> PaymentState:
    if payments:
        return payments[-1].state
    if found.is_payable:
        return PaymentState.PAYABLE
    codes = {each.code for each in found.blocked_by}
    if "not_declared" in codes:
        return PaymentState.STARTED
    return PaymentState.DECLARED if "not_checked" in codes else PaymentState.CHECKED
