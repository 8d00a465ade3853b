"""A partner's award: the expected commitment, capped, less what a stated rule takes off."""

import datetime
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from schoolhubs.funding.awards.working import Working, add, said, text_of_days
from schoolhubs.vocabulary.money import exact, in_pounds, rounded
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    DeclaredDay,
    MoneyRules,
    PaidAt,
    PaymentMilestone,
    StreamMoney,
    WithdrawalPays,
)
from schoolhubs.vocabulary.records.rules import GrantRule, PathwayRules

HALF_DAYS_A_DAY = 2
AT_MOST = (
    "Only what stands as missed on that day counts, once, and no more than two half-days on a day."
)
ENDED_BY = {"lead": ", by the hub", "office": ", by the programme office"}
OTHER_DATE = {
    PaidAt.AFTER_FIRST_YEAR: "at the end of the first year",
    PaidAt.AT_END: "at the end of the time on the programme",
    PaidAt.AFTER_EACH_TERM: "after each term",
}


def partner_working(
    record: DeliveryRecord,
    money: MoneyRules,
    pathway: PathwayRules,
    milestone: PaymentMilestone,
    declared: Sequence[DeclaredDay],
    elsewhere_pence: int,
) -> Working:
    """Work out what a partner has earned by a milestone, all earlier ones with it."""
    stream = money.stream(pathway.pathway)
    assert stream is not None, "a pathway that pays nothing has no milestone"
    working = Working()
    full = _full(working, money, pathway, stream)
    earned = _due_by_then(working, money, pathway, milestone, full, record.ended_by)
    _count(working, money, record, milestone, declared)
    _participation(working, money, stream, milestone, pathway, full * earned)
    _cap_in_all(working, money, earned, elsewhere_pence)
    for other in stream.also_paid_at:
        source = money.said[f"awards.paid_at.{pathway.pathway}.also.{other}"].source
        working.would_change.append(
            f"Another source says that it is paid {OTHER_DATE[other]}: {source}. By that the date "
            "would change, not the amount."
        )
    return working


def _cap_in_all(
    working: Working, money: MoneyRules, earned: Fraction, elsewhere_pence: int
) -> None:
    """Hold a partner that was matched a second time to the most of one partner."""
    most = rounded(money.maximum_grant_pence * max(earned, Fraction(1)))
    room = max(most - elsewhere_pence, 0)
    if elsewhere_pence and working.pence > room:
        why = said(working, money, "grant.maximum_grant_pence")
        text = f"{in_pounds(elsewhere_pence)} of it was awarded in another partnership, and no "
        text += f"partner gets more than {in_pounds(most)} in all"
        add(working, "cap_in_all", text, room - working.pence, f"Most: {why}.")


def full_pence(money: MoneyRules, stream: StreamMoney) -> int:
    """Give the whole award of a stream: its expected days' part of the most, and no more."""
    return min(_uncapped(money, stream), money.maximum_grant_pence)


def _uncapped(money: MoneyRules, stream: StreamMoney) -> int:
    if money.proportional_to is GrantRule.NONE:
        return money.maximum_grant_pence
    share = exact(stream.expected_days) / exact(money.full_at_days)
    return rounded(money.maximum_grant_pence * share)


def _full(working: Working, money: MoneyRules, pathway: PathwayRules, stream: StreamMoney) -> int:
    """Say how the whole award of the stream comes about, and give it."""
    most = money.maximum_grant_pence
    why = said(working, money, "grant.maximum_grant_pence")
    if money.proportional_to is GrantRule.NONE:
        add(working, "expected", f"{pathway.name}: one grant for every partner", most, why)
        return most
    text = (
        f"{pathway.name}: {text_of_days(2 * stream.expected_days)} are expected, and "
        f"{text_of_days(2 * money.full_at_days)} earn the most, {in_pounds(most)}"
    )
    followed = said(working, money, f"awards.expected_days.{pathway.pathway}")
    proportion = said(working, money, "grant.full_at_days")
    uncapped = _uncapped(money, stream)
    why = f"Most: {why}. Expected days: {followed}. In proportion: {proportion}."
    add(working, "expected", text, uncapped, why)
    if uncapped > most:
        add(working, "cap", f"No partner gets more than {in_pounds(most)}", most - uncapped, why)
    return working.pence


