"""What falls due by a day is told to whom it concerns, on their page and once by letter."""

import datetime
from typing import Any

import polars as pl
import pytest
from django.db.models import F

from drafting import AT as WRITTEN_AT
from drafting import HEAD, ON, knows, ready
from invented import AT, PROGRAMME, facts, register
from polled import asked
from schoolhubs.plans import watching
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.letters.kinds import kinds
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import actions as planning
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reviewing import actions as reviewing
from schoolhubs.service.plans.watching import actions as comparing
from schoolhubs.service.plans.watching.actions import Periods
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.surveys.doing import erasing, making, reading
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.work import tasks
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.gathering import waiting
from schoolhubs.service.work.telling import tell_due
from schoolhubs.vocabulary.records.plan import Measured
from signing import signed_in
from surveyed import AT as NOON
from surveyed import ON as OPENED
from surveyed import WHO, answer, answered, close, opened

pytestmark = pytest.mark.django_db
URN, LEAD = "900001", "900010"
DAY = datetime.date
DAYS = datetime.timedelta
REVIEW = DAY(2027, 3, 26)  # the plan's first, its second is on 16 July
TERM = Periods(
    before_from_on=DAY(2025, 9, 1), before_last_on=DAY(2026, 7, 20),
    after_from_on=DAY(2026, 12, 1), after_last_on=DAY(2027, 2, 28),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(URN), facts(LEAD), leads=(LEAD,))


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    knows(monkeypatch)
    found = ready()
    planning.approve(found, number=found.number, on=ON, who=HEAD)
    return found


def actor(role: Role, urn: str = URN, subject: str = "") -> Actor:
    name = subject or f"{role.value}-{urn}"
    signed_in(role, urn=urn, subject=name)
    return Actor(
        person=Person.objects.get(subject=name), organisation=Organisation.objects.get(urn=urn),
        roles=frozenset({role}),
    )  # fmt: skip


def told(found: Any) -> list[str]:
    items = list(found)
    assert all(isinstance(each, Item) and each.href.startswith("/") for each in items)
    return [f"{each.words}. {each.why}" for each in items]


def of_plans(on: DAY, role: Role = Role.PARTNER_SCHOOL_HEAD, urn: str = URN) -> str:
    return "\n".join(told(waiting(actor(role, urn), on=on)))


def of_surveys(on: DAY, role: Role = Role.PARTNER_SCHOOL_HEAD, subject: str = "") -> str:
    return "\n".join(told(waiting(actor(role, subject=subject), on=on)))


def test_a_review_waits_from_a_fortnight_before_until_it_is_made(plan: Plan) -> None:
    assert "Review" not in of_plans(REVIEW - DAYS(15))
    assert "Review the plan of School 900001. Due on 26 March 2027" in of_plans(REVIEW - DAYS(14))
    assert "Overdue since 26 March 2027" in of_plans(REVIEW + DAYS(1))
    objective = plan.versions.get(number=plan.number).record.objectives[0]
    measured = Measured(value=23.0, low=21.5, high=24.5)
    reviewing.review(plan, objective, measured, rag="", comment="x", on=REVIEW, who=HEAD)
    assert "Review" not in of_plans(REVIEW + DAYS(1))


def test_only_who_may_write_is_asked_to_review_and_nobody_elses_school(plan: Plan) -> None:
    assert of_plans(REVIEW, Role.PARTNER_SCHOOL_GOVERNOR) == ""
    assert of_plans(REVIEW, Role.LEAD_SCHOOL, LEAD) == ""
    assert "Review" in of_plans(REVIEW, Role.PARTNER_SCHOOL_ATTENDANCE)


def counts(after: int) -> pl.DataFrame:
    rows = [("send", "yes", "before", 100, 20), ("send", "no", "before", 400, 40),
            ("send", "yes", "after", 100, after), ("send", "no", "after", 400, 40)]  # fmt: skip
    heads = ["characteristic", "group", "period", "n_pupils", "n_affected"]
    return pl.DataFrame(rows, schema=heads, orient="row")


