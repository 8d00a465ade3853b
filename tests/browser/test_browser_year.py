"""A cohort lives a year under the test clock: from its first term to paid, and extended.

All of it on pages, by the people whose work it is, who find each step by links from "Your work".
Then the command line says the same of the records that the office takes away, to the penny.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser import living, paying, supporting
from browser.living import (
    ADMINISTRATOR,
    CHECKER,
    FIRST,
    LEAD,
    LIGHT,
    MAKER,
    OFFICE,
    SECOND,
    forward,
    of_cohort,
)
from browser.looking import DESK, PHONE, PLAIN, Visitor
from browser.serving import Service, copied, shared_service


@pytest.fixture(scope="module")
def service(chromium: Path, small_england: Path) -> Iterator[Service]:
    """Give a copy of the service that all other tests look at: its clock is put forward."""
    session = Path(os.environ["SCHOOLHUBS_TESTS"])
    with copied(shared_service(session, small_england), session) as alone:
        yield alone


@pytest.fixture
def people(visit: Callable[..., Visitor]) -> dict[str, Visitor]:
    """Give everybody of the year: at a desk, on a phone, without scripts."""
    modes = {LEAD: DESK, FIRST: PHONE, SECOND: DESK, LIGHT: PLAIN}
    modes |= {ADMINISTRATOR: DESK, OFFICE: PLAIN, MAKER: DESK, CHECKER: DESK}
    return {role: visit(mode, role) for role, mode in modes.items()}


def test_a_cohort_from_its_first_term_to_paid_and_extended(
    people: dict[str, Visitor], service: Service
) -> None:
    lead, first, second, light = (people[each] for each in (LEAD, FIRST, SECOND, LIGHT))
    office, finance = people[ADMINISTRATOR], (people[MAKER], people[CHECKER])
    term = forward(office, "To the next term")
    on = began(lead, first, second, light, service, term)
    term = forward(office, "To the next term")
    gave(lead, first, second, light, service, on)
    money(lead, first, second, light, people[OFFICE], finance, term, service)


def name_of(service: Service, n: int) -> str:
    urn = service.ask(of_cohort("partner_urn", n))
    return service.ask(f"SELECT name FROM schools_school WHERE urn = '{urn}' ORDER BY id DESC")


def began(
    lead: Visitor, first: Visitor, second: Visitor, light: Visitor, service: Service,
    term: datetime.date,
) -> datetime.date:  # fmt: skip
    """The first day of the first term: leaders, a day planned, an open day that is full."""
    supporting.named(lead)
    supporting.planned(lead, name_of(service, 0), living.tuesday(term))
    on = supporting.held(lead, term, looks=True)
    supporting.booked(first, on, looks=True)
    supporting.booked(second, on, looks=False)
    supporting.waits(light, on)
    supporting.cancelled(second, name_of(service, 1), on)
    supporting.freed(light, name_of(service, 2), lead, on)
    return on


def gave(
    lead: Visitor, first: Visitor, second: Visitor, light: Visitor, service: Service,
    on: datetime.date,
) -> None:  # fmt: skip
    """What the term gave is written down by one side and agreed by the other."""
    supporting.checked_in(lead, on, looks=True)
    for n, head in enumerate((first, second)):
        day = on + datetime.timedelta(days=4 + n)
        supporting.recorded(lead, name_of(service, n), day, n_leaders=2, looks=not n)
        supporting.agreed(head, looks=not n)


def money(
    lead: Visitor, first: Visitor, second: Visitor, light: Visitor, officer: Visitor,
    finance: tuple[Visitor, Visitor], term: datetime.date, service: Service,
) -> None:  # fmt: skip
    hub = name_of_lead(service)
    yesterday = term - datetime.timedelta(days=20)
    paying.declared(first, "End of term 1", hub, by_hand=yesterday, looks=True)
    for head in (second, light):
        paying.declared(head, "End of term 1", hub)
    paying.declared(lead, "End of term 1", name_of(service, 0))
    assert paying.checked(officer, looks=True) >= 4
    paying.settled(*finance, term)
    paying.in_one_run(*finance, term, looks=True)


def name_of_lead(service: Service) -> str:
    urn = service.ask(of_cohort("lead_urn"))
    return service.ask(f"SELECT name FROM schools_school WHERE urn = '{urn}' ORDER BY id DESC")