def _due_by_then(
    working: Working,
    money: MoneyRules,
    pathway: PathwayRules,
    milestone: PaymentMilestone,
    full: int,
    ended_by: str,
) -> Fraction:
    """Bring the whole award to the part earned by the milestone; gives that part."""
    part = Fraction(milestone.earned_parts, milestone.of_parts)
    if part == 1:
        return part
    pence = rounded(full * part) - full
    if milestone.milestone == "withdrawal":
        kept, rule = money.kept_after(ended_by)
        why = said(working, money, rule)
        text = f"Ended early, on {milestone.due_on.isoformat()}{ENDED_BY.get(ended_by, '')}: "
        text += (
            "nothing is kept"
            if kept is WithdrawalPays.NOTHING
            else f"{milestone.terms} of {pathway.duration_terms} terms were "
            + ("begun" if kept is WithdrawalPays.TERMS_BEGUN else "completed")
        )
        add(working, "withdrawal", text, pence, f"What is kept: {why}.")
    elif part > 1:
        why = said(working, money, "awards.extension_pays_share")
        extra = milestone.terms - pathway.duration_terms
        text = f"Further terms completed: {extra}" if extra > 0 else "Further terms completed"
        add(working, "extension", text, pence, f"What further terms earn: {why}.")
    else:
        text = f"By then {milestone.terms} of {pathway.duration_terms} terms are over"
        why = said(working, money, f"awards.paid_at.{pathway.pathway}")
        add(working, "not_yet", text, pence, f"Paid in parts: {why}.")
    return part


def _count(
    working: Working,
    money: MoneyRules,
    record: DeliveryRecord,
    milestone: PaymentMilestone,
    declared: Sequence[DeclaredDay],
) -> None:
    """Count the half-days taken part in by the milestone: of the ledgers, and declared ones.

    What counts for the school counts once: a day has no more than its two half-days, however many
    records name it.
    """
    left: dict[datetime.date, int] = {}
    for day in record.days:
        if not (day.is_agreed and day.on < milestone.due_on and day.partner_half_days):
            continue
        counts = day.partner_half_days
        if money.counts_once(day.kind):
            counts = min(counts, left.setdefault(day.on, HALF_DAYS_A_DAY))
            left[day.on] -= counts
        if counts:
            working.counted_half_days += counts
            working.derived_from.append(day.evidence)
    by_then = [each for each in declared if each.on < milestone.due_on]
    working.counted_half_days += sum(each.half_days for each in by_then if not each.is_excused)
    _excused(working, money, record, [each for each in by_then if each.is_excused], left)


def _excused(
    working: Working,
    money: MoneyRules,
    record: DeliveryRecord,
    excused: Sequence[DeclaredDay],
    left: dict[datetime.date, int],
) -> None:
    """Count days that fell through by no fault of the partner, if the definition does.

    Only a day that stands as missed is excused, for no more than its half-days, and once; ``left``
    is what other records leave of the two half-days of each day.
    """
    missed: Counter[datetime.date] = Counter()
    for each in record.missed:
        missed[each.on] += each.half_days
    for day in excused:
        why = said(working, money, "awards.counts_excused") if money.counts_excused else ""
        room = min(missed[day.on], left.setdefault(day.on, HALF_DAYS_A_DAY))
        counts = min(day.half_days, room) if why else 0
        missed[day.on] -= counts
        left[day.on] -= counts
        working.counted_half_days += counts
        text = f"{text_of_days(day.half_days)} excused on {day.on.isoformat()}, "
        of_it = "" if counts == day.half_days else f"{text_of_days(counts)} of it "
        text += f"{of_it}counted as taken part in" if counts else "not counted"
        reason = f"Rule: {why}." if why else "The definition counts none."
        reason += f" {AT_MOST}" if why and counts < day.half_days else ""
        add(working, "excused", text, 0, reason)


def _participation(
    working: Working,
    money: MoneyRules,
    stream: StreamMoney,
    milestone: PaymentMilestone,
    pathway: PathwayRules,
    exact_before: Fraction,
) -> None:
    """Take off for days not taken part in, by the one rule there is.

    ``exact_before`` is what stands before it, not rounded: the same days come to the same pence
    at every milestone, so that no milestone takes back a penny of an earlier one.
    """
    earned = Fraction(milestone.earned_parts, milestone.of_parts)
    over = Fraction(min(milestone.terms, pathway.duration_terms), pathway.duration_terms)
    # Further terms expect days in proportion to what they earn.
    expected = 2 * exact(stream.expected_days) * (over + max(earned - 1, Fraction(0)))
    working.expected_half_days = float(expected)
    enough = expected * exact(money.participation_full_from_share)
    if not expected or working.counted_half_days >= enough:
        return
    why = said(working, money, "awards.participation_full_from_share")
    share = Fraction(working.counted_half_days) / enough
    before = working.pence
    percent = f"{100 * money.participation_full_from_share:g} %"
    text = (
        f"{text_of_days(working.counted_half_days) if working.counted_half_days else 'No day'} "
        f"of {text_of_days(float(expected))} taken part in; in full from {percent}"
    )
    add(working, "participation", text, rounded(exact_before * share) - before, f"Rule: {why}.")
    missing = math.ceil(enough - working.counted_half_days)
    working.would_change.append(
        f"Evidence of {text_of_days(missing)} more by {milestone.due_on.isoformat()} would bring "
        f"what is earned by then to {in_pounds(before)}."
    )
