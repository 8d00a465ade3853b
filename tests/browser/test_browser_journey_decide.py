"""Journey 3: an officer decides, a second agrees what is against the rules, a letter goes out."""

from collections.abc import Callable

from browser.looking import MODES, Visitor, press
from browser.places import ADMINISTRATOR, CASEWORKER, PROGRAMME
from browser.serving import Service

# Of the programme whose published round stays: who is decided to join changes the next round.
REFUSED = (
    "SELECT reference FROM eligibility_application WHERE state = 'not_eligible'"
    f" AND programme_id = '{PROGRAMME}' AND urn NOT IN (SELECT lead_urn FROM network_hub)"
    " ORDER BY id DESC"
)
WHY = "The figures are of the school before it changed."


def test_an_application_is_decided_agreed_and_written_about(
    visit: Callable[..., Visitor], service: Service
) -> None:
    """In every mode in turn, as what is decided of an application stays so."""
    for mode in MODES:
        reference = service.ask(REFUSED)
        officer, second = visit(mode, CASEWORKER), visit(mode, ADMINISTRATOR)
        to_the_case(officer, reference)
        decide(officer, "May not join", "The rules are right here.")
        officer.look("journey 3: decided as the rules say")
        assert officer.page.get_by_text("Agree this decision").count() == 0, "it counts at once"
        decide(officer, "May join", WHY)
        officer.look("journey 3: decided against the rules")
        said = officer.page.inner_text("main")
        assert "It counts once a second person agrees" in said
        assert "May not join, with reasons." in said, "nothing follows from it yet"
        assert officer.page.get_by_role("button", name="Agree this decision").count() == 0
        assert_letters(officer, reference, ["May not join"])

        to_the_case(second, reference)
        press(second, "Agree this decision")
        second.look("journey 3: agreed by a second officer")
        said = second.page.inner_text("main")
        assert "Agreed by" in said
        assert "May join, and waits for a match" in said
        assert_letters(second, reference, ["May join", "May not join"])
        read_the_letter(second)


def to_the_case(officer: Visitor, reference: str) -> None:
    """Find an application in the queue by what a letter or a caller names."""
    officer.go("/office/applications")
    officer.page.get_by_label("School name, URN or reference").fill(reference)
    press(officer, "Apply filters")
    with officer.page.expect_navigation():
        officer.page.get_by_role("link", name=reference).click()


def decide(officer: Visitor, verdict: str, reason: str) -> None:
    """Decide on the pathway that the school wished for."""
    page = officer.page
    wished = page.locator("h3", has_text="wished for").first.inner_text()
    names = page.locator("#pathway option").all_inner_texts()
    page.get_by_label("Pathway").select_option(
        label=next(name for name in names if wished.startswith(name))
    )
    page.get_by_label(verdict, exact=True).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    press(officer, "Record the decision")


def assert_letters(officer: Visitor, reference: str, kinds: list[str]) -> None:
    """See in the list of letters which were written about an application, newest first."""
    page = officer.page
    officer.go("/office/letters")
    page.get_by_label("URN, trust number or reference").fill(reference)
    press(officer, "Apply filters")
    officer.look("journey 3: its letters")
    rows = page.get_by_role("region", name="Letters found").locator("tbody tr")
    assert [row.locator("td").first.inner_text() for row in rows.all()] == kinds


def read_the_letter(officer: Visitor) -> None:
    """Open the newest letter of the list: it says what was decided, and the reason."""
    with officer.page.expect_navigation():
        officer.page.locator("main tbody th a").first.click()
    officer.look("journey 3: the letter")
    assert f"The office decided this. Its reason: {WHY}" in officer.page.inner_text("main")
