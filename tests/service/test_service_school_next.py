"""The next date and the tasks of a school: from its partnership, a deferral, or an intake."""

import dataclasses
import datetime
import html
import re
from typing import Any

import pytest
from django.db.models import F

from invented import PROGRAMME, facts, register
from partnering import LEAD, applied, of, world
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.eligibility.queries import shut_out
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.schools.page.ahead import next_date
from schoolhubs.service.schools.page.known import Known
from signing import signed_in

ON = datetime.date(2026, 11, 22)
AT = datetime.datetime(2026, 11, 22, 9, tzinfo=datetime.UTC)
RULES = programmes.load(PROGRAMME).as_at(ON)
OVER = programmes.load("behaviour-hubs-2021").as_at(ON)
SCHOOL = "900001"
PAGE = f"/schools/{SCHOOL}"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def intake(n: int, title: str, starts: str, opens: str, closes: str, **told: Any) -> Intake:
    told = {"is_confirmed": True, **told}
    return Intake(
        pk=n, programme_id=PROGRAMME, cohort_id=title, title=title, starts_on=day(starts),
        opens_on=day(opens), closes_on=day(closes), **told,
    )  # fmt: skip


SPRING = intake(1, "Spring term 2027", "2027-01-01", "2026-10-01", "2026-12-06")
SUMMER = intake(2, "Summer term 2027", "2027-04-01", "2027-01-11", "2027-03-01")
AUTUMN = intake(3, "Autumn term 2026", "2026-09-01", "2026-05-01", "2026-06-15")
INTAKES = (AUTUMN, SPRING, SUMMER)
KNOWN = Known(
    rules=RULES, application=None, place=None, partnership=None, lead_urn="", intakes=INTAKES
)


def application(state: str, cohort: str = SPRING.title, deferred_to: str = "") -> Application:
    return Application(state=state, cohort_id=cohort, deferred_to=deferred_to)


def partnership(state: str, starts: str, finishes: str, year: int = 1) -> Partnership:
    return Partnership(
        state=state, starts_on=day(starts), finishes_on=day(finishes), year=year, pathway="enhanced"
    )


def said(on: datetime.date = ON, *, shows_draft: bool = True, **changes: Any) -> tuple[str, str]:
    found = next_date(dataclasses.replace(KNOWN, **changes), on=on, shows_draft=shows_draft)
    return str(found.on or ""), found.words


@pytest.mark.parametrize(
    ("found", "on", "words"),
    [
        (("proposed", "2027-01-01", "2028-01-01"), "2027-01-01",
         "the partnership starts, if both schools say yes"),
        (("proposed", "2026-09-01", "2027-09-01"), "",
         "both schools have yet to say yes to the proposal"),
        (("agreed", "2027-01-01", "2028-01-01"), "2027-01-01", "the partnership starts"),
        (("agreed", "2027-01-01", "2028-01-01", 2), "2027-01-01",
         "the further year of the partnership starts"),
        (("running", "2026-09-01", "2027-09-01"), "2027-01-01",
         "the next term of the partnership starts"),
        (("running", "2026-04-01", "2027-01-01"), "2026-12-31", "the last day of the partnership"),
        (("running", "2025-09-01", "2026-09-01"), "",
         "the last day of the partnership has passed"),
    ],
)  # fmt: skip
def test_a_partnership_has_its_own_next_date(found: tuple[Any, ...], on: str, words: str) -> None:
    assert said(application=application("agreed"), partnership=partnership(*found)) == (on, words)


@pytest.mark.parametrize(
    ("to", "on", "words"),
    [
        (SUMMER, "2027-01-11", "summer term 2027 opens, and the application comes back"),
        (SPRING, "", "put off and is not back yet"),
        (None, "", "put off and is not back yet"),
    ],
)
def test_an_application_put_off_comes_back_with_its_intake(
    to: Intake | None, on: str, words: str
) -> None:
    put_off = application("deferred", AUTUMN.title, to.title if to else "2030-31-spring")
    found = said(application=put_off)
    assert found[0] == on
    assert words in found[1]


