"""Signing in with the local provider: organisations, roles that go, sessions that end."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from invented import facts, register
from providing import SECRET, provider, school, somebody
from schoolhubs.service.accounts import actions, oidc, organisations, sessions
from schoolhubs.service.accounts.local_people import LocalPerson
from schoolhubs.service.accounts.local_provider import Directory
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.organisation_api import OrganisationApi, RolesUnknown
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import ROLES_FILE, OrganisationKind, Role, meanings
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.network.models import Hub
from watchful import Leak, WatchfulClient, marker_of

pytestmark = pytest.mark.django_db
OFFICE = {"id": "the-office", "name": "Hubs office"}
ADA = somebody((school("900001"), ["partner_school_head"]))
OFFICER = somebody((OFFICE, ["office_administrator"]), subject="olu")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    oidc.provider.cache_clear()


@pytest.fixture
def directory() -> Iterator[Directory]:
    """Run the local provider; roles are asked for at every request."""
    with provider(ADA, OFFICER, role_seconds=0) as one:
        yield one


def sign_in(client: WatchfulClient, person: LocalPerson, following: str = "") -> HttpResponse:
    """Sign in as a browser does, through the provider and back; give the last answer."""
    address = client.get("/sign-in/start", {"next": following}).headers["Location"]
    back = requests.get(
        f"{address}&login_hint={person.subject}", allow_redirects=False, timeout=5
    ).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def actions_of(subject: str) -> list[str]:
    return [each.action for each in AuditEntry.objects.filter(by=subject)]


def test_a_headteacher_signs_in_for_the_school(
    directory: Directory, client: WatchfulClient
) -> None:
    answer = sign_in(client, ADA)
    assert answer.headers["Location"] == "/work"
    page = client.get("/account").content.decode()
    assert "Ada Vexley" in page
    assert "School 900001" in page
    assert "Partner school, headteacher" in page
    kept = Organisation.objects.get()
    assert (kept.kind, kept.urn, kept.key) == ("school", "900001", "school:900001")
    assert actions_of("ada") == ["sign_in", "sign_in.organisation"]


def test_the_page_asked_for_is_the_page_come_to(
    directory: Directory, client: WatchfulClient
) -> None:
    sent = client.get("/people?of=all").headers["Location"]
    assert sent == "/sign-in?next=%2Fpeople%3Fof%3Dall"
    assert sign_in(client, OFFICER, "/people?of=all").headers["Location"] == "/people?of=all"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\x"],
)
def test_nobody_is_led_to_another_site(
    directory: Directory, client: WatchfulClient, elsewhere: str
) -> None:
    assert sign_in(client, ADA, elsewhere).headers["Location"] == "/work"


def test_a_session_has_a_new_id_and_nothing_of_the_old(
    directory: Directory, client: WatchfulClient
) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    sign_in(client, ADA)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert "planted" not in client.session
    assert not client.session.exists(before)


def test_signing_out_kills_the_session_and_leads_to_the_provider(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(client, ADA)
    copied = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.post("/sign-out")
    leads_to = answer.headers["Location"]
    assert leads_to.startswith(f"{settings.ENVIRONMENT.sign_in_issuer}/oauth2/end_session?")
    assert "id_token_hint=" in leads_to
    assert "post_logout_redirect_uri=http%3A%2F%2Ftestserver%2F" in leads_to
    thief = WatchfulClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = copied
    assert thief.get("/account").status_code == 302
    assert actions_of("ada")[-1] == "sign_out"


def test_only_a_form_signs_out(directory: Directory, client: WatchfulClient) -> None:
    sign_in(client, ADA)
    assert client.get("/sign-out").status_code == 405
    strict = WatchfulClient(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/sign-out").status_code == 403
    assert client.get("/account").status_code == 200


def aged(client: WatchfulClient, **places: datetime.timedelta) -> None:
    """Make a session older than it is."""
    session = client.session
    for place, by in places.items():
        moment = datetime.datetime.fromisoformat(session[place]) - by
        session[place] = moment.isoformat()
    session.save()


@pytest.mark.parametrize(
    ("places", "status"),
    [
        ({"seen_at": datetime.timedelta(minutes=59)}, 200),
        ({"seen_at": datetime.timedelta(minutes=61)}, 302),
        ({"signed_in_at": datetime.timedelta(hours=11, minutes=59)}, 200),
        ({"signed_in_at": datetime.timedelta(hours=12, minutes=1)}, 302),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(
    directory: Directory,
    client: WatchfulClient,
    places: dict[str, datetime.timedelta],
    status: int,
) -> None:
    sign_in(client, ADA)
    aged(client, **places)
    assert client.get("/account").status_code == status
    assert (sessions.PERSON in client.session) == (status == 200)


def test_with_longer_limits_that_session_would_go_on(client: WatchfulClient) -> None:
    with provider(ADA, idle_minutes=600, session_hours=100):
        sign_in(client, ADA)
        aged(
            client,
            seen_at=datetime.timedelta(minutes=61),
            signed_in_at=datetime.timedelta(hours=13),
        )
        assert client.get("/account").status_code == 200


def test_being_seen_keeps_a_session_alive(directory: Directory, client: WatchfulClient) -> None:
    sign_in(client, ADA)
    for _ in range(3):
        aged(client, seen_at=datetime.timedelta(minutes=40))
        assert client.get("/account").status_code == 200


def test_stopping_somebody_ends_their_live_session_for_good(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(client, ADA)
    officer = WatchfulClient()
    sign_in(officer, OFFICER)
    page = f"/people/{Person.objects.get(subject='ada').pk}"
    answer = officer.post(page, {"access": "stop", "reason": "Left the school"})
    assert answer.status_code == 302
    copied = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/account").status_code == 302
    assert sign_in(WatchfulClient(), ADA).status_code == 403
    officer.post(page, {"access": "give back", "reason": "Came back"})
    client.cookies[settings.SESSION_COOKIE_NAME] = copied
    assert client.get("/account").status_code == 302
    assert sign_in(WatchfulClient(), ADA).status_code == 302
    done = AuditEntry.objects.filter(action__startswith="access.").values_list("action", "reason")
    assert list(done) == [("access.stop", "Left the school"), ("access.give_back", "Came back")]


def test_access_is_not_stopped_without_a_reason(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(WatchfulClient(), ADA)
    sign_in(client, OFFICER)
    client.sees_all = True
    ada = Person.objects.get(subject="ada")
    page = client.post(f"/people/{ada.pk}", {"access": "stop", "reason": " "}).content.decode()
    assert page.count("Enter why") == 2
    ada.refresh_from_db()
    assert not ada.is_stopped


def test_nobody_stops_their_own_access(directory: Directory, client: WatchfulClient) -> None:
    sign_in(client, OFFICER)
    own = Person.objects.get(subject="olu")
    answer = client.post(f"/people/{own.pk}", {"access": "stop", "reason": "A mistake"})
    assert answer.status_code == 403
    assert actions_of("olu")[-1] == "access.refused"


def test_a_role_taken_away_bites_at_the_next_request(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(client, OFFICER)
    assert client.get("/people").status_code == 200
    directory.people["olu"].memberships[0].roles[:] = ["office_read"]
    assert client.get("/people").status_code == 403
    refused = AuditEntry.objects.get(action="access.refused")
    assert (refused.by, refused.place, refused.organisation) == (
        "olu",
        "people",
        "office:the-office",
    )
    directory.people["olu"].memberships[0].roles[:] = ["office_administrator"]
    assert client.get("/people").status_code == 200


def test_an_organisation_left_bites_at_the_next_request(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(client, OFFICER)
    kept = directory.people.pop("olu")
    assert client.get("/people").status_code == 403
    directory.people["olu"] = kept


def test_roles_are_believed_for_a_minute_and_no_longer(client: WatchfulClient) -> None:
    officer = OFFICER.model_copy(deep=True)
    with provider(officer) as directory:
        sign_in(client, officer)
        asked = directory.n_asked
        directory.people["olu"].memberships[0].roles.clear()
        assert client.get("/people").status_code == 200
        assert directory.n_asked == asked
        earlier = datetime.timedelta(seconds=60)
        held = Membership.objects.get()
        held.checked_at -= earlier
        held.save()
        assert client.get("/people").status_code == 403


@pytest.mark.parametrize("seconds", [-3_600])
def test_a_role_checked_in_the_future_is_not_believed(client: WatchfulClient, seconds: int) -> None:
    """A clock that jumped back must not keep a role alive."""
    officer = OFFICER.model_copy(deep=True)
    with provider(officer) as directory:
        sign_in(client, officer)
        directory.people["olu"].memberships[0].roles.clear()
        held = Membership.objects.get()
        held.checked_at -= datetime.timedelta(seconds=seconds)
        held.save()
        assert client.get("/people").status_code == 403


def test_while_the_provider_is_silent_nothing_is_allowed(
    directory: Directory, client: WatchfulClient
) -> None:
    sign_in(client, OFFICER)
    directory.is_down = True
    answer = client.get("/people")
    assert answer.status_code == 503
    assert "We cannot tell what you may do" in answer.content.decode()
    assert client.get("/").status_code == 200
    directory.is_down = False
    assert client.get("/people").status_code == 200


@pytest.mark.parametrize(
    ("organisation", "roles"),
    [
        (school("900001"), ["office_administrator"]),
        (school("900001"), ["auditor", "local_authority", "partner_trust"]),
        ({**OFFICE, "id": "not-the-office"}, ["office_administrator"]),
        ({**OFFICE, "id": "x", "category": {"id": "002"}}, ["office_administrator"]),
        (school("900001", status={"id": 2, "name": "Closed"}), ["partner_school_head"]),
        (school("900001"), ["no_such_role"]),
        (OFFICE, ["partner_school_head"]),
    ],
)
def test_a_role_that_does_not_fit_the_organisation_is_worth_nothing(
    client: WatchfulClient, organisation: dict[str, object], roles: list[str]
) -> None:
    person = somebody((organisation, roles))
    with provider(person):
        sign_in(client, person)
        assert client.get("/people").status_code in {302, 403}
        assert client.get("/applications").status_code in {302, 403}
        assert (
            Organisation.objects.filter(kind="office").exclude(sign_in_id="the-office").count() == 0
        )


def test_a_lead_school_leads_only_while_its_hub_runs(client: WatchfulClient) -> None:
    lead = somebody((school("900010"), ["lead_school"]))
    register(facts("900010"), leads=("900010",))

    def is_lead() -> bool:
        return "Lead school" in client.get("/account").content.decode()

    with provider(lead):
        sign_in(client, lead)
        assert is_lead()
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Hub.objects.update(finished_on=yesterday)
        assert not is_lead()


def test_a_lead_trust_leads_only_through_its_own_schools(client: WatchfulClient) -> None:
    trust = {"id": "t", "name": "Ash Trust", "category": {"id": "010"}, "uid": "9010"}
    lead = somebody((trust, ["lead_trust"]))
    register(facts("900010", trust_id="9010"), facts("900011", trust_id="9011"), leads=("900011",))
    with provider(lead):
        sign_in(client, lead)
        assert client.get("/account").status_code == 302 or "Lead trust" not in (
            client.get("/account").content.decode()
        )
        Hub.objects.create(programme_id="rise-hubs-2025", lead_urn="900010")
        client = WatchfulClient()
        sign_in(client, lead)
        assert "Lead trust" in client.get("/account").content.decode()


TWO = somebody(
    (school("900001", "Ash School"), ["partner_school_head"]),
    (school("900002", "Birch School"), ["partner_school_governor"]),
    (school("900003", "Cedar School"), []),
)


def test_somebody_of_several_organisations_chooses_and_changes(client: WatchfulClient) -> None:
    with provider(TWO):
        assert sign_in(client, TWO, "/applications").headers["Location"] == "/organisations"
        assert client.get("/applications").headers["Location"] == "/organisations"
        page = client.get("/organisations").content.decode()
        assert "Ash School" in page
        assert "Birch School" in page
        answer = client.post("/organisations", {"organisation": "school-900001"})
        assert answer.headers["Location"] == "/applications"
        assert "headteacher" in client.get("/account").content.decode()
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/organisations", {"organisation": "school-900002"})
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
        page = client.get("/account").content.decode()
        assert "governor" in page
        assert "headteacher" not in page
        told_of = AuditEntry.objects.filter(action="sign_in.organisation")
        assert [each.organisation for each in told_of] == ["school:900001", "school:900002"]


def test_an_organisation_is_chosen_among_ones_own_alone(client: WatchfulClient) -> None:
    with provider(TWO, ADA.model_copy(update={"subject": "bea"})):
        sign_in(client, TWO)
        for wrong in ("", "school-999999", "the-office"):
            page = client.post("/organisations", {"organisation": wrong}).content.decode()
            assert page.count("Select the organisation you want to act for") == 2
        page = client.post("/organisations", {"organisation": "school-900003"}).content.decode()
        assert page.count("You have no role in this service for Cedar School") == 2
        assert sessions.ORGANISATION not in client.session


def test_an_organisation_may_come_as_text(directory: Directory) -> None:
    said = '{"id": "7f", "name": "Ash", "category": {"id": "001"}, "urn": "900001"}'
    read = oidc._signed_in({"sub": "ada", "organisation": said}, id_token="")
    assert read.organisation is not None
    assert organisations.read(read.organisation, named_kinds={}).key == "school:900001"  # type: ignore[union-attr]


def test_a_school_that_became_another_is_another_organisation() -> None:
    before = actions.keep_organisation(school("900001", id="same"), named_kinds={})
    after = actions.keep_organisation(school("900005", id="same"), named_kinds={})
    assert before is not None
    assert after is not None
    before.refresh_from_db()
    assert (before.urn, after.urn) == ("900001", "900005")
    assert before.sign_in_id != after.sign_in_id == "same"


def test_the_provider_may_give_a_school_another_id() -> None:
    before = actions.keep_organisation(school("900001", id="one"), named_kinds={})
    after = actions.keep_organisation(school("900001", id="two"), named_kinds={})
    assert before == after
    assert Organisation.objects.get().sign_in_id == "two"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "school", "urn": ""},
        {"kind": "school", "urn": "900001", "uid": "1"},
        {"kind": "office", "urn": "900001"},
        {"kind": "no such kind"},
        {"kind": "trust", "la_code": "901"},
    ],
)
def test_the_database_refuses_an_organisation_with_the_wrong_number(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="organisation_is_numbered"), transaction.atomic():
        Organisation.objects.create(sign_in_id="x", name="X", **wrong)


def test_the_database_refuses_two_organisations_of_one_number() -> None:
    Organisation.objects.create(sign_in_id="x", name="X", kind="school", urn="900001")
    with pytest.raises(IntegrityError, match="one_organisation_a_urn"), transaction.atomic():
        Organisation.objects.create(sign_in_id="y", name="Y", kind="school", urn="900001")


@pytest.mark.parametrize(
    "changes",
    [
        {"sign_in_api_secret": "another secret of some length"},
        {"sign_in_client_id": "another-service"},
    ],
)
def test_the_organisation_api_answers_only_our_token(
    directory: Directory, changes: dict[str, str]
) -> None:
    right = settings.ENVIRONMENT
    api = OrganisationApi(right.sign_in())
    assert api.roles("school-900001", "ada") == ("partner_school_head",)
    assert api.roles("school-900001", "olu") is None
    stranger = OrganisationApi(right.model_copy(update=changes | _secret(changes)).sign_in())
    with pytest.raises(RolesUnknown):
        stranger.roles("school-900001", "ada")


def _secret(changes: dict[str, str]) -> dict[str, object]:
    from pydantic import SecretStr

    name = "sign_in_api_secret"
    return {name: SecretStr(changes[name])} if name in changes else {}


def test_an_id_cannot_lead_to_another_route(directory: Directory) -> None:
    api = OrganisationApi(settings.ENVIRONMENT.sign_in())
    assert api.roles("school-900001", "../../users/ada") is None
    assert api.organisations("olu/../ada") == ()


def test_every_role_means_something_and_nothing_else_is_said() -> None:
    import yaml

    assert set(yaml.safe_load(ROLES_FILE.read_text("utf-8"))) == set(Role.values)
    assert all(meaning.title and meaning.may for meaning in meanings().values())
    # A program with a key belongs to an organisation of any kind.
    assert {each.organisation for each in meanings().values()} == {*OrganisationKind, None}


def test_signing_in_again_is_the_same_person(directory: Directory) -> None:
    sign_in(WatchfulClient(), ADA)
    sign_in(WatchfulClient(), ADA)
    assert Person.objects.filter(subject="ada").count() == 1


@allow(public=True)
def leaking(request: object) -> HttpResponse:
    """Say what belongs to a school."""
    return HttpResponse(f"They tried {marker_of('school:900001')}.")


@allow(public=True)
def muttering(request: object) -> HttpResponse:
    """Write it to the log."""
    import logging

    logging.getLogger("schoolhubs").info("they tried %s", marker_of("school:900001"))
    return HttpResponse("Nothing to see.")


class Leaky:
    """Two pages that give something away."""

    urlpatterns = (path("leak", leaking), path("mutter", muttering))


@override_settings(ROOT_URLCONF=Leaky)
def test_the_watching_client_sees_a_leak(client: WatchfulClient) -> None:
    marker_of("school:900001")
    with pytest.raises(Leak, match="school:900001"):
        client.get("/leak")
    client.own = {"school:900001"}
    assert client.get("/leak").status_code == 200
    client.own = {"school:900002"}
    with pytest.raises(Leak):
        client.get("/leak")
    client.sees_all = True
    with pytest.raises(Leak, match="the log of"):
        client.get("/mutter")


def test_no_secret_and_no_person_stands_in_the_log(
    directory: Directory, client: WatchfulClient, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, ADA)
    client.get("/organisations")
    client.post("/sign-out")
    for private in ("ada", "vexley", "example.org", SECRET.strip(), "900001"):
        assert private not in caplog.text.casefold()


def test_people_are_found_by_name_address_and_organisation(
    directory: Directory, client: WatchfulClient, django_assert_max_num_queries: Any
) -> None:
    sign_in(WatchfulClient(), ADA)
    sign_in(client, OFFICER)
    client.sees_all = True

    def found(typed: str) -> list[str]:
        page = client.get("/people", {"q": typed}).content.decode()
        return re.findall(r'href="/people/\d+">([^<]+)<', page)

    assert found("") == ["Olu Vexley", "Ada Vexley"]
    assert found("ada") == ["Ada Vexley"]
    assert found("olu@example.org") == ["Olu Vexley"]
    assert found("vexley 900001") == ["Ada Vexley"]
    assert found("%") == []
    page = client.get("/people", {"q": "x" * 121}).content.decode()
    assert page.count("What you look for must be 120 characters or fewer") == 2
    now = timezone.now()
    Person.objects.bulk_create(
        Person(subject=f"s{n}", name=f"Bea {n}", first_signed_in_at=now, last_signed_in_at=now)
        for n in range(200)
    )
    with django_assert_max_num_queries(15):
        assert len(found("bea")) == 50
