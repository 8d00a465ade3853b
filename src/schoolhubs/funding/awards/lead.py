"""A lead's pay: a rate for each day it gave, no more than promised, within its most."""

from schoolhubs.funding.awards.working import Working, add, said, text_of_days
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import MoneyRules, PaymentMilestone
from schoolhubs.vocabulary.records.rules import PathwayRules


def lead_working(
    record: DeliveryRecord,
    money: MoneyRules,
    pathway: PathwayRules,
    milestone: PaymentMilestone,
    room_pence: int | None,
) -> Working:
    """Work out what a lead has earned in a partnership by a milestone.

    Half a day earns half the rate; where that is half a penny, it is rounded down.
    """
    pay = money.lead_pay
    assert pay is not None, "a programme that pays no lead has no milestone for one"
    working = Working()
    for day in record.days:
        if day.is_agreed and day.on < milestone.due_on and day.lead_half_days:
            working.counted_half_days += day.lead_half_days
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
    most = pay.most_per_lead_pence if room_pence is None else room_pence
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
