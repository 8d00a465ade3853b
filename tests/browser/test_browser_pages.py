"""Every page of the table, in each way of browsing, keeps every rule."""

from collections.abc import Callable

import pytest

from browser.looking import Mode, Visitor
from browser.places import PLACES, Place


@pytest.mark.parametrize(
    ("place", "mode"),
    [
        # Kept together by who looks (see together.py), who then comes and signs in once.
        pytest.param(place, mode, id=f"{place.role or 'nobody'} sees {place.name}, {mode}")
        for place in sorted(PLACES, key=lambda each: each.role)
        for mode in place.modes
    ],
)
def test_a_page_keeps_every_rule(
    stay: Callable[..., Visitor], place: Place, mode: Mode, subjects: dict[str, str]
) -> None:
    visitor = stay(mode, place.role)
    visitor.go(place.address.format_map(subjects))
    visitor.look(place.name, status=place.status)
    assert place.says in visitor.page.inner_text("main")


def test_a_form_that_was_open_too_long(visitor: Visitor) -> None:
    """A form sent without its token answers 403 with a page that says what to do."""
    form = '<form method="post" action="/eligibility"><button>Send</button></form>'
    page = f"<!DOCTYPE html><html lang='en'><title>Old</title><main>{form}</main></html>"
    visitor.page.route(
        "**/old-form", lambda route: route.fulfill(body=page, content_type="text/html")
    )
    visitor.go("/old-form")
    visitor.page.get_by_role("button").click()
    visitor.page.wait_for_url("**/eligibility")
    visitor.look("form open too long", status=403)
    assert "Nothing you sent was saved" in visitor.page.inner_text("main")
