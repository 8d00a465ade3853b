"""The demonstration signs people in with role cards, and can be nowhere but on this machine."""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from django.conf import settings

from invented import AT, ON, PROGRAMME, facts, register
from providing import provider, school, somebody, told
from schoolhubs import programmes
from schoolhubs.service import __main__, environment, supervisor
from schoolhubs.service.accounts import oidc
from schoolhubs.service.accounts.local_people import LocalPerson, read_people, write_people
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.accounts.organisation_api import token
from schoolhubs.service.accounts.roles import OF_PEOPLE, Role
from schoolhubs.service.demo import people, post, sign_in
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.environment import Environment
from schoolhubs.service.matching.models import Outcome, Placement, PublishedRound, Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.web.exports import calendars
from schoolhubs.vocabulary.errors import SchoolhubsError, UsageError
from watchful import WatchfulClient

EMBEDDED = "postgresql://schoolhubs_service@/schoolhubs?host=/data/postgres"
DEMO = {
    **sign_in.environment(8001),
    **post.environment(supervisor.Address(port=8002), supervisor.Address(port=8000)),
    "DATABASE_URL": EMBEDDED,
    "SCHOOLHUBS_SECRET_KEY": "only for tests " * 4,
}
# What a real deployment would say, and a demonstration may not.
DEPLOYED = {
    "SCHOOLHUBS_HOSTS": '["hubs.example.org"]',
    "DATABASE_URL": "postgresql://schoolhubs@db.example.org/schoolhubs",
    "SCHOOLHUBS_BEHIND_TLS": "true",
    "SCHOOLHUBS_ON_GOV_UK": "true",
    "SCHOOLHUBS_SIGN_IN_ISSUER": "https://signin.example.org",
    "SCHOOLHUBS_SIGN_IN_API_URL": "https://api.signin.example.org",
    "SCHOOLHUBS_NOTIFY_URL": "https://notify.example.org",
}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment that holds what a demonstration starts with, and nothing else."""
    for name in list(os.environ):
        if name.startswith(environment.PREFIX):
            monkeypatch.delenv(name)
    for name, value in DEMO.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_demonstration_on_this_machine_starts(environ: pytest.MonkeyPatch) -> None:
    assert environment.read().is_demo


@pytest.mark.parametrize("name", DEPLOYED)
def test_a_demonstration_anywhere_else_is_refused(environ: pytest.MonkeyPatch, name: str) -> None:
    environ.setenv(name, DEPLOYED[name])
    with pytest.raises(UsageError, match=f"stays on this machine: {name} must be") as refused:
        environment.read()
    assert DEPLOYED[name] not in str(refused.value)


@pytest.mark.parametrize("name", DEPLOYED)
def test_what_a_demonstration_may_not_say_a_service_may(
    environ: pytest.MonkeyPatch, name: str
) -> None:
    environ.setenv("SCHOOLHUBS_DEMO", "false")
    environ.setenv("SCHOOLHUBS_NOTIFY_URL", DEPLOYED["SCHOOLHUBS_NOTIFY_URL"])
    environ.setenv(name, DEPLOYED[name])
    assert not environment.read().is_demo


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://schoolhubs@127.0.0.1/schoolhubs",
        "postgresql://schoolhubs@/schoolhubs",
        "postgresql://schoolhubs@/schoolhubs?host=/data/postgres&host=db.example.org",
        "postgresql://schoolhubs@db.example.org/schoolhubs?host=/data/postgres",
        "",
    ],
)
def test_a_demonstration_takes_no_database_over_the_network(
    environ: pytest.MonkeyPatch, database: str
) -> None:
    environ.setenv("DATABASE_URL", database)
    with pytest.raises(UsageError, match="DATABASE_URL"):
        environment.read()


def test_the_demo_command_refuses_a_database_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", DEPLOYED["DATABASE_URL"])
    started: list[Any] = []
    monkeypatch.setattr(supervisor, "run", lambda *given, **_: started.append(given))
    arguments = ["demo", "--data", str(tmp_path)]
    assert __main__.main(arguments) == 2
    assert "DATABASE_URL names another" in capsys.readouterr().err
    assert started == []
    monkeypatch.delenv("DATABASE_URL")
    assert __main__.main(arguments) == 0
    assert len(started) == 1


@pytest.mark.parametrize(
    "contact",
    [
        "Programme office, 020 7946 0000", "Hubs <rise@lead.example>", "mailto:rise@lead.example",
        "https://lead.example/contact", "rise@lead.example, help@example.org", "a@b@lead.example",
        "the office", "rise@", "@lead.example", " rise@lead.example", "rise@lead.example\n",
    ],
)  # fmt: skip
def test_a_contact_that_is_no_address_stops_the_start(
    environ: pytest.MonkeyPatch, contact: str
) -> None:
    environ.setenv("SCHOOLHUBS_CONTACT", contact)
    with pytest.raises(UsageError, match="SCHOOLHUBS_CONTACT must be an email address") as refused:
        environment.read()
    assert contact not in str(refused.value)


@pytest.mark.parametrize("contact", ["", "hubs@example.org", "o'neill+hubs@mail.example.org"])
def test_dates_are_from_every_contact_that_the_service_starts_with(
    environ: pytest.MonkeyPatch, contact: str
) -> None:
    environ.setenv("SCHOOLHUBS_CONTACT", contact)
    environ.setattr(settings, "ENVIRONMENT", environment.read())
    assert calendars.organiser().address == (contact or "no-reply@127.0.0.1")


def test_letters_leave_over_tls_wherever_pages_do(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SCHOOLHUBS_DEMO", "false")
    assert not environment.read().is_demo
    environ.setenv("SCHOOLHUBS_BEHIND_TLS", "true")
    with pytest.raises(UsageError, match="SCHOOLHUBS_NOTIFY_URL must begin with https://"):
        environment.read()


@pytest.mark.parametrize(
    "name",
    ["SCHOOLHUBS_SIGN_IN_ISSUER", "SCHOOLHUBS_SIGN_IN_API_URL", "SCHOOLHUBS_NOTIFY_URL"],
)
def test_a_provider_elsewhere_is_reached_over_tls_alone(
    environ: pytest.MonkeyPatch, name: str
) -> None:
    environ.setenv("SCHOOLHUBS_DEMO", "false")
    environ.setenv(name, "http://signin.example.org")
    with pytest.raises(UsageError, match="must begin with https://"):
        environment.read()


def test_what_is_missing_to_sign_in_is_named(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SCHOOLHUBS_SIGN_IN_CLIENT_SECRET", "")
    environ.delenv("SCHOOLHUBS_SIGN_IN_SERVICE_ID")
    with pytest.raises(UsageError, match=r"SIGN_IN_CLIENT_SECRET, SCHOOLHUBS_SIGN_IN_SERVICE_ID\."):
        environment.read().sign_in()


def test_roles_are_never_believed_for_more_than_a_minute(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SCHOOLHUBS_ROLE_SECONDS", "61")
    with pytest.raises(UsageError, match="SCHOOLHUBS_ROLE_SECONDS"):
        environment.read()


def test_secrets_are_drawn_anew_at_every_start() -> None:
    once, again = sign_in.environment(8001), sign_in.environment(8001)
    for name in ("SCHOOLHUBS_SIGN_IN_CLIENT_SECRET", "SCHOOLHUBS_SIGN_IN_API_SECRET"):
        assert once[name] != again[name]
        assert len(once[name]) >= 40


@pytest.fixture
def provider_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    """Run the provider as the demonstration does, in a process of its own."""
    with socket.socket() as free:
        free.bind((supervisor.LOOPBACK, 0))
        port = free.getsockname()[1]
    for name, value in {**DEMO, **sign_in.environment(port)}.items():
        monkeypatch.setenv(name, value)
    write_people(tmp_path / sign_in.PEOPLE_FILE, [somebody((school("900001"), ["lead_school"]))])
    process = subprocess.Popen(sign_in.provider_command(port, tmp_path))
    try:
        told_of = environment.read()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{told_of.sign_in_issuer}/jwks")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield told_of
    finally:
        process.terminate()
        process.wait(10)


def test_the_provider_answers_on_this_machine_to_our_token_alone(
    provider_process: Environment,
) -> None:
    here = provider_process.sign_in_issuer
    described = httpx.get(f"{here}/.well-known/openid-configuration").json()
    assert described["issuer"] == here
    address = f"{here}/users/ada/organisations"
    assert httpx.get(address).status_code == 401
    ours = token(provider_process.sign_in(), at=time.time())
    answer = httpx.get(address, headers={"Authorization": f"Bearer {ours}"})
    assert [each["urn"] for each in answer.json()] == ["900001"]
    ended = token(provider_process.sign_in(), at=time.time() - 3_600)
    assert httpx.get(address, headers={"Authorization": f"Bearer {ended}"}).status_code == 401
    outside = socket.gethostbyname(socket.gethostname())
    if not outside.startswith("127."):
        with pytest.raises(httpx.ConnectError):
            httpx.get(here.replace(supervisor.LOOPBACK, outside))


def published(*matches: tuple[str, str]) -> None:
    """Publish a round of some matches."""
    rules = programmes.load(PROGRAMME).as_at(ON)
    made = Round.objects.create(
        programme_id=PROGRAMME, cohort_id=rules.cohort_id, definition_version="1", on=ON,
        snapshot=register(
            facts("900001", trust_id="9001", trust_name="Birch Trust", la_code="901"),
            facts("900002", trust_id="9001", trust_name="Birch Trust"),
            facts("900010", trust_id="9010", trust_name="Ash Trust"),
            facts("900003"),
            leads=("900010",),
        ),
        made_at=AT, made_by="officer", is_synthetic=True, summary={}, record={}, pack=b"",
    )  # fmt: skip
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id=rules.cohort_id, round=made, published_at=AT,
        published_by="officer", reason="Agreed",
    )  # fmt: skip
    for urn, lead in matches:
        Placement.objects.create(
            round=made, urn=urn, lead_urn=lead, outcome=Outcome.MATCHED, name=urn, record={}
        )


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[list[LocalPerson]]:
    """Run the local provider with the people of a demonstration, in demo mode."""
    oidc.provider.cache_clear()
    published(("900003", "900010"), ("900001", "900010"))
    with pytest.MonkeyPatch.context() as patch:
        quiet = told("http://127.0.0.1:9", is_demo=True, data_folder=tmp_path)
        patch.setattr(settings, "ENVIRONMENT", quiet)
        snapshot = PublishedRound.objects.get().round.snapshot
        people.keep_people(snapshot, PROGRAMME)
        chosen = read_people(people.people_file())
    changes = {"is_demo": True, "data_folder": tmp_path, "organisation_kinds": sign_in.KINDS}
    with provider(*chosen, **changes):
        yield chosen


@pytest.mark.django_db
def test_there_is_one_person_a_role_at_a_pair_that_was_matched(
    demonstration: list[LocalPerson],
) -> None:
    *one_a_role, applying = demonstration
    held = [role for person in one_a_role for role in person.memberships[0].roles]
    assert held == [role.value for role in OF_PEOPLE]
    at = {person.memberships[0].roles[0]: person.memberships for person in one_a_role}
    assert at["lead_school"][0].organisation["urn"] == "900010"
    assert at["lead_trust"][0].organisation["uid"] == "9010"
    assert at["partner_school_head"][0].organisation["urn"] == "900001"
    assert at["partner_trust"][0].organisation["uid"] == "9001"
    assert at["local_authority"][0].organisation["establishmentNumber"] == "901"
    both = [each.organisation["urn"] for each in at["partner_school_attendance"]]
    assert both == ["900001", "900002"]
    assert applying.memberships[0].roles == ["partner_school_head"]


@pytest.mark.django_db
def test_the_people_are_chosen_once(demonstration: list[LocalPerson]) -> None:
    Placement.objects.all().delete()
    snapshot = PublishedRound.objects.get().round.snapshot
    assert people.keep_people(snapshot, PROGRAMME) == len(OF_PEOPLE) + 1


def has_applied() -> None:
    Application.objects.create(
        reference="T-1", programme_id=PROGRAMME, cohort_id="2025-26-spring", urn="900002",
        begun_at=AT, begun_by="head",
    )  # fmt: skip


def leads_a_hub() -> None:
    Hub.objects.create(programme_id=PROGRAMME, lead_urn="900002")


def is_in_the_round() -> None:
    made = PublishedRound.objects.get().round
    Placement.objects.create(
        round=made, urn="900002", outcome=Outcome.UNMATCHED, name="900002", record={}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [None, has_applied, leads_a_hub, is_in_the_round])
def test_one_more_headteacher_is_at_a_school_that_can_apply(
    changed: Callable[[], None] | None,
) -> None:
    published(("900003", "900010"), ("900001", "900010"))
    if changed:
        changed()
    found = people.can_apply(PublishedRound.objects.get().round.snapshot, PROGRAMME)
    assert (found.urn if found else "") == ("" if changed else "900002")


@pytest.mark.django_db
def test_a_school_that_may_not_join_is_not_chosen() -> None:
    independent = facts("900002", phase="other", is_state_funded=False)
    closed = facts("900003", is_open=False)
    assert people.can_apply(register(independent, closed), PROGRAMME) is None
    assert people.can_apply(register(facts("900004")), PROGRAMME) is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_a_demonstration_of_earlier_days_lacks_that_card_alone() -> None:
    def n_cards() -> int:
        return sum(len(group.cards) for group in people.role_cards())

    assert n_cards() == len(OF_PEOPLE) + 1
    write_people(people.people_file(), read_people(people.people_file())[:-1])
    assert n_cards() == len(OF_PEOPLE)


@pytest.mark.django_db
def test_a_round_without_such_a_pair_says_what_to_do(tmp_path: Path) -> None:
    published(("900003", "900010"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ENVIRONMENT", told("http://127.0.0.1:9", data_folder=tmp_path))
        with pytest.raises(SchoolhubsError, match="Make a larger synthetic England"):
            people.keep_people(PublishedRound.objects.get().round.snapshot, PROGRAMME)


@pytest.mark.django_db
def test_every_card_signs_in_with_its_role(
    demonstration: list[LocalPerson], client: WatchfulClient
) -> None:
    page = client.get("/sign-in").content.decode()
    links = re.findall(r'href="(/sign-in/start\?person=[^"]+)"', page)
    assert len(links) == len(OF_PEOPLE) + 1
    for link, person in zip(
        sorted(links), sorted(demonstration, key=lambda p: p.subject), strict=True
    ):
        browser = WatchfulClient()
        left = browser.get(link.replace("&amp;", "&")).headers["Location"]
        back = requests.get(left, allow_redirects=False, timeout=5).headers["Location"]
        browser.get(back.removeprefix("http://testserver"))
        if len(person.memberships) > 1:
            first = person.memberships[0].organisation["id"]
            browser.post("/organisations", {"organisation": first})
        shown = browser.get("/account").content.decode()
        role = Role(person.memberships[0].roles[0])
        assert role.meaning.title in shown, role
        assert role.meaning.may in shown
    assert Person.objects.count() == len(OF_PEOPLE) + 1


@pytest.mark.django_db
def test_outside_a_demonstration_there_are_no_cards_and_nobody_is_named(
    client: WatchfulClient,
) -> None:
    oidc.provider.cache_clear()
    with provider(somebody((school("900001"), ["partner_school_head"]))):
        assert "person=" not in client.get("/sign-in").content.decode()
        leads_to = client.get("/sign-in/start", {"person": "ada"}).headers["Location"]
        assert "login_hint" not in leads_to


def test_settings_of_a_demonstration_are_whole() -> None:
    told_of = sign_in.environment(8001)
    assert set(json.loads(told_of["SCHOOLHUBS_ORGANISATION_KINDS"]).values()) == {
        "office", "evaluator", "auditor"
    }  # fmt: skip
