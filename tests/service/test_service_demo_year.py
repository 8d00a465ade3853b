"""What was delivered in the demonstration, told by the actions that people use, on any day."""

import collections
import datetime
from collections.abc import Mapping

import pytest

from invented import PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.demo.partnerships import keep_pairs
from schoolhubs.service.demo.year.telling import tell_year
from schoolhubs.service.demo.year.told import story
from schoolhubs.service.events.models import Booking, Event, Feedback, Party
from schoolhubs.service.events.queries import faults_of
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.models import ModuleCompletion, TrainingSession

pytestmark = pytest.mark.django_db
SPECIAL = "special-ap-hubs-example"
PARTNERS = [f"9000{n:02d}" for n in range(1, 9)]
LEADS = [f"9000{n:02d}" for n in range(11, 19)]
# The first day of a term, so that as little time as can be has passed since the one before; a day
# in the middle; and one in the summer, when no school is open.
DAYS = [datetime.date(2027, 1, 1), datetime.date(2026, 11, 23), datetime.date(2027, 8, 9)]


def told(on: datetime.date, programme_id: str = PROGRAMME) -> Mapping[str, int]:
    """Tell of a year as at a day; how many days there are of each state."""
    at = datetime.datetime.combine(on, datetime.time(9), datetime.UTC)
    snapshot = register(*(facts(urn) for urn in (*PARTNERS, *LEADS)), leads=tuple(LEADS))
    rules = programmes.load(programme_id).as_at(on)
    pairs = list(zip(PARTNERS, LEADS, strict=True))
    keep_pairs(pairs, rules, rules.pathways[0], snapshot, at=at)
    assert tell_year([programme_id], at=at) == len(PARTNERS)
    assert tell_year([programme_id], at=at) == 0, "told once"
    return collections.Counter(SupportDay.objects.values_list("state", flat=True))


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_days_are_delivered_late_missed_and_ahead(on: datetime.date) -> None:
    found = told(on)
    assert {"agreed", "delivered", "missed", "disputed", "planned"} <= set(found)
    for day in SupportDay.objects.select_related("partnership"):
        one = day.partnership
        assert one.starts_on <= day.on < one.finishes_on
        assert (day.on > on) == (day.state == "planned")


def test_one_partnership_has_no_day_so_that_somebody_is_stuck() -> None:
    told(DAYS[1])
    without = Partnership.objects.exclude(pk__in=SupportDay.objects.values("partnership"))
    assert without.count() == story()["support"]["days"].count([])


@pytest.mark.parametrize("programme_id", [PROGRAMME, SPECIAL])
def test_money_was_paid_once_and_more_waits_for_the_checker(programme_id: str) -> None:
    told(DAYS[1], programme_id)
    first, second = PaymentRun.objects.order_by("number")
    assert (first.state, second.state) == ("paid", "prepared")
    assert first.total_pence > 0
    assert first.confirmations.get().paid_pence == first.total_pence
    assert first.agreed_by != first.prepared_by
    states = collections.Counter(Declaration.objects.values_list("state", flat=True))
    is_paid = programmes.load(programme_id).money(DAYS[1]).pays_partners
    assert states["checked"] == (9 if is_paid else len(PARTNERS))
    assert Declaration.objects.filter(side="partner").exists() == is_paid


@pytest.mark.parametrize("on", DAYS[1:2], ids=str)
def test_the_hub_has_an_open_day_behind_it_and_a_full_one_with_a_waiting_list(
    on: datetime.date,
) -> None:
    at = datetime.datetime.combine(on, datetime.time(9), datetime.UTC)
    free = [f"9100{n:02d}" for n in range(20)]
    register(*(facts(urn) for urn in (*free, LEADS[0])), leads=(LEADS[0],))
    tell_year([PROGRAMME], lead_urn=LEADS[0], at=at)
    was, ahead, talk = Event.objects.order_by("on")
    assert was.state == "held"
    assert was.on < on < ahead.on < talk.on
    assert {0, 2, 3} == set(Party.objects.filter(event=was).values_list("n_came", flat=True))
    assert Feedback.objects.exists()
    assert ahead.n_free < 2
    assert Booking.objects.filter(event=ahead, state="waiting").count() >= 2
    assert faults_of(ahead) == ()
    held, planned = TrainingSession.objects.order_by("starts_at")
    assert (held.state, planned.state) == ("held", "planned")
    states = collections.Counter(ModuleCompletion.objects.values_list("state", flat=True))
    assert states["confirmed"] > states["declared"] == 1
