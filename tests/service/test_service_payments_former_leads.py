"""A lead whose hub is over reaches the payments it earned, and nothing else of a lead's."""

import datetime
from typing import Any

import pytest

from invented import AT
from paid import LEAD, partnership, schools
from rights_table import addresses
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.accounts.rights import Rights, required
from schoolhubs.service.accounts.roles import LEADS, Role
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.doing.ending import step_down
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, OTHER = "900001", "900020"
RISE = "rise-hubs-2025"
STARTS, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 4, 1)
MONEY = {
    "own-money", "school-money", "declaration", "declaration-day", "declaration-day-out",
    "declaration-use", "declaration-declare", "money-statement", "money-statement-csv",
    "money-statement-xlsx", "money-statement-pdf",
}  # fmt: skip


def led(urn: str, *, until: datetime.date | None = None) -> Hub:
    return Hub.objects.create(programme_id=RISE, lead_urn=urn, started_on=STARTS, finished_on=until)


def lead(urn: str = LEAD) -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=urn, subject=f"lead-{urn}")


def test_a_lead_whose_hub_is_over_declares_the_payment_it_earned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schools(ONE)
    Hub.objects.all().delete()
    hub = led(LEAD)
    one = partnership(
        ONE, programme_id=RISE, pathway="enhanced", cohort_id="2026-27-spring", state="running",
        starts_on=STARTS, finishes_on=datetime.date(2027, 1, 1),
    )  # fmt: skip
    step_down(
        hub, on=AT.date(), reason="A new head", by="officer", organisation="office:1", at=AT,
        place="tests",
    )  # fmt: skip
    one.refresh_from_db()
    assert one.ended_side == "lead"
    monkeypatch.setattr(clock, "now", lambda: AT + datetime.timedelta(days=400))
    client, page = lead(), f"/schools/{LEAD}/money"
    assert "Your money" in client.get("/work").content.decode()
    assert client.get("/money").headers["Location"] == page
    found = client.get(page).content.decode()
    assert "Ended early" in found
    assert "Declare the time given" in found
    assert client.get(f"{page}/statement").status_code == 200
    here = f"{page}/{one.pk}/withdrawal"
    assert client.post(here).status_code == 302
    assert client.post(f"{here}/declare", {"sure": "on", "version": "1"}).status_code == 302
    assert Declaration.objects.get().state == "declared"
    assert client.get(f"/schools/{ONE}/money").status_code == 404, "the partner's own"
    assert client.get("/my-hub").status_code in (403, 404)
    assert lead(OTHER).get("/money").status_code == 403, "it never led a hub"


def test_a_hub_whose_last_day_was_the_last_of_the_term_still_reaches_its_payments() -> None:
    schools(ONE)
    Hub.objects.all().delete()
    led(LEAD, until=LAST)
    assert lead().get(f"/schools/{LEAD}/money").status_code == 200
    assert lead().get(f"/schools/{ONE}/money").status_code == 404


def test_a_role_of_a_hub_that_is_over_opens_pages_of_payments_and_no_other() -> None:
    """The reviewed table says who reaches a page; here it is who does by what it held before."""
    person = Person(subject="lead")
    now, before = Actor(person=person), Actor(person=person, before=frozenset(LEADS))
    opened = {
        name
        for name, pattern in addresses()
        if (told := required(pattern.callback)) and told.permit(before) != told.permit(now)
    }
    assert opened == MONEY
    assert not Rights(roles=frozenset(LEADS)).permit(before)
