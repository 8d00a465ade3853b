"""A cohort that lives a year: its people, the clock, and the ways from page to page by links."""

import dataclasses
import datetime
import re
from collections.abc import Callable
from typing import Literal

from browser.diagnosing import at
from browser.looking import Visitor, wait_for_the_job
from browser.serving import Service

LEAD, FIRST = "starting_lead_school", "starting_partner_school_head"
SECOND, LIGHT = f"{FIRST}_second", f"{FIRST}_light"
MAKER, CHECKER = "finance_maker", "finance_checker"
OFFICE, ADMINISTRATOR = "office_caseworker", "office_administrator"
PROGRAMME = "special-ap-hubs-example"
A_WEEK = datetime.timedelta(days=7)
COHORT = """
SELECT {what} FROM partnerships_partnership
WHERE proposed_by = 'demonstration, a cohort that starts' AND year = 1
ORDER BY id OFFSET {n} LIMIT 1
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Everybody of the year, and what the schools are called.

    Parameters
    ----------
    heads, names
        Of the first and the second on paired support, and of the one on open days alone.
    clock
        The office's administrator, who puts the clock forward.
    """

    lead: Visitor
    heads: tuple[Visitor, Visitor, Visitor]
    office: Visitor
    maker: Visitor
    checker: Visitor
    clock: Visitor
    hub: str
    names: tuple[str, str, str]


def cohort(service: Service, come: Callable[[str], Visitor]) -> Cohort:
    """Let everybody of the year come."""
    first, second, third = (of_school(service, of_cohort("partner_urn", n)) for n in range(3))
    return Cohort(
        lead=come(LEAD), heads=(come(FIRST), come(SECOND), come(LIGHT)), office=come(OFFICE),
        maker=come(MAKER), checker=come(CHECKER), clock=come(ADMINISTRATOR),
        hub=of_school(service, of_cohort("lead_urn")), names=(first, second, third),
    )  # fmt: skip


def of_school(service: Service, question: str) -> str:
    """Give the name of the school whose URN a question finds."""
    urn = service.ask(question)
    return service.ask(f"SELECT name FROM schools_school WHERE urn = '{urn}' ORDER BY id DESC")


def of_cohort(what: str, n: int = 0) -> str:
    """Give the question for a column of the cohort's partnership ``n``: first, second, light."""
    return COHORT.format(what=what, n=n)


def door(who: Visitor, *names: str) -> None:
    """Go from "Your work" by links alone, as somebody does who knows no address."""
    who.go("/work")
    for name in names:
        at(who, re.escape(name), "link")


def within(who: Visitor, words: str, name: str, role: Literal["button", "link"] = "link") -> None:
    """Press what begins so in the row of a table that holds some words."""
    row = who.page.locator("tr", has_text=words).first
    with who.page.expect_navigation():
        row.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first.click()


def fill(who: Visitor, **told: str) -> None:
    """Fill the fields of a form by their names."""
    for name, value in told.items():
        who.page.locator(f"[name='{name}']").fill(value)


def says(who: Visitor, *words: str) -> None:
    """Hold the page to some words, whatever their case."""
    said = who.page.inner_text("main").casefold()
    lacking = [each for each in words if each.casefold() not in said]
    assert not lacking, f"{who.page.url} lacks {lacking}: {said[:3000]}"


def today(office: Visitor) -> datetime.date:
    """Give the day of the demonstration as its clock's page says it."""
    door(office, "Demonstration clock")
    return datetime.datetime.strptime(office.page.inner_text("h1"), "It is %d %B %Y").date()  # noqa: DTZ007


def forward(office: Visitor, way: str) -> datetime.date:
    """Put the clock forward in one of the ways that its page offers; give the day it is then."""
    today(office)
    office.page.get_by_label(way).check()
    at(office, "Put the clock forward")
    wait_for_the_job(office)
    return today(office)


def tuesday(term: datetime.date) -> datetime.date:
    """Give a Tuesday of a term's fifth week, when schools of England are open in each term."""
    early = term + 4 * A_WEEK
    return early + datetime.timedelta(days=(1 - early.weekday()) % 7)


def typed(who: Visitor, name: str, on: datetime.date) -> None:
    """Type a day into three boxes, whatever their names end with."""
    boxes = who.page.locator(f"input[name^='{name}']").all()
    for box, part in zip(boxes, (on.day, on.month, on.year), strict=True):
        box.fill(str(part))
