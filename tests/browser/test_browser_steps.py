"""Pages that take a step to reach: somebody's own page, a key, checked files, a change too late."""

from collections.abc import Callable
from pathlib import Path

import pytest

from browser.looking import MODES, PHONE, Mode, Visitor, press
from browser.places import ADMINISTRATOR, CASEWORKER, HEAD

PATIENCE = 30  # looks at a job before it is given up


def open_first(visitor: Visitor, links: str) -> None:
    """Open what the first of some links leads to."""
    visitor.go(str(visitor.page.locator(links).first.get_attribute("href")))


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_letter_is_read_by_its_school(visit: Callable[..., Visitor], mode: Mode) -> None:
    head = visit(mode, HEAD)
    head.go("/letters")
    open_first(head, "main a[href^='/letters/']:has-text('A hub for ')")
    head.look("a letter")
    assert "What to do now" in head.page.inner_text("main")


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_person_and_a_key_have_a_page(visit: Callable[..., Visitor], mode: Mode) -> None:
    """The administrator's own page, and a key from its making to its end."""
    visitor = visit(mode, ADMINISTRATOR)
    page = visitor.page
    visitor.go("/people")
    open_first(visitor, "main a[href^='/people/']")
    visitor.look("a person")
    assert "Last signed in" in page.inner_text("main")

    visitor.go("/office/api-keys/new")
    press(visitor, "Make the key")
    visitor.look("API key, nothing filled in")
    page.get_by_label("Which organisation is it for?").fill("Hubs programme office")
    page.get_by_label("What is it for?").fill(f"A test, {mode}")
    for part, value in (("day", "1"), ("month", "3"), ("year", "2027")):
        page.locator(f"#expires_{part}").fill(value)
    press(visitor, "Make the key")
    visitor.look("API key, made")
    visitor.go("/office/api-keys")
    visitor.look("API keys, with one")
    open_first(visitor, f"main a[href^='/office/api-keys/']:has-text('A test, {mode}')")
    visitor.look("API key")
    press(visitor, "End this key")
    visitor.look("API key, no reason to end it")
    page.get_by_label("Why the key is ended").fill("The test is over")
    press(visitor, "End this key")
    visitor.look("API key, ended")


def test_files_are_checked_and_left(visit: Callable[..., Visitor], small_england: Path) -> None:
    """A list that gives no register: what is said of it, and that nothing was imported."""
    visitor = visit(PHONE, ADMINISTRATOR)
    page = visitor.page
    visitor.go("/imports/new")
    for part, value in (("day", "1"), ("month", "2"), ("year", "2026")):
        page.locator(f"#on-{part}").fill(value)
    page.locator("#files").set_input_files(small_england / "leads.csv")
    press(visitor, "Check these files")
    visitor.look("import, being checked")
    visitor.go("/imports")
    at = str(
        page.locator("main a[href^='/imports/']:not([href$='new'])").first.get_attribute("href")
    )
    for _ in range(PATIENCE):
        visitor.go(at)
        if "being checked" not in page.inner_text("h1"):
            break
        page.wait_for_timeout(1_000)
    visitor.look("import, checked")
    assert "leads.csv" in page.inner_text("main")
    press(visitor, "Continue")
    visitor.look("import, nothing chosen")
    page.get_by_label("Stop, and import nothing").check()
    press(visitor, "Continue")
    visitor.look("import, stopped")
    assert "Nothing was imported" in page.inner_text("h1")


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_change_too_late_keeps_what_was_typed(
    visit: Callable[..., Visitor], mode: Mode, subjects: dict[str, str]
) -> None:
    """Two officers have one window open; the second is told, and finds the reason again."""
    first, second = visit(mode, CASEWORKER), visit(mode, CASEWORKER)
    for each in (first, second):
        each.go(f"/office/intakes/{subjects['intake']}/window")
        each.page.get_by_label("Reason").fill("As agreed with the hubs")
    press(first, "Save the window")
    press(second, "Save the window")
    second.look("a change too late", status=409)
    assert "As agreed with the hubs" in second.page.inner_text("main")
