"""Whatever page there is, some page leads to it: nobody should have to know an address."""

import html.parser
import re
import urllib.parse
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

import schoolhubs.service
from peopled import OWN, peopled
from providing import provider
from rights_table import addresses
from schoolhubs.service.accounts.roles import Role
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
    "metrics": "asked by Prometheus on this machine",
    "sign-in-callback": "the sign-in provider leads here",
}
# Led to from a page in a state that the walked data does not hold: the template that does.
IN_OTHER_STATES = {
    "application-check": "eligibility/tasks.html",
    "application-question": "eligibility/tasks.html",
    "application-sent": "../eligibility/applying/views.py",
    "import-undo": "imports/one.html",
    "job-try-again": "jobs/job.html",
    "match-more": "partnerships/answer.html",
    "school-absence": "schools/school.html",
}
TEMPLATES = Path(schoolhubs.service.__file__).parent / "templates"
# Together they see every page.
LOOKERS = (
    Role.OFFICE_ADMINISTRATOR, Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_TRUST, Role.LEAD_SCHOOL,
    Role.LOCAL_AUTHORITY, Role.EVALUATOR, Role.AUDITOR,
)  # fmt: skip


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


def walked(client: WatchfulClient) -> set[str]:
    """Open whatever can be come to from the first page; give the names of what was led to."""
    ahead, seen, opened = ["/"], set[str](), dict[str, int]()
    led = {"home"}
    while ahead:
        address = ahead.pop(0)
        name = name_of(address)
        if address in seen or opened.get(name, 0) >= MOST_OF_A_NAME:
            continue
        seen.add(address)
        opened[name] = opened.get(name, 0) + 1
        answer: Any = client.get(address)
        if answer.status_code in {301, 302}:
            ahead.append(answer.headers["Location"])
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            leads = Leads(answer.content.decode(), address)
            led |= {name_of(each) for each in leads.found}
            ahead += sorted(each for each in leads.opened if name_of(each))
    return led


@pytest.fixture(scope="module")
def led(django_db_setup: None, django_db_blocker: Any) -> Collection[str]:
    """Give the names that somebody is led to, whoever they are."""
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        world = peopled()
        clients = [WatchfulClient(), *(world.client(role, OWN) for role in LOOKERS)]
        found = {name for client in clients for name in walked(client)}
        transaction.set_rollback(True)
    return found


def test_every_page_is_led_to(led: Collection[str]) -> None:
    every = {name for name, _ in addresses()}
    names = {each for each in every if not each.startswith(OF_PROGRAMS)} | OF_PEOPLE_TOO & every
    alone = names - set(led) - set(NOT_LINKED) - set(IN_OTHER_STATES)
    assert " ".join(sorted(alone)) == "", "link it, or say why nobody need"


@pytest.mark.parametrize(("name", "place"), IN_OTHER_STATES.items())
def test_what_is_led_to_in_another_state_is_led_to_there(name: str, place: str) -> None:
    text = (TEMPLATES / place).read_text("utf-8")
    assert re.search(rf"(url|reverse)\(['\"]{name}['\"]", text)


def test_what_needs_no_link_has_none(led: Collection[str]) -> None:
    assert sorted(set(NOT_LINKED) & set(led)) == []
