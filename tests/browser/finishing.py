"""Training with its certificate, a school that leaves, and a second year asked for and agreed."""

import datetime
import re

from browser.diagnosing import at, choose, fetched
from browser.living import door, fill, says, typed, within
from browser.looking import Visitor


def leader_named(head: Visitor) -> None:
    door(head, "Your training")
    at(head, "Name a leader")
    fill(head, called="Marguerite Hollindale", post="Headteacher")
    for box in head.page.locator("input[name=duties]").all():
        box.check()
    at(head, "Save")
    says(head, "Marguerite Hollindale", "What is owed")


def trained(head: Visitor, on: datetime.date) -> int:
    """Declare each module that is owed; how many there were."""
    n = 0
    while True:
        door(head, "Your training")
        owed = head.page.get_by_role("link", name=re.compile("^Done elsewhere"))
        if not owed.count():
            return n
        with head.page.expect_navigation():
            owed.first.click()
        head.page.locator("input[name=leader]").first.check()
        typed(head, "completed_on", on)
        if not n:
            head.look("year: training, declare")
        at(head, "Declare it")
        n += 1


def certified(lead: Visitor) -> None:
    """The lead confirms what waits, found on its work; then nothing waits."""
    lead.go("/work")
    waiting = re.compile("^Confirm .* of training")
    while lead.page.get_by_role("link", name=waiting).count():
        with lead.page.expect_navigation():
            lead.page.get_by_role("link", name=waiting).first.click()
        lead.look("year: training of the hub")
        with lead.page.expect_navigation():
            lead.page.locator("main a[href*='/training/declared/']").first.click()
        choose(lead, {"verdict": "yes"})
        at(lead, "Save")
        says(lead, "It is confirmed")
        lead.go("/work")


def certificate(head: Visitor) -> None:
    """The certificate is a PDF, and anybody can check its number."""
    door(head, "Your training")
    head.page.locator("#done summary").click()
    head.look("year: training, certified")
    link = head.page.get_by_role("link", name=re.compile("^Certificate")).first
    address = str(link.get_attribute("href"))
    assert fetched(head, address).startswith(b"%PDF")


def left(office: Visitor, school: str) -> None:
    """A school leaves: the office ends its partnership, found on the stuck list or by its terms."""
    door(office, "Stuck partnerships")
    office.look("year: stuck")
    within(office, school, school)
    office.look("year: terms, somebody is stuck")
    says(office, "Overdue")
    at(office, "Let it rest, or end it", "link")
    choose(office, {"do": "end", "sure": "yes"})
    fill(office, words="The school closes its unit and cannot go on.")
    office.look("year: rest or end")
    at(office, "Save")


def asked(who: Visitor, reason: str, *, school: str = "", looks: bool = False) -> None:
    """Ask for a further year, from the page of the terms."""
    door(who, "Term by term")
    if school:
        within(who, school, school)
    if looks:
        who.look("year: terms, last term")
    at(who, "Ask for a further year", "link")
    fill(who, reason=reason)
    if looks:
        who.look("year: ask for a further year")
    at(who, "Ask for a further year")


def extended(office: Visitor, school: str) -> None:
    """The office reads what the first year came to, and agrees."""
    office.go("/work")
    with office.page.expect_navigation():
        office.page.get_by_role("link", name=re.compile("further years? (was|were) asked")).click()
    at(office, re.escape(school), "link")
    says(office, "What the first year had come to", "Days agreed", "support day")
    office.look("year: further year, evidence")
    choose(office, {"verdict": "yes"})
    fill(office, reason="The days were used, and more is to come.")
    at(office, "Record the decision")
    says(office, "Agreed")
