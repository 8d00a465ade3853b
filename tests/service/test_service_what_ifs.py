"""What-ifs: values, pins and bans turned on a page, worked out apart, and set beside a plan."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from providing import provider
from rounding import AT, WHO, applied_to, fields_of, in_use, run, text_of
from schoolhubs import files
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.matching import queries
from schoolhubs.service.matching.models import Outcome, Placement, PublishedRound, Round
from schoolhubs.service.matching.office import effect
from schoolhubs.service.matching.office.what_if import knobs
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.actions import keep_hubs
from schoolhubs.service.network.models import Hub
from signing import signed_in
from watchful import WatchfulClient


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: Any, small_england: Path) -> Iterator[Round]:
    """Give the published round of the small England's applications; it is dear to make."""
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield published(small_england)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(plan: Round) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def published(small_england: Path) -> Round:
    snapshot = in_use(small_england)
    programme_id = settings.ENVIRONMENT.programme_ids[0]
    keep_hubs(
        programme_id, files.read_list(small_england / "leads.csv", "leads"), reason="Agreed", **WHO
    )
    applied_to(programme_id, small_england, snapshot)
    made = run({"programme_id": programme_id, "snapshot": snapshot.pk})
    publish(made, reason="Agreed", at=AT, **{k: v for k, v in WHO.items() if k != "at"})
    return made


def office() -> WatchfulClient:
    return signed_in(Role.OFFICE_CASEWORKER)


def partners(page: Any) -> list[str]:
    """Give the schools of the pins and bans on the page."""
    held = fields_of(page)
    return [held[name] for name in sorted(held) if name.endswith("-partner")]


def asked(client: WatchfulClient, address: str, **turned: str) -> Work:
    """Turn some values on the page and have it worked out."""
    given = {**fields_of(client.get(address)), "title": "Tried in a test", **turned}
    answer = client.post(address, given)
    assert answer.status_code == 302, text_of(answer)
    work = Work.objects.latest("pk")
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    return work


def matched(round_: Round) -> list[Placement]:
    return list(Placement.objects.filter(round=round_, outcome=Outcome.MATCHED).order_by("urn"))


def test_every_value_stands_beside_the_one_in_force_with_its_source(plan: Round) -> None:
    page = text_of(office().get(f"/office/rounds/{plan.pk}/what-if"))
    groups = knobs.groups_of(queries.rules_of(plan))
    shown = {knob.field: knob.hint for group in groups for knob in group.knobs}
    assert {"preferred_maximum_minutes", "base_points", "floor_group"} <= set(shown)
    assert {"points_per_pupil.absence", "places_per_lead.enhanced"} <= set(shown)
    assert (
        "In force: 120 minutes, assumed: No travel limit was published"
        in shown["preferred_maximum_minutes"]
    )
    assert "published: " in shown["places_per_lead.enhanced"]
    for hint in shown.values():
        assert hint in page


def test_a_what_if_is_a_round_of_its_own_beside_the_plan(plan: Round) -> None:
    client = office()
    before = [(each.urn, each.lead_urn) for each in matched(plan)]
    work = asked(client, f"/office/rounds/{plan.pk}/what-if", preferred_maximum_minutes="15")
    tried = Round.objects.get(pk=work.result["round"])
    assert (tried.base, tried.title) == (plan, "Tried in a test")
    assert tried.changes == {"preferred_maximum_minutes": 15}
    assert "preferred_maximum_minutes 120 → 15" in tried.definition_version
    assert [(each.urn, each.lead_urn) for each in matched(plan)] == before, "never over it"
    assert PublishedRound.objects.get(programme_id=plan.programme_id).round == plan

    page = client.get(work.result_path)
    text = text_of(page)
    assert "15 minutes instead of 120 minutes" in text
    totals = effect.compared(plan.pk, tried.pk).totals
    assert totals.filter(measure="over the limit")["change"].item() > 0
    for sentence in effect.compared(plan.pk, tried.pk).sentences:
        assert sentence in text


