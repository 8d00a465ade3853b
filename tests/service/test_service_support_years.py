"""Years of which no dates are known yet, and further years that wait beside the first."""

import datetime
import html
import re
from typing import Any

import pytest
from django.db.models import F

from delivering import LEAD, PARTNER, leader, together
from invented import AT, facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery import hubs
from schoolhubs.service.delivery.doing import proposing
from schoolhubs.service.partnerships.models import Partnership
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(PARTNER), facts("900002"), facts(LEAD), leads=(LEAD,))


def lead() -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def further(one: Partnership) -> Partnership:
    """Let two schools have agreed a further year, to begin when this one is over."""
    made = Partnership.objects.create(
        programme_id=one.programme_id, cohort_id=one.cohort_id, partner_urn=one.partner_urn,
        lead_urn=one.lead_urn, pathway=one.pathway, starts_on=one.finishes_on,
        finishes_on=one.finishes_on + datetime.timedelta(days=365), proposed_at=AT,
        proposed_by="office", partner_says="accepts", partner_at=AT, partner_by="head",
        lead_says="accepts", lead_at=AT, lead_by="lead", minutes=35.0, year=2, extends=one,
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=F("version") + 1)
    return Partnership.objects.get(pk=made.pk)


def test_a_partnership_beyond_the_known_term_dates_is_shown_and_says_so() -> None:
    one = together(finishes_on=datetime.date(2029, 4, 1))
    leader()
    client = lead()
    page = client.get(f"/hubs/{LEAD}/days")
    assert page.status_code == 200
    assert "for 2028/29 are not known yet" in words(page)
    office = signed_in(Role.OFFICE_CASEWORKER, subject="office")
    assert office.get("/office/support-days").status_code == 200
    said = {
        "on-day": 15, "on-month": 11, "on-year": 2028, "part": "day", "held_at": "partner",
        "kind": "support_day", "leaders": [leader("Ben Beech").pk], "focus": "Corridors",
    }  # fmt: skip
    refused = client.post(f"/partnerships/{one.pk}/days/plan", said)
    assert refused.status_code == 200
    assert "it is not known yet whether it is a school day" in words(refused)
    dates = client.get(f"/term-dates/{LEAD}?year=2028/29")
    assert "Term dates of 2028/29 are not known yet" in words(dates)


def test_nothing_is_said_to_overrun_where_dates_are_not_known() -> None:
    one = together(
        starts_on=clock.day() - datetime.timedelta(days=300), finishes_on=datetime.date(2029, 4, 1)
    )
    (told,) = hubs.forecasts([one], {}, {}, clock.day())
    assert told.forecast.overrun == 0
    assert told.not_known


def test_a_school_with_a_further_year_stands_once_with_the_days_of_one() -> None:
    one = together()
    two = further(one)
    leader()
    assert hubs.partners_of(LEAD, clock.day()) == [one]
    assert hubs.partners_of(LEAD, two.starts_on) == [two]
    given = proposing.gather(LEAD, clock.day())
    assert given is not None
    assert [each.half_days for each in given.partners] == [20]
    (told,) = hubs.forecasts([two], {}, {}, two.starts_on)
    assert told.year == "year 2 of the partnership"
