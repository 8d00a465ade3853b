"""Journey 6: intakes and their windows, a late school, who waits, putting an application off."""

import re
from collections.abc import Callable

import pytest

from browser.looking import MODES, Mode, Visitor
from browser.places import CASEWORKER, HEAD


def press(visitor: Visitor, name: str) -> None:
    """Press a button that leads to another page, and wait until that page is there."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=re.compile(f"^({name})$")).first.click()


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_an_officer_keeps_the_windows(
    visit: Callable[..., Visitor], mode: Mode, subjects: dict[str, str]
) -> None:
    """The list, a slip, the window confirmed anew, a school that may come late, who waits."""
    visitor = visit(mode, CASEWORKER)
    page, at = visitor.page, f"/office/intakes/{subjects['intake']}"
    visitor.go("/office/intakes")
    visitor.look("journey 6: intakes")
    assert "Open" in page.inner_text("main table")
    visitor.go(f"{at}/window")
    opened = page.locator("#opens_on-day").input_value()
    press(visitor, "Save the window")
    visitor.look("journey 6: no reason for the window")
    assert "Enter the reason for this window" in page.inner_text(".govuk-error-summary")
    assert page.locator("#opens_on-day").input_value() == opened, "nothing is lost"
    page.get_by_label("Reason").fill("As agreed with the hubs")
    press(visitor, "Save the window")
    visitor.look("journey 6: window saved")

    visitor.go(f"{at}/late")
    page.get_by_label("URN of the school").fill("12")
    press(visitor, "Let it apply")
    visitor.look("journey 6: no such school may be late")
    page.get_by_label("URN of the school").fill(subjects["unmatched"])
    for part, value in (("day", "1"), ("month", "3"), ("year", "2099")):
        page.locator(f"#until_on-{part}").fill(value)
    page.get_by_label("Why may it apply late?").fill("A flood")
    press(visitor, "Let it apply")
    visitor.look("journey 6: a late school")
    assert "A flood" in page.inner_text("main")
    visitor.go(f"{at}/waiting")
    visitor.look("journey 6: who waits")
    assert "Need points" in page.inner_text("main")


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_school_reads_what_putting_off_means(
    visit: Callable[..., Visitor], mode: Mode, subjects: dict[str, str]
) -> None:
    """The page of the application, the later intakes, and a slip in which nothing is lost."""
    visitor = visit(mode, HEAD)
    page = visitor.page
    visitor.go("/partnerships")
    match = str(page.locator("main tbody td a").first.get_attribute("href"))
    urn = match.split("/schools/")[1].split("/")[0]
    programme_id = subjects["intake"].split("/")[0]
    visitor.go(f"/applications/{programme_id}/{urn}")
    visitor.look("journey 6: the application and its intake")
    assert "for the intake of the" in page.inner_text("main")
    visitor.go(f"/applications/{programme_id}/{urn}/leave/deferred")
    visitor.look("journey 6: putting it off")
    page.get_by_label("Why?").fill("A new head")
    press(visitor, "Put it off")
    visitor.look("journey 6: no intake selected")
    assert "Select the intake you want to join" in page.inner_text(".govuk-error-summary")
    assert page.get_by_label("Why?").input_value() == "A new head", "nothing is lost"
