"""A lead's pay: a rate for each day it gave, no more than promised, and for what it gave to all.

Together they are within the most of one lead.
"""

from collections import Counter
from collections.abc import Iterable

from schoolhubs.funding.awards.working import Working, add, said, text_of_days
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import MoneyRules, PaymentMilestone
from schoolhubs.vocabulary.records.rules import PathwayRules

# Given to all partners of a hub at once; every other day is given to one partner.
HOSTED = {
    DayKind.OPEN_DAY: "of open days hosted",
    DayKind.NETWORKING: "of networking events hosted",
    DayKind.TRAINING: "of training given",
}


def lead_working(
    record: DeliveryRecord,
    money: MoneyRules,
    pathway: PathwayRules,
    milestone: PaymentMilestone,
    elsewhere_pence: int,
) -> Working:
    """Work out what a lead has earned in a partnership by a milestone.

    Half a day earns half the rate; where that is half a penny, it is rounded down. What it gave to
    all its partners at once stands in the record of one of them, so it is paid once.
    """
    pay = money.lead_pay
    assert pay is not None, "a programme that pays no lead has no milestone for one"
    working = Working()
    for day in record.days:
        if not (day.is_agreed and day.on < milestone.due_on and day.lead_half_days):
            continue
        if day.kind not in HOSTED:
            working.counted_half_days += day.lead_half_days
        if day.kind not in HOSTED or day.kind in pay.also_pays:
            working.derived_from.append(day.evidence)
    promised = 2 * pathway.lead_days_per_partner
    working.expected_half_days = promised
    why = f"Rate: {said(working, money, 'budget.day_rate_pence')}."
    given = working.counted_half_days
    rate = in_pounds(pay.day_rate_pence)
    text = f"{text_of_days(given) if given else 'No day'} given and agreed, at {rate} a day"
    add(working, "days", text, given * pay.day_rate_pence // 2, why)
    if given > promised:
        over = int(promised) * pay.day_rate_pence // 2 - working.pence
        text = f"{pathway.name} promises {text_of_days(promised)} a partner; more is not paid"
        add(working, "promised", text, over, "Days a partner is promised, by the definition.")
    _hosted(working, record, money, milestone)
    most = max(pay.most_per_lead_pence - elsewhere_pence, 0)
    if working.pence > most:
        text = f"No lead gets more than {in_pounds(pay.most_per_lead_pence)} in all"
        why = f"Most of one lead: {said(working, money, 'lead_pay.most_per_lead_pence')}."
        add(working, "cap", text, most - working.pence, why)
    if given < promised:
        left = text_of_days(promised - given)
        working.would_change.append(
            f"{left[0].upper()}{left[1:]} more, given and agreed, would be paid at {rate} a day."
        )
    return working


def _hosted(
    working: Working, record: DeliveryRecord, money: MoneyRules, milestone: PaymentMilestone
) -> None:
    """Add a line for each kind that earns beside the days given to the partner."""
    assert money.lead_pay is not None
    found = hosted_half_days(day for day in record.days if day.on < milestone.due_on)
    for kind, rate in money.lead_pay.also_pays.items():
        if found[kind]:
            why = f"Rate: {said(working, money, f'lead_pay.also_pays.{kind}')}."
            text = f"{text_of_days(found[kind])} {HOSTED[kind]}, at {in_pounds(rate)} a day"
            add(working, kind.value, text, found[kind] * rate // 2, why)


def hosted_half_days(days: Iterable[DaySpent]) -> Counter[DayKind]:
    """Count the half-days that a lead gave to all its partners at once, by kind."""
    found: Counter[DayKind] = Counter()
    for day in days:
        if day.is_agreed and day.kind in HOSTED:
            found[day.kind] += day.lead_half_days
    return found


def hosted_pence(record: DeliveryRecord, money: MoneyRules) -> int:
    """Give what a lead's hosting in a record comes to, before the most of one lead."""
    if money.lead_pay is None:
        return 0
    found = hosted_half_days(record.days)
    return sum(found[kind] * rate // 2 for kind, rate in money.lead_pay.also_pays.items())
