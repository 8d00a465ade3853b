"""Journey 5: a school reads why this hub, objects, is asked again, accepts; so does the hub."""

import re
from collections.abc import Callable
from typing import Literal

from browser.looking import MODES, Visitor
from browser.places import CASEWORKER, HEAD

LEAD = "lead_school"


def press(visitor: Visitor, name: str, role: Literal["button", "link"] = "button") -> None:
    """Press what leads to another page, and wait until that page is there."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role(role, name=re.compile(f"^({name})$")).first.click()


def test_a_match_is_answered_by_both_schools(visit: Callable[..., Visitor]) -> None:
    """One school's one match: it objects in every mode in turn, and accepts at last."""
    for mode in MODES:
        objected_and_asked_again(visit(mode, HEAD), visit(mode, CASEWORKER))
    accepted(visit(MODES[-1], HEAD), visit(MODES[0], LEAD))


def to_the_match(head: Visitor) -> str:
    """Go from one's partnerships to the match, and give its address."""
    head.go("/partnerships")
    head.look("journey 5: your partnerships")
    address = head.page.locator("main tbody td a").first.get_attribute("href")
    head.go(str(address))
    head.look("journey 5: why this hub")
    assert "minutes by car" in head.page.inner_text("main")
    assert head.page.locator("figure svg g.hub").count() > 0
    return str(address)


def objected_and_asked_again(head: Visitor, officer: Visitor) -> None:
    """A slip, an objection with its reasons, and the office that does not uphold it."""
    match = to_the_match(head)
    press(head, "This does not work for us", "link")
    head.look("journey 5: does not work")
    press(head, "Send to the programme office")
    head.look("journey 5: no reason selected")
    assert "Select why it does not work" in head.page.inner_text(".govuk-error-summary")
    head.page.get_by_label("The timing does not work").check()
    head.page.get_by_label("Another reason").check()
    press(head, "Send to the programme office")
    head.look("journey 5: another reason without words")
    assert head.page.get_by_label("The timing does not work").is_checked(), "nothing is lost"
    head.page.get_by_label("Tell us more").fill("Our new head starts at Easter.")
    press(head, "Send to the programme office")
    head.look("journey 5: objected")
    assert "Our new head starts at Easter." in head.page.inner_text("main")

    officer.go("/office/objections")
    officer.look("journey 5: objections")
    name = head.page.locator("h1 + .govuk-inset-text").inner_text().split(" goes to ")[0]
    rows = officer.page.locator("main tbody tr").filter(has_text=name)
    officer.go(str(rows.locator("a").first.get_attribute("href")))
    officer.look("journey 5: one objection")
    press(officer, "Record the decision")
    officer.look("journey 5: nothing decided")
    assert "Select whether the match is given up" in officer.page.inner_text(".govuk-error-summary")
    officer.page.get_by_label("No: the school is asked again").check()
    officer.page.get_by_label("Reason").fill("The first term can start after Easter.")
    press(officer, "Record the decision")
    officer.look("journey 5: decided")
    head.go(match)
    assert head.page.get_by_role("button", name="Accept").count() == 1, "it is asked again"


def accepted(head: Visitor, lead: Visitor) -> None:
    """Four pages from the list to the end, and the hub's own answer."""
    to_the_match(head)
    press(head, "Accept")
    head.look("journey 5: what accepting means")
    press(head, "Accept this match")
    head.look("journey 5: accepted")
    assert "Accepted" in head.page.inner_text("main")

    match = head.page.url.removeprefix(head.service.url)
    lead.go("/hub")
    lead.look("journey 5: your hub")
    link = lead.page.locator(f'main a[href="{match}"]').first
    with lead.page.expect_navigation():
        link.click()
    lead.look("journey 5: the hub reads why")
    press(lead, "Accept")
    lead.look("journey 5: what accepting means to the hub")
    press(lead, "Accept this match")
    lead.look("journey 5: agreed")
    assert "Both schools have said yes" in lead.page.inner_text("main")
    head.go(match)
    assert "Both schools have said yes" in head.page.inner_text("main")
