"""A programme's money: parts that add up to the whole, and what hubs and days come to."""

import dataclasses
import datetime

import pytest

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import BudgetScenario, Declaration, PaymentState

RISE, BEHAVIOUR = programmes.load("rise-hubs-2025"), programmes.load("behaviour-hubs-2021")
SEPTEMBER = datetime.date(2026, 9, 1)
RULES, MONEY = RISE.as_at(SEPTEMBER), RISE.money(SEPTEMBER)


def test_ninety_hubs_of_sixty_days_leave_277_pounds_78_a_day() -> None:
    found = funding.budgets.afford(
        BudgetScenario(name="plan", n_hubs=90, days_per_hub=60, day_rate_pence=27778), MONEY
    )
    assert found.days == 5400
    assert "£1,500,000.00 is £277.78 a day, and within the money £277.77" in found.working
    assert (found.left_pence, found.is_affordable) == (-1200, False)  # 12 pounds over
    assert found.affordable_rate_pence == 27777


def test_the_definition_plans_ninety_hubs_of_six_partners_and_ten_days() -> None:
    planned = funding.budgets.as_planned(RULES, MONEY)
    assert (planned.n_hubs, planned.days_per_hub, planned.grants_per_hub_pence) == (90, 60, 0)
    found = funding.budgets.afford(planned, MONEY)
    assert found.cost_pence == 90 * 60 * 25000
    assert found.is_affordable


def test_a_total_for_three_years_is_held_against_three_years() -> None:
    on = datetime.date(2022, 9, 1)
    rules, money = BEHAVIOUR.as_at(on), BEHAVIOUR.money(on)
    planned = funding.budgets.as_planned(rules, money)
    found = funding.budgets.afford(planned, money)
    assert (planned.n_years, found.days) == (3, 3 * 51 * 20)
    assert found.cost_a_year_pence == 51 * (20 * 45000 + 3 * 360000 + 2 * 675000)
    assert found.cost_pence == 3 * found.cost_a_year_pence
    assert found.envelope_a_year_pence == 333_333_333
    assert "51 hubs × 20 days × 3 years = 3,060 days" in found.working
    one = funding.budgets.afford(funding.budgets.as_planned(rules, money, n_years=1), money)
    assert one.left_pence > found.left_pence, "counted once, it seemed to leave more"
    assert funding.budgets.read_scenario("100x20", rules, money).n_years == 3


def test_years_add_up_to_the_total_to_the_penny() -> None:
    odd = BudgetScenario(name="x", n_hubs=3, days_per_hub=0.5, day_rate_pence=333, n_years=3)
    found = funding.budgets.afford(odd, MONEY)
    assert found.cost_pence == 3 * found.cost_a_year_pence


def test_scenarios_side_by_side_are_read_as_written() -> None:
    read = funding.budgets.read_scenario
    assert read("93x60@269", RULES, MONEY).day_rate_pence == 26900
    assert read("93x60", RULES, MONEY).day_rate_pence == 25000
    costs = [
        funding.budgets.afford(read(each, RULES, MONEY), MONEY).is_affordable
        for each in ("93x60@268", "93x60@269", "90x60@277.77", "90x60@277.78")
    ]
    assert costs == [True, False, True, False]  # 1.5 million pounds over 5,580 days are 268.82
    for odd in ("ninety", "90x60@free", "90"):
        with pytest.raises(UsageError, match=odd):
            read(odd, RULES, MONEY)


@pytest.mark.parametrize("written", ["90 x 60 @ £250", "90×60@250.00", " 90 X 60@ 250 "])
def test_a_scenario_is_read_as_the_page_shows_it(written: str) -> None:
    found = funding.budgets.read_scenario(written, RULES, MONEY)
    assert (found.n_hubs, found.days_per_hub, found.day_rate_pence) == (90, 60, 25000)


