"""Intakes: windows proposed, confirmed and kept; deferral, lateness, terms that turn; re-match."""

import datetime
from typing import Any

import pytest
from django.core.management import call_command
from procrastinate.contrib.django import app

from invented import AT, ON, PROGRAMME, facts, intake, register
from partnering import LEAD, SECOND_LEAD, agreed, applied, of, state_of, term_day, world
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.cohorts import actions, queries
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.cohorts.office import queries as office_queries
from schoolhubs.service.cohorts.office.queries import stranded
from schoolhubs.service.cohorts.proposing import proposed
from schoolhubs.service.eligibility import actions as applications
from schoolhubs.service.eligibility.doing import deciding
from schoolhubs.service.eligibility.doing.telling import decided as letter_of
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.matching.inputs import rulings_of
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.tasks import turn_terms, turn_to
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from signing import signed_in

RULES = programmes.load(PROGRAMME).as_at(ON)
ADMIN: dict[str, Any] = {"by": "officer", "organisation": "office:1", "at": AT, "place": "/office"}
SCHOOL: dict[str, Any] = {"by": "head", "organisation": "school:1", "at": AT, "place": "/"}


def test_the_nine_published_cohorts_of_behaviour_hubs_come_out_as_they_were() -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2026, 11, 22))
    found = proposed(rules, on=datetime.date(2026, 11, 22))
    assert [str(each.starts_on) for each in found] == [str(day) for day in rules.cohorts]
    assert len(found) == 9
    assert found[-1].cohort_id == "2023-24-spring"
    assert {each.day_from for each in found} == {"definition"}
    assert all(each.closes_on < rules.finished_on for each in found if rules.finished_on)


def test_terms_ahead_are_proposed_where_nothing_was_published() -> None:
    found = proposed(RULES, on=datetime.date(2026, 11, 22))
    assert [each.title for each in found] == [
        "Autumn term 2026", "Spring term 2027", "Summer term 2027", "Autumn term 2027",
    ]  # fmt: skip
    assert (str(found[1].opens_on), str(found[1].closes_on)) == ("2026-09-01", "2026-11-20")


@pytest.mark.django_db
def test_a_proposed_window_opens_to_nobody_until_it_is_confirmed() -> None:
    on = datetime.date(2026, 11, 9)
    given = {"on": on, "by": "o", "at": AT, "place": "x"}
    assert actions.propose_intakes(PROGRAMME, **given) == 4
    assert actions.propose_intakes(PROGRAMME, **given) == 0
    assert queries.open_intake(PROGRAMME, on=on) is None
    one = Intake.objects.get(cohort_id="2026-27-spring")
    actions.set_window(
        one, opens_on=one.opens_on, closes_on=one.closes_on, reason="Yes", version=1, **ADMIN
    )
    found = queries.open_intake(PROGRAMME, on=on)
    assert found is not None
    assert found.cohort_id == "2026-27-spring"
    assert queries.open_intake(PROGRAMME, on=one.closes_on) is None
    with pytest.raises(Conflict, match="Somebody else changed this intake"):
        actions.set_window(
            one, opens_on=on, closes_on=one.closes_on, reason="No", version=1, **ADMIN
        )


@pytest.mark.django_db
def test_a_window_that_closes_before_it_opens_or_after_the_programme_is_refused() -> None:
    one = intake()
    with pytest.raises(DataProblem, match="on or after the first"):
        actions.set_window(one, opens_on=ON, closes_on=ON, reason="x", version=1, **ADMIN)
    over = intake(programme_id="behaviour-hubs-2021")
    with pytest.raises(Conflict, match="programme is over"):
        actions.set_window(
            over, opens_on=ON, closes_on=datetime.date(2026, 3, 1), reason="x", version=1, **ADMIN
        )


@pytest.mark.django_db
def test_outside_a_window_nobody_begins_and_the_words_say_when_the_next_opens() -> None:
    register(facts("900001"))
    Intake.objects.all().delete()
    intake(datetime.date(2026, 4, 1), title="Summer term 2026", opens_on=datetime.date(2026, 3, 1))
    with pytest.raises(Conflict, match="summer term 2026, opens on 1 March 2026"):
        applications.begin(urn="900001", rules=RULES, **SCHOOL)
    assert not Application.objects.exists()


