"""A declaration begun before its partnership was cut short: closed, and nothing typed anew."""

import dataclasses
import datetime
import html
import importlib
import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from invented import AT
from paid import (
    OVER,
    PAYS,
    awarded,
    confirmed,
    handed_over,
    partnership,
    prepared,
    schools,
    who,
)
from schoolhubs import funding, programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.funding.awarding.facts import facts_of
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.statements import records
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.actions import end
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE = "900001"
KEEPS = 120_000  # of 3,600 pounds one of three terms, 16 of its 16/3 days given
MIGRATION = "schoolhubs.service.partnerships.migrations.0008_who_ended_before"
ENDED, AFTER = "2023-01-15", "2023-02-20"


@pytest.fixture(autouse=True)
def _school() -> None:
    schools(ONE)


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def begun() -> tuple[Partnership, Declaration]:
    """Type days before and after the partnership is cut short, and cut it short."""
    one = partnership(ONE, state="running")
    made = declaring.begin(one, side="partner", milestone="first_year", who=who("head"))
    for on in ("2022-10-03", AFTER):
        made.refresh_from_db()
        declaring.add_day(
            made, on=datetime.date.fromisoformat(on), half_days=20,
            what="Staff training", by_whom="All staff", evidence=f"Minutes of {on}",
            version=made.version, who=who("head"),
        )  # fmt: skip
    made.refresh_from_db()
    declaring.report_use(
        made, travel_pence=100, backfill_pence=20, plan_pence=3, version=made.version,
        who=who("head"),
    )  # fmt: skip
    Partnership.objects.filter(pk=one.pk).update(
        state="ended", why_ended="It withdrew", ended_on=ENDED, version=F("version") + 1
    )
    made.refresh_from_db()
    return Partnership.objects.get(pk=one.pk), made


def test_what_was_typed_before_a_partnership_was_cut_short_is_taken_over() -> None:
    one, old = begun()
    client = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE)
    page = f"/schools/{ONE}/money"
    assert "Begun before the partnership was cut short, and closed" in words(client.get(page))
    closed = words(client.get(f"{page}/{one.pk}/first_year"))
    assert "“Ended early” takes it over" in closed
    assert f"Minutes of {AFTER}" in closed
    here = f"{page}/{one.pk}/withdrawal"
    assert client.post(here).status_code == client.post(here).status_code == 302
    made = Declaration.objects.get(milestone="withdrawal")
    assert [(each.half_days, each.evidence) for each in made.days.all()] == [
        (20, "Minutes of 2022-10-03")
    ]
    assert made.used_pence == old.used_pence == 123
    declared = declaring.declare(made, version=made.version, who=who("head", "Ada Head"))
    declaring.check(declared, version=declared.version, who=who("caseworker"))
    assert KeptAward.objects.get().amount_pence == KEEPS


def test_a_closed_declaration_is_refused_in_words_and_keeps_what_was_written_for_it() -> None:
    one, old = begun()
    client = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE)
    here = f"/schools/{ONE}/money/{one.pk}/first_year"
    told = {"what": "Our own words", "version": str(old.version)}
    for name in ("day", "use", "declare", f"day/{old.days.first().pk}/out"):
        answer = client.post(f"{here}/{name}", told)
        assert answer.status_code == 409, name
        assert "cut short" in words(answer)
        assert "Our own words" in words(answer)
    assert client.get(f"{here}/day").status_code == 200
    assert client.post(f"/schools/{ONE}/money/{one.pk}/second_year").status_code == 404
    with pytest.raises(Conflict, match="cut short"):
        declaring.report_use(
            old, travel_pence=1, backfill_pence=0, plan_pence=0, version=old.version,
            who=who("head"),
        )  # fmt: skip
    with pytest.raises(Conflict, match="cut short"):
        declaring.take_out_day(old, old.days.first().pk, version=old.version, who=who("head"))


def came_to(held: Declaration, state: str) -> None:
    """Let a declaration have come so far before the partnership was cut short."""
    rows = Declaration.objects.filter(pk=held.pk)
    told = {"declared_at": held.begun_at, "declared_by": "head", "declared_name": "Ada"}
    if state != "started":
        rows.update(state="declared", **told)
    if state == "checked":
        rows.update(state="checked", checked_at=held.begun_at, checked_by="caseworker")


@pytest.mark.parametrize("state", ["started", "declared", "checked"])
def test_the_office_sees_a_closed_declaration_whatever_became_of_it(state: str) -> None:
    _, old = begun()
    came_to(old, state)
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="officer-1")
    here = f"/office/money/declarations/{old.pk}"
    page = officer.get(here)
    assert page.status_code == 200
    assert "Closed" in words(page)
    assert "cut short" in words(page)
    for verdict in ("yes", "no"):
        answer = officer.post(here, {"verdict": verdict, "reason": "x", "version": old.version})
        assert answer.status_code == 409
        assert "cut short" in words(answer)
    assert officer.get(f"{here}/days/{old.days.first().pk}/strike").status_code == 200
    assert Declaration.objects.get(pk=old.pk).state == state


def test_days_that_were_checked_before_it_was_cut_short_count_once() -> None:
    one, old = begun()
    came_to(old, "checked")
    made = declaring.begin(one, side="partner", milestone="withdrawal", who=who("head"))
    assert not made.days.exists()
    made = declaring.declare(made, version=made.version, who=who("head", "Ada Head"))
    award = declaring.check(made, version=made.version, who=who("caseworker"))
    assert award.amount_pence == KEEPS