def test_a_window_that_was_only_proposed_is_said_to_be_planned() -> None:
    planned = intake(4, "Autumn term 2027", "2027-09-01", "2027-05-01", "2027-06-15",
                     is_confirmed=False)  # fmt: skip
    put_off = application("deferred", SPRING.title, planned.title)
    found = said(application=put_off, intakes=(*INTAKES, planned))
    assert found[0] == "2027-05-01"
    assert "is planned to open" in found[1]


@pytest.mark.parametrize("state", ["submitted", "undecided", "eligible", "waiting", "matched"])
def test_what_was_sent_waits_for_its_intake_to_start(state: str) -> None:
    words = "partnerships of the intake of the spring term 2027 start"
    assert said(application=application(state)) == ("2027-01-01", words)
    began = application(state, AUTUMN.title)
    assert said(application=began)[0] == ""


@pytest.mark.parametrize("state", ["", "withdrawn", "not_eligible", "finished"])
def test_who_can_apply_is_told_the_last_day(state: str) -> None:
    ours = application(state, AUTUMN.title) if state else None
    found = said(application=ours)
    assert found == ("2026-12-05", "the last day to apply for the intake of the spring term 2027")
    after = said(day("2026-12-06"), application=ours)
    assert after == (
        "2027-01-11", "the intake of the summer term 2027 opens, and schools can apply"
    )  # fmt: skip
    assert said(day("2027-03-01"), application=ours)[1].endswith("is not settled yet")


def test_a_draft_is_sent_by_the_last_day_and_is_the_schools_own_affair() -> None:
    words = "the last day to {} for the intake of the spring term 2027"
    draft = application("draft")
    assert said(application=draft) == ("2026-12-05", words.format("send the application"))
    others = said(application=draft, shows_draft=False)
    assert others == ("2026-12-05", words.format("apply"))
    assert said(day("2026-12-06"), application=draft)[0] == "2027-01-11"


def test_a_school_that_may_come_late_has_its_own_last_day() -> None:
    late = {AUTUMN.pk: day("2026-11-30")}
    found = said(late_until=late)
    assert found == ("2026-11-30", "the last day to apply for the intake of the autumn term 2026")
    assert said(day("2026-12-01"), late_until=late)[0] == "2026-12-05"


def test_a_programme_that_is_over_has_no_next_date() -> None:
    assert said(rules=OVER) == ("", "the programme is over")


# -- tasks, as the page shows them ---------------------------------------------------------------


def seen(*roles: Role, urn: str = "", subject: str = "ada") -> str:
    page = signed_in(*roles, urn=urn, subject=subject).get(PAGE).content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def head() -> str:
    return seen(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL)


def officer() -> str:
    return seen(Role.OFFICE_CASEWORKER, subject="officer")


def accepted() -> None:
    """Let both schools accept, before the first day."""
    world({SCHOOL: LEAD})
    for side in ("partner", "lead"):
        one = of(SCHOOL)
        actions.answer(
            one, side=side, says="accepts", version=one.version, by=side,
            organisation=f"school:{side}", at=AT, place="tests",
        )  # fmt: skip


def running() -> Partnership:
    """Let both schools accept, and the partnership run into the years ahead."""
    accepted()
    return begun()


def begun() -> Partnership:
    """Let the partnership run into the years ahead."""
    Partnership.objects.update(
        state="running", finishes_on=day("2099-01-01"), version=F("version") + 1
    )
    return of(SCHOOL)


@pytest.mark.django_db
def test_to_apply_is_a_task_while_an_intake_is_open() -> None:
    register(facts(SCHOOL))
    assert "Apply : RISE" in head()
    Intake.objects.update(closes_on=day("2020-02-01"))
    assert "Apply : RISE" not in head()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["", "withdrawn"])
