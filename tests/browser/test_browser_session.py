"""A session about to end by idleness: the page says so in time, and can keep it."""

import datetime
from collections.abc import Callable
from pathlib import Path

from django.contrib.sessions.serializers import JSONSerializer as Plain
from django.core import signing
from playwright.sync_api import Page

from browser.looking import PHONE, Visitor, sign_in
from browser.places import HEAD
from browser.serving import Service
from schoolhubs.service import supervisor

ALERT = "#session"
# As Django signs what a session keeps.
SALT = "django.contrib.sessions.SessionStore"
DATA = "SELECT session_data FROM django_session"


def aged(service: Service, page: Page, minutes: float) -> None:
    """Let the service have seen a page's session for the last time so many minutes earlier."""
    key = next(each["value"] for each in page.context.cookies() if "session" in each["name"])
    how = {"key": supervisor.kept_secret(Path(service.folder)), "salt": SALT, "serializer": Plain}
    session = signing.loads(service.ask(f"{DATA} WHERE session_key = '{key}'"), **how)
    seen = datetime.datetime.fromisoformat(session["seen_at"])
    session["seen_at"] = (seen - datetime.timedelta(minutes=minutes)).isoformat()
    told = signing.dumps(session, compress=True, **how)
    service.ask(
        f"UPDATE django_session SET session_data = '{told}' WHERE session_key = '{key}' RETURNING 1"
    )


def turned(page: Page, minutes: float) -> None:
    """Turn the page's clock on, without waiting."""
    page.evaluate(
        "by => { const before = Date.now; Date.now = () => before() + by; }", minutes * 60_000
    )


def test_a_page_left_open_warns_keeps_and_at_last_says_that_it_is_over(
    visit: Callable[..., Visitor], service: Service
) -> None:
    visitor = visit(PHONE, HEAD)
    page = visitor.page
    page.context.clear_cookies()  # a session of its own, as it ends here
    sign_in(visitor)
    visitor.go("/work")
    alert = page.locator(ALERT)
    turned(page, 54)
    page.wait_for_timeout(1_500)  # the page looks at its clock each second
    assert not alert.is_visible()
    aged(service, page, 55)
    turned(page, 1.5)
    alert.get_by_text("We will sign you out in 5 minutes").wait_for()
    visitor.look("signed out soon")
    alert.get_by_role("button", name="Stay signed in").click()
    alert.wait_for(state="hidden")
    # The button was somebody: the session is whole again. A page beside this one asks by itself.
    beside = page.context.new_page()
    beside.goto(service.url + "/account")
    aged(service, page, 55.5)
    for each in (page, beside):
        turned(each, 55.5)
        each.locator(ALERT).get_by_text("We will sign you out").wait_for()
    aged(service, page, 6)
    for each in (page, beside):
        turned(each, 6)
        each.locator(ALERT).get_by_text("You have been signed out").wait_for()
    assert not alert.get_by_role("button").is_visible()
    visitor.look("signed out")


def test_a_press_that_reaches_nobody_says_so_and_asks_again(visit: Callable[..., Visitor]) -> None:
    visitor = visit(PHONE, HEAD)
    page = visitor.page
    visitor.go("/work")
    alert = page.locator(ALERT)
    page.context.set_offline(True)
    turned(page, 55.5)
    alert.get_by_text("The service did not answer").wait_for()
    alert.get_by_role("button", name="Stay signed in").click()
    assert not alert.get_by_text("You have been signed out").is_visible()
    page.context.set_offline(False)
    alert.get_by_role("button", name="Stay signed in").click()
    alert.wait_for(state="hidden")
