"""Authorities see who is with which hub in their own area; evaluators see no small number."""

import gzip
from typing import Any

import polars as pl
import pytest
from django.db.models import F
from django.utils import timezone

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import HubLoad, Placement, PublishedRound, Round
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.reporting import queries
from schoolhubs.service.reporting.small_numbers import SmallNumbers, small_numbers
from schoolhubs.service.schools.models import RegisterSnapshot
from watchful import WatchfulClient

LEAD = "900010"
OURS, THEIRS = "901", "902"
COHORT = "2025-26-spring"
PAGE = f"/local-authority/{OURS}"


def looking_on(role: Role, **number: str) -> WatchfulClient:
    """Give a client of an organisation that looks on."""
    now = timezone.now()
    person = Person.objects.create(
        subject=role.value, name="Ada", first_signed_in_at=now, last_signed_in_at=now
    )
    organisation = Organisation.objects.create(
        sign_in_id=role.value, kind=role.meaning.organisation, name="Looks on", **number
    )
    Membership.objects.create(
        person=person, organisation=organisation, roles=[role.value], checked_at=now
    )
    client = WatchfulClient()
    client.act_as(person, organisation)
    return client


def applied(snapshot: RegisterSnapshot, urn: str) -> Application:
    return Application.objects.create(
        reference=f"TEST-{urn}", programme_id=PROGRAMME, cohort_id=COHORT, urn=urn,
        state="submitted", begun_at=AT, begun_by="head", submitted_at=AT, submitted_by="head",
        snapshot=snapshot, applied_on=ON,
    )  # fmt: skip


def partnered(urn: str, state: str) -> None:
    one = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id=COHORT, partner_urn=urn, lead_urn=LEAD,
        pathway="enhanced", starts_on=ON, finishes_on=ON.replace(year=2027), proposed_at=AT,
        proposed_by="officer", partner_says="accepts", partner_at=AT, partner_by="head",
        lead_says="accepts", lead_at=AT, lead_by="lead",
    )  # fmt: skip
    for step in {"proposed": (), "agreed": ("agreed",), "running": ("agreed", "running")}[state]:
        Partnership.objects.filter(pk=one.pk).update(state=step, version=F("version") + 1)


@pytest.fixture
def snapshot(db: None) -> RegisterSnapshot:
    """Give 40 schools of our area and one of another: one runs, one agreed, one is proposed."""
    ours = [facts(f"9001{n:02}", la_code=OURS) for n in range(40)]
    made = register(*ours, facts("900002", la_code=THEIRS), facts(LEAD, la_code=THEIRS))
    for urn, state in (
        ("900100", "running"), ("900101", "agreed"), ("900102", "proposed"), ("900002", "agreed"),
    ):  # fmt: skip
        partnered(urn, state)
    for n in range(10, 13):
        applied(made, f"9001{n}")
        Application.objects.filter(urn=f"9001{n}").update(
            state="eligible", version=F("version") + 1
        )
    return made


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["Content-Type"].startswith("text/csv")
    return pl.read_csv(answer.content).to_dicts()


@pytest.mark.usefixtures("snapshot")
def test_an_authority_sees_who_is_with_which_hub_in_its_own_area() -> None:
    client = looking_on(Role.LOCAL_AUTHORITY, la_code=OURS)
    page = client.get(PAGE).content.decode()
    listed = rows(client.get(f"{PAGE}?as=csv"))

    assert [(row["urn"], row["hub_urn"]) for row in listed] == [(900100, 900010), (900101, 900010)]
    assert "2 schools of 40 work with a hub" in page
    for told in ("School 900100", "School 900101", f"School {LEAD}"):
        assert told in page
    # A proposal, an application and the pathway, which tells of need, are none of its business.
    for kept in ("900102", "900110", "900002", "nhanced"):
        assert kept not in page
        assert kept not in str(listed)


@pytest.mark.usefixtures("snapshot")
def test_small_totals_are_not_shown_to_an_authority() -> None:
    client = looking_on(Role.LOCAL_AUTHORITY, la_code=OURS)
    assert ">c</td>" in client.get(PAGE).content.decode()