def test_a_pin_is_found_by_name_and_a_ban_by_urn_and_both_hold(plan: Round) -> None:
    client = office()
    address = f"/office/rounds/{plan.pk}/what-if"
    first, second = [
        each for each in matched(plan) if each.record["second_price_need"] is not None
    ][:2]
    given = fields_of(client.get(address))
    new = {"new_kind": "ban", "new_partner": first.urn, "new_lead": first.lead_urn}
    page = client.post(address, {**given, **new, "new_reason": "They share governors", "do": "add"})
    assert partners(page) == [first.urn]
    assert first.name in text_of(page), "shown back with its name"

    lead = second.record["second_lead_name"]
    new = {"new_kind": "pin", "new_partner": second.name, "new_lead": lead}
    page = client.post(address, {**fields_of(page), **new, "new_reason": "Asked", "do": "add"})
    if len(partners(page)) < 2:  # several schools of that name: the page lists them
        assert "Enter the URN of the one you mean" in text_of(page)
        new |= {"new_partner": second.urn, "new_lead": second.record["second_lead_urn"]}
        page = client.post(address, {**fields_of(page), **new, "new_reason": "Asked", "do": "add"})
    assert partners(page) == [first.urn, second.urn]
    answer = client.post(address, {**fields_of(page), "title": "Two by hand", "do": "run"})
    assert answer.status_code == 302
    work = Work.objects.latest("pk")
    doing.do(work.pk, clock=timezone.now)
    work.refresh_from_db()
    assert work.state == State.DONE, work.fault
    tried = Round.objects.get(pk=work.result["round"])
    places = {each.urn: each for each in Placement.objects.filter(round=tried)}
    assert places[first.urn].lead_urn != first.lead_urn
    assert places[second.urn].lead_urn == second.record["second_lead_urn"]
    assert "They share governors" in client.get(work.result_path).content.decode()


def test_a_row_is_taken_out_again_and_nothing_typed_is_lost(plan: Round) -> None:
    client, (first, second) = office(), matched(plan)[:2]
    address = f"/office/rounds/{plan.pk}/what-if"
    given = {**fields_of(client.get(address)), "title": "Half done", "base_points": "seventy"}
    for at, each in enumerate((first, second)):
        row = {"kind": "ban", "partner": each.urn, "lead": each.lead_urn, "reason": f"Why {at}"}
        given |= {f"fixed-{at}-{name}": value for name, value in row.items()}
    page = client.post(address, {**given, "do": "remove-0"})
    assert partners(page) == [second.urn]
    text = page.content.decode()
    assert 'value="Half done"' in text
    assert 'value="seventy"' in text
    assert "Why 1" in text
    assert "There is a problem" not in text


