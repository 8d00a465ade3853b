"""An award follows the expected commitment, capped, and says why in every line."""

import dataclasses
import datetime
import json

import pytest

from delivered import declared, delivered
from schoolhubs import funding, programmes
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, DeliveryRecord
from schoolhubs.vocabulary.records.funding import Award, Declaration, PayeeKind, PaymentState

BEHAVIOUR = programmes.load("behaviour-hubs-2021")
SPECIAL = programmes.load("special-ap-hubs-example")
RISE = programmes.load("rise-hubs-2025")
AFTER = datetime.date(2030, 1, 1)
JANUARY = datetime.date(2026, 9, 1)


def awarded(
    record: DeliveryRecord,
    declaration: Declaration | None = None,
    *,
    milestone: str = "first_year",
    programme: programmes.Programme = BEHAVIOUR,
    payee: PayeeKind = PayeeKind.SCHOOL,
    on: datetime.date = AFTER,
    **more: int,
) -> Award:
    rules, money = programme.as_at(record.starts_on), programme.money(record.starts_on)
    found = funding.award(
        record, rules, money, declaration, payee=payee, milestone=milestone, on=on, **more
    )
    assert sum(line.amount_pence for line in found.lines) == found.amount_pence
    return found


@pytest.mark.parametrize(
    ("pathway", "terms", "milestone", "pounds"),
    [
        ("core", 3, "first_year", 3600),
        ("extended", 3, "first_year", 6750),
        ("multi_school", 6, "end", 5850),
    ],
)
def test_an_award_follows_the_expected_days_of_its_stream(
    pathway: str, terms: int, milestone: str, pounds: int
) -> None:
    record = delivered(pathway=pathway, terms=terms, half_days=60, trust_id="77")
    found = awarded(record, declared(), milestone=milestone)
    assert found.amount_pence == 100 * pounds
    assert found.payee_id == ("77" if pathway == "multi_school" else "900001")


def test_more_days_than_expected_earn_no_more() -> None:
    expected = awarded(delivered(half_days=32), declared())
    more = awarded(delivered(half_days=80), declared(30))
    assert more.amount_pence == expected.amount_pence == 360000


@pytest.mark.parametrize(("half_days", "pence"), [(26, 360000), (25, 351563), (13, 182813), (0, 0)])
def test_days_not_taken_part_in_take_off_in_proportion_below_the_threshold(
    half_days: int, pence: int
) -> None:
    # 16 days are expected; from 80 % of them, 25.6 half-days, nothing is taken off.
    found = awarded(delivered(half_days=half_days), declared())
    assert found.amount_pence == pence
    assert any("Evidence of" in each for each in found.would_change) == (half_days < 26)


def test_declared_days_count_and_unagreed_ones_do_not() -> None:
    whole = awarded(delivered(half_days=20), declared(6))
    assert (whole.amount_pence, whole.counted_half_days) == (360000, 26)
    half = delivered(half_days=26)
    days = tuple(dataclasses.replace(day, is_agreed=False) for day in half.days)
    unagreed = dataclasses.replace(half, days=days)
    assert awarded(unagreed, declared()).amount_pence == 0


@pytest.mark.parametrize(
    ("declaration", "on", "codes"),
    [
        (None, AFTER, ["not_declared"]),
        (declared(state=PaymentState.DECLARED), AFTER, ["not_checked"]),
        (declared(), datetime.date(2023, 8, 31), ["not_due"]),
        (declared(), datetime.date(2023, 9, 1), []),
    ],
)
def test_what_stands_in_the_way_is_named(
    declaration: Declaration | None, on: datetime.date, codes: list[str]
) -> None:
    found = awarded(delivered(half_days=32), declaration, on=on)
    assert [each.code for each in found.blocked_by] == codes
    assert found.is_payable == (not codes)


def test_thirds_lose_no_penny_and_late_evidence_is_paid_by_the_next_third() -> None:
    record = delivered(
        half_days=24, programme_id=SPECIAL.programme_id, pathway="paired", starts_on=JANUARY
    )
    earlier, parts = 0, []
    for milestone in ("term_1", "term_2", "term_3"):
        found = awarded(
            record, declared(), milestone=milestone, programme=SPECIAL, earlier_pence=earlier
        )
        parts.append(found.amount_pence)
        earlier += found.amount_pence
    assert sum(parts) == 250000  # 15 of 18 days of 3,000 pounds
    assert parts == [83333, 83334, 83333]
    late = awarded(record, declared(), milestone="term_2", programme=SPECIAL, earlier_pence=50000)
    assert late.amount_pence == 166667 - 50000


