"""A session about to end by idleness: the page says so in time, and can keep it."""

from collections.abc import Callable

from playwright.sync_api import Page

from browser.looking import MODES, Visitor
from browser.places import HEAD

ALERT = "#session"


def turned(page: Page, minutes: float) -> None:
    """Turn the page's clock on, without waiting."""
    page.evaluate(
        "by => { const before = Date.now; Date.now = () => before() + by; }", minutes * 60_000
    )


def test_a_page_left_open_warns_keeps_and_at_last_says_that_it_is_over(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(next(mode for mode in MODES if mode.has_script and mode.width == 390), HEAD)
    page = visitor.page
    visitor.go("/work")
    alert = page.locator(ALERT)
    turned(page, 54)
    page.wait_for_timeout(1_500)  # the page looks at its clock each second
    assert not alert.is_visible()
    turned(page, 1.5)
    alert.get_by_text("We will sign you out in 5 minutes").wait_for()
    visitor.look("signed out soon")
    alert.get_by_role("button", name="Stay signed in").click()
    alert.wait_for(state="hidden")
    turned(page, 55.5)
    alert.get_by_text("We will sign you out").wait_for()
    # The session ends on the service: this page asks, and cannot renew it.
    page.context.clear_cookies(name="schoolhubs-session")
    turned(page, 6)
    alert.get_by_text("You have been signed out").wait_for()
    assert not alert.get_by_role("button").is_visible()
    visitor.look("signed out")
