"""One Enhanced school goes from its match to an approved plan and a first review.

300 pupils and 40 staff answer, a few of them on a page; every number on the way is repeated by the
command line from what the pages let somebody download.
"""

import datetime
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from browser import approving, diagnosing, returning
from browser.diagnosing import ANSWERING, HOW_MANY, at, choose, day, fetched
from browser.looking import DESK, PHONE, PLAIN, Visitor
from browser.places import PROGRAMME
from browser.serving import Service
from commands import schoolhubs
from schoolhubs import diagnosis

CAUSE = "routines_differ"
KEYS = ["respondents", "kind", "measure", "cut", "label"]
YEARS = {"primary": ("5", "6"), "secondary": ("7", "8", "9", "10", "11")}
MOST_LOOKS = 120  # half a second apart, for a job


def test_from_a_match_to_a_first_review(
    visit: Callable[..., Visitor], service: Service, tmp_path: Path
) -> None:
    partner, lead_urn = diagnosing.pair(service)
    diagnosing.enrol(service, partner, lead_urn)
    head, lead = visit(DESK, "diagnosing_head"), visit(PHONE, "diagnosing_lead")
    school = f"/schools/{partner}"
    accepted(head, lead, partner)
    shared(head, lead, school)
    phase = service.ask(f"SELECT phase FROM schools_school WHERE urn = '{partner}'")
    diagnosing.drawn(tmp_path, YEARS[phase])
    keys = {name: surveyed(head, school, name, tmp_path / name, visit) for name in HOW_MANY}
    for name, key in keys.items():
        scored_alike(head, f"{school}/surveys/{key}/results", name, tmp_path / name)
    assessed(head, visit(PHONE, "diagnosing_senco"), school, "behaviour-mainstream")
    returning.returned(head, school, partner, tmp_path)
    returning.marked(head, school, partner, tmp_path)
    found(head, lead, school, tmp_path)
    approving.written(head, school)
    approving.checked_alike(head, school, tmp_path, least=1)
    approving.screened(head, visit(PLAIN, "diagnosing_governor"), school)
    approving.checked_alike(head, school, tmp_path, least=0)
    approving.approved(head, school)
    approving.reviewed(head, school, tmp_path)
    approving.gone_all_the_way(head, lead, school)


def accepted(head: Visitor, lead: Visitor, partner: str) -> None:
    for who in (head, lead):
        who.go(f"/programmes/{PROGRAMME}/schools/{partner}/match")
        at(who, "Accept")
        at(who, "Accept this match")
    assert "Both schools have said yes" in lead.page.inner_text("main")


def shared(head: Visitor, lead: Visitor, school: str) -> None:
    """The head proposes what the lead sees, and the lead accepts; before, it sees nothing."""
    lead.go(f"{school}/findings")
    lead.look("diagnosis: nothing is shared yet", status=404)
    head.go(f"{school}/sharing")
    at(head, "Propose what is shared")
    head.look("diagnosis: propose what is shared")
    for name in ("purposes", "kinds"):
        for box in head.page.locator(f"input[name='{name}']").all():
            box.check()
    at(head, "Send the proposal")
    head.look("diagnosis: proposed")
    lead.go(f"{school}/sharing")
    at(lead, "Accept or decline")
    choose(lead, {"verdict": "yes"})
    at(lead, "Send your answer")
    lead.look("diagnosis: agreed")


def surveyed(
    head: Visitor, school: str, name: str, folder: Path, visit: Callable[..., Visitor]
) -> str:
    """Set a survey up, let everybody answer, close it; give its key."""
    route = "class_codes" if name == "pupil-survey" else "one_time_links"
    today = datetime.date.fromisoformat(str(head.page.evaluate("Intl.DateTimeFormat('en-CA', "
                                            "{timeZone: 'Europe/London'}).format()")))  # fmt: skip
    head.go(f"{school}/surveys/new")
    choose(head, {"instrument": name, "route": route})
    day(head, "opens_on", today)
    day(head, "closes_on", today + datetime.timedelta(days=11))
    at(head, "Continue")
    head.look(f"diagnosis: {name}, check")
    at(head, "Make the survey")
    address = head.page.url
    at(head, "Say who is asked", "link")
    head.page.locator("input[type=file]").set_input_files(folder / "asked.csv")
    at(head, "Keep")
    at(head, "Make codes and print them", "link")
    if route == "class_codes":
        head.page.get_by_label("Classes").fill("7A\n7B\n8A\n8B")
    else:
        head.page.get_by_label("How many links?").fill(str(HOW_MANY[name]))
    head.page.locator("input[name=sure]").check()
    at(head, "Make and show them")
    head.look(f"diagnosis: {name}, codes")
    codes = head.page.locator(".hubs-code").all_inner_texts()
    head.page.goto(address)
    at(head, "Open it now")
    head.look(f"diagnosis: {name}, open")
    answered(head.service, name, folder, codes, visit)
    head.page.reload()
    at(head, "Close it now")
    head.look(f"diagnosis: {name}, close")
    at(head, "Close it for good")
    return address.rpartition("/")[2]


