"""What people come to do, from the start page to the answer, in each way of browsing."""

import csv
import io
import urllib.parse
import urllib.request
from collections.abc import Callable

import pytest

from browser.looking import MODES, Mode, Visitor, answer_every_page, press
from browser.places import APPLICANT, PROGRAMME
from browser.serving import Service

WHICH_SCHOOL = "Enter the name, URN or postcode of a school"


def search(visitor: Visitor, typed: str) -> None:
    """Type into the one field and send it."""
    visitor.page.get_by_label("School name, URN or postcode").fill(typed)
    visitor.page.get_by_role("button", name="Find school").click()


def test_is_my_school_eligible(
    visitor: Visitor, service: Service, subjects: dict[str, str]
) -> None:
    """Journey 1: nothing typed, then by name, URN and postcode to the same school's answer."""
    urn = subjects["matched"]
    name = service.ask(f"SELECT name FROM schools_school WHERE urn = '{urn}'")
    postcode = service.ask(f"SELECT postcode FROM schools_school WHERE urn = '{urn}'")
    visitor.go("/eligibility")
    search(visitor, "")
    visitor.look("journey 1: nothing typed")
    assert visitor.page.locator(".govuk-error-summary a").inner_text() == WHICH_SCHOOL

    search(visitor, "x" * 121)
    visitor.look("journey 1: too much typed")
    assert visitor.page.get_by_label("School name").input_value() == "x" * 121, "nothing is lost"

    for typed in (name, urn, postcode):
        search(visitor, typed)
        visitor.look("journey 1: found")
        visitor.page.locator(f"main a[href='/eligibility/{urn}']").click()
        visitor.look("journey 1: the answer")
        assert visitor.page.get_by_role("heading", level=1).inner_text() == name
        assert "May join" in visitor.page.inner_text("main")
        visitor.page.get_by_role("link", name="Find another school").click()
    visitor.look("journey 1: back at the start")


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_how_an_answer_was_worked_out(
    visit: Callable[..., Visitor], mode: Mode, subjects: dict[str, str]
) -> None:
    """Every pathway's rules open, each with what was read and from where."""
    visitor = visit(mode)
    visitor.go(f"/eligibility/{subjects['special']}")
    for summary in visitor.page.locator("main summary").all():
        summary.click()
    visitor.look("journey 1: every rule open")
    tables = visitor.page.locator("main details table")
    assert tables.count() >= 4, "two pathways of each of two programmes"
    assert all(table.is_visible() for table in tables.all())


def test_the_hubs_of_england(visitor: Visitor, service: Service) -> None:
    """Journey 8: filtered, the list is the map's, and the CSV is its table."""
    visitor.go(f"/programmes/{PROGRAMME}/hubs")
    visitor.page.get_by_label("Phase").select_option("primary")
    visitor.page.get_by_role("button", name="Show these hubs").click()
    visitor.look("journey 8: primary hubs")
    hubs = visitor.page.get_by_role("region", name="List of hubs").locator("tbody tr")
    drawn = visitor.page.locator("figure svg g.hub")
    assert hubs.count() == drawn.count() > 0
    assert all("primary" in row.inner_text() for row in hubs.all())

    visitor.page.get_by_text("The figures of this picture as a table").click()
    visitor.look("journey 8: the table open")
    table = visitor.page.locator("figure + details table")
    rows = [
        [cell.inner_text() for cell in row.locator("th, td").all()]
        for row in table.locator("tr").all()
    ]
    link = visitor.page.get_by_role("link", name="Download these figures (CSV)")
    address = urllib.parse.urljoin(visitor.page.url, str(link.get_attribute("href")))
    with urllib.request.urlopen(address) as answer:
        assert list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig")))) == rows
    assert sum(int(row[1]) for row in rows[1:]) == hubs.count()


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_sign_in_and_out_by_role_card(visit: Callable[..., Visitor], mode: Mode) -> None:
    """The card signs in through the provider; signing out ends it."""
    visitor = visit(mode)
    visitor.go("/sign-in")
    visitor.page.get_by_role("button", name="Sign in as Programme office, caseworker").click()
    visitor.page.wait_for_url(f"{visitor.service.url}/**")
    visitor.role = "office_caseworker"
    visitor.look("signed in by card")
    if (menu := visitor.page.get_by_role("button", name="Menu")).is_visible():
        menu.click()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.role = ""
    visitor.look("signed out")
    visitor.go("/office/applications")
    assert "Choose who to be" in visitor.page.inner_text("h1")


def test_a_head_applies_and_withdraws(visit: Callable[..., Visitor]) -> None:
    """Journey 2, in every mode in turn, as it is one school's one application."""
    for mode in MODES:
        apply_and_withdraw(visit(mode, APPLICANT))


def apply_and_withdraw(visitor: Visitor) -> None:
    """Task list, a slip, every question, check, declare, confirmation, withdrawal."""
    page = visitor.page
    visitor.go("/applications")
    link = page.locator(f"main table a[href^='/applications/{PROGRAMME}/']")
    address = str(link.get_attribute("href"))
    visitor.go(address)
    visitor.look("journey 2: before the start")
    # A mode before this one left an application that is over; the school may begin anew.
    press(visitor, "Start now|Apply again")
    press(visitor, "Save and continue")
    visitor.look("journey 2: nothing chosen")
    assert "Select at least one kind of support" in page.inner_text(".govuk-error-summary")
    answer_every_page(visitor, "journey 2")
    assert "Check your answers" in page.inner_text("h1")
    visitor.go(address)
    visitor.look("journey 2: every page answered")
    press(visitor, "Check your answers and send")
    visitor.look("journey 2: check")
    press(visitor, "Send the application")
    visitor.look("journey 2: not declared")
    page.get_by_label("The answers are true").check()
    press(visitor, "Send the application")
    visitor.look("journey 2: sent")
    assert "Your reference" in page.inner_text("main")
    press(visitor, "Go to your application", "link")
    visitor.look("journey 2: what became of it")
    assert "May join" in page.inner_text("main"), "the demonstration chose a school that may"
    press(visitor, "Withdraw this application", "link")
    page.get_by_label("Why?").fill("Tried in a test")
    visitor.look("journey 2: withdrawing")
    press(visitor, "Withdraw")
    assert "withdrawn" in page.inner_text("main").lower()


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_an_officer_reads_an_application(visit: Callable[..., Visitor], mode: Mode) -> None:
    """Journey 3: the queue narrowed, one application with its rules, a decision with a slip."""
    visitor = visit(mode, "office_caseworker")
    page = visitor.page
    visitor.go("/office/applications")
    page.get_by_label("State").select_option("not_eligible")
    press(visitor, "Apply filters")
    visitor.look("journey 3: those who may not join")
    visitor.go(str(page.locator("main tbody a").first.get_attribute("href")))
    visitor.look("journey 3: one application")
    assert "May not join" in page.inner_text("main")
    press(visitor, "Record the decision")
    visitor.look("journey 3: nothing decided")
    assert "Enter the reason for the decision" in page.inner_text(".govuk-error-summary")