def test_a_comparison_waits_a_term_after_the_approval_and_after_the_last_one(plan: Plan) -> None:
    due_on = ON + DAYS(weeks=13)
    assert "Compare" not in of_plans(due_on - DAYS(15))
    assert "Compare who is affected" in of_plans(due_on - DAYS(14))
    assert "Overdue since" in of_plans(due_on + DAYS(1))
    comparing.compare(
        plan, counts(after=20), TERM, about="Detentions", on=DAY(2027, 3, 1), who=HEAD
    )
    assert "Compare" not in of_plans(due_on + DAYS(20))
    assert "Compare" in of_plans(TERM.after_last_on + DAYS(weeks=13))


def test_a_screen_that_was_opened_again_waits_for_governors_too(plan: Plan) -> None:
    assert watching.disparity(counts(after=60)).gaps
    assert "anew" not in of_plans(ON)
    comparing.compare(
        plan, counts(after=60), TERM, about="Detentions", on=DAY(2027, 3, 1), who=HEAD
    )
    for role in (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_GOVERNOR):
        assert "Screen the plan of School 900001 anew" in of_plans(DAY(2027, 3, 2), role)


def test_a_plan_that_is_written_still_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    ready()
    assert of_plans(REVIEW) == ""


def test_a_survey_with_few_answers_is_pointed_to_before_it_closes() -> None:
    survey, (code,) = opened()
    last = survey.closes_on
    assert of_surveys(last - DAYS(5)) == ""
    assert "Fewer than 10 pupils have answered so far" in of_surveys(last - DAYS(4))
    assert of_surveys(last, Role.PARTNER_SCHOOL_GOVERNOR) == ""
    for _ in range(12):
        answer(code)
    assert of_surveys(last) == ""
    people = asked({"year_group": ["7"], "sex": ["female"], "fsm": ["no"]}, 40)
    held = Survey.objects.get(pk=survey.pk)
    making.amend(held, version=held.version, told={"asked": people}, **WHO)
    assert "At least 10 of 40 pupils" in of_surveys(last)


def test_words_of_pupils_wait_for_their_reader_and_once_late_for_the_head() -> None:
    survey, (code,) = opened(asks_text=True, safeguarding_lead="dsl")
    reads: dict[str, Any] = {"role": Role.SCHOOL_SAFEGUARDING, "subject": "dsl"}
    assert of_surveys(OPENED, **reads) == ""
    answer(code, answered(words="Words"))
    for day in range(3):  # Monday to Wednesday; later days make words of Monday no newer
        reading.make_texts_ready(at=NOON.replace(hour=15) + DAYS(day))
    on = OPENED + DAYS(2)
    assert of_surveys(OPENED + DAYS(1), **reads).startswith("Read what pupils wrote")
    assert of_surveys(OPENED + DAYS(1)) == ""
    assert of_surveys(on, **reads).startswith("Overdue: read what pupils wrote")
    assert "10 November 2026" in of_surveys(on, **reads)
    assert "Overdue: what pupils wrote was not read" in of_surveys(on)
    assert "Words" not in of_surveys(on) + of_surveys(on, **reads)
    assert of_surveys(on, Role.SCHOOL_SAFEGUARDING, "another") == ""
    reading.note_reading(survey, on=on)
    assert of_surveys(on, **reads) == of_surveys(on) == ""


def test_words_that_came_after_the_days_reading_wait_again() -> None:
    survey, (code,) = opened(asks_text=True, safeguarding_lead="dsl")
    reading.note_reading(survey, on=OPENED)  # in the morning
    answer(code, answered(words="Words"))
    reading.make_texts_ready(at=NOON.replace(hour=15))
    assert Survey.objects.get(pk=survey.pk).texts_wait_since == OPENED
    reading.note_reading(survey, on=OPENED)
    assert Survey.objects.get(pk=survey.pk).texts_wait_since is None
    answer(code, answered(words="Last words"))
    closed = close(survey)
    assert closed.texts_wait_since == OPENED  # the last became readable with the rest
    erasing.erase_expired(
        on=OPENED + DAYS(weeks=14), at=NOON, by="schoolhubs", place="tests"
    )  # fmt: skip
    assert Survey.objects.get(pk=survey.pk).texts_wait_since is None


