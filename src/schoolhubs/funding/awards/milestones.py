"""When money falls due in a partnership, and what part of it has been earned by then."""

import datetime
import functools
from fractions import Fraction

from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.money import exact
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    MoneyRules,
    PaidAt,
    PaymentMilestone,
    WithdrawalPays,
)
from schoolhubs.vocabulary.records.rules import PathwayRules

TERMS_OF_A_YEAR = 3


def term_ends(record: DeliveryRecord) -> tuple[datetime.date, ...]:
    """Give the first day after each term of a partnership; a term begun counts as one.

    >>> from schoolhubs.vocabulary.records.delivery import DeliveryRecord
    >>> day = datetime.date
    >>> term_ends(DeliveryRecord(
    ...     partnership_id="1", programme_id="p", cohort_id="c", pathway="x", urn="900001",
    ...     lead_urn="900002", starts_on=day(2026, 9, 1), finishes_on=day(2027, 4, 1), days=()))
    (datetime.date(2027, 1, 1), datetime.date(2027, 4, 1))
    """
    return _ends(record.starts_on, record.finishes_on)


@functools.lru_cache(maxsize=1024)
def _ends(starts_on: datetime.date, finishes_on: datetime.date) -> tuple[datetime.date, ...]:
    ends, day = [], starts_on
    while day < finishes_on:
        day = term_finishes_on(day)
        ends.append(min(day, finishes_on))
    return tuple(ends)


def partner_milestones(
    record: DeliveryRecord, money: MoneyRules, pathway: PathwayRules
) -> tuple[PaymentMilestone, ...]:
    """List when a partner's award falls due; nothing where partners are paid nothing.

    The date is the one that applies by the definition. A partnership given further terms earns
    for those the share that the definition says; one ended early falls due on that day, for what
    it keeps.
    """
    stream = money.stream(pathway.pathway)
    if stream is None:
        return ()
    ends = term_ends(record)
    base = min(pathway.duration_terms, len(ends))
    at = _partner_at(ends, base, stream.paid_at)
    made = [
        _milestone(name, due_on, terms, _earned(terms_earned, base, money, pathway))
        for name, due_on, terms, terms_earned in at
        if terms <= base or money.extension_pays_share
    ]
    return _cut_short(record, made, ends, base, money, pathway)


_At = list[tuple[str, datetime.date, int, int]]


def _partner_at(ends: tuple[datetime.date, ...], base: int, paid_at: PaidAt) -> _At:
    return {
        PaidAt.AFTER_FIRST_YEAR: _after_first_year,
        PaidAt.AT_END: _at_end,
        PaidAt.AFTER_EACH_TERM: _after_each_term,
    }[paid_at](ends, base)


def _after_first_year(ends: tuple[datetime.date, ...], base: int) -> _At:
    """All of the first years' award at the end of the first year; further terms at their end."""
    first = min(TERMS_OF_A_YEAR, base)
    found = [("first_year", ends[first - 1], first, base)] if first else []
    return [*found, *([("extension", ends[-1], len(ends), len(ends))] if len(ends) > base else [])]


def _at_end(ends: tuple[datetime.date, ...], base: int) -> _At:
    # Numbered as the first years', so that an end put off by an extension is still paid.
    return [("end", ends[-1], base, len(ends))] if ends else []


def _after_each_term(ends: tuple[datetime.date, ...], base: int) -> _At:  # noqa: ARG001
    return [(f"term_{n}", end, n, n) for n, end in enumerate(ends, start=1)]


def _earned(terms: int, base: int, money: MoneyRules, pathway: PathwayRules) -> Fraction:
    """Give the part of the full award that so many terms earn: 1 for all but the further ones."""
    own = Fraction(min(terms, base), pathway.duration_terms)
    further = max(terms - base, 0)
    if not further or not pathway.optional_extra_terms:
        return own
    each = exact(money.extension_pays_share) / pathway.optional_extra_terms
    return own + min(further, pathway.optional_extra_terms) * each


def _milestone(name: str, due_on: datetime.date, terms: int, earned: Fraction) -> PaymentMilestone:
    return PaymentMilestone(
        milestone=name, due_on=due_on, terms=terms,
        earned_parts=earned.numerator, of_parts=earned.denominator,
    )  # fmt: skip


