"""What was just done is said on the next page, to the person who did it, and once."""

from typing import Any

import pytest
from django.test import Client

from invented import PROGRAMME
from partnering import LEAD, of, world
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import Objection
from signing import signed_in

pytestmark = pytest.mark.django_db
URN = "900001"
MATCH = f"/programmes/{PROGRAMME}/schools/{URN}/match"
BANNER = "govuk-notification-banner--success"


def said(client: Client, address: str, sent: dict[str, Any]) -> list[str]:
    """Send a form; give how the page it leads to looks the first and the second time."""
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    return [client.get(answer.headers["Location"]).content.decode() for _ in range(2)]


def accepts(role: Role, urn: str) -> list[str]:
    return said(signed_in(role, urn=urn), f"{MATCH}/accept", {"version": of(URN).version})


def test_who_accepts_is_told_what_it_waits_for() -> None:
    world({URN: LEAD})
    first, second = accepts(Role.PARTNER_SCHOOL_HEAD, URN)
    assert first.count(BANNER) == 1
    assert "You accepted the match. It is agreed once the other side accepts it too." in first
    assert BANNER not in second
    first, second = accepts(Role.LEAD_SCHOOL, LEAD)
    assert "You accepted the match. Both sides have now accepted it, and it is agreed." in first
    assert BANNER not in second


@pytest.mark.parametrize("verdict", ["yes", "no"])
def test_who_decides_an_objection_is_told_what_follows(verdict: str) -> None:
    world({URN: LEAD})
    one = of(URN)
    who = {"by": "head", "organisation": "school:1", "at": one.proposed_at, "place": "/match"}
    actions.answer(one, side="partner", says="objects", reasons=("timing",), version=1, **who)
    address = f"/office/objections/{Objection.objects.get().pk}"
    office, other = signed_in(Role.OFFICE_CASEWORKER), signed_in(Role.OFFICE_CASEWORKER)
    taken = office.post(address, {"verdict": verdict, "reason": "So it is"})
    page = taken.headers["Location"]
    assert BANNER not in other.get(page).content.decode(), "it is said to nobody else"
    first, second = (office.get(page).content.decode() for _ in range(2))
    words = "is upheld: the match of School" if verdict == "yes" else "is not upheld: School"
    assert f"The objection {words} {URN}" in first
    assert BANNER not in second


@pytest.mark.parametrize("to", ["withdrawn", "deferred"])
def test_who_leaves_is_told_what_becomes_of_it(to: str) -> None:
    world({URN: LEAD})
    application = Application.objects.get(urn=URN)
    later = Intake.objects.create(
        programme_id=PROGRAMME, cohort_id="2098-99-autumn", title="Autumn term 2098",
        starts_on="2098-09-01", opens_on="2098-04-01", closes_on="2098-08-01", day_from="calendar",
    )  # fmt: skip
    sent = {"reason": "A new head", "version": application.version}
    sent |= {"cohort_id": later.cohort_id} if to == "deferred" else {}
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN)
    address = f"/applications/{PROGRAMME}/{URN}/leave/{to}"
    first, second = said(head, address, sent)
    words = "is withdrawn." if to == "withdrawn" else "is put off to the autumn term 2098."
    assert f"The application {application.reference} of School {URN} {words}" in first
    assert BANNER not in second


def test_a_page_that_does_not_say_it_leaves_it_for_the_one_that_does() -> None:
    world({URN: LEAD})
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=URN)
    taken = head.post(f"{MATCH}/accept", {"version": of(URN).version})
    for address in ("/", f"/schools/{URN}", "/work"):
        assert BANNER not in head.get(address).content.decode()
    assert BANNER in head.get(taken.headers["Location"]).content.decode()
