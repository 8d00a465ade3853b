"""A session that ended by time: the person is told why, kindly, and comes back to the page."""

import datetime
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test.utils import override_settings

import schoolhubs.service
from invented import facts, register
from schoolhubs.service.accounts import sessions
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.accounts.roles import Role
from signing import signed_in
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
PAGE = "/applications"


def ago(client: WatchfulClient, place: str, by: datetime.timedelta) -> None:
    """Make a session older than it is."""
    session = client.session
    moment = datetime.datetime.fromisoformat(session[place]) - by
    session[place] = moment.isoformat()
    session.save()


def announced(page: str) -> tuple[int, int]:
    """Give the seconds until a page warns, and until the session ends."""
    told = re.search(r'id="session"[^>]* data-warn="(\d+)" data-over="(\d+)"', page)
    assert told
    return int(told[1]), int(told[2])


@pytest.fixture
def head() -> WatchfulClient:
    """Give a headteacher who has signed in."""
    register(facts("900001"))
    return signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900001")


@pytest.mark.parametrize(
    ("place", "by", "ended", "why"),
    [
        (sessions.SEEN_AT, datetime.timedelta(minutes=61), "idle", "not opened a page for 60 min"),
        (sessions.SIGNED_IN_AT, datetime.timedelta(hours=13), "age", "more than 12 hours ago"),
    ],
)
def test_who_was_signed_out_by_time_is_told_and_led_back(
    head: WatchfulClient, place: str, by: datetime.timedelta, ended: str, why: str
) -> None:
    assert head.get(PAGE).status_code == 200
    ago(head, place, by)
    address = head.get(f"{PAGE}?a=b").headers["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert asked == {"next": [f"{PAGE}?a=b"], "ended": [ended]}
    page = head.get(address).content.decode()
    for words in ("You were signed out", why, "Everything that you had saved is still there"):
        assert words in page
    assert "come back to the page you were on" in page
    assert "was not saved" not in page


def test_who_sent_a_form_too_late_is_told_that_it_was_not_saved(head: WatchfulClient) -> None:
    ago(head, sessions.SEEN_AT, datetime.timedelta(minutes=61))
    form = "http://testserver/programmes/rise-hubs-2025/schools/900001/apply"
    answer = head.post(PAGE, headers={"Referer": form})
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {"next": [urlsplit(form).path], "ended": ["idle"], "sent": ["yes"]}
    page = head.get(answer.headers["Location"]).content.decode()
    assert "What you sent just now was not saved" in page


def test_a_form_elsewhere_is_no_page_to_come_back_to(head: WatchfulClient) -> None:
    ago(head, sessions.SEEN_AT, datetime.timedelta(minutes=61))
    address = head.post(PAGE, headers={"Referer": "https://elsewhere.example/x"}).headers[
        "Location"
    ]
    assert "next" not in parse_qs(urlsplit(address).query)


def test_who_never_signed_in_or_was_stopped_is_told_nothing_of_time(head: WatchfulClient) -> None:
    assert "ended" not in WatchfulClient().get(PAGE).headers["Location"]
    Person.objects.update(is_stopped=True)
    address = head.get(PAGE).headers["Location"]
    assert "ended" not in address
    assert "You were signed out" not in head.get(address).content.decode()


@pytest.mark.parametrize("idle_minutes", [60, 20, 4])
def test_every_page_signed_in_carries_its_warning(head: WatchfulClient, idle_minutes: int) -> None:
    told = settings.ENVIRONMENT.model_copy(update={"idle_minutes": idle_minutes})
    with override_settings(ENVIRONMENT=told):
        page = head.get(PAGE).content.decode()
    warn, over = announced(page)
    assert idle_minutes * 60 - 60 < over <= idle_minutes * 60
    assert abs(over - warn - min(5, idle_minutes / 2) * 60) <= 1
    assert 'id="session"' not in WatchfulClient().get("/").content.decode()


def test_the_longest_session_is_announced_too(head: WatchfulClient) -> None:
    ago(head, sessions.SIGNED_IN_AT, datetime.timedelta(hours=11, minutes=40))
    page = head.get(PAGE).content.decode()
    warn, over = announced(page)
    assert 14 * 60 < warn <= 15 * 60
    assert 19 * 60 < over <= 20 * 60
    assert "You signed in almost 12 hours ago" in page
    assert "hidden>Stay signed in" in page, "no press keeps it longer"
    assert "not opened a page for a while" not in page


def test_what_a_page_asks_by_itself_keeps_no_session(head: WatchfulClient) -> None:
    # Two pages left open ask in turn; whatever they ask, the session ends by idleness.
    ago(head, sessions.SEEN_AT, datetime.timedelta(minutes=30))
    seen = head.session[sessions.SEEN_AT]
    page = head.get("/account?by-itself=yes").content.decode()
    assert head.get(f"{PAGE}?by-itself=yes").status_code == 200
    assert head.session[sessions.SEEN_AT] == seen
    assert 29 * 60 < announced(page)[1] <= 30 * 60
    ago(head, sessions.SEEN_AT, datetime.timedelta(minutes=31))
    assert "ended=idle" in head.get("/account?by-itself=yes").headers["Location"]


@pytest.mark.parametrize(("method", "asked"), [("get", ""), ("post", "?by-itself=yes")])
def test_somebody_at_the_page_keeps_the_session(
    head: WatchfulClient, method: str, asked: str
) -> None:
    ago(head, sessions.SEEN_AT, datetime.timedelta(minutes=30))
    seen = head.session[sessions.SEEN_AT]
    getattr(head, method)(f"/account{asked}")
    assert head.session[sessions.SEEN_AT] > seen


@pytest.mark.parametrize("script", ["session.js", "jobs.js"])
def test_a_script_asks_by_itself_and_says_so(script: str) -> None:
    folder = Path(schoolhubs.service.__file__).parent / "static"
    asked = re.findall(r"(?:fetch|ask)\(([^)]*)\)", (folder / script).read_text("utf-8"))
    # The second of session.js is the button, which somebody presses.
    alone = [each for each in asked if each not in {"address", "bar.dataset.ask"}]
    assert len(alone) == 1
    assert f"?{sessions.BY_ITSELF}=yes" in alone[0]
