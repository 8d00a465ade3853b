"""Milestones declared, checked, corrected and paid in any order: each side gets what it earned."""

import dataclasses
import datetime
import itertools
from typing import Any

import pytest

from paid import MAKER, confirmed, handed_over, partnership, schools, who
from schoolhubs import funding, programmes
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import actions as awarding
from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration, DeclaredDay, KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.statements import records
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent

pytestmark = pytest.mark.django_db
SPECIAL, RISE = "special-ap-hubs-example", "rise-hubs-2025"
ONE, TWO = "900001", "900002"
STARTS, OVER = datetime.date(2026, 9, 1), datetime.date(2027, 9, 20)
DAYS = {"term_1": datetime.date(2026, 10, 1), "term_2": datetime.date(2027, 2, 1),
        "term_3": datetime.date(2027, 5, 5)}  # fmt: skip
LATE = datetime.datetime(2027, 9, 20, 12, tzinfo=datetime.UTC)
FULL = 250_000  # 15 of 18 days of 3,000 pounds
YEARS = ("2026/27", "2027/28")


def later(by: str) -> declaring.Who:
    return dataclasses.replace(who(by, by), at=LATE)


def paired(urn: str = ONE, **changes: Any) -> Partnership:
    given = {
        "programme_id": SPECIAL, "pathway": "paired", "cohort_id": "2026-27-autumn",
        "starts_on": STARTS, "finishes_on": datetime.date(2027, 9, 1), **changes,
    }  # fmt: skip
    return partnership(urn, **given)


def declared(one: Partnership, milestone: str, half_days: int = 0, *, side: str = "partner") -> Any:
    made = declaring.begin(one, side=side, milestone=milestone, who=later("head"))
    if half_days:
        declaring.add_day(
            made, on=DAYS[milestone], half_days=half_days, what="Staff training",
            by_whom="All staff", evidence="Minutes", version=made.version, who=later("head"),
        )  # fmt: skip
    made.refresh_from_db()
    return declaring.declare(made, version=made.version, who=later("head"))


def checked(made: Declaration) -> KeptAward:
    return declaring.check(made, version=made.version, who=later("caseworker"))


def given_back(milestone: str) -> None:
    held = Declaration.objects.get(milestone=milestone)
    declaring.return_(held, reason="Look again", version=held.version, who=later("officer"))


def pay(programme_id: str = SPECIAL) -> None:
    """Pay whatever is due; nothing, where nothing is."""
    if not any(not each.is_left_out for each in due(programme_id, on=OVER)):
        return
    most = programmes.load(programme_id).money(STARTS).envelope_pence
    confirmed(handed_over(paying.prepare(programme_id, pay_on=OVER, envelope_pence=most, **MAKER)))


def awarded(payee: str) -> int:
    return sum(e.amount_pence for e in queries.newest_awards(KeptAward.objects.filter(payee=payee)))


def sent(payee: str) -> int:
    return sum(
        Payment.objects.filter(payee=payee, state="paid").values_list("gross_pence", flat=True)
    )


def the_command_says_the_same(programme_id: str = SPECIAL) -> None:
    """Hold what pages call due, line by line, against a statement of the records they give out."""
    found, programme = records.of_programme(programme_id), programmes.load(programme_id)
    by_records = {}
    for year in YEARS:
        told = funding.statement(
            found.records, programme, year, declarations=found.declarations,
            payments=found.payments, clawbacks=found.clawbacks, on=OVER,
        )  # fmt: skip
        by_records |= {line.award.key: line.due_pence for line in told.lines if line.due_pence}
    by_pages = {
        (each.award.payee.partition(":")[2], str(each.award.partnership_id), each.award.period,
         each.award.milestone): each.gross_pence
        for each in due(programme_id, on=OVER)
    }  # fmt: skip
    assert by_pages == by_records


@pytest.mark.parametrize("order", list(itertools.permutations(DAYS)), ids="-".join)
@pytest.mark.parametrize("is_paid_between", [True, False])
def test_milestones_checked_in_any_order_make_one_payment_of_what_is_earned(
    order: tuple[str, ...], is_paid_between: bool
) -> None:
    schools(ONE)
    one = paired()
    for milestone in order:
        checked(declared(one, milestone, 20))
        the_command_says_the_same()
        if is_paid_between:
            pay()
            the_command_says_the_same()
    pay()
    assert awarded(f"school:{ONE}") == sent(f"school:{ONE}") == FULL
    assert due(SPECIAL, on=OVER) == []