@pytest.mark.django_db
def test_a_late_school_applies_by_leave_and_no_other_does() -> None:
    register(facts("900001"), facts("900002"))
    one = Intake.objects.filter(programme_id=PROGRAMME).get()
    Intake.objects.update(closes_on=ON, opens_on=datetime.date(2025, 9, 1))
    actions.let_in_late(one, urn="900001", until_on=ON, reason="A flood", **ADMIN)
    begun = applications.begin(urn="900001", rules=RULES, **SCHOOL)
    assert begun.cohort_id == one.cohort_id
    with pytest.raises(Conflict, match="Applications are closed"):
        applications.begin(urn="900002", rules=RULES, **SCHOOL)
    the_day_after = {**SCHOOL, "at": AT + datetime.timedelta(days=1)}
    Application.objects.all().delete()
    with pytest.raises(Conflict, match="Applications are closed"):
        applications.begin(urn="900001", rules=RULES, **the_day_after)


def another_term(title: str, starts_on: datetime.date, **changes: Any) -> Intake:
    return intake(starts_on, title=title, **changes)


def opened_late() -> tuple[Intake, Intake]:
    """Store an intake that has closed with leave to be late for it, and one that is open."""
    register(facts("900001"), facts("900002"))
    now = Intake.objects.get(programme_id=PROGRAMME)
    Intake.objects.filter(pk=now.pk).update(closes_on=ON, opens_on=datetime.date(2025, 9, 1))
    actions.let_in_late(now, urn="900001", until_on=ON, reason="A flood", **ADMIN)
    return now, another_term("Summer term 2026", datetime.date(2026, 4, 1))


@pytest.mark.django_db
def test_leave_to_come_late_goes_before_the_intake_that_is_open_beside() -> None:
    closed, open_beside = opened_late()
    begun = {
        urn: applications.begin(urn=urn, rules=RULES, **SCHOOL).cohort_id
        for urn in ("900001", "900002")
    }
    assert begun == {"900001": closed.cohort_id, "900002": open_beside.cohort_id}


def filled(application: Application) -> Application:
    """Give a draft every answer."""
    answers = {
        "pathways": ["enhanced"], "leaders": ["Ada", "Ben", "Cy"], "email": "o@900001.example",
        "leadership_capacity": True, "ready_to_change": True, "tried": "Calls", "travel": "",
    }  # fmt: skip
    application.answers, application.pathways = answers, ["enhanced"]
    application.version += 1
    application.save()
    return application


def sent(application: Application, **changes: Any) -> Application:
    snapshot = RegisterSnapshot.objects.latest("pk")
    return applications.submit(
        filled(application), RULES, snapshot, version=application.version, **{**SCHOOL, **changes}
    )


@pytest.mark.django_db
def test_a_draft_is_sent_to_the_intake_it_was_begun_for_while_that_takes_it() -> None:
    closed, _ = opened_late()
    late = sent(applications.begin(urn="900001", rules=RULES, **SCHOOL))
    assert late.cohort_id == closed.cohort_id
    Intake.objects.filter(pk=closed.pk).update(closes_on=ON + datetime.timedelta(days=9))
    draft = applications.begin(urn="900002", rules=RULES, **SCHOOL)
    assert draft.cohort_id == closed.cohort_id
    # Meanwhile an intake opens that starts earlier: the draft stays with its own.
    another_term("Autumn term 2025", datetime.date(2025, 9, 1))
    assert sent(draft).cohort_id == closed.cohort_id


@pytest.mark.django_db
def test_a_draft_of_a_closed_intake_goes_to_the_one_that_is_open() -> None:
    closed, open_beside = opened_late()
    draft = applications.begin(urn="900001", rules=RULES, **SCHOOL)
    the_day_after = AT + datetime.timedelta(days=1)
    assert sent(draft, at=the_day_after).cohort_id == open_beside.cohort_id != closed.cohort_id


