"""A hub on one page: each figure is that of its own ledger, and the questions do not grow."""

import datetime
import re
from typing import Any

import pytest

from invented import PROGRAMME, facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.events.models import Event
from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.calendar import term_starts_on
from signing import signed_in
from teaching import leader, running, session

pytestmark = pytest.mark.django_db
PARTNER, LEAD = "900001", "900010"


@pytest.fixture
def client_of_lead() -> Any:
    schools = [PARTNER, LEAD, "900011", *(f"9004{n:02}" for n in range(12))]
    register(*(facts(each) for each in schools), leads=(LEAD, "900011"))
    return signed_in(Role.LEAD_SCHOOL, urn=LEAD)


def said(client: Any) -> str:
    answer = client.get(f"/hubs/{LEAD}/today")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_it_says_what_is_next_left_and_owed(client_of_lead: Any) -> None:
    one, on = running(PARTNER, LEAD), clock.day() + datetime.timedelta(days=9)
    SupportDay.objects.create(
        partnership=one, on=on, part="pm", focus="Lunch", planned_at=clock.now(), planned_by="x"
    )
    Event.objects.create(
        hub=Hub.objects.get(programme_id=PROGRAMME, lead_urn=LEAD), on=on, kind="open_day",
        state="open", place_urn=LEAD, starts_at=datetime.time(9), finishes_at=datetime.time(12),
        term_starts_on=term_starts_on(on), about="Lessons", n_places=30, closes_on=on,
        made_at=clock.now(), made_by="x", changed_at=clock.now(),
    )  # fmt: skip
    leader(PARTNER)
    session(LEAD)
    page = said(client_of_lead)
    assert f"{on.day} {on:%B %Y}" in page
    assert "0 of 10" in page
    assert "0 of 30" in page
    assert "Registers, codes and the first day" in page
    assert "Nothing is awarded to the lead school yet" in page


def test_an_empty_hub_says_so_and_another_lead_sees_nothing(client_of_lead: Any) -> None:
    assert "No school and no trust is with this hub now" in said(client_of_lead)
    other = signed_in(Role.LEAD_SCHOOL, urn="900011", subject="other")
    assert other.get(f"/hubs/{LEAD}/today").status_code == 404


def test_a_great_hub_asks_no_more_questions(
    client_of_lead: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        running(f"9004{n:02}", LEAD)
        leader(f"9004{n:02}")
    with django_assert_max_num_queries(15):
        assert "12 partners" in said(client_of_lead)


def test_partners_without_days_are_folded_away_and_who_is_next_comes_first(
    client_of_lead: Any,
) -> None:
    later, sooner = running("900400", LEAD), running("900401", LEAD)
    running("900402", LEAD, pathway="regional")
    for one, days in ((later, 12), (sooner, 5)):
        SupportDay.objects.create(
            partnership=one, on=clock.day() + datetime.timedelta(days=days), part="pm",
            focus="Lunch", planned_at=clock.now(), planned_by="x",
        )  # fmt: skip
    page = client_of_lead.get(f"/hubs/{LEAD}/today").content.decode()
    table, _, folded = page.partition("<details")
    assert table.index("School 900401") < table.index("School 900400")
    assert "School 900402" not in table
    assert "School 900402" in folded
    assert "1 partner on open days and training alone" in folded
