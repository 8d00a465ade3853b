"""Whatever page there is, some page leads to it: nobody should have to know an address."""

import dataclasses
import html.parser
import re
import urllib.parse
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve

import schoolhubs.service
from invented import AT, ON
from mutated_forms import SPECIAL, URN
from peopled import OWN, peopled
from providing import provider
from rights_table import addresses
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import OF_PEOPLE
from schoolhubs.service.eligibility.applying.pages import steps
from schoolhubs.service.eligibility.models import Application
from watchful import WatchfulClient

# A page of a list stands for the others of its name.
MOST_OF_A_NAME = 2
# What programs ask is told by the description of the API, to which a page leads.
OF_PROGRAMS = "api-"
OF_PEOPLE_TOO = {"api-document", "api-key", "api-key-new", "api-keys"}
# Not to be found by a link, and why.
NOT_LINKED = {
    "healthz": "asked by the supervisor",
    "readyz": "asked by whatever balances the load",
    "version": "asked by those who run the service",
    "clock": "in demonstrations alone, where the banner of every page leads to it",
    "metrics": "asked by Prometheus on this machine",
    "sign-in-callback": "the sign-in provider leads here",
    "calendar-feed": "a secret link, shown once to whoever made it, which a calendar asks",
    "survey-notice": "whoever was given a code is led here by it",
}
# Led to from a page in a state that the walked data does not hold: the template that does.
IN_OTHER_STATES = {
    "booking-cancel": "events/booking.html",
    "booking-change": "events/booking.html",
    "booking-check": "events/booking.html",
    "booking-feedback": "events/booking.html",
    "event-book": "events/events.html",
    "event-hand-down": "events/event.html",
    "ranking": "events/events.html",
    "attendance-table": "attendance/lead.html",
    "diagnostic-day-take-back": "diagnosis/day.html",
    "clawback-new": "funding/exceptions.html",
    "clawback-repaid": "funding/clawback.html",
    "payment-hold": "funding/run_new.html",
    "successor-new": "funding/exceptions.html",
    "money-decision-take-back": "funding/decision.html",
    "declaration-strike": "funding/declaration_check.html",
    "payment-run-confirm": "funding/run.html",
    "payment-run-draw": "funding/run.html",
    "payment-run-file": "funding/run.html",
    "payment-run-hand-over": "funding/run.html",
    "payment-run-new": "funding/runs.html",
    "marks-columns": "../attendance/bringing/views.py",
    "marks-erase": "attendance/lead.html",
    "marks-result": "../attendance/bringing/views.py",
    "marks-terms": "../attendance/bringing/views.py",
    "plan-approve": "plans/check.html",
    "plan-begin": "plans/none.html",
    "plan-compare": "plans/affected.html",
    "plan-earlier": "plans/ended.html",
    "plan-review": "plans/reviews.html",
    "school-target-version": "targets/target.html",
    "sharing-answer": "sharing/sharing.html",
    "sharing-propose": "sharing/sharing.html",
    "behaviour-return-csv": "diagnosis/behaviour_return.html",
    "self-assessment-csv": "diagnosis/side_by_side.html",
    "self-assessment-restart": "diagnosis/self_assessment.html",
    "hub-days-file": "delivery/hub.html",
    "support-day-missed": "delivery/day.html",
    "hub-proposal-accept": "delivery/proposal.html",
    "coaching": "delivery/days.html",
    "concern-new": "milestones/terms.html",
    "stuck-file": "milestones/stuck.html",
    "coaching-end": "delivery/coaching.html",
    "support-day-answer": "delivery/day.html",
    "support-day-cancel": "delivery/day.html",
    "support-day-check": "../delivery/pages/views.py",
    "support-day-move": "delivery/day.html",
    "support-day-plan": "delivery/days.html",
    "support-day-record": "delivery/days.html",
    "support-day-recorded": "../delivery/pages/views.py",
    "support-day-settle": "delivery/day.html",
    "target-goal": "targets/target.html",
    "application-start": "eligibility/tasks.html",
    "hubs-keep": "network/look_at_hubs.html",
    "application-sent": "../eligibility/applying/declaring.py",
    "import-undo": "imports/one.html",
    "job-set-aside": "jobs/job.html",
    "job-try-again": "jobs/job.html",
    "match-more": "partnerships/answer.html",
    "school-absence": "schools/school.html",
    "school-among": "schools/school.html",
    "school-among-schools": "schools/among.html",
    "school-among-limits": "schools/among.html",
    "trust-absence-csv": "schools/trust.html",
    "survey-file": "surveys/results.html",
    "survey-open": "surveys/survey.html",
    "survey-results": "surveys/survey.html",
    "survey-withdraw": "surveys/survey.html",
    "survey-questions": "surveys/answering/notice.html",
    "survey-sent": "../surveys/answering/views.py",
    "hub-training-file": "training/hub.html",
    "office-training-file": "training/office.html",
    "school-training-file": "training/school.html",
    "training-certificate": "training/school.html",
    "training-declare": "training/school.html",
    "training-leader": "training/school.html",
    "training-leader-left": "training/school.html",
    "training-leader-new": "training/school.html",
    "training-session-record": "training/session.html",
    "training-sign-up": "training/school.html",
}
TEMPLATES = Path(schoolhubs.service.__file__).parent / "templates"
# What a page that leads somewhere must not do: lead to where one may not be, or to nothing.
REFUSED = {403, 404}