def test_without_settling_them_together_a_payment_is_made_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: each milestone by itself, less what earlier ones hold by then."""
    real = awarding.claimed

    def by_itself(facts: Any, side: str, *, known: awarding.Known, **told: Any) -> Any:
        return real(
            facts, side, **told,
            known=awarding.Known(awards=known.awards, payments=(), clawbacks=()),
        )  # fmt: skip

    monkeypatch.setattr(awarding, "claimed", by_itself)
    schools(ONE)
    one = paired()
    checked(declared(one, "term_2", 20))
    pay()
    checked(declared(one, "term_1", 20))
    owed = {each.award.milestone: each.gross_pence for each in due(SPECIAL, on=OVER)}
    assert owed.get("term_1", 0) > 0, "it is paid for again"


def spent(one: Partnership, monkeypatch: pytest.MonkeyPatch, starts_on: datetime.date) -> None:
    days = tuple(
        DaySpent(
            kind=DayKind.SUPPORT_DAY, on=starts_on + datetime.timedelta(days=7 + 30 * n),
            partner_half_days=2, lead_half_days=2, evidence=f"support_day:{one.pk}-{n}",
            is_agreed=True,
        )
        for n in range(10)
    )  # fmt: skip
    before = ledger.LEDGERS
    of_one = lambda ids: {one.pk: days} if one.pk in ids else {}  # noqa: E731
    monkeypatch.setattr(ledger, "LEDGERS", (*before, of_one))


def enhanced(urn: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Partnership:
    starts = changes.get("starts_on", datetime.date(2025, 9, 1))
    given = {
        "programme_id": RISE, "pathway": "enhanced", "cohort_id": "2025-26-autumn",
        "starts_on": starts, "finishes_on": starts.replace(year=starts.year + 1), **changes,
    }  # fmt: skip
    one = partnership(urn, **given)
    spent(one, monkeypatch, starts)
    return one


@pytest.mark.parametrize("order", [("term_1", "term_3", "term_2"), ("term_3", "term_2", "term_1")])
def test_a_lead_gets_one_payment_for_a_day_in_whatever_order_it_declares(
    order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    schools(ONE)
    one = enhanced(ONE, monkeypatch)
    for milestone in order:
        checked(declared(one, milestone, side="lead"))
        pay(RISE)
    assert sent(f"school:{one.lead_urn}") == awarded(f"school:{one.lead_urn}") == FULL


def test_a_lead_earns_up_to_its_most_over_all_partners_and_no_penny_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    urns = [f"90000{n}" for n in range(1, 8)]
    schools(*urns)
    lead_pay = programmes.load(RISE).money(STARTS).lead_pay
    assert lead_pay is not None
    for urn in urns:
        one = enhanced(urn, monkeypatch)
        for milestone in DAYS:
            checked(declared(one, milestone, side="lead"))
    assert awarded(f"school:{one.lead_urn}") == lead_pay.most_per_lead_pence
    pay(RISE)
    assert sent(f"school:{one.lead_urn}") == lead_pay.most_per_lead_pence


def test_a_milestone_corrected_after_a_later_one_changes_the_later_one() -> None:
    schools(ONE)
    one = paired()
    checked(declared(one, "term_1", 2))
    pay()
    checked(declared(one, "term_2", 20))
    pay()
    before = sent(f"school:{ONE}")
    given_back("term_1")
    the_command_says_the_same()
    checked(declared(one, "term_1", 1))
    the_command_says_the_same()
    pay()
    assert awarded(f"school:{ONE}") == sent(f"school:{ONE}") >= before
    assert sent(f"school:{ONE}") <= FULL * 2 // 3 + 1


def test_a_day_struck_out_of_an_earlier_milestone_stops_no_payment_of_others() -> None:
    schools(ONE, TWO)
    one, two = paired(), paired(TWO)
    checked(declared(one, "term_1", 20))
    pay()
    day = DeclaredDay.objects.get(declaration__partnership=one)
    held = day.declaration
    declaring.strike_day(day, reason="No minutes", version=held.version, who=later("officer"))
    checked(declared(one, "term_2", 20))
    checked(declared(two, "term_1", 20))
    the_command_says_the_same()
    pay()
    assert sent(f"school:{TWO}") == awarded(f"school:{TWO}") > 0


def test_a_partner_matched_again_gets_no_more_than_the_most_in_all() -> None:
    schools(ONE)
    given = {"pathway": "extended", "programme_id": "behaviour-hubs-2021"}
    ended = partnership(ONE, state="ended", ended_on=datetime.date(2023, 4, 2), **given)
    again = partnership(
        ONE, cohort_id="2022-23-summer", starts_on=datetime.date(2023, 4, 1),
        finishes_on=datetime.date(2024, 4, 1), **given,
    )  # fmt: skip
    for one, milestone, first_on in (
        (ended, "withdrawal", datetime.date(2022, 9, 8)),
        (again, "first_year", datetime.date(2023, 4, 8)),
    ):
        made = declaring.begin(one, side="partner", milestone=milestone, who=later("head"))
        for n in range(3):
            declaring.add_day(
                made, on=first_on + datetime.timedelta(days=7 * n), half_days=20, what="Training",
                by_whom="All staff", evidence="Minutes", version=made.version, who=later("head"),
            )  # fmt: skip
            made.refresh_from_db()
        declaring.declare(made, version=made.version, who=later("head"))
        made.refresh_from_db()
        award = checked(made)
    most = programmes.load("behaviour-hubs-2021").money(STARTS).maximum_grant_pence
    assert awarded(f"school:{ONE}") == most
    assert any(line["code"] == "cap_in_all" for line in award.record["lines"])