@pytest.mark.parametrize(
    ("turned", "said"),
    [
        ({"title": ""}, "Enter what you try, in your own words"),
        ({"preferred_maximum_minutes": "0"}, "must be a whole number from 1 to 1,440"),
        ({"preferred_maximum_minutes": "9 hours"}, "must be a whole number from 1 to 1,440"),
        ({"preferred_maximum_minutes": "200"}, "must be 180 minutes or less, the longest drive"),
        ({"base_points": "501"}, "It must be 500 points or fewer"),
        ({"floor_share": "101"}, "must be a number from 0 to 100"),
        ({"floor_share": "nan"}, "must be a number from 0 to 100"),
        ({"floor_group": "county"}, "Select one for"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    plan: Round, turned: dict[str, str], said: str
) -> None:
    client, address = office(), f"/office/rounds/{plan.pk}/what-if"
    given = {**fields_of(client.get(address)), "title": "A try", **turned, "do": "run"}
    page = client.post(address, given)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count(said) == 2, "in the summary and at the field"
    assert not Work.objects.filter(order__has_key="base").exists()


def test_pins_that_cannot_stand_together_are_named(plan: Round) -> None:
    client, address = office(), f"/office/rounds/{plan.pk}/what-if"
    one = next(each for each in matched(plan) if each.record["second_lead_urn"])
    given = {**fields_of(client.get(address)), "title": "Two hubs"}
    for at, lead in enumerate((one.lead_urn, one.record["second_lead_urn"])):
        row = {"kind": "pin", "partner": one.urn, "lead": lead, "reason": "Asked"}
        given |= {f"fixed-{at}-{name}": value for name, value in row.items()}
    page = client.post(address, {**given, "do": "run"})
    assert f"{one.name} is pinned to two hubs" in page.content.decode()


def test_what_only_the_match_can_find_is_told_with_names_and_can_be_mended(plan: Round) -> None:
    client, address = office(), f"/office/rounds/{plan.pk}/what-if"
    leads = [each.lead_urn for each in matched(plan)]
    lead = max(leads, key=leads.count)
    at_lead = [each for each in matched(plan) if each.lead_urn == lead]
    Hub.objects.filter(lead_urn=lead).update(places={"enhanced": 1, "regional": 0})
    pins = {}
    for at, each in enumerate(at_lead):
        row = {"kind": "pin", "partner": each.urn, "lead": lead, "reason": "Stays"}
        pins |= {f"fixed-{at}-{name}": value for name, value in row.items()}
    work = asked(client, address, **pins)
    assert work.state == State.FAILED
    assert f"(URN {lead})" in work.fault, "named, not numbered alone"
    page = client.get(f"/jobs/{work.pk}")
    assert "Change what was tried" in page.content.decode()
    again = client.get(f"{address}?work={work.pk}")
    assert sorted(partners(again)) == [each.urn for each in at_lead], "nothing is lost"
    assert fields_of(again)["title"] == "Tried in a test"


def test_the_schools_that_differ_are_the_same_on_the_page_and_in_the_file(plan: Round) -> None:
    client = office()
    work = asked(client, f"/office/rounds/{plan.pk}/what-if", absolute_maximum_minutes="40",
                 preferred_maximum_minutes="30")  # fmt: skip
    page = client.get(work.result_path)
    listed = re.findall(r"/schools/(\d{6})/match\?round=", text_of(page))
    file = client.get(f"{work.result_path}?as=schools")
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert len(rows) > 0
    assert f">{len(rows):,} school" in text_of(page)
    assert [row["urn"] for row in rows if row["outcome_after"] != "not in the round"][:50] == listed
    region = rows[0]["region"]
    some = client.get(f"{work.result_path}?as=schools&region={region}")
    here = list(csv.DictReader(io.StringIO(some.content.decode())))
    assert {row["region"] for row in here} == {region}
    map_rows = list(
        csv.DictReader(io.StringIO(client.get(f"{work.result_path}?as=map").content.decode()))
    )
    drawn = sum(int(row[name]) for row in map_rows for name in row if name != "Region")
    assert drawn == sum(row["kind"] in {"gained", "lost", "moved"} for row in rows)


def test_a_page_over_all_schools_is_few_questions(
    plan: Round, django_assert_max_num_queries: Any
) -> None:
    client = office()
    work = asked(client, f"/office/rounds/{plan.pk}/what-if", preferred_maximum_minutes="15")
    for address in (work.result_path, "/office/rounds", f"/office/rounds/{plan.pk}/what-if"):
        client.get(address)
        with django_assert_max_num_queries(15):
            client.get(address)


def test_a_match_of_a_what_if_is_explained_to_the_office_alone(plan: Round) -> None:
    client = office()
    work = asked(client, f"/office/rounds/{plan.pk}/what-if", absolute_maximum_minutes="40",
                 preferred_maximum_minutes="30")  # fmt: skip
    tried = Round.objects.get(pk=work.result["round"])
    one = matched(plan)[0]
    address = f"/programmes/{plan.programme_id}/schools/{one.urn}/match"
    page = client.get(f"{address}?round={tried.pk}").content.decode()
    assert "Tried in a test" in page
    assert client.get(f"{address}?round=999999").status_code == 404
    assert client.get(f"{address}?round=x").status_code == 404
    adviser = signed_in(Role.BEHAVIOUR_ADVISER, subject="bea")
    assert adviser.get(address).status_code == 200
    assert adviser.get(f"{address}?round={tried.pk}").status_code == 404
