"""The first journey without a mouse: every stop can be seen, and none holds the keyboard fast."""

from collections.abc import Callable

import pytest

from browser.looking import EVERY_MODE, Mode, Visitor

MOST_STOPS = 40
FOCUSED = """() => {
  const it = document.activeElement, look = getComputedStyle(it), at = it.getBoundingClientRect();
  return {
    tag: it.tagName, id: it.id, text: it.innerText || "", href: it.getAttribute("href") || "",
    isSeen: at.width > 1 && at.height > 1 && (look.boxShadow !== "none" ||
      look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0),
  };
}"""


def focused(visitor: Visitor) -> dict[str, str]:
    """Give what holds the keyboard."""
    found: dict[str, str] = visitor.page.evaluate(FOCUSED)
    return found


def tab_to(visitor: Visitor, is_wanted: Callable[[dict[str, str]], bool]) -> None:
    """Press Tab until there; every stop on the way shows that it is one."""
    stops = []
    for _ in range(MOST_STOPS):
        visitor.page.keyboard.press("Tab")
        stop = focused(visitor)
        stops.append(stop)
        assert stop["tag"] == "BODY" or stop["isSeen"], f"the keyboard is at {stop}, unseen"
        if is_wanted(stop):
            return
    raise AssertionError(f"not reached: {stops}")


def press_enter(visitor: Visitor) -> None:
    """Press Enter where it leads to another page."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize("mode", EVERY_MODE, ids=str)
def test_a_school_is_found_by_keyboard_alone(
    visit: Callable[..., Visitor], mode: Mode, subjects: dict[str, str]
) -> None:
    visitor, urn = visit(mode), subjects["matched"]
    keyboard = visitor.page.keyboard
    visitor.go("/eligibility")
    keyboard.press("Tab")
    assert focused(visitor)["text"].strip() == "Skip to main content"
    keyboard.press("Enter")
    tab_to(visitor, lambda stop: stop["id"] == "q")
    press_enter(visitor)

    if mode.has_script:
        assert "There is a problem" in focused(visitor)["text"], "the errors are read out first"
    tab_to(visitor, lambda stop: stop["href"] == "#q")
    keyboard.press("Enter")
    if focused(visitor)["id"] != "q":  # without scripts the link leads beside the field
        tab_to(visitor, lambda stop: stop["id"] == "q")
    keyboard.type(urn)
    press_enter(visitor)

    tab_to(visitor, lambda stop: stop["href"] == f"/eligibility/{urn}")
    press_enter(visitor)
    tab_to(visitor, lambda stop: stop["tag"] == "SUMMARY")
    keyboard.press("Enter")
    assert visitor.page.locator("main details[open]").count() == 1
    visitor.look("journey 1: by keyboard, the rules open")
