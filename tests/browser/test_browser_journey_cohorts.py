"""Journey 6: intakes and their windows, a late school, who waits, putting an application off."""

import re
from collections.abc import Callable

import pytest

from browser import looking
from browser.looking import MODES, Mode, Visitor, answer_every_page
from browser.places import CASEWORKER, HEAD, PROGRAMME
from browser.serving import Service, numbers_of

TRUST = "partner_trust"


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
    match = str(page.locator("main tbody a[href$='/match']").first.get_attribute("href"))
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


def test_an_application_is_put_off_and_seen_at_its_next_intake(
    visit: Callable[..., Visitor], service: Service
) -> None:
    """A trust puts one school's application off in every mode in turn, and applies anew between."""
    trusts, heads = numbers_of(service, TRUST), numbers_of(service, HEAD)
    urn = service.ask(
        "SELECT s.urn FROM schools_school s LEFT JOIN eligibility_application a ON a.urn = s.urn"
        f" AND a.programme_id = '{PROGRAMME}' WHERE s.is_open AND s.trust_id = '{trusts[0]}'"
        f" AND s.urn <> '{heads[0]}' ORDER BY a.urn IS NULL, s.urn"
    )
    for mode in MODES:
        trust, officer = visit(mode, TRUST), visit(mode, CASEWORKER)
        trust.go(f"/applications/{PROGRAMME}/{urn}")
        if not trust.page.get_by_role("link", name="Put it off to a later intake").count():
            apply(trust)
        name, term = put_off(trust)
        officer.go("/office/intakes")
        link = officer.page.get_by_role("region", name="Intakes of RISE").get_by_role(
            "link", name=term, exact=True
        )
        with officer.page.expect_navigation():
            link.click()
        officer.look("journey 6: the intake it comes back to")
        assert officer.page.get_by_role("link", name=name, exact=True).count() == 1
        looking.press(trust, "Withdraw this application", "link")
        trust.page.get_by_label("Why?").fill("Tried in a test")
        looking.press(trust, "Withdraw")
        officer.page.reload()
        assert officer.page.get_by_role("link", name=name, exact=True).count() == 0


def apply(trust: Visitor) -> None:
    """Send a new application with every page answered, and go to what became of it."""
    looking.press(trust, "Start now|Apply again")
    answer_every_page(trust)
    trust.page.get_by_label("The answers are true").check()
    looking.press(trust, "Send the application")
    looking.press(trust, "Go to your application", "link")


def put_off(trust: Visitor) -> tuple[str, str]:
    """Choose the next intake; give the school's name and the intake's."""
    page, at = trust.page, trust.page.url
    name = page.inner_text("main .govuk-caption-l")
    looking.press(trust, "Put it off to a later intake", "link")
    term = page.locator("main .govuk-radios__label").first.inner_text().strip()
    page.get_by_label(term).check()
    page.get_by_label("Why?").fill("A new head starts")
    press(trust, "Put it off")
    trust.look("journey 6: put off")
    assert "Put off to a later intake" in page.inner_text("main")
    page.goto(at)
    trust.look("journey 6: when it comes back")
    assert f"when the intake of the {term.lower()} opens" in page.inner_text("main")
    return name, term