@pytest.mark.django_db
def test_an_application_sent_past_midnight_in_summer_is_of_the_day_in_england() -> None:
    register(facts("900001"))
    past_midnight = datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)
    draft = applications.begin(urn="900001", rules=RULES, **{**SCHOOL, "at": past_midnight})
    assert sent(draft, at=past_midnight).applied_on == datetime.date(2026, 7, 2)


@pytest.mark.django_db
def test_nobody_puts_an_application_off_to_an_intake_that_has_closed() -> None:
    world({"900001": ""})
    gone = another_term("Summer term 2026", datetime.date(2026, 4, 1), closes_on=ON)
    ahead = another_term("Autumn term 2026", datetime.date(2026, 9, 1))
    application = Application.objects.get(urn="900001")
    assert list(queries.later_intakes(application, on=ON)) == [ahead]
    told = {"reason": "x", "version": application.version, **SCHOOL}
    with pytest.raises(Conflict, match="has not closed"):
        partnerships.leave(application, "deferred", cohort_id=gone.cohort_id, **told)
    moved = partnerships.leave(application, "deferred", cohort_id=ahead.cohort_id, **told)
    assert moved.deferred_to == ahead.cohort_id


@pytest.mark.django_db
def test_what_was_put_off_and_has_not_come_back_is_listed_with_why() -> None:
    snapshot = register(*(facts(f"90000{n}") for n in range(1, 6)))
    urns = [f"90000{n}" for n in range(1, 7)]
    applied(snapshot, urns, "eligible")
    terms = {
        "Closed": {"closes_on": ON},
        "Unconfirmed": {"is_confirmed": False},
        "Open": {},
        "Ahead": {"opens_on": ON + datetime.timedelta(days=1)},
    }
    cohorts = [
        another_term(title, datetime.date(2026 + n, 4, 1), **changes).cohort_id
        for n, (title, changes) in enumerate(terms.items())
    ]
    for urn, cohort_id in zip(urns, [*cohorts, "none", cohorts[2]], strict=True):
        Application.objects.filter(urn=urn).update(
            state="deferred", deferred_to=cohort_id, version=9
        )
    told = {each.application.urn: each.why for each in stranded([PROGRAMME], on=ON)}
    assert {urn: why.split(".")[0] for urn, why in told.items()} == {
        "900001": "The intake has closed",
        "900002": "The window of the intake is not confirmed",
        "900003": "The intake is open: it comes back next morning",
        "900005": "No intake is named that it could come back to",
        "900006": "The school is not in the register in use",
    }
    page = signed_in(Role.OFFICE_READ).get("/office/intakes").content.decode()
    assert page.count("Put off, and not back") == 1
    assert f'href="/office/applications/{Application.objects.get(urn="900001").reference}"' in page


@pytest.mark.django_db
def test_a_sent_application_that_was_never_assessed_is_assessed_in_the_morning() -> None:
    snapshot = register(facts("900001"), facts("900002"))
    applied(snapshot, ["900001", "900002"], "submitted")
    just_now = AT + datetime.timedelta(hours=11)
    Application.objects.filter(urn="900002").update(submitted_at=just_now, version=9)
    in_the_morning = {"at": AT + datetime.timedelta(hours=11, minutes=1), "place": "x"}
    assert turn_to(ON, **in_the_morning)["applications assessed"] == 1
    assert [state_of(urn) for urn in ("900001", "900002")] == ["eligible", "submitted"]
    assert turn_to(ON, **in_the_morning)["applications assessed"] == 0


@pytest.mark.django_db
def test_one_that_cannot_be_assessed_hinders_no_other() -> None:
    snapshot = register(facts("900002"))
    applied(snapshot, ["900001", "900002"], "submitted")  # the register lacks the first
    later = AT + datetime.timedelta(days=1)
    assert applications.assess_left(at=later, place="x") == 1
    assert [state_of(urn) for urn in ("900001", "900002")] == ["submitted", "eligible"]