def _cut_short(
    record: DeliveryRecord,
    made: list[PaymentMilestone],
    ends: tuple[datetime.date, ...],
    base: int,
    money: MoneyRules,
    pathway: PathwayRules,
) -> tuple[PaymentMilestone, ...]:
    """Of a partnership that ended early keep what fell due before, then settle on that day."""
    ended_on = record.ended_on
    if ended_on is None or ended_on >= record.finishes_on:
        return tuple(made)
    before = [each for each in made if each.due_on <= ended_on]
    kept, _ = money.kept_after(record.ended_by)
    terms = sum(end <= ended_on for end in ends)
    if kept is WithdrawalPays.TERMS_BEGUN:
        terms += ended_on > (ends[terms - 1] if terms else record.starts_on)
    is_kept = kept is not WithdrawalPays.NOTHING
    earned = _earned(terms, base, money, pathway) if is_kept else Fraction(0)
    return (*before, _milestone("withdrawal", ended_on, terms, earned))


def lead_milestones(
    record: DeliveryRecord, money: MoneyRules, pathway: PathwayRules
) -> tuple[PaymentMilestone, ...]:
    """List when a lead is paid for the days it gave in a partnership.

    A lead is paid for days, not for terms, so nothing is earned in parts; one that ended early is
    settled on that day. A pathway that promises no days of a lead pays it nothing, but for what
    it gave to all its partners where that stands in the record of this one.
    """
    if money.lead_pay is None:
        return ()
    if not (pathway.lead_days_per_partner or any(day.lead_half_days for day in record.days)):
        return ()
    ends = term_ends(record)
    stops = min(record.ended_on or record.finishes_on, record.finishes_on)
    at = _lead_at(ends, money.lead_pay.paid_at)
    kept = [each for each in at if each[1] <= stops]
    if stops < record.finishes_on:
        kept.append(("withdrawal", stops, sum(end <= stops for end in ends)))
    return tuple(_milestone(name, due_on, terms, Fraction(1)) for name, due_on, terms in kept)


def _lead_at(
    ends: tuple[datetime.date, ...], paid_at: PaidAt
) -> list[tuple[str, datetime.date, int]]:
    if paid_at is PaidAt.AFTER_EACH_TERM:
        return [(f"term_{n}", end, n) for n, end in enumerate(ends, start=1)]
    if paid_at is PaidAt.AFTER_FIRST_YEAR:
        first = [("first_year", ends[min(TERMS_OF_A_YEAR, len(ends)) - 1], TERMS_OF_A_YEAR)]
        return first + ([("end", ends[-1], len(ends))] if len(ends) > TERMS_OF_A_YEAR else [])
    return [("end", ends[-1], len(ends))]


def once_due(
    record: DeliveryRecord,
    money: MoneyRules,
    pathway: PathwayRules,
    *,
    is_lead: bool,
    ends_later: bool = False,
) -> frozenset[tuple[str, datetime.date]]:
    """Give every milestone at which a side could have been paid before what is known by now.

    These are the ones that the partnership had before it was cut short, and before it was given
    further terms; for the end of one cut short, every term's last day, since the day may have been
    corrected. Money paid at any other is explained by no rule. ``ends_later`` says that it was cut
    short after the day of the record.
    """
    paid_at = _paid_at(money, pathway, is_lead=is_lead)
    ends = term_ends(record)
    if paid_at is None or not ends:
        return frozenset()
    found: set[tuple[str, datetime.date]] = set()
    for stood in {ends, ends[: pathway.duration_terms]}:
        base = min(pathway.duration_terms, len(stood))
        if is_lead:
            found |= {(name, due_on) for name, due_on, _ in _lead_at(stood, paid_at)}
            continue
        found |= {
            (name, due_on)
            for name, due_on, terms, _ in _partner_at(stood, base, paid_at)
            if terms <= base or money.extension_pays_share
        }
    if ends_later or (record.ended_on is not None and record.ended_on < record.finishes_on):
        found |= {("withdrawal", end) for end in ends}
    return frozenset(found)


def _paid_at(money: MoneyRules, pathway: PathwayRules, *, is_lead: bool) -> PaidAt | None:
    if is_lead:
        return money.lead_pay.paid_at if money.lead_pay is not None else None
    stream = money.stream(pathway.pathway)
    return stream.paid_at if stream is not None else None
