"""Declarations and payments of a delivered year, made with the code that makes real ones."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from schoolhubs import funding, programmes
from schoolhubs.synthetic.delivered.living import Lived, days_of_terms
from schoolhubs.vocabulary.calendar import AcademicYear, term_finishes_on
from schoolhubs.vocabulary.money import split
from schoolhubs.vocabulary.records.delivery import DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Clawback,
    Confirmed,
    Declaration,
    DeclaredDay,
    PayeeKind,
    PaymentItem,
    PaymentState,
    Statement,
    UseOfGrant,
)


def records_of(every: Iterable[Lived]) -> list[DeliveryRecord]:
    """Give each partnership as awards read it."""
    return [
        DeliveryRecord(
            partnership_id=one.pair.partnership_id,
            programme_id=one.pair.rules.programme_id,
            cohort_id=one.pair.cohort_id,
            pathway=one.pair.pathway,
            urn=one.pair.urn,
            lead_urn=one.pair.lead_urn,
            trust_id=one.pair.trust_id,
            starts_on=one.pair.starts_on,
            finishes_on=one.pair.finishes_on,
            ended_on=one.ended_on,
            definition_version=one.pair.rules.definition_version,
            days=tuple(sorted(one.days, key=_in_time)),
            missed=tuple(sorted(one.missed, key=lambda day: (day.on, day.evidence))),
        )
        for one in every
    ]


def _in_time(day: DaySpent) -> tuple[datetime.date, str]:
    return day.on, day.evidence


def declare(one: Lived, facts: Mapping[str, Any], rng: np.random.Generator) -> Declaration | None:
    """Declare what no ledger holds; nothing where partners are paid nothing, or forget to."""
    money = programmes.load(one.pair.rules.programme_id).money(one.pair.starts_on)
    stream, shares = money.stream(one.pair.pathway), facts["shares"]
    luck = rng.random()
    if stream is None or luck < shares["not_declared"]:
        return None
    is_checked = luck >= shares["not_declared"] + shares["not_checked"]
    dates = [day for term in days_of_terms(one.pair, facts) for day in term
             if one.runs_on(day) and day <= facts["until"]]  # fmt: skip
    n = int(rng.integers(*facts["n_declared"])) if dates else 0
    days = [
        DeclaredDay(
            on=dates[int(rng.integers(len(dates)))],
            half_days=int(rng.integers(1, 4)),
            what=facts["declared_as"][int(rng.integers(len(facts["declared_as"])))],
            evidence=f"note {at + 1} of {one.pair.partnership_id}",
        )
        for at in range(n)
    ]
    spent = money.maximum_grant_pence * stream.expected_days / (money.full_at_days or 1)
    parts = split(round(spent), list(facts["uses"].values()))
    uses = (UseOfGrant(use=use, amount_pence=pence)
            for use, pence in zip(facts["uses"], parts, strict=True))  # fmt: skip
    return Declaration(
        declaration_id=f"d-{one.pair.partnership_id}",
        partnership_id=one.pair.partnership_id,
        state=PaymentState.CHECKED if is_checked else PaymentState.DECLARED,
        days=tuple(sorted(days, key=lambda day: (day.on, day.evidence))),
        use=tuple(uses),
    )


def declare_days_given(one: Lived) -> Declaration | None:
    """Let a lead declare that what the ledgers hold of it is so; nothing where none is paid."""
    record = records_of([one])[0]
    money = programmes.load(one.pair.rules.programme_id).money(one.pair.starts_on)
    if not funding.milestones(record, one.pair.rules, money, PayeeKind.LEAD_SCHOOL):
        return None
    return Declaration(
        declaration_id=f"l-{one.pair.partnership_id}", partnership_id=one.pair.partnership_id,
        state=PaymentState.CHECKED, is_lead=True,
    )  # fmt: skip


def pay(
    every: Sequence[Lived], declarations: Sequence[Declaration], facts: Mapping[str, Any], seed: int
) -> tuple[tuple[PaymentItem, ...], tuple[Clawback, ...]]:
    """Pay each programme after every term of its year; some payments bounce or wait at first.

    At the end days that turned out not to have taken place are struck. Where all is paid, what was
    paid for them is clawed back; elsewhere some of the last run is not confirmed yet.
    """
    groups: dict[str, list[Lived]] = defaultdict(list)
    for one in every:
        groups[one.pair.rules.programme_id].append(one)
    payments: list[PaymentItem] = []
    clawbacks: list[Clawback] = []
    for at, programme_id in enumerate(sorted(groups)):
        rng = np.random.default_rng([seed, 402, at])
        ledger = _paid(programme_id, groups[programme_id], declarations, facts, rng)
        payments += ledger.payments
        clawbacks += ledger.clawbacks
    return tuple(payments), tuple(clawbacks)


def _paid(
    programme_id: str,
    own: Sequence[Lived],
    declarations: Sequence[Declaration],
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> funding.paying.PaymentLedger:
    programme, starts_on = programmes.load(programme_id), own[0].pair.starts_on
    ledger = funding.paying.PaymentLedger(programme_id, programme.money(starts_on))
    period, ends = AcademicYear.holding(starts_on), _ends(starts_on)
    names = {one.pair.partnership_id for one in own}
    declared = [each for each in declarations if each.partnership_id in names]
    is_all_paid = facts["programmes"][programme_id]["ends_with"] == "clawback"
    shares, records = facts["shares"], records_of(own)

    def due(on: datetime.date) -> Statement:
        return funding.statement(
            records, programme, period, declarations=declared, payments=ledger.payments,
            clawbacks=ledger.clawbacks, on=on,
        )  # fmt: skip

    for on in ends:
        waits = 0.0 if is_all_paid or on != ends[-1] else shares["in_last_run"]
        _run(ledger, due(on), on, bounced=shares["bounced"], waits=waits, rng=rng)
    records = _without_what_was_not_so(own)
    if is_all_paid:
        ledger.claw_back(due(ends[-1]).lines, why="A day that was counted did not take place.")
    return ledger


def _run(
    ledger: funding.paying.PaymentLedger,
    made: Statement,
    on: datetime.date,
    *,
    bounced: float,
    waits: float,
    rng: np.random.Generator,
) -> None:
    """Prepare a run and hear from the bank: most is paid, some bounced, some not confirmed yet."""
    run = ledger.prepare(made)
    luck = dict(zip(run.items, rng.random(len(run.items)), strict=True))
    confirmed = [
        Confirmed(item.reference, item.payee_id, item.amount_pence)
        for item, each in luck.items()
        if bounced <= each < 1 - waits
    ]
    failed = {item.reference for item, each in luck.items() if each < bounced}
    ledger.confirm(confirmed, failed=failed, on=on + datetime.timedelta(days=10))


def _ends(starts_on: datetime.date) -> list[datetime.date]:
    """Give the days on which runs are prepared: after each term of the year it begins in.

    >>> [str(each) for each in _ends(datetime.date(2026, 1, 1))]
    ['2026-04-01', '2026-09-01']
    """
    found, last = [term_finishes_on(starts_on)], AcademicYear.holding(starts_on).finishes_on
    while found[-1] < last:
        found.append(term_finishes_on(found[-1]))
    return found


def _without_what_was_not_so(own: Sequence[Lived]) -> list[DeliveryRecord]:
    struck = {one.pair.partnership_id: one.not_so for one in own if one.not_so}
    for one in own:
        one.days = [day for day in one.days if day.evidence != struck.get(one.pair.partnership_id)]
        for row in one.support:
            if f"support_day:{row['support_day']}" == one.not_so:
                row.update(state="struck", agreed="no")
    return records_of(own)