def ruled(verdict: str, at: datetime.datetime, **changes: Any) -> HumanDecision:
    application = Application.objects.get(urn="900001")
    who = {**ADMIN, "at": at, **changes}
    return applications.decide(
        application, pathway="enhanced", verdict=verdict, reason="Seen",
        version=application.version, **who,
    )  # fmt: skip


def brought_back(*, at: datetime.datetime, opens_on: datetime.date) -> Application:
    """Put the application off to an intake, and bring it back when that opens."""
    later = another_term("Summer term 2026", datetime.date(2026, 4, 1), opens_on=opens_on)
    application = Application.objects.get(urn="900001")
    partnerships.leave(
        application, "deferred", reason="New head", version=application.version,
        cohort_id=later.cohort_id, **SCHOOL,
    )  # fmt: skip
    assert actions.bring_back(on=opens_on, at=at, place="x") == 1
    # The audit's lock is everybody's: nothing is worked out after it was asked for.
    assert AuditEntry.objects.latest("number").action == "application.bring-back"
    return Application.objects.get(urn="900001")


@pytest.mark.django_db
def test_a_persons_decision_does_not_follow_an_application_into_its_next_intake() -> None:
    register(facts("900001", region=None))  # the rules cannot tell
    draft = filled(applications.begin(urn="900001", rules=RULES, **SCHOOL))
    draft.answers["pathways"], draft.pathways = ["regional"], ["regional"]
    draft.version += 1
    draft.save()
    snapshot = RegisterSnapshot.objects.get()
    applications.submit(draft, RULES, snapshot, version=draft.version, **SCHOOL)
    application = Application.objects.get()
    told = {"pathway": "regional", "reason": "Seen on a map", **ADMIN}
    applications.decide(application, verdict="yes", version=application.version, **told)
    assert state_of("900001") == "eligible"
    back_at = AT + datetime.timedelta(days=40)
    application = brought_back(at=back_at, opens_on=datetime.date(2026, 3, 1))
    assert application.state == "undecided"
    (draft_letter,) = letter_of(application, occasion="again", on=ON)
    assert (draft_letter.kind, "Seen on a map" in draft_letter.facts["outcome"]) == (
        "person_decides", False,
    )  # fmt: skip
    assert rulings_of(PROGRAMME, application.cohort_id).is_empty()
    page = signed_in(Role.OFFICE_CASEWORKER).get(f"/office/applications/{application.reference}")
    assert "counts no more" in page.content.decode()
    again = {**told, "at": back_at + datetime.timedelta(days=1)}
    applications.decide(application, verdict="no", version=application.version, **again)
    assert state_of("900001") == "not_eligible"
    application.refresh_from_db()
    (draft_letter,) = letter_of(application, occasion="again", on=ON)
    assert draft_letter.kind == "may_not_join"


@pytest.mark.django_db
def test_a_decision_of_an_earlier_intake_is_not_agreed_in_the_next() -> None:
    snapshot = register(facts("900001"))
    sent(applications.begin(urn="900001", rules=RULES, **SCHOOL))
    made = ruled("no", AT)  # against the rules, and not agreed yet
    assert (made.counts, state_of("900001"), snapshot.pk) == (False, "eligible", snapshot.pk)
    back_at = AT + datetime.timedelta(days=40)
    application = brought_back(at=back_at, opens_on=datetime.date(2026, 3, 1))
    who = {**ADMIN, "by": "another", "at": back_at}
    with pytest.raises(Conflict, match="earlier intake"):
        applications.agree(made, version=application.version, **who)
    assert state_of("900001") == "eligible"