@pytest.mark.parametrize(
    ("side", "since_the_rule"),
    [
        ("partner", 1),  # one of three terms was completed
        ("lead", 2),  # two were begun
        ("office", 2),
        ("", 1),
    ],
)
def test_who_ended_a_partnership_tells_what_payment_is_kept(side: str, since_the_rule: int) -> None:
    one = partnership(ONE, state="running")
    Partnership.objects.filter(pk=one.pk).update(
        state="ended", why_ended="Ended", ended_on=ENDED, ended_side=side, version=F("version") + 1
    )
    award = awarded(Partnership.objects.get(pk=one.pk), half_days=9, milestone="withdrawal")
    assert award.amount_pence == KEEPS, "it began before there was a rule of who ended it"
    facts = facts_of([one.pk])[one.pk]
    later = dataclasses.replace(facts, money=programmes.load(PAYS).money(datetime.date(2027, 9, 1)))
    found = {each.milestone: each.terms for each in later.milestones("partner")}
    assert found["withdrawal"] == since_the_rule


def test_a_payment_made_before_it_was_known_who_ended_a_partnership_is_whole() -> None:
    """What was kept then is what the budget holds now: no money stands that no run pays."""
    ended_on = datetime.date.fromisoformat(ENDED)
    one = partnership(ONE, state="ended", ended_on=ended_on)
    Partnership.objects.filter(pk=one.pk).update(
        why_ended="The programme office ended it. Twice absent", version=F("version") + 1
    )
    awarded(Partnership.objects.get(pk=one.pk), half_days=16, milestone="withdrawal")
    confirmed(handed_over(prepared()))
    before = importlib.import_module(MIGRATION)
    with connection.cursor() as cursor:
        cursor.execute(before.FROM_WORDS)
    one.refresh_from_db()
    assert one.ended_side == "office"
    assert not [each for each in due(PAYS, on=OVER) if each.gross_pence]
    found = records.of_programme(PAYS)
    told = funding.budgets.budget(
        found.records, programmes.load(PAYS), on=OVER, declarations=found.declarations,
        payments=found.payments, clawbacks=found.clawbacks,
    )  # fmt: skip
    assert (told.whole.committed_pence, told.whole.paid_pence) == (KEEPS, KEEPS)


def test_the_office_ends_a_partnership_and_its_payment_knows_who_did() -> None:
    one = partnership(ONE, state="running")
    end(one, reason="Twice absent", by="officer", organisation="office:1", at=AT, place="tests")
    one.refresh_from_db()
    assert one.ended_side == "office"


def test_a_day_that_the_lead_missed_is_excused_and_costs_no_payment(
    django_assert_max_num_queries: Any,
) -> None:
    one, client = partnership(ONE), signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE)
    here = f"/schools/{ONE}/money/{one.pk}/first_year"
    client.post(here)
    told = {"on_day": "3", "on_month": "10", "on_year": "2022", "what": "Visit",
            "by_whom": "All", "evidence": "Letter"}  # fmt: skip
    client.post(f"{here}/day", {**told, "half_days": "20", "version": "1"})
    client.post(f"{here}/day", {**told, "half_days": "4", "version": "2"})
    because = "The lead was ill"
    excused = {**told, "excused_because": because, "version": "3"}
    answer = client.post(f"{here}/day", {**excused, "half_days": "2"})
    assert (answer.status_code, "stands as missed" in words(answer)) == (409, True)
    day = missed(one, datetime.date(2022, 10, 3))
    answer = client.post(f"{here}/day", {**excused, "half_days": "3"})
    assert "1 day can be excused, not 1.5 days" in words(answer)
    client.post(f"{here}/day", {**excused, "half_days": "2"})
    assert because in words(client.get(here))
    answer = client.post(f"{here}/day", {**excused, "half_days": "1", "version": "4"})
    assert "nothing more can be excused" in words(answer)
    with django_assert_max_num_queries(15):
        assert client.get(here).status_code == 200
    made = Declaration.objects.get()
    made = declaring.declare(made, version=made.version, who=who("head", "Ada Head"))
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="officer-1")
    with django_assert_max_num_queries(15):
        assert officer.get(f"/office/money/declarations/{made.pk}").status_code == 200
    shown = words(officer.get(f"/office/money/declarations/{made.pk}"))
    assert f"Fell through: {because}" in shown
    assert "1 day excused on 3 October 2022, counted as taken part in" in shown
    award = declaring.check(made, version=made.version, who=who("caseworker"))
    assert award.amount_pence == 360_000
    # It took place after all: what was given counts then, and what was excused does not.
    SupportDay.objects.filter(pk=day.pk).update(
        state="delivered", delivered_at=AT, delivered_by="lead", version=F("version") + 1
    )
    made.refresh_from_db()
    again = declaring.work_out_again(
        made, why="It took place", version=made.version, who=who("caseworker")
    )
    assert again.amount_pence == 337_500


def missed(one: Partnership, on: datetime.date) -> SupportDay:
    day = SupportDay.objects.create(
        partnership=one, on=on, focus="Corridors", planned_at=AT, planned_by="lead"
    )
    SupportDay.objects.filter(pk=day.pk).update(
        state="missed", reason="The lead was ill", version=F("version") + 1
    )
    return day
