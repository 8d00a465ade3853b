"""A goal that a person sets, a figure issued elsewhere, and what became of a target at year end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

import aiming
from aiming import SCHOOL, SPECIAL, client_of, head, office, words
from keyed import program
from peopled import person_at
from providing import provider
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance.models import Finding
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.targets.models import (
    Explanation,
    Fit,
    Goal,
    IssuedElsewhere,
    SchoolTarget,
    YearEnd,
)
from schoolhubs.service.targets.queries import figures_of
from schoolhubs.service.targets.setting.actions import set_goal
from schoolhubs.vocabulary.errors import Conflict
from watchful import WatchfulClient

GOAL = f"/schools/{SPECIAL}/target/goal"
ISSUED = f"/schools/{SCHOOL}/target/issued-elsewhere"
LEAD = "900010"
FIGURE = {
    "percent": "5.8", "issued_by": "Department for Education", "issued_on-day": "10",
    "issued_on-month": "11", "issued_on-year": "2017", "version": "0",
}  # fmt: skip


@pytest.fixture(scope="module")
def fit(django_db_setup: None, django_db_blocker: Any) -> Iterator[Fit]:
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield aiming.fitted(aiming.kept(), is_audited=False)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(fit: Fit) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lead_of(state: str) -> WatchfulClient:
    """Give the lead of a hub that the special school is with, as far as the state says."""
    day = aiming.AT.date()
    accepted = {"partner_says": "accepts", "partner_at": aiming.AT, "partner_by": "head"}
    theirs: dict[str, Any] = {} if state == "proposed" else accepted
    Hub.objects.create(programme_id="rise-hubs-2025", lead_urn=LEAD)
    made = Partnership.objects.create(
        programme_id="rise-hubs-2025", cohort_id="2017-18-spring", partner_urn=SPECIAL,
        lead_urn=LEAD, pathway="enhanced", starts_on=day, finishes_on=day.replace(year=2019),
        proposed_at=aiming.AT, proposed_by="officer",
        lead_says="accepts", lead_at=aiming.AT, lead_by="lead", **theirs,
    )  # fmt: skip
    steps = ("proposed", "agreed", "running", "ended")
    for step in steps[1 : steps.index(state) + 1]:
        why = "The school closed" if step == "ended" else ""
        Partnership.objects.filter(pk=made.pk).update(
            state=step, version=F("version") + 1, why_ended=why
        )
    return client_of(Role.LEAD_SCHOOL, kind="school", urn=LEAD)


def test_a_special_school_s_head_sets_a_goal_with_a_reason(fit: Fit) -> None:
    client = head(SPECIAL)
    assert "Nobody has set a goal" in words(client.get(f"/schools/{SPECIAL}/target"))
    sent = {
        "percent": "9.5", "reason": "Two pupils come back", "version": "0", "sure": "on",
    }  # fmt: skip
    assert client.post(GOAL, sent).status_code == 302
    page = words(client.get(f"/schools/{SPECIAL}/target"))
    assert "Absence of 9.5 % in 2016/17" in page
    assert "Two pupils come back" in page
    changed = {"percent": "9.0", "reason": "Three do", "version": "1", "sure": "on"}
    assert client.post(GOAL, changed).status_code == 302
    assert Goal.objects.get(urn=SPECIAL).version == 2
    page = words(client.get(f"/schools/{SPECIAL}/target"))
    assert "Absence of 9.0 % in 2016/17" in page
    before = page.split("Goals set before it:")[1]
    assert before.startswith(" 9.5 %, from ")
    assert "Two pupils come back" in before


def test_a_school_apart_that_the_fit_says_nothing_of_is_set_a_goal_too(fit: Fit) -> None:
    SchoolTarget.objects.filter(fit=fit, urn__in=(SCHOOL, SPECIAL)).delete()
    client = head(SPECIAL)
    page = words(client.get(f"/schools/{SPECIAL}/target"))
    assert "a person sets a goal for this school" in page
    assert "2015/16" in page.split("Earlier years")[1]
    assert "too little is published" in words(client.get(GOAL))
    sent = {
        "percent": "9.5", "reason": "Two pupils come back", "version": "0", "sure": "on",
    }  # fmt: skip
    assert client.post(GOAL, sent).status_code == 302
    assert "Absence of 9.5 % in 2016/17" in words(client.get(f"/schools/{SPECIAL}/target"))
    school = program(Organisation.objects.get(urn=SPECIAL)).get(f"/api/v1/targets/{SPECIAL}")
    answer = school.json()
    assert (school.status_code, answer["expected_percent"]) == (200, None)
    assert "too few schools of this kind" in answer["reason"]
    assert answer["goal"]["percent"] == 9.5
    assert answer["trend"][-1]["year"] == "2016/17"
    assert head().get(f"/schools/{SCHOOL}/target/goal").status_code == 404
    other = program(Organisation.objects.get(urn=SCHOOL))
    assert other.get(f"/api/v1/targets/{SCHOOL}").status_code == 404


def test_a_goal_changed_meanwhile_is_not_overwritten(fit: Fit) -> None:
    sent = {"percent": "9.5", "reason": "Ours", "version": "0", "sure": "on"}
    assert head(SPECIAL).post(GOAL, sent).status_code == 302
    late = office().post(GOAL, {"percent": "8", "reason": "Theirs", "version": "0", "sure": "on"})
    assert late.status_code == 409
    assert "Theirs" in words(late)
    assert Goal.objects.get(urn=SPECIAL).reason == "Ours"


def test_a_school_with_a_target_by_rule_is_given_no_goal(fit: Fit) -> None:
    address = f"/schools/{SCHOOL}/target/goal"
    client = head()
    assert "has a target already" in words(client.get(address))
    assert client.post(address, {"percent": "4", "reason": "x", "version": "0"}).status_code == 409
    with pytest.raises(Conflict, match="has a target already"):
        set_goal(SCHOOL, fit.year, percent=4.0, reason="x", version=0, **aiming.WHO)
    assert not Goal.objects.exists()


@pytest.mark.parametrize(
    ("state", "status"), [("agreed", 200), ("running", 200), ("proposed", 404), ("ended", 404)]
)
def test_a_hub_reads_and_sets_once_both_have_accepted(fit: Fit, state: str, status: int) -> None:
    client = lead_of(state)
    assert client.get(f"/schools/{SPECIAL}/target").status_code == status
    assert client.get(GOAL).status_code == status
    assert client.get(f"/schools/{SPECIAL}/target/challenge").status_code == 404


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"percent": "101", "reason": "x"}, "from 0 to 100"),
        ({"percent": "", "reason": "x"}, "from 0 to 100"),
        ({"percent": "9"}, "Say why this is the goal"),
    ],
)
def test_a_goal_without_figure_or_reason_is_asked_for(
    fit: Fit, sent: dict[str, str], says: str
) -> None:
    assert says in words(head(SPECIAL).post(GOAL, sent))


def test_a_figure_issued_elsewhere_stands_beside_ours_and_moves_nothing(fit: Fit) -> None:
    client = head()
    was = SchoolTarget.objects.get(fit=fit, urn=SCHOOL).target_percent
    assert client.post(ISSUED, FIGURE).status_code == 302
    page = words(client.get(f"/schools/{SCHOOL}/target"))
    assert "Department for Education issued 5.8 % for 2016/17 on 10 November 2017" in page
    assert "nothing on this page is worked out from it" in page
    assert f"Target: {was:.2f} %" in page
    assert SchoolTarget.objects.get(fit=fit, urn=SCHOOL).target_percent == was
    assert office().post(ISSUED, FIGURE).status_code == 409
    assert IssuedElsewhere.objects.count() == 1
    assert "Entered before it:" not in page
    assert client.post(ISSUED, FIGURE | {"percent": "6.1", "version": "1"}).status_code == 302
    page = words(client.get(f"/schools/{SCHOOL}/target"))
    assert "Department for Education issued 6.1 %" in page
    assert "Entered before it: 5.8 %, issued by Department for Education" in page


@pytest.mark.parametrize(
    ("address", "sent", "says"),
    [
        (ISSUED, FIGURE | {"issued_on-year": "2096"}, "cannot be in the future"),
        (ISSUED, FIGURE | {"percent": "100"}, "100 % is far from"),
        (GOAL, {"percent": "0", "reason": "x", "version": "0"}, "0 % is far from"),
    ],
)
def test_a_figure_that_is_hard_to_believe_is_asked_about(
    fit: Fit, address: str, sent: dict[str, str], says: str
) -> None:
    client = head(address.split("/")[2])
    assert says in words(client.post(address, sent))
    status = 200 if "future" in says else 302  # what is meant is taken, a day to come never
    assert client.post(address, sent | {"sure": "on"}).status_code == status


def test_a_pupil_s_number_is_refused_and_not_told_again(fit: Fit) -> None:
    sent = {"percent": "9.5", "version": "0", "sure": "on"}
    client, upn = head(SPECIAL), "H801200001001"
    refused = client.post(GOAL, sent | {"reason": f"{upn} Tom was away"})
    assert refused.status_code == 200
    (said,) = set(refused.context["form"].errors["reason"]) if refused.context else {""}
    assert upn not in said
    assert "There seems to be a pupil’s number" in words(refused)
    assert not Goal.objects.exists()
    other = "K801200001001"  # no pupil's: its letter is not the one its digits ask for
    assert client.post(GOAL, sent | {"reason": f"Document {other}"}).status_code == 302


def test_a_figure_without_source_or_day_is_asked_for(fit: Fit) -> None:
    found = words(head().post(ISSUED, {"percent": "5", "issued_on-day": "31"}))
    assert "Enter who issued it" in found
    assert "Enter the day it was issued" in found


def copied(fit: Fit, urn: str, *, is_hindsight: bool) -> Fit:
    """Give a later fit with the same targets, had in time or not."""
    told = {each.name: getattr(fit, each.name) for each in Fit._meta.fields if each.name != "id"}
    made = Fit.objects.create(**{**told, "is_hindsight": is_hindsight})
    row = SchoolTarget.objects.get(fit=fit, urn=urn)
    SchoolTarget.from_row(figures_of(row), fit=made, made_at=row.made_at).save()
    return made


def test_at_year_end_a_school_reads_what_became_of_the_target_it_had(fit: Fit) -> None:
    issued = copied(fit, SCHOOL, is_hindsight=False)
    copied(fit, SCHOOL, is_hindsight=True)
    client = head()
    found = words(client.get(f"/schools/{SCHOOL}/target"))
    held = YearEnd.objects.get(target__urn=SCHOOL)
    assert held.target.fit_id == issued.pk
    record = held.record
    assert f"{fit.year}: {record['judgement']['verdict']}" in found
    assert record["judgement"]["said"] in found
    assert "so nobody had it in time" not in found
    assert record["looked_at"] == ["roll"]  # the invented register has no more
    assert "published figures show the roll: nothing out of the ordinary" in found
    assert "do not tell it: sessions as approved activity elsewhere (B); " in found
    assert "pupils who were here both years against all" in found
    client.get(f"/schools/{SCHOOL}/target")
    assert YearEnd.objects.filter(target__urn=SCHOOL).count() == 1


def test_a_year_that_nobody_had_a_target_for_is_shown_and_not_judged(fit: Fit) -> None:
    found = words(head().get(f"/schools/{SCHOOL}/target"))
    record = YearEnd.objects.get(target__urn=SCHOOL).record["judgement"]
    assert f"{fit.year}: not judged Absence was {record['actual_percent']:.2f} %" in found
    assert "so nobody had it in time" in found
    assert f"{fit.year}: {record['verdict']}" not in found
    assert record["said"] not in found


def own_marks(urn: str) -> None:
    total = {
        "year_group": "all", "sess_overall_percent": 7.25, "sess_overall": 7_250,
        "sess_protected": 1_150, "sess_possible": 100_000,
    }  # fmt: skip
    Finding.objects.create(
        urn=urn, year="2016/17", last_week_on=aiming.AT.date(), made_at=aiming.AT,
        content={"tables": {"year_group": [total]}},
    )  # fmt: skip


def of_the_school(role: Role) -> WatchfulClient:
    """Sign in another person of the school, whose head has before."""
    school, client = Organisation.objects.get(urn=SCHOOL), WatchfulClient()
    client.act_as(person_at(school, [role], str(role)), school)
    return client


def test_marks_stand_beside_the_target_for_those_who_may_see_them(fit: Fit) -> None:
    address = f"/schools/{SCHOOL}/target"
    assert "The school has brought none" in words(head().get(address))
    own_marks(SCHOOL)
    mine = words(of_the_school(Role.PARTNER_SCHOOL_ATTENDANCE).get(address))
    assert "the week of 1 February 2018" in mine
    assert "It is not a published figure, and the target is not set by it" in mine
    assert "official figure" not in mine
    assert "it is 6.1 %" in mine
    assert "is not told by the school’s own marks" in mine
    theirs = words(of_the_school(Role.PARTNER_SCHOOL_GOVERNOR).get(address))
    assert "it is 6.1 %" in theirs
    assert "head and attendance staff alone" in theirs
    officer = words(office().get(address))
    assert "it is 6.1 %" not in officer
    assert "the week of" not in officer


def test_the_code_mix_stands_beside_a_verdict_for_the_school_s_own_staff_alone(fit: Fit) -> None:
    copied(fit, SCHOOL, is_hindsight=False)
    own_marks(SCHOOL)
    kept = Finding.objects.get(urn=SCHOOL)
    rows = [("all", 20_000), ("suspension", 321)]
    kept.content["kinds"] = ["suspension"]
    kept.content["tables"]["mix"] = [
        {"half_term": 1, "kind": kind, "pupils": 90, "sessions": n} for kind, n in rows
    ]
    kept.save()
    address, shown = f"/schools/{SCHOOL}/target", "Share of codes by half-term in 2016/17"
    client = head()
    found = words(client.get(address))
    assert shown in found
    assert "1.60" in found
    for other in (office(), of_the_school(Role.PARTNER_SCHOOL_GOVERNOR)):
        theirs = words(other.get(address))
        assert "What became of earlier targets" in theirs
        assert shown not in theirs
        assert "1.60" not in theirs
    kept.year = "2015/16"
    kept.save()
    assert "the marks brought last are of 2015/16" in words(client.get(address))


def test_a_special_school_is_judged_by_no_rule(fit: Fit) -> None:
    copied(fit, SPECIAL, is_hindsight=False)
    found = words(head(SPECIAL).get(f"/schools/{SPECIAL}/target"))
    assert "There is no automatic target to judge it by" in found
    assert "sets no target for this school and judges no year of it" in found
    assert "beside the target" not in found
    assert "this target was worked out" not in found


def test_a_school_with_marks_reads_its_addressable_rate_and_its_hub_does_not(fit: Fit) -> None:
    row = {"year_group": "all", "sess_possible": 1000, "sess_overall": 80, "sess_protected": 30,
           "sess_overall_percent": 8.0}  # fmt: skip
    Finding.objects.create(
        urn=SPECIAL, year="2016/17", last_week_on=aiming.AT.date(), made_at=aiming.AT,
        content={"tables": {"year_group": [row]}},
    )  # fmt: skip
    address = f"/schools/{SPECIAL}/target"
    ours = words(head(SPECIAL).get(address))
    assert "absence is 8.0 %" in ours
    assert "it is 5.0 %" in ours
    for other in (lead_of("running"), office()):
        theirs = words(other.get(address))
        assert "5.0 %" not in theirs
        assert "needs the school’s own attendance marks" in theirs


def test_a_target_of_an_earlier_version_is_shown_and_not_judged(fit: Fit) -> None:
    """Explanations kept before targets had margins say too little to judge a year by."""
    issued, client = copied(fit, SCHOOL, is_hindsight=False), head()
    address = f"/schools/{SCHOOL}/target"
    assert "What became of earlier targets" in words(client.get(address))
    kept = Explanation.objects.get(target__fit=issued)
    YearEnd.objects.filter(target__urn=SCHOOL).delete()
    Explanation.objects.filter(pk=kept.pk).delete()
    kept.record = {name: value for name, value in kept.record.items() if "margin" not in name}
    kept.save(force_insert=True)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Target: " in words(answer)
    assert "What became of earlier targets" not in words(answer)