@pytest.mark.django_db
def test_a_refusal_does_not_become_a_yes_beside_a_newer_application() -> None:
    register(facts("900001"))
    refused = sent(applications.begin(urn="900001", rules=RULES, **SCHOOL))
    made = ruled("no", AT)  # against the rules, so another person agrees
    refused.refresh_from_db()
    another = {**ADMIN, "by": "another"}
    applications.agree(made, version=refused.version, **another)
    refused.refresh_from_db()
    assert refused.state == "not_eligible"
    newer = applications.begin(urn="900001", rules=RULES, **SCHOOL)
    assert newer.pk != refused.pk
    changed: dict[str, Any] = {
        "pathway": "enhanced", "verdict": "yes", "version": refused.version, "reason": "Seen",
        **ADMIN,
    }  # fmt: skip
    with pytest.raises(Conflict, match=newer.reference):
        applications.decide(refused, **changed)
    refused.refresh_from_db()
    assert (refused.state, refused.version) == ("not_eligible", changed["version"])
    applications.move(
        newer, "withdrawn", maker="school", reason="x", version=newer.version, **SCHOOL
    )
    applications.decide(refused, **changed)
    refused.refresh_from_db()
    assert refused.state == "eligible"


@pytest.mark.django_db
def test_another_that_is_begun_in_the_same_moment_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(facts("900001"))
    refused = sent(applications.begin(urn="900001", rules=RULES, **SCHOOL))
    made = ruled("no", AT)
    refused.refresh_from_db()
    applications.agree(made, version=refused.version, **{**ADMIN, "by": "another"})
    refused.refresh_from_db()
    newer = applications.begin(urn="900001", rules=RULES, **SCHOOL)
    looked: list[Application] = []

    def too_early(held: Application) -> None:
        looked.append(held)  # the first look comes before the school's own is there
        if len(looked) > 1:
            look(held)

    look = deciding._refuse_beside_another
    monkeypatch.setattr(deciding, "_refuse_beside_another", too_early)
    with pytest.raises(Conflict, match=newer.reference):
        applications.decide(
            refused, pathway="enhanced", verdict="yes", version=refused.version, reason="Seen",
            **ADMIN,
        )  # fmt: skip
    refused.refresh_from_db()
    assert (refused.state, len(looked)) == ("not_eligible", 2)


@pytest.mark.django_db
def test_a_deferred_application_comes_back_with_newest_facts_when_its_intake_opens() -> None:
    world({"900001": LEAD})
    opens_on = datetime.date(2026, 3, 1)
    later = intake(datetime.date(2026, 4, 1), title="Summer term 2026", opens_on=opens_on)
    application = Application.objects.get(urn="900001")
    with pytest.raises(Conflict, match="starts later"):
        partnerships.leave(
            application, "deferred", reason="x", version=application.version,
            cohort_id=application.cohort_id, **SCHOOL,
        )  # fmt: skip
    partnerships.leave(
        application, "deferred", reason="New head", version=application.version,
        cohort_id=later.cohort_id, **SCHOOL,
    )  # fmt: skip
    assert (of("900001").state, state_of("900001")) == ("ended", "deferred")
    assert actions.bring_back(on=datetime.date(2026, 2, 28), at=AT, place="x") == 0
    newer = register(facts("900001", absence_percent=9.5))
    assert actions.bring_back(on=opens_on, at=AT, place="x") == 1
    assert actions.bring_back(on=opens_on, at=AT, place="x") == 0
    application.refresh_from_db()
    assert (application.state, application.cohort_id) == ("eligible", later.cohort_id)
    assert (application.snapshot, application.facts_seen["absence_percent"]) == (newer, 9.5)


@pytest.mark.django_db
def test_partnerships_start_with_their_term_and_finish_after_their_last() -> None:
    world({"900001": LEAD, "900002": LEAD})
    agreed("900001")
    assert turn(on=datetime.date(2025, 12, 31), at=AT, place="x").n_started == 0
    assert turn(on=datetime.date(2026, 1, 1), at=AT, place="x").n_started == 1
    assert turn(on=datetime.date(2026, 1, 1), at=AT, place="x").n_started == 0
    assert [state_of(urn) for urn in ("900001", "900002")] == ["running", "matched"]
    assert turn(on=datetime.date(2026, 12, 31), at=AT, place="x").n_finished == 0
    assert turn(on=datetime.date(2027, 1, 1), at=AT, place="x").n_finished == 1
    assert (of("900001").state, state_of("900001")) == ("finished", "finished")