class Leads(html.parser.HTMLParser):
    """Where a page leads: its links, and what its forms and scripts send to."""

    def __init__(self, text: str, at: str) -> None:
        super().__init__()
        self.at, self.found, self.opened = at, set[str](), set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and (href := told.get("href")):
            self.found.add(urllib.parse.urljoin(self.at, href).partition("#")[0])
            self.opened |= self.found
        elif tag == "form":
            self.found.add(urllib.parse.urljoin(self.at, told.get("action") or self.at))
        self.found |= {value for name, value in attrs if name.startswith("data-") and value}


def name_of(address: str) -> str:
    """Give the name of an address of the service; blank for anything else."""
    try:
        return resolve(urllib.parse.urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


def is_ours(address: str) -> bool:
    """Tell whether an address is of this service, and not of the sign-in provider."""
    return urllib.parse.urlsplit(address).netloc in {"", "testserver"}


@dataclasses.dataclass(slots=True)
class Walk:
    """The names of what somebody was led to, and where a link was refused: from where, to what."""

    led: set[str] = dataclasses.field(default_factory=lambda: {"home"})
    refused: set[str] = dataclasses.field(default_factory=set)


def walked(client: WatchfulClient) -> Walk:
    """Open whatever can be come to from the first page."""
    ahead, seen, opened = [("/", "")], set[str](), dict[str, int]()
    walk = Walk()
    while ahead:
        address, before = ahead.pop(0)
        name = name_of(address)
        if address in seen or opened.get(name, 0) >= MOST_OF_A_NAME:
            continue
        seen.add(address)
        opened[name] = opened.get(name, 0) + 1
        answer: Any = client.get(address)
        if answer.status_code in {301, 302}:
            ahead += [(each, before) for each in [answer.headers["Location"]] if is_ours(each)]
        elif answer.status_code in REFUSED:
            walk.refused.add(f"{before or 'nowhere'} to {address}: {answer.status_code}")
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            leads = Leads(answer.content.decode(), address)
            walk.led |= {name_of(each) for each in leads.found}
            ahead += sorted((each, address) for each in leads.opened if name_of(each))
    return walk


def a_draft() -> None:
    """Have an application written to its end and not sent, beside the one that was sent."""
    rules = programmes.load(SPECIAL).as_at(ON)
    wished = [each.pathway for each in rules.pathways]
    answers = {each.name: "Calls home" for each in steps(rules, wished, phase="special")}
    Application.objects.create(
        reference="TEST-DRAFT", programme_id=SPECIAL, cohort_id=rules.cohort_id, urn=URN,
        state="draft", begun_at=AT, begun_by="head", pathways=wished,
        answers={**answers, "pathways": wished},
    )  # fmt: skip


@pytest.fixture(scope="module")
def walks(django_db_setup: None, django_db_blocker: Any) -> Mapping[str, Walk]:
    """Give the walk of each role, and of somebody who has not signed in."""
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        world = peopled()
        a_draft()
        clients = {role.value: world.client(role, OWN) for role in OF_PEOPLE}
        found = {name: walked(each) for name, each in clients.items()}
        found["nobody"] = walked(WatchfulClient())
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def led(walks: Mapping[str, Walk]) -> Collection[str]:
    """Give the names that somebody is led to, whoever they are."""
    return {name for walk in walks.values() for name in walk.led}


@pytest.mark.parametrize("who", [*(role.value for role in OF_PEOPLE), "nobody"])
def test_no_page_leads_to_where_one_may_not_be(walks: Mapping[str, Walk], who: str) -> None:
    assert sorted(walks[who].refused) == []


def test_a_link_that_is_refused_is_seen() -> None:
    class Careless:
        def get(self, address: str) -> HttpResponse:
            if address == "/":
                return HttpResponse('<a href="/people">People</a>')
            return HttpResponse(status=403)

    assert walked(Careless()).refused == {"/ to /people: 403"}  # type: ignore[arg-type]


def test_every_page_is_led_to(led: Collection[str]) -> None:
    every = {name for name, _ in addresses()}
    names = {each for each in every if not each.startswith(OF_PROGRAMS)} | OF_PEOPLE_TOO & every
    alone = names - set(led) - set(NOT_LINKED) - set(IN_OTHER_STATES)
    assert " ".join(sorted(alone)) == "", "link it, or say why nobody need"


@pytest.mark.parametrize(("name", "place"), IN_OTHER_STATES.items())
def test_what_is_led_to_in_another_state_is_led_to_there(name: str, place: str) -> None:
    text = (TEMPLATES / place).read_text("utf-8")
    # A view may name it in a table of where to go on, and a template only as an address.
    leading = rf"['\"]{name}['\"]" if place.endswith(".py") else rf"url\(['\"]{name}['\"]"
    assert re.search(leading, text)


def test_what_needs_no_link_has_none(led: Collection[str]) -> None:
    assert sorted(set(NOT_LINKED) & set(led)) == []