def test_without_the_rule_the_small_total_would_show(
    snapshot: RegisterSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = SmallNumbers(hide_up_to=0, round_to=1, symbol="c", status="", source="")
    monkeypatch.setattr(queries, "small_numbers", lambda: loose)
    found = queries.area(snapshot, OURS)
    assert found is not None
    assert found.totals[0].waiting == "3"


@pytest.mark.usefixtures("snapshot")
def test_another_authoritys_page_is_not_there() -> None:
    client = looking_on(Role.LOCAL_AUTHORITY, la_code=OURS)
    assert client.get(f"/local-authority/{THEIRS}").status_code == 404
    assert client.get("/local-authority").headers["Location"] == PAGE


def published(snapshot: RegisterSnapshot) -> None:
    round_ = Round.objects.create(
        programme_id=PROGRAMME, cohort_id=COHORT, definition_version="1", on=ON,
        snapshot=snapshot, made_at=AT, made_by="test", is_synthetic=True, summary={}, record={},
        pack=b"",
    )  # fmt: skip
    about = {"round": round_, "phase": "primary", "region": "South West", "record": {}}
    for n in range(12):
        told = {"outcome": "matched", "lead_urn": LEAD, "pathway": "enhanced", "minutes": 9.0}
        Placement.objects.create(urn=f"9001{n:02}", name=f"School {n}", **told, **about)
    for n in range(12, 15):
        Placement.objects.create(urn=f"9001{n:02}", name="School", outcome="not_eligible", **about)
    HubLoad.objects.create(
        lead_urn=LEAD, pathway="enhanced", name="Lead", n_places=20, n_running=1, n_matched=12,
        **about,
    )  # fmt: skip
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id=COHORT, round=round_, published_at=AT,
        published_by="test", reason="A test",
    )  # fmt: skip


def test_an_evaluator_sees_rounded_counts_and_no_name(snapshot: RegisterSnapshot) -> None:
    published(snapshot)
    client = looking_on(Role.EVALUATOR)
    page = client.get("/evaluation/figures").content.decode()
    counted = rows(client.get("/evaluation/figures?as=outcomes"))

    told = [(row["region"], row["phase"], row["outcome"], row["schools"]) for row in counted]
    assert told == [
        ("All", "All", "Matched", "10"),
        ("All", "All", "Not eligible", "c"),
        ("South West", "primary", "Matched", "10"),
        ("South West", "primary", "Not eligible", "c"),
    ]
    places = rows(client.get("/evaluation/figures?as=places"))
    assert [(row["hubs"], row["places"], row["taken"]) for row in places] == [(1, 20, 15)]
    assert "School 1" not in page
    assert "9001" not in page


def test_before_anything_is_published_the_figures_say_so(db: None) -> None:
    page = looking_on(Role.EVALUATOR).get("/evaluation/figures").content.decode()
    assert "No round has been published yet" in page


def test_nearly_all_is_as_telling_as_nearly_none() -> None:
    rule = small_numbers()
    for of in range(40):
        for count in range(of + 1):
            shown = rule.shown(count, of=of)
            is_telling = 0 < count <= rule.hide_up_to or (count and of - count <= rule.hide_up_to)
            assert (shown == rule.symbol) is bool(is_telling)
            assert is_telling or abs(int(shown) - count) <= rule.round_to // 2


@pytest.mark.parametrize(
    ("role", "path", "number"),
    [
        (Role.LOCAL_AUTHORITY, PAGE, {"la_code": OURS}),
        (Role.EVALUATOR, "/evaluation/figures", {}),
    ],
)
def test_the_pages_ask_little_of_the_database(
    snapshot: RegisterSnapshot, role: Role, path: str, number: dict[str, str],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    published(snapshot)
    client = looking_on(role, **number)
    client.get("/")  # what a session asks once
    with django_assert_max_num_queries(15):
        answer = client.get(path)
    assert answer.content.decode().count("<h1") == 1
    assert len(gzip.compress(answer.content)) < 150_000
