"""The second half of the way: a plan is written, screened, approved and reviewed."""

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from browser.diagnosing import at, choose, day, fetched
from browser.looking import Visitor
from commands import schoolhubs

LIBRARY = "start_of_lesson"


def written(head: Visitor, school: str) -> None:
    """An objective on the finding, its baseline from the survey; an action; who was asked."""
    head.go(f"{school}/plan/begin")
    head.page.get_by_label("Title of the plan").fill("Lessons begin well in every room")
    at(head, "Begin the plan")
    at(head, "Write an objective")
    page, today = head.page, datetime.date.today()  # noqa: DTZ011 - the reviewer's own day
    page.get_by_text("Figures this service holds").click()
    page.locator("button[name=use][value^=survey-pupil_routines_score]").click()
    page.wait_for_load_state("load")
    page.get_by_label("What is to change?").fill("Pupils know how every lesson begins")
    options = page.locator("#finding_id option").all()
    wanted = [each for each in options if "begin" in each.inner_text().casefold()] or options[1:]
    page.locator("#finding_id").select_option(wanted[0].get_attribute("value"))
    # A term lies between in a school; here the review is on the day the survey closed.
    day(head, "measured_on", today - datetime.timedelta(days=1))
    page.get_by_label("Improvement hoped for").fill("4")
    page.get_by_label("Owner").fill("Deputy head")
    day(head, "started_on", today)
    for n in (1, 2, 3):
        day(head, f"review_{n}", today + datetime.timedelta(days=90 * n))
    page.get_by_label("Cost beyond staff hours").fill("0")
    page.locator("#evidence_strength").select_option("practice_only")
    page.locator("#evidence").fill("Little is known of it; most studies found a small effect.")
    head.look("diagnosis: objective, filled in")
    at(head, "Save")
    at(head, "Find actions for this objective", "link")
    page.locator(f"form:has(input[value={LIBRARY}]) button").click()
    page.wait_for_load_state("load")
    at(head, "Save")
    for who in ("pupils_with_send", "parents"):
        head.go(f"{school}/plan/consultations/{who}")
        page.get_by_label("How they were asked").fill("A talk with the SENCO")
        day(head, "held_on", today)
        page.get_by_label("What they said").fill("Signs on the wall help.")
        page.get_by_label("What it changed").fill("The routine is pictured too.")
        at(head, "Save")
    head.look("diagnosis: plan, written")


def checked_alike(head: Visitor, school: str, folder: Path, *, least: int) -> None:
    """The command finds the same in the downloaded plan as the page lists."""
    path = folder / f"plan-{least}.yaml"
    path.write_bytes(fetched(head, f"{school}/plan.yaml"))
    problems = schoolhubs("plan", "check", path, code=3 if least else 0)["problems"]
    head.go(f"{school}/plan/check")
    head.look(f"diagnosis: plan, check, {least}")
    said = head.page.inner_text("main")
    assert bool(problems) == bool(least), problems
    assert [
        each["text"] for each in problems if each["text"].casefold() not in said.casefold()
    ] == []
    wanted = f"{len(problems)} point" if problems else "Nothing, by the rules of"
    assert wanted in said


def screened(head: Visitor, governor: Visitor, school: str) -> None:
    """Who writes answers the screen; a governor, who wrote nothing, reviews it."""
    head.go(f"{school}/plan")
    at(head, "Open", "link")
    for box in head.page.locator("input[type=radio][value=adjusted]").all():
        box.check()
    choose(head, {"answer-consequence": "none"})
    for words in head.page.locator("textarea[name^=reason-]").all():
        words.fill("Signs and time to settle for those who need them.")
    told = {"for_whom-0": "Autistic pupils", "what-0": "A picture of each step", "owner-0": "SENCO"}
    for name, value in told.items():
        head.page.locator(f"[name={name}]").fill(value)
    day(head, "started_on-0", datetime.date.today())  # noqa: DTZ011
    head.page.locator("#evidence").fill("Our survey by SEND")
    head.page.locator("#consulted").fill("Pupils with SEND, with the SENCO")
    at(head, "Save the answers")
    head.look("diagnosis: screen, answered")
    governor.go(head.page.url.removeprefix(head.service.url))
    governor.look("diagnosis: screen, to review")
    at(governor, "I have reviewed this screen")
    governor.look("diagnosis: screen, reviewed")


def approved(head: Visitor, school: str) -> None:
    head.go(f"{school}/plan/approve")
    head.look("diagnosis: approve")
    at(head, "Approve")
    head.look("diagnosis: approved")
    assert "Approved" in head.page.inner_text("main")


def reviewed(head: Visitor, school: str, folder: Path) -> None:
    """A small gain cannot be green; kept as the figures say, the command says the same of it."""
    plan: dict[str, Any] = yaml.safe_load(fetched(head, f"{school}/plan.yaml"))
    (objective,) = plan["objectives"]
    base = objective["baseline"]["value"]
    assert base == _scored_by_the_command(folder)
    head.go(f"{school}/plan/reviews/{objective['objective_id']}")
    now = {"value": base + 1, "low": base - 2, "high": base + 4}
    for name, value in now.items():
        head.page.locator(f"#{name}").fill(f"{value:.2f}")
    day(head, "measured_on", datetime.date.today())  # noqa: DTZ011
    head.page.locator("#source").fill("Survey of the next term")
    head.page.locator("#comment").fill("Most rooms begin alike; two do not yet.")
    choose(head, {"rag": "green"})
    at(head, "Keep the review")
    head.look("diagnosis: review, too bright")
    assert "allow amber at best" in head.page.inner_text(".govuk-error-summary")
    choose(head, {"rag": ""})
    at(head, "Keep the review")
    head.look("diagnosis: reviewed")
    path = folder / "reviewed.yaml"
    path.write_bytes(fetched(head, f"{school}/plan.yaml"))
    (told,) = schoolhubs("plan", "progress", path)["reviews"]
    said, come = head.page.inner_text("main"), told["progress"]
    assert (told["rag"], come["rag"]) == ("amber", "amber")
    for number in ("better_by", "low", "high"):
        assert f"{abs(come[number]):.2f}" in said, number


def _scored_by_the_command(folder: Path) -> float:
    """Give how pupils see routines, as ``survey score`` made it of their answers."""
    scores = pl.read_csv(folder / "pupil-survey" / "scored" / "scores.csv")
    (value,) = scores.filter(kind="scale", measure="routines", cut="all")["value"]
    return round(float(value), 2)


def gone_all_the_way(head: Visitor, lead: Visitor, school: str) -> None:
    """Every step of the way is done, and both schools see that it is."""
    for who in (head, lead):
        who.go(f"{school}/journey")
        who.look("diagnosis: the whole way")
        said = who.page.inner_text("main")
        assert "Cannot start yet" not in said
        assert "Not yet started" not in said
        assert "In progress" not in said
