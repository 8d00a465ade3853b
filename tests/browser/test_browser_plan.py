"""A plan is written, moved on its board by menu and key, screened, and ended, in every mode."""

from collections.abc import Callable
from typing import Literal

from browser.looking import MODES, Visitor, press
from browser.places import HEAD


def test_a_plan_is_written_and_moved_in_every_mode(visit: Callable[..., Visitor]) -> None:
    for mode in MODES:
        written(visit(mode, HEAD))


def at(head: Visitor, name: str, role: Literal["button", "link"] = "button") -> None:
    """Press the first of what is called so, and wait for the page it leads to."""
    with head.page.expect_navigation():
        head.page.get_by_role(role, name=name).first.click()


def written(head: Visitor) -> None:
    head.go("/plan")
    head.look("plan: none")
    at(head, "Begin a plan")
    head.look("plan: begin")
    head.page.get_by_label("Title of the plan").fill("")
    at(head, "Begin the plan")
    head.look("plan: begin, no title")
    head.page.get_by_label("Title of the plan").fill("Earlier help when absence begins to rise")
    at(head, "Begin the plan")
    head.look("plan: begun")
    an_objective(head)
    an_action(head)
    moved_and_screened(head)
    at(head, "stand in the way of approval", "link")
    head.look("plan: what stands in the way")
    assert "is not answered" in head.page.inner_text("main")
    head.page.go_back()
    at(head, "End the plan", "link")
    head.look("plan: end")
    head.page.get_by_label("Why it ends").fill("A new year")
    at(head, "End the plan")
    head.look("plan: ended")
    assert "A new year" in head.page.inner_text("main")


def an_objective(head: Visitor) -> None:
    at(head, "Write an objective")
    head.look("plan: objective")
    head.page.get_by_label("What is to change?").fill("Small rises are seen within two weeks")
    head.page.get_by_label("Measure", exact=True).select_option("persistent_absence_percent")
    head.page.get_by_label("Baseline", exact=True).fill("about a quarter")
    at(head, "Save")
    head.look("plan: objective, no number")
    assert head.page.get_by_label("Baseline", exact=True).input_value() == "about a quarter"
    head.page.get_by_label("Baseline", exact=True).fill("24.1")
    head.page.get_by_label("Lower end").fill("22.3")
    head.page.get_by_label("Upper end").fill("25.9")
    head.page.get_by_label("Improvement hoped for").fill("2")
    head.page.get_by_label("Owner").fill("Attendance lead")
    at(head, "Save")
    head.look("plan: with an objective")
    assert "22.1, better by 2.0" in head.page.inner_text("main")


def an_action(head: Visitor) -> None:
    at(head, "Find actions for this objective", "link")
    head.look("plan: library")
    head.page.get_by_label("Root cause").select_option("rising_absence_unseen")
    at(head, "Filter")
    head.look("plan: library, one root cause")
    at(head, "Take it up")
    head.look("plan: an action")
    at(head, "Save")
    head.look("plan: with an action")


def moved_and_screened(head: Visitor) -> None:
    """Move the card with nothing but keys, then answer its screen without saying everything."""
    menu = head.page.get_by_label("Move to").first
    menu.focus()
    menu.press("ArrowDown")
    menu.press("Tab")
    with head.page.expect_navigation():
        head.page.keyboard.press("Enter")
    head.look("plan: moved")
    assert head.page.locator("#column-doing").inner_text() == "Under way (1)"
    at(head, "Owner and day", "link")
    head.look("plan: owner and day")
    at(head, "Save")
    at(head, "Open", "link")
    head.look("plan: screen")
    head.page.get_by_label("No disadvantage was found, and why").first.check()
    head.page.get_by_label("Why", exact=True).first.fill("Looked at last year by SEND.")
    at(head, "Save the answers")
    head.look("plan: screen, in part")
    assert "not answered" in head.page.content()
    at(head, "Action plan", "link")
    at(head, "Record", "link")
    head.look("plan: consultation")
    press(head, "Cancel", "link")