def test_a_missed_minute_costs_an_hour_and_no_day() -> None:
    turning = app.periodic_registry.periodic_tasks["partnerships.turn", ""]
    first = turning.croniter.get_next(datetime.datetime, start_time=AT)
    second = turning.croniter.get_next(datetime.datetime, start_time=first)
    assert second - first == datetime.timedelta(hours=1)


@pytest.mark.django_db
def test_what_a_day_brought_it_brings_no_more() -> None:
    world({"900001": LEAD})
    agreed("900001")
    moment = int(datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC).timestamp())
    turn_terms(moment)
    assert state_of("900001") == "running"
    n_entries = AuditEntry.objects.count()
    turn_terms(moment + 60 * 60)
    assert AuditEntry.objects.count() == n_entries


@pytest.mark.django_db
def test_a_command_turns_to_a_day_and_says_what_came_of_it(capsys: Any) -> None:
    world({"900001": LEAD})
    agreed("900001")
    call_command("turn_terms", "--on", "2026-01-01")
    assert "1 partnerships started" in capsys.readouterr().out
    call_command("turn_terms", "--on", "2026-01-01")
    assert "0 partnerships started" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_further_year_is_asked_for_by_both_agreed_by_the_office_and_holds_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world({"900001": LEAD})
    one = agreed("900001")
    with pytest.raises(Conflict, match="cannot be given a further year"):
        partnerships.ask_for_more(one, side="lead", reason="More", **SCHOOL)
    where = "schoolhubs.service.partnerships.doing.extending.extra_terms"
    monkeypatch.setattr(where, lambda each: 3 if each.year == 1 else 0)
    request = partnerships.ask_for_more(one, side="lead", reason="More", **SCHOOL)
    with pytest.raises(Conflict, match="Only one of the two"):
        partnerships.decide_more(request, is_agreed=True, reason="Yes", **ADMIN)
    partnerships.ask_for_more(one, side="partner", reason="Yes", **SCHOOL)
    further = partnerships.decide_more(request, is_agreed=True, reason="Yes", **ADMIN)
    assert further is not None
    assert (further.year, further.state, further.extends) == (2, "agreed", one)
    assert (further.starts_on, further.finishes_on) == (term_day(2027, 1), term_day(2028, 1))
    turn(on=datetime.date(2027, 1, 1), at=AT, place="x")
    further.refresh_from_db()
    assert (further.state, state_of("900001")) == ("running", "running")
    turn(on=datetime.date(2028, 1, 1), at=AT, place="x")
    assert state_of("900001") == "finished"


def test_behaviour_hubs_gives_a_further_year_and_rise_hubs_none() -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 1, 1))
    assert rules.pathway("core").optional_extra_terms == 3
    assert rules.pathway("multi_school").optional_extra_terms == 0
    assert {each.optional_extra_terms for each in RULES.pathways} == {0}


@pytest.mark.django_db
def test_the_pages_of_the_office_show_what_stands(django_assert_max_num_queries: Any) -> None:
    world({"900001": LEAD, "900002": "", "900003": SECOND_LEAD})
    officer = signed_in(Role.OFFICE_CASEWORKER)
    officer.get("/office/intakes")
    with django_assert_max_num_queries(15):
        page = officer.get("/office/intakes").content.decode()
    assert "Round" in page
    with django_assert_max_num_queries(15):
        shown = officer.get(f"/office/intakes/{PROGRAMME}/{RULES.cohort_id}/waiting")
    assert "School 900002" in shown.content.decode()
    assert "School 900001" not in shown.content.decode()