@pytest.mark.parametrize(
    ("written", "words"),
    [("90x60@-3", "has no pounds a day"), ("90x60@0", "has no pounds a day"),
     ("0x60", "has no hubs"), ("90x0", "has no days"), ("-90x60", "is not read")],
)  # fmt: skip
def test_a_scenario_of_nothing_is_refused(written: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        funding.budgets.read_scenario(written, RULES, MONEY)
    assert "such as 90x60@250" in str(refused.value)


def test_grants_stand_in_the_sum_of_a_scenario() -> None:
    example = programmes.load("special-ap-hubs-example")
    rules, money = example.as_at(SEPTEMBER), example.money(SEPTEMBER)
    planned = funding.budgets.as_planned(rules, money)
    found = funding.budgets.afford(planned, money)
    a_hub = f"{planned.n_hubs} hubs × £{planned.grants_per_hub_pence // 100:,}.00"
    assert f"less grants of £{found.grants_pence // 100:,}.00 ({a_hub}" in found.working
    dear = dataclasses.replace(planned, grants_per_hub_pence=money.envelope_pence)
    assert "leaves nothing for a day" in funding.budgets.afford(dear, money).working
    assert "−" not in funding.budgets.afford(dear, money).working


def test_parts_add_up_to_the_whole() -> None:
    records = [
        delivered(partnership_id="1", half_days=26),
        delivered(partnership_id="2", half_days=13, urn="900003", lead_urn="900004"),
        delivered(partnership_id="3", pathway="extended", urn="900005"),
    ]
    declarations = [
        declared(partnership_id=each.partnership_id, declaration_id=each.partnership_id)
        for each in records
    ]
    made = funding.statement(records[:1], BEHAVIOUR, "2022/23", declarations=declarations)
    (item,) = funding.paying.items_of(made)
    paid = dataclasses.replace(item, state=PaymentState.PAID)
    found = funding.budgets.budget(
        records, BEHAVIOUR, on=datetime.date(2023, 9, 1), declarations=declarations,
        payments=[paid], regions={"1": "London", "2": "London"},
    )  # fmt: skip
    for parts in (found.by_pathway, found.by_region, found.by_hub):
        for name in ("n_partnerships", "committed_pence", "forecast_pence", "paid_pence"):
            assert sum(getattr(each, name) for each in parts) == getattr(found.whole, name)
    assert [each.name for each in found.by_region] == ["London", "Not known"]
    # Two core partners at 3,600 and one extended at 6,750 pounds; the second took half a part.
    assert found.whole.committed_pence == 2 * 360000 + 675000
    assert found.whole.forecast_pence == 360000 + 182813
    assert found.whole.paid_pence == 360000
    assert found.free_pence == 1_000_000_000 - found.whole.committed_pence
    before = funding.budgets.budget(records, BEHAVIOUR, on=datetime.date(2023, 1, 1))
    assert before.whole.forecast_pence == before.whole.committed_pence


@pytest.mark.parametrize("hosted", [0, 1, 90, 400])
def test_leads_together_stay_within_the_envelope_however_much_they_host(hosted: int) -> None:
    records = [
        dataclasses.replace(one, days=(*one.days, *_hosting(one, hosted)))
        for lead in range(93)
        for at in range(6)
        for one in [
            delivered(
                partnership_id=f"{lead}.{at}", urn=f"9{lead:03d}{at:02d}", lead_urn=f"8{lead:05d}",
                pathway="enhanced", programme_id=RISE.programme_id, starts_on=SEPTEMBER,
                lead_half_days=20,
            )
        ]
    ]  # fmt: skip
    due = funding.statement(records, RISE, "2026/27", declarations=_of_leads(records))
    found = funding.budgets.budget(records, RISE, on=datetime.date(2027, 9, 1))
    each = min(6 * (250000 + hosted * 15000 // 2), 1612900)
    assert due.due_pence == 93 * each <= 150_000_000
    assert found.whole.committed_pence == found.whole.forecast_pence == 93 * each


def _of_leads(records: list[DeliveryRecord]) -> list[Declaration]:
    return [
        declared(partnership_id=each.partnership_id, declaration_id=each.partnership_id,
                 is_lead=True)
        for each in records
    ]  # fmt: skip


def _hosting(record: DeliveryRecord, half_days: int) -> tuple[DaySpent, ...]:
    day = DaySpent(kind=DayKind.OPEN_DAY, on=record.starts_on, partner_half_days=2,
                   lead_half_days=half_days, evidence="booking:1")  # fmt: skip
    return (day,) if half_days else ()


def test_leads_together_stay_within_the_envelope() -> None:
    records = [
        delivered(
            partnership_id=f"{lead}.{at}", urn=f"9{lead:03d}{at:02d}", lead_urn=f"8{lead:05d}",
            pathway="enhanced", programme_id=RISE.programme_id, starts_on=SEPTEMBER,
            lead_half_days=20,
        )
        for lead in range(93)
        for at in range(7)  # one more than a hub has places for
    ]  # fmt: skip
    found = funding.budgets.budget(records, RISE, on=datetime.date(2027, 9, 1))
    assert found.whole.forecast_pence <= found.envelope_pence
    assert {each.committed_pence for each in found.by_hub} == {1612900}
    assert funding.statement(records, RISE, "2026/27").due_pence == 0, "no lead declared its days"
    due = funding.statement(records, RISE, "2026/27", declarations=_of_leads(records))
    assert due.due_pence == 93 * 1612900 <= found.envelope_pence
    assert "pays partners nothing" in found.notes[0]