def test_withdrawal_keeps_the_terms_completed() -> None:
    record = delivered(half_days=32, ended_on=datetime.date(2023, 4, 1))
    rules, money = BEHAVIOUR.as_at(record.starts_on), BEHAVIOUR.money(record.starts_on)
    due = funding.milestones(record, rules, money, PayeeKind.SCHOOL)
    assert [(each.milestone, each.terms) for each in due] == [("withdrawal", 2)]
    assert awarded(record, declared(), milestone="withdrawal").amount_pence == 240000


def test_a_second_year_pays_what_the_definition_says() -> None:
    own = delivered(half_days=32, terms=6)
    rules, money = BEHAVIOUR.as_at(own.starts_on), BEHAVIOUR.money(own.starts_on)
    due = funding.milestones(own, rules, money, PayeeKind.SCHOOL)
    assert [each.milestone for each in due] == ["first_year"]
    special = delivered(
        half_days=60, terms=6, pathway="paired", starts_on=JANUARY,
        programme_id=SPECIAL.programme_id,
    )  # fmt: skip
    last = awarded(special, declared(), milestone="term_6", programme=SPECIAL)
    assert last.amount_pence == 375000  # half as much again for a second year


def test_rise_pays_partners_nothing_and_says_so() -> None:
    record = delivered(
        pathway="enhanced", programme_id=RISE.programme_id, starts_on=JANUARY, half_days=20
    )
    with pytest.raises(UsageError, match="pays a school nothing"):
        awarded(record, declared(), programme=RISE)
    found = funding.statement([record], RISE, "2026/27")
    assert found.due_pence == 0
    assert "pays partners nothing" in found.notes[0]


def test_a_lead_is_paid_for_days_promised_and_no_more_than_its_most() -> None:
    record = delivered(
        pathway="enhanced", programme_id=RISE.programme_id, starts_on=JANUARY, lead_half_days=23
    )
    given = {"programme": RISE, "payee": PayeeKind.LEAD_SCHOOL, "milestone": "term_1"}
    most = RISE.money(JANUARY).lead_pay.most_per_lead_pence
    assert awarded(record, **given).amount_pence == 250000
    assert awarded(record, **given, elsewhere_pence=most - 99999).amount_pence == 99999
    assert awarded(record, **given).payee_id == "900002"


def hosting(record: DeliveryRecord, **half_days: int) -> DeliveryRecord:
    """Add what a lead gave to all its partners in the first term."""
    on = record.starts_on + datetime.timedelta(days=40)
    days = [
        DaySpent(kind=DayKind(kind), on=on, partner_half_days=2, lead_half_days=n, evidence=kind)
        for kind, n in half_days.items()
    ]
    return dataclasses.replace(record, days=(*record.days, *days))


def test_a_lead_is_paid_for_what_it_hosts_beside_the_days_it_promised() -> None:
    plain = delivered(
        pathway="enhanced", programme_id=RISE.programme_id, starts_on=JANUARY, lead_half_days=20
    )
    given = {"programme": RISE, "payee": PayeeKind.LEAD_SCHOOL, "milestone": "term_1"}
    found = awarded(hosting(plain, open_day=2, networking=1, training=3), **given)
    assert [(each.code, each.amount_pence) for each in found.lines] == [
        ("days", 250000), ("open_day", 15000), ("networking", 7500), ("training", 22500),
    ]  # fmt: skip
    assert found.counted_half_days == 20, "what is hosted is no day promised to a partner"
    assert {f"money.lead_pay.also_pays.{kind}" for kind in ("open_day", "training")} <= set(
        found.assumed
    )
    capped = awarded(hosting(plain, open_day=400), **given)
    assert (capped.amount_pence, capped.lines[-1].code) == (1612900, "cap")


def test_what_a_definition_does_not_name_earns_a_lead_nothing() -> None:
    record = hosting(
        delivered(pathway="regional", programme_id=RISE.programme_id, starts_on=JANUARY), open_day=2
    )
    rules, money = RISE.as_at(JANUARY), RISE.money(JANUARY)
    assert money.lead_pay is not None
    silent = dataclasses.replace(money, lead_pay=dataclasses.replace(money.lead_pay, also_pays={}))
    told = {"payee": PayeeKind.LEAD_SCHOOL, "milestone": "term_1", "on": AFTER}
    assert funding.award(record, rules, money, **told).amount_pence == 15000
    assert funding.award(record, rules, silent, **told).amount_pence == 0
    nobody = dataclasses.replace(record, days=())
    assert funding.milestones(nobody, rules, money, PayeeKind.LEAD_SCHOOL) == ()


def test_an_award_is_kept_as_plain_values_and_read_back() -> None:
    found = awarded(delivered(half_days=20), declared(2))
    assert Award.from_dict(json.loads(json.dumps(found.as_dict()))) == found
    assert found.derived_from[:2] == ("declaration:9", "training:1")
    assert "money.awards.expected_days.core" in found.assumed
