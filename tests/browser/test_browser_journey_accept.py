"""Journey 5: why this hub; a school objects, is asked again, accepts; a match is given up."""

import re
from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Locator

from browser.looking import MODES, Visitor, wait_for_the_job
from browser.places import CASEWORKER, HEAD
from browser.serving import Service, numbers_of

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


def href(link: Locator) -> str:
    """Give where a link leads."""
    return str(link.get_attribute("href"))


def to_the_match(head: Visitor) -> str:
    """Go from one's partnerships to the match, and give its address."""
    head.go("/partnerships")
    head.look("journey 5: your partnerships")
    address = head.page.locator("main tbody a[href$='/match']").first.get_attribute("href")
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


def test_a_match_that_does_not_work_is_given_up_and_matched_anew(
    visit: Callable[..., Visitor], service: Service
) -> None:
    """In every mode the hub's next match, and none of the head's school, who accepts its own."""
    for mode in MODES:
        lead, officer = visit(mode, LEAD), visit(mode, CASEWORKER)
        school = the_hub_objects(lead, numbers_of(service, HEAD))
        the_office_upholds(officer, school)
        lead.go("/hub")
        assert lead.page.get_by_role("link", name=school, exact=True).count() == 0
        the_office_re_matches(officer, school)


def the_hub_objects(lead: Visitor, heads: list[str]) -> str:
    """Say of the last match that waits that it does not work; give the school's name."""
    lead.go("/hub")
    waiting = lead.page.get_by_role("region", name="Waiting for your answer").locator("tbody a")
    others = [each for each in waiting.all() if not any(urn in href(each) for urn in heads)]
    school = others[-1].inner_text()
    lead.go(href(others[-1]))
    press(lead, "This does not work for us", "link")
    lead.look("journey 5: does not work for the hub")
    lead.page.get_by_label("The phase, size or needs of the schools do not fit").check()
    press(lead, "Send to the programme office")
    lead.look("journey 5: the hub objected")
    return school


def the_office_upholds(officer: Visitor, school: str) -> None:
    """Give the match up, with a reason."""
    officer.go("/office/objections")
    row = officer.page.locator("main tbody tr").filter(has_text=school)
    officer.go(href(row.locator("a").first))
    officer.page.get_by_label("Yes: the two are kept apart").check()
    officer.page.get_by_label("Reason").fill("They cannot help each other.")
    press(officer, "Record the decision")
    officer.look("journey 5: upheld")
    assert officer.page.locator("main tbody tr").filter(has_text=school).count() == 0


def the_office_re_matches(officer: Visitor, school: str) -> None:
    """Ask for a re-match, and see that the school is with another hub or with none."""
    page = officer.page
    officer.go("/office/objections")
    press(officer, "Re-match RISE .*")
    wait_for_the_job(officer)
    officer.look("journey 5: the re-match")
    assert "Re-match of round" in page.inner_text("h1")
    assert "kept apart" in page.inner_text("main")
    differ = page.get_by_role("region", name="Schools whose place differs").locator("tbody tr")
    _, before, after, _ = differ.filter(has_text=school).locator("td").all_inner_texts()
    assert before.split(",")[0] not in after
