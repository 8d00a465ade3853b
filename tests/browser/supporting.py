"""What a hub gives in a term: support days, an open day with a waiting list, training."""

import datetime
import re

from browser.diagnosing import at, choose, day
from browser.living import door, fill, says, tuesday, within
from browser.looking import Visitor


def named(lead: Visitor) -> None:
    """The lead names who goes to partners, found from its hub's page."""
    door(lead, "Your hub", "Today")
    lead.look("year: hub today, before the first day")
    at(lead, "All support days of the hub", "link")
    at(lead, "Your leaders", "link")
    for name, job in (("Tamsin Oldroyd", "Deputy headteacher"), ("Idris Calloway", "Inclusion")):
        fill(lead, name=name, job=job)
        at(lead, "Add to the list")
    lead.look("year: leaders who go to partners")


def days_of(lead: Visitor, school: str) -> None:
    """Open a partner's support days from the page of the hub."""
    door(lead, "Your hub", "Today")
    within(lead, school, school)


def planned(lead: Visitor, school: str, on: datetime.date) -> None:
    days_of(lead, school)
    at(lead, "Plan a day")
    day(lead, "on", on)
    choose(lead, {"part": "day", "held_at": "partner"})
    lead.page.locator("input[name=leaders]").first.check()
    fill(lead, focus="How lessons begin, and what adults do at the door")
    lead.look("year: plan a day")
    at(lead, "Plan the day")
    says(lead, "The day is planned")


def as_planned(lead: Visitor, school: str, *, n_leaders: int) -> None:
    """A day that was planned and is over waits on the lead's work, and is recorded as it was."""
    lead.go("/work")
    at(lead, f"Record the support day of .*{re.escape(school)}", "link")
    at(lead, "Record it")
    fill(lead, evidence="Six lessons walked together; notes are with the deputy head.",
         travel_minutes="70", n_partner_leaders=str(n_leaders))  # fmt: skip
    lead.look("year: record a planned day")
    at(lead, "Continue")
    lead.look("year: record a planned day, check")
    at(lead, "Record this day")
    lead.look("year: record a planned day, recorded")


def recorded(lead: Visitor, school: str, on: datetime.date, *, n_leaders: int) -> None:
    """A day in three pages: what was done, a look at it, it is recorded."""
    days_of(lead, school)
    at(lead, "Record a day")
    day(lead, "on", on)
    choose(lead, {"part": "day", "held_at": "partner"})
    for box in lead.page.locator("input[name=leaders]").all():
        box.check()
    evidence = "Six lessons walked together; notes are with the deputy head."
    fill(lead, focus="How lessons begin", evidence=evidence, travel_minutes="70",
         n_partner_leaders=str(n_leaders))  # fmt: skip
    at(lead, "Continue")
    # What is unusual, such as days beyond the promise, is asked about once.
    if lead.page.locator("[name=is_sure]").count():
        lead.page.locator("[name=is_sure]").check()
        at(lead, "Continue")
    at(lead, "Record this day")


def agreed(head: Visitor, *, looks: bool) -> None:
    """The head finds what waits on the page of one's work, and agrees each day."""
    head.go("/work")
    waiting = "Say whether"
    while head.page.get_by_role("link", name=waiting).count():
        at(head, waiting, "link")
        choose(head, {"verdict": "yes"})
        if looks:
            head.look("year: agree a day")
        at(head, "Send your answer")
        says(head, "You agreed the day")
        head.go("/work")


def held(lead: Visitor, term: datetime.date) -> datetime.date:
    """The lead prepares an open day of four places and opens it."""
    on = tuesday(term) + datetime.timedelta(days=2)
    door(lead, "Your open days")
    at(lead, "Prepare an event")
    choose(lead, {"kind": "open_day", "opens": "yes"})
    day(lead, "on", on)
    day(lead, "closes_on", on - datetime.timedelta(days=3))
    fill(lead, about="Arrival, two lessons, lunch and an hour with the team", n_places="4")
    at(lead, "Save")
    says(lead, "open for booking")
    lead.look("year: open day, prepared")
    return on


def booked(head: Visitor, on: datetime.date, *, looks: bool) -> None:
    """Booking in four pages: the list, the party, a look at it all, the confirmation."""
    door(head, "Open days")
    if looks:
        head.look("year: open days, list")
    within(head, f"{on.day} {on:%B %Y}", "Book")
    head.page.locator("input[name^=n_]").fill("2")
    fill(head, roles="Headteacher and SENCO")
    if looks:
        head.look("year: open day, party")
    at(head, "Continue")
    if looks:
        head.look("year: open day, check")
    at(head, "Book")
    if looks:
        head.look("year: open day, booked")
    says(head, "Booked")


def waits(head: Visitor, on: datetime.date) -> None:
    """All places are taken, so the school waits and sees its place in line."""
    door(head, "Open days")
    within(head, f"{on.day} {on:%B %Y}", "Join the waiting list")
    head.page.locator("input[name^=n_]").fill("2")
    head.look("year: open day, full")
    at(head, "Join the waiting list")
    says(head, "You are number 1 on the waiting list")
    head.look("year: open day, waiting")


def cancelled(head: Visitor, school: str, on: datetime.date) -> None:
    door(head, "Open days")
    within(head, f"{on.day} {on:%B %Y}", school)
    at(head, "Cancel", "link")
    at(head, "Cancel the booking")
    says(head, "It is cancelled")


def freed(head: Visitor, school: str, lead: Visitor, on: datetime.date) -> None:
    """The place went to who waited, and the event's record shows that nobody was passed by."""
    door(head, "Open days")
    within(head, f"{on.day} {on:%B %Y}", school)
    says(head, "Booked")
    head.look("year: open day, a freed place")
    door(lead, "Your open days")
    within(lead, f"{on.day} {on:%B %Y}", "")
    at(lead, "Everything that happened", "link")
    lead.look("year: open day, who was served")


def checked_in(lead: Visitor, on: datetime.date) -> None:
    """Who came waits on the lead's work until it is written down."""
    lead.go("/work")
    at(lead, f"Write down who came to the open day of {on.day} {on:%B %Y}", "link")
    lead.look("year: open day, check-in")
    at(lead, "Save")
    says(lead, "written down who came")


def seen_today(lead: Visitor) -> None:
    """The page of the hub says what was given and paid."""
    door(lead, "Your hub", "Today")
    lead.look("year: hub today, after a term")
    says(lead, "awarded to the lead school", "paid or in a payment run")
