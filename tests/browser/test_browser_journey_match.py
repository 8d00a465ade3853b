"""Journey 4: a round is run, a change is tried beside it, its effect read, and it is published."""

import csv
import io
import re
import urllib.parse
from collections.abc import Callable

from browser.looking import MODES, Visitor, press, wait_for_the_job
from browser.places import ADMINISTRATOR, CASEWORKER, PROGRAMME, SPECIAL_PROGRAMME
from browser.serving import Service


def test_a_round_is_run_tried_and_published(
    visit: Callable[..., Visitor], service: Service
) -> None:
    """In every mode in turn, as a cohort has one published round."""
    for mode in MODES:
        officer = visit(mode, CASEWORKER)
        plan = run_a_round(officer, service, PROGRAMME)
        tried = try_a_change(officer, service, plan)
        read_the_effect(officer, tried)
        # What is published is of the programme that no other test looks into so closely.
        other = run_a_round(officer, service, SPECIAL_PROGRAMME)
        publish_it(visit(mode, ADMINISTRATOR), other)


def run_a_round(visitor: Visitor, service: Service, programme_id: str) -> str:
    """From the list to a new round of the cohort that applied; give its address."""
    page = visitor.page
    published = f"matching_publishedround WHERE programme_id = '{programme_id}'"
    cohort = service.ask(f"SELECT cohort_id FROM {published}")
    visitor.go("/office/rounds")
    visitor.look("journey 4: rounds")
    press(visitor, "Run a round")
    press(visitor, "Run the round")
    visitor.look("journey 4: nothing chosen")
    page.locator(f'input[name="cohort"][value="{programme_id}/{cohort}"]').check()
    press(visitor, "Run the round")
    wait_for_the_job(visitor, "journey 4: round")
    visitor.look("journey 4: the round")
    return urllib.parse.urlsplit(page.url).path


def try_a_change(visitor: Visitor, service: Service, plan: str) -> str:
    """Turn values, add a ban with a slip, take it out, and have it worked out."""
    page = visitor.page
    number = plan.rpartition("/")[2]
    placed = f"matching_placement WHERE round_id = {number} AND outcome = 'matched' ORDER BY urn"
    urn, lead = (service.ask(f"SELECT {name} FROM {placed}") for name in ("urn", "lead_urn"))
    visitor.go(plan)
    press(visitor, "Try a change")
    visitor.look("journey 4: values in force")
    page.get_by_label("Preferred limit on the drive").fill("soon")
    press(visitor, "Work it out")
    visitor.look("journey 4: values that make no sense")
    assert page.get_by_label("Preferred limit on the drive").input_value() == "soon"
    page.get_by_label("What do you try?").fill("Shorter drives")
    page.get_by_label("Preferred limit on the drive").fill("20")
    page.get_by_label("Longest drive that is ever proposed").fill("40")
    page.get_by_label("Ban", exact=True).check()
    page.get_by_label("School", exact=True).fill(urn)
    page.get_by_label("Hub", exact=True).fill("Nowhere at all")
    page.get_by_label("Why?").fill("They share governors")
    press(visitor, "Add to the list")
    visitor.look("journey 4: a hub that is none")
    page.get_by_label("Hub", exact=True).fill(lead)
    press(visitor, "Add to the list")
    visitor.look("journey 4: a ban with its names")
    press(visitor, "Take out.*")
    visitor.look("journey 4: a ban taken out")
    assert "None so far" in page.inner_text("main")
    assert page.get_by_label("What do you try?").input_value() == "Shorter drives"
    press(visitor, "Work it out")
    wait_for_the_job(visitor, "journey 4: what-if")
    return urllib.parse.urlsplit(page.url).path


def read_the_effect(visitor: Visitor, tried: str) -> None:
    """Words, figures, map and table of a what-if; its schools narrowed; one of them explained."""
    page = visitor.page
    visitor.look("journey 4: the effect")
    assert "Longest drive that is ever proposed: 40 minutes instead of" in page.inner_text("main")
    page.get_by_text("The figures of this picture as a table").click()
    visitor.look("journey 4: the map's table open")
    page.get_by_label("Kind of difference").select_option("lost")
    press(visitor, "Show these schools")
    visitor.look("journey 4: those who lose their hub")
    table = page.get_by_role("region", name="Schools whose place differs").locator("tbody tr")
    shown = [row.locator("th a").inner_text() for row in table.all()]
    link = page.get_by_role("link", name="Download these schools (CSV)")
    file = page.context.request.get(
        urllib.parse.urljoin(page.url, str(link.get_attribute("href")))
    ).text()
    names = [row["school_name"] for row in csv.DictReader(io.StringIO(file))]
    assert shown == names[: len(shown)]
    assert shown, "a limit of 40 minutes costs somebody its hub"
    with page.expect_navigation():
        table.first.locator("a").click()
    visitor.look("journey 4: why no hub, in the what-if")
    assert "Shorter drives" in page.inner_text("main")
    visitor.go(tried)
    page.get_by_label("Set it beside").select_option(index=0)
    press(visitor, "Compare")
    visitor.look("journey 4: beside another round")


def publish_it(visitor: Visitor, plan: str) -> None:
    """Publish a plan, after a slip in the number."""
    page = visitor.page
    visitor.go(plan)
    press(visitor, "Publish this round")
    visitor.look("journey 4: before publishing")
    told = re.sub("[^0-9]", "", page.locator("main li strong").first.inner_text())
    assert int(told or 0) > 0, "there is something to publish"
    page.get_by_label("To confirm").fill("1,000,000")
    press(visitor, "Publish round .*")
    visitor.look("journey 4: number and reason wrong")
    page.get_by_label("To confirm").fill(told)
    page.get_by_label("Why is this round published?").fill("Tried in a test")
    press(visitor, "Publish round .*")
    wait_for_the_job(visitor, "journey 4: publication")
    visitor.look("journey 4: published")
    assert "Published" in page.inner_text("h1")
    assert "Reason: Tried in a test" in page.inner_text("main")
    visitor.go(f"{plan}/publish")
    visitor.look("journey 4: published already")