def _agreement(finishes_on: DAY) -> Agreement:
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", partner_urn=URN, lead_urn=LEAD,
        pathway="enhanced", starts_on=DAY(2026, 9, 1), finishes_on=DAY(2027, 9, 1),
        proposed_at=AT, proposed_by="officer", partner_says="accepts", partner_at=AT,
        partner_by="head", lead_says="accepts", lead_at=AT, lead_by="lead",
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=F("version") + 1)
    return Agreement.objects.create(
        partnership=made, purposes=["find_causes"], kinds=["plan"], proposed_side="lead",
        proposed_at=AT, proposed_by="lead", state="agreed", agreed_at=AT, agreed_by="head",
        starts_on=DAY(2026, 9, 1), finishes_on=finishes_on,
    )  # fmt: skip


def test_both_schools_are_told_that_an_agreement_ends() -> None:
    held = _agreement(DAY(2027, 3, 1))
    for role, urn in ((Role.PARTNER_SCHOOL_HEAD, URN), (Role.LEAD_SCHOOL, LEAD)):
        who = actor(role, urn)
        assert told(waiting(who, on=held.finishes_on - DAYS(29))) == []
        (said,) = told(waiting(who, on=held.finishes_on - DAYS(28)))
        assert "sharing of School 900001 ends. Its last day is 28 February 2027" in said
        assert told(waiting(who, on=held.finishes_on)) == []  # it is over
    register(facts("900011"), leads=("900011",))
    other = actor(Role.LEAD_SCHOOL, "900011")
    assert told(waiting(other, on=held.last_on)) == []


def letters() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("kind", "organisation"))


def test_a_review_is_written_of_once_for_each_day_it_falls_due(plan: Plan) -> None:
    for on in (REVIEW - DAYS(15), REVIEW - DAYS(14), REVIEW - DAYS(14), REVIEW + DAYS(3)):
        tell_due(on=on, at=WRITTEN_AT, place="tests")
    (letter,) = Letter.objects.all()
    assert (letter.kind, letter.organisation) == ("review_due", f"school:{URN}")
    assert letter.facts["due"] == "26 March 2027"
    objective = plan.versions.get(number=plan.number).record.objectives[0]
    measured = Measured(value=23.0, low=21.5, high=24.5)
    reviewing.review(plan, objective, measured, rag="", comment="x", on=REVIEW, who=HEAD)
    tell_due(on=DAY(2027, 7, 2), at=WRITTEN_AT, place="tests")
    assert letters() == [("review_due", f"school:{URN}")] * 2


def test_words_are_written_of_whether_or_not_anybody_wrote() -> None:
    """A letter for words alone would keep a day on which a pupil wrote."""
    survey, _ = opened(asks_text=True, safeguarding_lead="dsl")
    reading.make_texts_ready(at=NOON.replace(hour=15))
    who = {"at": NOON, "place": "tests"}
    for on in (OPENED, OPENED, OPENED + DAYS(1)):
        tell_due(on=on, **who)  # type: ignore[arg-type]
    assert letters() == [("pupil_words", f"school:{URN}")]
    for _ in range(2):
        tell_due(on=OPENED + DAYS(2), **who)  # type: ignore[arg-type]
    assert letters()[1:] == [("pupil_words_overdue", f"school:{URN}")]
    reading.note_reading(survey, on=OPENED + DAYS(2))
    reading.make_texts_ready(at=NOON.replace(hour=15) + DAYS(2))
    tell_due(on=OPENED + DAYS(2), **who)  # type: ignore[arg-type]
    assert letters()[2:] == [("pupil_words", f"school:{URN}")]
    assert kinds()["pupil_words"].roles == (Role.SCHOOL_SAFEGUARDING,)


def test_the_hour_writes_of_the_day_it_stands_for(plan: Plan) -> None:
    moment = datetime.datetime.combine(REVIEW, datetime.time(12), datetime.UTC)
    tasks.tell_due(int((moment - DAYS(20)).timestamp()))
    assert letters() == []
    tasks.tell_due(int(moment.timestamp()))
    assert [kind for kind, _ in letters()] == ["review_due"]


def test_what_waits_stands_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    today = OPENED
    survey, _ = opened(asks_text=True, safeguarding_lead="dsl")
    Survey.objects.filter(pk=survey.pk).update(texts_wait_since=today - DAYS(7))
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: today)
    answer = signed_in(Role.SCHOOL_SAFEGUARDING, urn=URN, subject="dsl").get("/work")
    assert "Overdue: read what pupils wrote" in answer.content.decode()
