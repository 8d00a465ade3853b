"""What is due under a programme in a period, to whom and why, line by line."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schoolhubs.funding.awards.awarding import payee_id_of, payee_of
from schoolhubs.funding.paying.claims import Moved, claim, is_lead
from schoolhubs.programmes import Programme
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    Declaration,
    MoneyRules,
    PayeeKind,
    PaymentItem,
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
        The day it is drawn up; the first day after the period if not given. Days held later, and
        an end that came later, are not known then.

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
    declared, moved = _by_partnership(declarations, on), Moved(payments, clawbacks)
    shared = _Shared(moved)
    lines: list[StatementLine] = []
    notes: dict[str, None] = {}
    for whole in sorted(records, key=lambda each: (each.starts_on, each.partnership_id)):
        record = known_on(whole, on)
        rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
        notes.update(dict.fromkeys(says_of(rules, money)))
        own = declared.get(record.partnership_id, ())
        for kind in _payees(record, rules):
            payee_id = payee_id_of(record, rules, kind)
            found = claim(
                record, rules, money, [each for each in own if each.is_lead == is_lead(kind)],
                payee=kind, moved=moved, on=on,
                elsewhere_pence=shared.elsewhere(payee_id, kind, record.partnership_id),
                ahead_pence=shared.ahead(payee_id, kind),
                ends_later=record.ended_on != whole.ended_on,
            )  # fmt: skip
            shared.add(payee_id, kind, record.partnership_id, found)
            lines += found
    return tuple(_of_year(lines, programme, str(year), tuple(notes)) for year in periods)


class _Shared:
    """What each payee was awarded in the partnerships so far, and was sent in those to come."""

    def __init__(self, moved: Moved) -> None:
        self._moved = moved
        self._pence: dict[tuple[str, bool], int] = defaultdict(int)
        self._ahead: dict[tuple[str, bool], int] = defaultdict(int)
        self._done: dict[tuple[str, bool], set[str]] = defaultdict(set)

    def elsewhere(self, payee_id: str, kind: PayeeKind, partnership_id: str) -> int:
        of = payee_id, is_lead(kind)
        but = {*self._done[of], partnership_id}
        return self._pence[of] + self._moved.kept_elsewhere(payee_id, but, kind)

    def ahead(self, payee_id: str, kind: PayeeKind) -> int:
        return self._ahead[payee_id, is_lead(kind)]

    def add(
        self, payee_id: str, kind: PayeeKind, partnership_id: str, lines: Iterable[StatementLine]
    ) -> None:
        of = payee_id, is_lead(kind)
        self._done[of].add(partnership_id)
        for line in lines:
            waits = line.award.blocked_by and self._moved.kept(line.award.key) is None
            (self._ahead if waits else self._pence)[of] += line.awarded_pence


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


def known_on(record: DeliveryRecord, on: datetime.date) -> DeliveryRecord:
    """Give a record as it stood on a day: what was held and ended by then."""
    ended_on = record.ended_on if record.ended_on and record.ended_on <= on else None
    days = tuple(day for day in record.days if day.on <= on)
    if ended_on == record.ended_on and len(days) == len(record.days):
        return record
    return dataclasses.replace(record, days=days, ended_on=ended_on)


def _by_partnership(
    declarations: Iterable[Declaration], on: datetime.date
) -> Mapping[str, tuple[Declaration, ...]]:
    found: dict[str, tuple[Declaration, ...]] = defaultdict(tuple)
    for each in declarations:
        days = tuple(day for day in each.days if day.on <= on)
        found[each.partnership_id] += (dataclasses.replace(each, days=days),)
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
