"""Envelope, committed, forecast and paid, by pathway, region and hub."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from schoolhubs.funding.awards.awarding import milestones, payee_of
from schoolhubs.funding.awards.lead import hosted_pence
from schoolhubs.funding.awards.partner import full_pence
from schoolhubs.funding.statements import known_on, says_of, statements
from schoolhubs.programmes import Programme
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.money import rounded
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    BudgetPart,
    Clawback,
    Declaration,
    MoneyRules,
    PayeeKind,
    PaymentItem,
    PaymentMilestone,
    PaymentState,
    ProgrammeBudget,
    StatementLine,
)
from schoolhubs.vocabulary.records.rules import RulesAsAt

NOT_KNOWN = "Not known"
_Pence = tuple[int, int, int]  # committed, forecast, paid


def budget(
    records: Sequence[DeliveryRecord],
    programme: Programme,
    *,
    on: datetime.date,
    declarations: Iterable[Declaration] = (),
    payments: Iterable[PaymentItem] = (),
    clawbacks: Iterable[Clawback] = (),
    regions: Mapping[str, str] | None = None,
) -> ProgrammeBudget:
    """Set everything a programme's partnerships may come to against its envelope.

    Parameters
    ----------
    on
        What fell due by this day counts as it was earned, the rest in full.
    regions
        Region of each partnership, by its id.

    Returns
    -------
    ProgrammeBudget
        A partnership that ended early is committed for what it earned, and no more.
    """
    records = [known_on(each, on) for each in records]
    lines = _lines(records, programme, on, declarations, payments, clawbacks)
    room = _Room(line for of_one in lines.values() for line in of_one)
    found: list[tuple[DeliveryRecord, _Pence]] = []
    notes: dict[str, None] = {}
    for record in sorted(records, key=lambda each: (each.starts_on, each.partnership_id)):
        rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
        notes.update(dict.fromkeys(says_of(rules, money)))
        own = lines.get(record.partnership_id, ())
        found.append((record, _of_record(record, rules, money, own, on, room)))
    money = programme.money(on)
    said = money.said["budget.total_pence"]
    region_of = regions or {}
    return ProgrammeBudget(
        programme_id=programme.programme_id,
        envelope_pence=money.envelope_pence,
        envelope_source=str(said.source),
        envelope_is_assumed=said.is_assumed,
        whole=_part("", [pence for _, pence in found]),
        by_pathway=_parts(found, lambda record: record.pathway),
        by_region=_parts(found, lambda record: region_of.get(record.partnership_id) or NOT_KNOWN),
        by_hub=_parts(found, lambda record: record.lead_urn),
        notes=tuple(notes),
    )


def _lines(
    records: Sequence[DeliveryRecord],
    programme: Programme,
    on: datetime.date,
    declarations: Iterable[Declaration],
    payments: Iterable[PaymentItem],
    clawbacks: Iterable[Clawback],
) -> Mapping[str, list[StatementLine]]:
    paid = tuple(payments)
    periods = {each.period for each in paid}
    for each in records:
        year = AcademicYear.holding(each.starts_on)
        while year.starts_on < each.finishes_on:
            periods.add(year)
            year = year.plus(1)
    found: dict[str, list[StatementLine]] = defaultdict(list)
    for one in statements(
        records, programme, sorted(periods), declarations=declarations, payments=paid,
        clawbacks=clawbacks, on=on,
    ):  # fmt: skip
        for line in one.lines:
            found[line.award.partnership_id].append(line)
    return found


class _Room:
    """What each lead may still earn, over all of its partnerships, beside what it has earned."""

    def __init__(self, lines: Iterable[StatementLine]) -> None:
        self._earned: dict[str, int] = defaultdict(int)
        for line in lines:
            if line.award.payee_kind is PayeeKind.LEAD_SCHOOL:
                self._earned[line.award.payee_id] += line.awarded_pence

    def take(self, lead_urn: str, more: int, money: MoneyRules) -> int:
        """Take as much of what more might come as the lead's most leaves."""
        most = money.lead_pay.most_per_lead_pence if money.lead_pay else 0
        kept = max(min(more, most - self._earned[lead_urn]), 0)
        self._earned[lead_urn] += kept
        return kept


def _of_record(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    lines: Sequence[StatementLine],
    on: datetime.date,
    room: _Room,
) -> _Pence:
    committed = forecast = 0
    partner = payee_of(record, rules.pathway(record.pathway))[0]
    for kind in (partner, PayeeKind.LEAD_SCHOOL):
        due = milestones(record, rules, money, kind)
        if not due:
            continue
        own = [line for line in lines if line.award.payee_kind is kind]
        earned = sum(line.awarded_pence for line in own)
        by_now = sum(line.awarded_pence for line in own if line.award.due_on <= on)
        passed = [each for each in due if each.due_on <= on]
        most = _most(record, rules, money, kind, due[-1])
        to_come = most - (_most(record, rules, money, kind, passed[-1]) if passed else 0)
        is_over = bool(passed) and passed[-1] == due[-1]
        is_lost = any(
            line.state is PaymentState.LAPSED and line.award.milestone == due[-1].milestone
            for line in own
        )
        may_rise = not is_over or (kind is partner and record.ended_on is None and not is_lost)
        more, expected = max(most - earned, 0) if may_rise else 0, max(to_come, 0)
        if kind is PayeeKind.LEAD_SCHOOL:
            more = room.take(record.lead_urn, more, money)
        committed += earned + more
        forecast += max(min(by_now + expected, earned + more), earned)
    paid = sum(line.paid_pence - line.clawed_back_pence for line in lines)
    return committed, forecast, paid


def _most(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    kind: PayeeKind,
    milestone: PaymentMilestone,
) -> int:
    """Give what a payee has earned by a milestone if it did all that is expected."""
    pathway = rules.pathway(record.pathway)
    if kind is not PayeeKind.LEAD_SCHOOL:
        stream = money.stream(record.pathway)
        part = Fraction(milestone.earned_parts, milestone.of_parts)
        return rounded(full_pence(money, stream) * part) if stream else 0
    if money.lead_pay is None:
        return 0
    promised = int(2 * pathway.lead_days_per_partner) * money.lead_pay.day_rate_pence // 2
    share = Fraction(min(milestone.terms, pathway.duration_terms), pathway.duration_terms)
    # What it hosts is nobody's promise, so it is counted once it took place.
    return rounded(promised * share) + hosted_pence(record, money)


def _parts(
    found: Sequence[tuple[DeliveryRecord, _Pence]], name_of: Callable[[DeliveryRecord], str]
) -> tuple[BudgetPart, ...]:
    groups: dict[str, list[_Pence]] = defaultdict(list)
    for record, pence in found:
        groups[name_of(record)].append(pence)
    return tuple(_part(name, groups[name]) for name in sorted(groups))


def _part(name: str, pence: Sequence[_Pence]) -> BudgetPart:
    committed, forecast, paid = (sum(each[at] for each in pence) for at in range(3))
    return BudgetPart(
        name=name, n_partnerships=len(pence), committed_pence=committed,
        forecast_pence=forecast, paid_pence=paid,
    )  # fmt: skip