def test_a_school_that_may_not_join_is_led_to_why_and_not_to_apply(state: str) -> None:
    snapshot = register(facts(SCHOOL, phase="special"), facts("900002"))
    if state:
        applied(snapshot, [SCHOOL], state)
    page = head()
    assert "See why the school may not join : RISE" in page
    assert "Apply" not in page.partition("See why")[2].partition(": RISE")[0]
    assert "Apply : RISE" not in page
    assert "Apply again" not in page
    rules = programmes.load(PROGRAMME).as_at(snapshot.on)
    assert shut_out(snapshot, [(rules, [SCHOOL, "900002"])]) == {(PROGRAMME, SCHOOL)}


@pytest.mark.django_db
def test_a_school_whose_application_is_over_can_apply_again() -> None:
    applied(register(facts(SCHOOL)), [SCHOOL], "withdrawn")
    assert "Apply again : RISE" in head()
    assert "Apply again" not in seen(Role.PARTNER_SCHOOL_GOVERNOR, urn=SCHOOL, subject="gov")


@pytest.mark.django_db
def test_the_office_sees_why_an_application_that_was_put_off_is_not_back() -> None:
    applied(register(facts(SCHOOL)), [SCHOOL], "deferred")
    words = "See why the application that was put off is not back"
    assert words in officer()
    assert words not in head()
    ahead = Intake.objects.filter(programme_id=PROGRAMME)
    ahead.update(opens_on=day("2098-01-01"), starts_on=day("2099-01-01"))
    Application.objects.update(deferred_to=ahead.get().cohort_id, version=F("version") + 1)
    assert words not in officer()


@pytest.mark.django_db
def test_an_objection_waits_for_the_office() -> None:
    world({SCHOOL: LEAD})
    words = "Decide what the partner school says against the match"
    assert words not in officer()
    one = of(SCHOOL)
    actions.answer(
        one, side="partner", says="objects", reasons=("timing",), version=one.version, by="head",
        organisation="school:1", at=AT, place="tests",
    )  # fmt: skip
    assert words in officer()
    assert words not in head()
    objection = Objection.objects.get()
    actions.decide(objection, is_upheld=False, reason="So", by="o", organisation="", at=AT,
                   place="tests")  # fmt: skip
    assert words not in officer()


@pytest.mark.django_db
def test_a_further_year_is_asked_for_by_each_and_decided_by_the_office(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accepted()
    assert "further year" not in head(), "this programme gives none"
    for module in ("partnerships.doing.extending", "schools.page.tasks"):
        monkeypatch.setattr(f"schoolhubs.service.{module}.extra_terms", lambda _: 3)
    lead = lambda: seen(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")  # noqa: E731
    decide = "Decide on the further year that both schools ask for"
    assert "Ask for a further year" not in head(), "it has not begun"
    found = begun()
    assert "Ask for a further year : RISE" in head()
    told = {"reason": "More to do", "by": "x", "organisation": "", "at": AT, "place": "tests"}
    actions.ask_for_more(found, side="partner", **told)
    assert "Ask for a further year" not in head()
    assert "Ask for a further year, as the other school has" in lead()
    assert decide not in officer()
    actions.ask_for_more(found, side="lead", **told)
    assert "Ask for a further year" not in lead()
    assert decide in officer()
    ExtensionRequest.objects.update(
        state="refused", decided_at=AT, decided_by="o", decided_reason="So"
    )
    assert decide not in officer()


@pytest.mark.django_db
@pytest.mark.parametrize("is_running", [True, False])
def test_the_page_asks_little_of_the_database(
    is_running: bool, django_assert_max_num_queries: Any
) -> None:
    running() if is_running else world({SCHOOL: LEAD})
    client = signed_in(Role.OFFICE_CASEWORKER)
    client.get("/")  # what a session asks once
    with django_assert_max_num_queries(14):
        assert client.get(PAGE).status_code == 200