def answered(
    service: Service, name: str, folder: Path, codes: list[str], visit: Callable[..., Visitor]
) -> None:
    """Two answer on a page, on a phone with scripts and without; the others at once."""
    kept_as, drawn = ANSWERING.read(folder)
    assert (kept_as, len(drawn)) == (name, HOW_MANY[name])
    rows = [ANSWERING.fields(row, name) for row in drawn]
    ours = [codes[n % len(codes)] for n in range(len(rows))]
    for mode, code, row in zip((PHONE, PLAIN), ours, rows, strict=False):
        who = visit(mode)
        who.go("/surveys/answer")
        who.page.locator("#code").fill(code)
        at(who, "Continue|Go on|Next")
        who.look(f"survey: {name}, notice")
        at(who, "Start", "button")
        choose(who, row)
        who.look(f"survey: {name}, questions")
        at(who, "Send")
        who.look(f"survey: {name}, sent")
    led_to = ANSWERING.send(service.url, ours[2:], rows[2:])
    assert {each.rpartition("/answer/")[2] for each in led_to} == {f"sent/{name}"}


def scored_alike(head: Visitor, results: str, name: str, folder: Path) -> None:
    """The command scores the same answers to the same numbers as the page's file has."""
    head.go(results)
    for _ in range(MOST_LOOKS):
        if "Its scores are being worked out" not in head.page.inner_text("main"):
            break
        head.page.wait_for_timeout(500)
        head.page.reload()
    head.look(f"diagnosis: {name}, results")
    said = fetched(head, f"{results}/scores")
    shown = pl.read_csv(io.BytesIO(said), infer_schema_length=None)
    told = ("survey", "score", "--instrument", name, "--answers", folder / "answers.csv")
    told += ("--population", folder / "asked.csv")
    where = ("--urn", str(shown["urn"][0]), "--wave", str(shown["wave"][0]))
    schoolhubs(*told, *where, "--out", folder / "scored")
    again = pl.read_csv(folder / "scored" / "scores.csv", infer_schema_length=None)
    numbers = ["n_answered", "value", "low", "high"]
    both = [each.select(*KEYS, *numbers).sort(KEYS) for each in (shown, again)]
    assert both[0].select(KEYS).equals(both[1].select(KEYS))
    for column in numbers:
        ours, theirs = (each[column].to_list() for each in both)
        assert ours == pytest.approx(theirs, abs=1e-6), f"{name}: {column}"
    assert shown.filter(kind="scale", cut="all")["value"].null_count() == 0
    assert f"{HOW_MANY[name]:,}" in head.page.inner_text("main")


def assessed(head: Visitor, senco: Visitor, school: str, edition: str) -> None:
    """Two people answer, each alone: both see that lessons begin as each teacher likes."""
    asked = diagnosis.instrument(edition)
    head.go(f"{school}/self-assessment")
    with head.page.expect_navigation():
        head.page.locator(f"form[action$='/begin/{edition}'] button").click()
    address = head.page.url.removeprefix(head.service.url)
    for who, usual in ((head, 3), (senco, 2)):
        for part in asked.sections:
            who.go(f"{address}/sections/{part.name}")
            levels = {
                each.name: str(1 if each.root_cause == CAUSE else usual)
                for each in asked.of_section(part.name)
            }
            choose(who, levels)
            if part == asked.sections[0]:
                who.look("diagnosis: self-assessment, a section")
            at(who, "Save and continue")
    head.go(f"{address}/finish")
    head.look("diagnosis: self-assessment, finish")
    at(head, "Finish")
    head.look("diagnosis: self-assessment, side by side")


def found(head: Visitor, lead: Visitor, school: str, folder: Path) -> None:
    """Both schools write down what they saw; the draft is the command's, and is confirmed."""
    head.go(f"{school}/diagnostic-day/prepare")
    held = str(head.page.evaluate("new Date().toISOString().slice(0, 10)"))
    day(head, "held_on", datetime.date.fromisoformat(held))
    for name in ("agenda", "who", "to_see"):
        head.page.locator(f"#{name}").fill("Arrival, three lessons, lunch; heads of both schools")
    at(head, "Save")
    for who, text in ((head, "Two of four"), (lead, "Three of five")):
        who.go(f"{school}/diagnostic-day/see")
        who.page.locator("#root_cause").select_option(CAUSE)
        at(who, "Write it down")
        who.look("diagnosis: what was seen, not all said")
        choose(who, {"says": "for"})
        who.page.locator("#text").fill(f"{text} lessons began without the routine.")
        at(who, "Write it down")
    head.go(f"{school}/diagnostic-day")
    at(head, "Record", "link")
    head.page.locator("#extent").fill("About one pupil in twenty.")
    head.page.locator("#referral").fill("A talk with the council.")
    at(head, "Save|Record|Keep")
    head.look("diagnosis: day")
    head.go(f"{school}/findings")
    head.look("diagnosis: draft findings")
    drafted_alike(head, school, folder)
    at(head, "Rank and confirm")
    head.look("diagnosis: confirm")
    at(head, "Confirm the findings")
    head.look("diagnosis: confirmed")
    lead.go(f"{school}/findings")
    lead.look("diagnosis: findings, shared")


def drafted_alike(head: Visitor, school: str, folder: Path) -> None:
    files = f"{school}/findings/draft"
    zipfile.ZipFile(io.BytesIO(fetched(head, f"{files}/inputs.zip"))).extractall(folder / "inputs")
    again = schoolhubs("diagnosis", "draft", "--inputs", folder / "inputs")
    shown = json.loads(fetched(head, f"{files}/diagnosis.json"))
    assert again["digest"] == shown["digest"]
    assert again["findings"] == shown["findings"]
    ranks = {each["root_cause"]: each["rank"] for each in shown["findings"]}
    returning.same_marks(folder)
    assert CAUSE in ranks, ranks
    assert {each["kind"] for each in shown["findings"][ranks[CAUSE] - 1]["evidence"]} >= {
        "survey", "self_assessment", "observation",
    }  # fmt: skip
