"""A cohort lives a year under the test clock: from its first term to paid, and extended.

All of it on pages, by the people whose work it is, who find each step by links from "Your work".
Then the command line says the same of the records that the office takes away, to the penny.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser import balancing, finishing, living, paying, supporting
from browser.living import Cohort, forward
from browser.looking import DESK, PHONE, PLAIN, Visitor
from browser.serving import Service, copied, shared_service

A_WEEK = datetime.timedelta(days=7)


@pytest.fixture(scope="module")
def service(chromium: Path, small_england: Path) -> Iterator[Service]:
    """Give a copy of the service that all other tests look at: its clock is put forward."""
    session = Path(os.environ["SCHOOLHUBS_TESTS"])
    with copied(shared_service(session, small_england), session) as alone:
        yield alone


@pytest.fixture
def cohort(visit: Callable[..., Visitor], service: Service) -> Cohort:
    """Give everybody of the year: at a desk, on a phone, without scripts."""
    modes = {living.FIRST: PHONE, living.LIGHT: PLAIN, living.OFFICE: PLAIN}
    return living.cohort(service, lambda role: visit(modes.get(role, DESK), role))


def test_a_cohort_from_its_first_term_to_paid_and_extended(cohort: Cohort, tmp_path: Path) -> None:
    spring = forward(cohort.clock, "To the next term")
    opened_on = began(cohort, spring)
    summer = forward(cohort.clock, "To the next term")
    gave(cohort, opened_on)
    paid_first(cohort, summer)
    finishing.left(cohort.office, cohort.names[1])
    forward(cohort.clock, "To the next term")
    went_on(cohort, living.tuesday(summer))
    over = forward(cohort.clock, "To the next term")
    finished(cohort)
    paid_rest(cohort, over)
    later = forward(cohort.clock, "To the next term")
    second_year(cohort, living.tuesday(over), later)
    balancing.balanced(cohort, paying.in_one_run(cohort, later), tmp_path)


def began(cohort: Cohort, term: datetime.date) -> datetime.date:
    """The first day of the first term: leaders, a day planned, an open day that is full."""
    lead, (first, second, light) = cohort.lead, cohort.heads
    supporting.named(lead)
    supporting.planned(lead, cohort.names[0], living.tuesday(term))
    on = supporting.held(lead, term)
    supporting.booked(first, on, looks=True)
    supporting.booked(second, on, looks=False)
    supporting.waits(light, on)
    supporting.cancelled(second, cohort.names[1], on)
    supporting.freed(light, cohort.names[2], lead, on)
    finishing.leader_named(first)
    return on


def gave(cohort: Cohort, on: datetime.date) -> None:
    """What the term gave is written down by one side and agreed by the other."""
    lead, (first, second, _) = cohort.lead, cohort.heads
    supporting.checked_in(lead, on)
    supporting.as_planned(lead, cohort.names[0], n_leaders=2)
    supporting.agreed(first, looks=True)
    day = on + datetime.timedelta(days=4)
    supporting.recorded(lead, cohort.names[1], day, n_leaders=2)
    supporting.agreed(second, looks=False)
    assert finishing.trained(first, on) > 0
    finishing.certified(lead)
    finishing.certificate(first)


def paid_first(cohort: Cohort, term: datetime.date) -> None:
    """Both sides declare the first term, the office checks, and two people of finance pay."""
    first, second, light = cohort.heads
    by_hand = term - 3 * A_WEEK
    paying.declared(first, "End of term 1", cohort.hub, by_hand=by_hand, looks=True)
    for head in (second, light):
        paying.declared(head, "End of term 1", cohort.hub)
    for school in cohort.names[:2]:
        paying.declared(cohort.lead, "End of term 1", school)
    assert paying.checked(cohort.office, looks=True) >= 5
    paying.settled(cohort, term)
    content = paying.in_one_run(cohort, term, looks=True)
    assert len(paying.paid_by(content)) >= 5
    supporting.seen_today(cohort.lead)


def went_on(cohort: Cohort, on: datetime.date) -> None:
    """The second term, a day of it with many; and a further year is asked for and agreed."""
    first = cohort.heads[0]
    supporting.recorded(cohort.lead, cohort.names[0], on, n_leaders=3)
    supporting.agreed(first, looks=False)
    finishing.asked(first, "Two more year groups learn the routines.", looks=True)
    finishing.asked(cohort.lead, "We have the time.", school=cohort.names[0])
    finishing.extended(cohort.office, cohort.names[0])


def finished(cohort: Cohort) -> None:
    """The first year is over and kept; the second shows new terms with new tasks."""
    first = cohort.heads[0]
    living.door(first, "Term by term")
    first.look("year: terms of the second year")
    living.says(first, "of 8 completed", "Not due yet")
    living.door(cohort.lead, "Term by term")
    cohort.lead.look("year: partners, term by term")
    light = cohort.heads[2]
    living.door(light, "Your partnerships")
    living.says(light, "Finished")


def paid_rest(cohort: Cohort, term: datetime.date) -> None:
    """The other terms of the year are declared together, and paid in one run."""
    first, _, light = cohort.heads
    for milestone in ("End of term 2", "End of term 3"):
        for head in (first, light):
            paying.declared(head, milestone, cohort.hub)
        paying.declared(cohort.lead, milestone, cohort.names[0])
    assert paying.checked(cohort.office) >= 6
    paying.in_one_run(cohort, term)


def second_year(cohort: Cohort, on: datetime.date, term: datetime.date) -> None:
    """A day of the second year leads to money of the second year."""
    first = cohort.heads[0]
    supporting.recorded(cohort.lead, cohort.names[0], on, n_leaders=4)
    supporting.agreed(first, looks=False)
    paying.declared(first, "End of term 4", cohort.hub, by_hand=term - 3 * A_WEEK)
    paying.declared(cohort.lead, "End of term 4", cohort.names[0])
    assert paying.checked(cohort.office) >= 2