@pytest.mark.django_db
def test_an_intake_names_who_comes_back_to_it(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    world({"900001": LEAD, "900002": "", "900003": ""})
    window = {"opens_on": datetime.date(2098, 1, 1), "closes_on": datetime.date(2098, 3, 1)}
    ahead = another_term("Summer term 2098", datetime.date(2098, 4, 1), **window)
    unsure = another_term(
        "Autumn term 2098", datetime.date(2098, 9, 1), is_confirmed=False, **window
    )
    for urn, to in {"900001": ahead, "900002": ahead, "900003": unsure}.items():
        put_off = Application.objects.get(urn=urn)
        partnerships.leave(
            put_off, "deferred", reason="x", version=put_off.version, cohort_id=to.cohort_id,
            **SCHOOL,
        )  # fmt: skip
    officer = signed_in(Role.OFFICE_READ)

    def page(one: Intake) -> str:
        at = f"/office/intakes/{PROGRAMME}/{one.cohort_id}/window"
        with django_assert_max_num_queries(15):
            return officer.get(at).content.decode()

    assert "School 900001" in page(ahead)
    assert "School 900002" in page(ahead)
    assert "School 900003" not in page(ahead)
    assert "They come back by themselves on 1 January 2098" in page(ahead)
    assert "School 900003" in page(unsure)
    assert "once the window is confirmed" in page(unsure)
    assert "School 90000" not in page(Intake.objects.exclude(pk__in=[ahead.pk, unsure.pk])[0])
    monkeypatch.setattr(office_queries, "ON_A_PAGE", 1)
    assert "And 1 more school." in page(ahead)


@pytest.mark.django_db
def test_a_window_is_set_on_its_page_and_slips_keep_what_was_typed() -> None:
    register(facts("900001"))
    one = Intake.objects.get(programme_id=PROGRAMME)
    at = f"/office/intakes/{PROGRAMME}/{one.cohort_id}/window"
    officer = signed_in(Role.OFFICE_CASEWORKER)
    slip = officer.post(at, {"opens_on-day": "31", "opens_on-month": "2", "version": "1"})
    text = slip.content.decode()
    assert text.count("Enter the first day to apply") == 2
    assert 'value="31"' in text
    days = {"opens_on": (1, 2, 2026), "last_on": (3, 3, 2026)}
    posted = {
        f"{name}-{part}": str(value)
        for name, parts in days.items()
        for part, value in zip(("day", "month", "year"), parts, strict=True)
    }
    done = officer.post(at, {**posted, "reason": "Agreed", "version": "1"})
    assert done.status_code == 302
    one.refresh_from_db()
    assert (one.opens_on, one.last_on) == (term_day(2026, 2), term_day(2026, 3, 3))


@pytest.mark.django_db
def test_waiting_schools_stand_by_need_then_by_day() -> None:
    snapshot = register(
        facts("900001", persistent_absence_percent=20.0),
        facts("900002", persistent_absence_percent=40.0),
        facts("900003", persistent_absence_percent=20.0),
    )
    applied(snapshot, ["900001", "900002", "900003"], "eligible")
    Application.objects.update(state="waiting", version=9)
    Application.objects.filter(urn="900003").update(
        applied_on=ON - datetime.timedelta(days=9), version=10
    )
    page = signed_in(Role.OFFICE_READ).get(
        f"/office/intakes/{PROGRAMME}/{RULES.cohort_id}/waiting"
    ).content.decode()  # fmt: skip
    places = [page.index(f"School {urn}") for urn in ("900002", "900003", "900001")]
    assert places == sorted(places)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["²", "٣٣٣", "-1", "9" * 30, ""])
def test_odd_numbers_in_an_address_or_a_form_are_no_fault_of_ours(odd: str) -> None:
    world({"900001": LEAD, "900002": ""})
    officer = signed_in(Role.OFFICE_CASEWORKER)
    one = f"/office/intakes/{PROGRAMME}/{RULES.cohort_id}"
    asked = [f"{one}/waiting?page={odd}", f"/office/objections?page={odd}&state={odd}"]
    assert [officer.get(each).status_code for each in asked] == [200, 200]
    assert officer.post(f"{one}/window", {"version": odd}).status_code == 200
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900001", subject="head")
    match = f"/programmes/{PROGRAMME}/schools/900001/match"
    assert head.post(f"{match}/accept", {"version": odd}).status_code == 409
