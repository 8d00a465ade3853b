"""A hub that begins next term answers before it begins; who may answer and read, and who not."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from invented import AT, ON, PROGRAMME
from partnering import LEAD, agreed, of, state_of, world
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility import actions as applications
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.service.network.models import Hub
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

OFFICE: dict[str, Any] = {"by": "officer", "organisation": "office:1", "at": AT, "place": "/office"}
SCHOOL: dict[str, Any] = {"by": "head", "organisation": "school:1", "at": AT, "place": "/"}
MATCH = f"/programmes/{PROGRAMME}/schools/900001/match"
AHEAD = datetime.date(2100, 1, 1)  # pages go by the clock; this never comes


@pytest.mark.django_db
def test_a_hub_that_is_to_begin_answers_and_has_its_page() -> None:
    world({"900001": LEAD})
    Hub.objects.filter(lead_urn=LEAD).update(started_on=AHEAD)
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    assert "School 900001" in lead.get("/hub").content.decode()
    assert lead.post(f"{MATCH}/accept", {"version": of("900001").version}).status_code == 302
    assert of("900001").lead_says == "accepts"


@pytest.mark.django_db
def test_a_hub_that_is_over_answers_nothing() -> None:
    world({"900001": LEAD})
    Hub.objects.filter(lead_urn=LEAD).update(finished_on=ON)
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    assert [lead.get("/hub").status_code, lead.get(f"{MATCH}/accept").status_code] == [403, 403]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 1, 90])
def test_a_hub_steps_down_before_it_begins(days: int) -> None:
    world({"900001": LEAD})
    begins_on = ON + datetime.timedelta(days=days)
    Hub.objects.filter(lead_urn=LEAD).update(started_on=begins_on)
    hub = Hub.objects.get(lead_urn=LEAD)
    assert actions.step_down(hub, on=ON, reason="The head left", **OFFICE) == 1
    assert (of("900001").state, state_of("900001")) == ("ended", "eligible")
    leads = hubs_on(PROGRAMME, begins_on).values_list("lead_urn", flat=True)
    assert LEAD not in leads
    with pytest.raises(Conflict, match="does not lead a hub any more"):
        actions.step_down(hub, on=ON, reason="Again", **OFFICE)


@pytest.mark.django_db
def test_a_hub_that_ends_later_can_still_end_today() -> None:
    world({"900001": LEAD})
    hub = Hub.objects.filter(lead_urn=LEAD)
    address = f"/office/hubs/{PROGRAMME}/{LEAD}/step-down"
    office = signed_in(Role.OFFICE_CASEWORKER)
    hub.update(finished_on=AHEAD)
    page = office.get(address).content.decode()
    assert "its last day is 31 December 2099" in page
    assert "End this hub" in page
    assert office.post(address, {"reason": "The head left"}).status_code == 302
    assert hub.get().finished_on == timezone.localdate()
    page = office.get(address).content.decode()
    assert "The last day of its hub was" in page
    assert "End this hub" not in page


def overridden(state: str) -> tuple[Application, HumanDecision]:
    """Store an application in a state, with a decision against the rules that waits."""
    application = Application.objects.get(urn="900001")
    assert application.snapshot is not None
    Decision.objects.create(
        application=application, pathway="enhanced", verdict="yes", made_at=AT,
        definition_version="1", snapshot=application.snapshot, record={"reasons": []},
    )  # fmt: skip
    made = applications.decide(
        application, pathway="enhanced", verdict="no", reason="Too soon",
        version=application.version, **OFFICE,
    )  # fmt: skip
    assert state_of("900001") == state
    return application, made


@pytest.mark.django_db
def test_no_decision_moves_an_application_whose_partnership_runs() -> None:
    world({"900001": LEAD})
    agreed("900001")
    turn(on=of("900001").starts_on, at=AT, place="x")
    application, made = overridden("running")
    application.refresh_from_db()
    another = {**OFFICE, "by": "another"}
    with pytest.raises(Conflict, match="running by now"):
        applications.agree(made, version=application.version, **another)
    Decision.objects.create(
        application=application, pathway="regional", verdict="cannot tell", made_at=AT,
        definition_version="1", snapshot=RegisterSnapshot.objects.get(), record={"reasons": []},
    )  # fmt: skip
    with pytest.raises(Conflict, match="running by now"):
        applications.decide(
            application, pathway="regional", verdict="no", reason="x", version=application.version,
            **OFFICE,
        )  # fmt: skip
    made.refresh_from_db()
    assert (made.agreed_by, state_of("900001"), of("900001").state) == ("", "running", "running")


@pytest.mark.django_db
def test_what_is_past_deciding_waits_for_nobody() -> None:
    world({"900001": LEAD})
    application, _ = overridden("matched")
    again = signed_in(Role.OFFICE_CASEWORKER, subject="another")
    words = f"Agree or leave a decision against the rules: {application.reference}"
    assert words not in again.get("/work").content.decode()
    Partnership.objects.update(state="superseded", version=9)
    Application.objects.filter(urn="900001").update(state="eligible", version=9)
    assert words in again.get("/work").content.decode()


@pytest.mark.django_db
def test_an_ended_partnership_is_given_no_further_year(monkeypatch: pytest.MonkeyPatch) -> None:
    world({"900001": LEAD})
    one = agreed("900001")
    where = "schoolhubs.service.partnerships.doing.extending.extra_terms"
    monkeypatch.setattr(where, lambda each: 3 if each.year == 1 else 0)
    for side in ("lead", "partner"):
        request = actions.ask_for_more(one, side=side, reason="More", **SCHOOL)
    hub = Hub.objects.get(programme_id=PROGRAMME, lead_urn=LEAD)
    actions.step_down(hub, on=ON, reason="The head left", **OFFICE)
    with pytest.raises(Conflict, match="is over"):
        actions.decide_more(request, is_agreed=True, reason="Yes", **OFFICE)
    assert (Partnership.objects.count(), ExtensionRequest.objects.get().state) == (1, "asked")
    assert actions.decide_more(request, is_agreed=False, reason="It ended", **OFFICE) is None


@pytest.mark.django_db
def test_a_governor_who_leads_a_hub_too_does_not_answer_for_the_partner() -> None:
    world({"900001": LEAD})
    Hub.objects.create(programme_id=PROGRAMME, lead_urn="900001")
    both = signed_in(
        Role.PARTNER_SCHOOL_GOVERNOR, Role.LEAD_SCHOOL, urn="900001", subject="governor"
    )
    posted = {"version": of("900001").version}
    assert both.get("/hub").status_code == 200  # the role of the lead does hold
    answers = [
        both.post(f"{MATCH}/{way}", posted).status_code for way in ("accept", "does-not-work")
    ]
    assert answers == [403, 403]
    assert of("900001").partner_says == ""
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900001", subject="head")
    assert head.post(f"{MATCH}/accept", posted).status_code == 302


@pytest.mark.django_db
def test_a_lead_whose_match_was_declined_no_longer_reads_how_far_the_school_is() -> None:
    world({"900001": LEAD})
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    reference = Application.objects.get(urn="900001").reference
    assert reference in lead.get("/schools/900001").content.decode()
    one = of("900001")
    actions.answer(
        one, side="lead", says="objects", reasons=("other",), reason="Full", version=one.version,
        **SCHOOL,
    )  # fmt: skip
    actions.decide(Objection.objects.get(), is_upheld=True, reason="Yes", **OFFICE)
    assert of("900001").state == "declined"
    assert reference not in lead.get("/schools/900001").content.decode()
