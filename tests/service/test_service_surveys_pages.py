"""A survey is set up, run and closed in the browser's way; what is fixed is shown before."""

import datetime
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from invented import facts, register
from peopled import person_at
from polled import poll, pupils, scored, staff
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.doing.answering import NotLetIn
from schoolhubs.service.surveys.models import Invitation, State, Survey
from schoolhubs.service.surveys.scores import working
from schoolhubs.vocabulary.errors import Conflict
from surveyed import URN, answer, answered, close, made, opened
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def days(name: str, on: object) -> dict[str, str]:
    year, month, day = str(on).split("-")
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


GOOD = {
    "instrument": "pupil-survey", "route": "class_codes", **days("opens_on", TODAY),
    **days("closes_on", TODAY),
}  # fmt: skip


@pytest.fixture
def school() -> Organisation:
    register(facts(URN), facts("900002"))
    return Organisation.objects.create(
        sign_in_id="one", kind="school", name="School 900001", urn=URN
    )


def client(school: Organisation, role: Role = Role.PARTNER_SCHOOL_HEAD) -> WatchfulClient:
    found = WatchfulClient()
    found.act_as(person_at(school, [role], f"somebody-{role.value}"), school)
    return found


def at(name: str, survey: Survey | None = None, **more: str) -> str:
    told = {"urn": URN, **({"survey_key": survey.pk} if survey else {}), **more}
    return reverse(name, kwargs=told)


def said(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def test_what_is_fixed_for_good_is_shown_before_anything_is_made(school: Organisation) -> None:
    head = client(school)
    led = head.post(at("survey-new"), GOOD)
    assert led.status_code == 302
    checked = head.get(led["Location"])
    assert "Fixed for good" in said(checked)
    assert "Answers are locked until it closes, then shuffled" in said(checked)
    assert Survey.objects.count() == 0
    done = head.post(at("survey-new"), {**GOOD, "sure": "yes"})
    (survey,) = Survey.objects.all()
    assert (done.status_code, done["Location"]) == (302, at("survey", survey))
    assert (survey.respondents, survey.wave, survey.state) == ("pupils", f"{TODAY:%Y-%m}", "made")
    assert survey.is_anonymous
    changing = head.get(f"{led['Location']}&change=yes")
    assert "There is a problem" not in said(changing)
    assert re.search(r'value="pupil-survey" checked', changing.content.decode())
    again = head.post(at("survey-new"), {**GOOD, "sure": "yes"})
    assert "already" in said(again)
    assert Survey.objects.count() == 1


def _together(*states: str, **changes: Any) -> Partnership:
    told = {
        "programme_id": "rise-hubs-2025", "cohort_id": "2026-27-autumn", "partner_urn": URN,
        "lead_urn": "900002", "pathway": "enhanced", "proposed_by": "officer",
        "proposed_at": timezone.now(), "starts_on": TODAY - datetime.timedelta(days=30),
        "finishes_on": TODAY + datetime.timedelta(days=200),
        **{f"{side}_{name}": given for side in ("partner", "lead")
           for name, given in (("says", "accepts"), ("at", timezone.now()), ("by", "head"))},
    }  # fmt: skip
    found = Partnership.objects.create(**{**told, **changes})
    for version, state in enumerate(states, start=2):  # it begins as a proposal
        Partnership.objects.filter(pk=found.pk).update(state=state, version=version)
    return found


@pytest.mark.parametrize(
    ("states", "changes", "programme_id", "title"),
    [
        (("agreed", "running"), {}, "rise-hubs-2025", "RISE"),
        (("agreed",), {}, "rise-hubs-2025", "RISE"),
        ((), {}, "", "None: the school asks on its own account"),
        (("agreed",), {"finishes_on": TODAY}, "", "None: the school asks on its own account"),
    ],
)
def test_a_survey_is_of_the_programme_of_the_partnership_in_force(
    school: Organisation,
    states: tuple[str, ...],
    changes: dict[str, Any],
    programme_id: str,
    title: str,
) -> None:
    _together(*states, **changes)
    head = client(school)
    led = head.post(at("survey-new"), GOOD)
    assert title in said(head.get(led["Location"]))
    head.post(at("survey-new"), {**GOOD, "sure": "yes"})
    (survey,) = Survey.objects.all()
    assert survey.programme_id == programme_id
    assert title in said(head.get(at("survey", survey)))


def test_pupils_write_only_where_somebody_with_the_role_is_named(school: Organisation) -> None:
    head = client(school)
    asks = {**GOOD, "asks_text": "on"}
    refused = head.post(at("survey-new"), asks)
    assert "Choose who reads what pupils write" in said(refused)
    lead = person_at(school, [Role.SCHOOL_SAFEGUARDING], "the-lead")
    head.post(at("survey-new"), {**asks, "safeguarding_lead": "somebody-else", "sure": "yes"})
    assert Survey.objects.count() == 0
    head.post(at("survey-new"), {**asks, "safeguarding_lead": lead.subject, "sure": "yes"})
    assert Survey.objects.get().safeguarding_lead == lead.subject


def test_who_is_asked_is_typed_or_brought_in_a_file(school: Organisation) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    survey, head = made(), client(school)
    page = at("survey-asked", survey)
    assert "at least" not in said(head.post(page, {"version": "1"}))
    assert Survey.objects.get().asked == []
    head.post(page, {"n-7-yes-female": "12", "n-7-no-male": "30", "version": "1"})
    held = Survey.objects.get()
    assert [each["n_asked"] for each in held.asked] == [12, 30]
    file = SimpleUploadedFile("asked.csv", b"year_group,fsm,sex,n_asked\n8,yes,male,5\n8,no,male,9")
    done = head.post(page, {"file": file, "version": str(held.version)})
    assert done.status_code == 302
    assert [each["n_asked"] for each in Survey.objects.get().asked] == [5, 9]
    bad = SimpleUploadedFile("asked.csv", b"year_group,fsm,sex,n_asked\nZebedee,yes,male,5")
    told = said(head.post(page, {"file": bad, "version": "3"}))
    assert "is no label we know" in told
    assert "Zebedee" not in told
    many = SimpleUploadedFile("asked.csv", b"year_group,fsm,sex,n_asked\n8,yes,male,99999999999")
    assert "must be 5,000 or less" in said(head.post(page, {"file": many, "version": "3"}))
    typed = said(head.post(page, {"n-7-yes-female": "5001", "version": "3"}))
    assert "Enter a whole number from 0 to 5,000" in typed
    assert [each["n_asked"] for each in Survey.objects.get().asked] == [5, 9]
    stale = head.post(page, {"n-7-yes-female": "1", "version": "1"})
    assert stale.status_code == 409


def test_codes_are_shown_once_and_let_people_in(school: Organisation) -> None:
    survey, head = made(), client(school)
    page = at("survey-codes", survey)
    assert "Tick that you can print them now" in said(head.post(page, {"classes": "7A"}))
    assert Invitation.objects.count() == 0
    sheet = head.post(page, {"classes": "7A\n7B\n7A", "sure": "yes"})
    codes = re.findall(r'hubs-code">([0-9A-Z-]+)<', sheet.content.decode())
    assert len(codes) == 2
    assert sheet["Cache-Control"] == "no-store"
    assert Invitation.objects.count() == 2
    again = head.get(page)
    assert not any(code in again.content.decode() for code in codes)
    assert "Codes were made before" in said(again)
    twice = head.post(page, {"classes": "7A\n7B\n7A", "sure": "yes"})  # loaded again
    assert twice.status_code == 409
    assert "perhaps by loading it again" in said(twice)
    assert Invitation.objects.count() == 2
    head.post(at("survey-open", survey), {"version": "1"})
    assert Survey.objects.get().state == State.OPEN
    assert answer(codes[0])


def links(answer: HttpResponse) -> list[str]:
    return re.findall(r'hubs-code">([0-9A-Z-]+)<', answer.content.decode())


def test_links_that_are_made_again_stop_the_old_ones_or_are_added_as_was_asked(
    school: Organisation,
) -> None:
    survey, head = made("staff-survey", route="one_time_links"), client(school)
    page, sent = at("survey-codes", survey), {"n": "3", "sure": "yes"}
    first = links(head.post(page, sent))
    assert len(first) == Invitation.objects.count() == 3
    assert head.post(page, sent).status_code == 409
    asks = head.post(page, {**sent, "n_sets": "1"})
    assert "Say what becomes of the codes that were made before" in said(asks)
    assert Invitation.objects.count() == 3
    added = links(head.post(page, {**sent, "n_sets": "1", "before": "add"}))
    assert Invitation.objects.count() == 6
    head.post(at("survey-open", survey), {"version": "1"})
    assert answer(added[0], answered({"lessons_began_well": 1}, groups={}))
    new = links(head.post(page, {**sent, "n_sets": "2", "before": "replace"}))
    assert Invitation.objects.count() == 3
    for old in (*first, *added):
        with pytest.raises(NotLetIn):
            answer(old)
    assert answer(new[0], answered({"lessons_began_well": 1}, groups={}))
    assert queries.n_answers(Survey.objects.get()) == 2
    told = AuditEntry.objects.filter(action="survey.invite").values_list("details", flat=True)
    assert [each["replaces"] for each in told] == [False, False, True]


def test_no_more_links_are_made_than_people_are_asked_and_a_few_to_spare(
    school: Organisation,
) -> None:
    survey, head = made("staff-survey", route="one_time_links"), client(school)
    Survey.objects.filter(pk=survey.pk).update(asked=[{"role": "teacher", "n_asked": 12}])
    page, sent = at("survey-codes", survey), {"sure": "yes"}
    refused = said(head.post(page, {**sent, "n": "18"}))
    assert "Make 17 links or fewer: 12 people are asked." in refused
    assert len(links(head.post(page, {**sent, "n": "12"}))) == 12
    again = {**sent, "n_sets": "1"}
    refused = said(head.post(page, {**again, "n": "6", "before": "add"}))
    assert "12 were made before" in refused
    # Used links count as well, or the limit would tell how many answered.
    Invitation.objects.filter(pk=Invitation.objects.first().pk).delete()  # type: ignore[union-attr]
    assert "12 were made before" in said(head.post(page, {**again, "n": "6", "before": "add"}))
    assert len(links(head.post(page, {**again, "n": "12", "before": "replace"}))) == 12
    assert Invitation.objects.count() == 12


def test_codes_stay_made_when_every_link_is_used(school: Organisation) -> None:
    survey, (code,) = opened("staff-survey", route="one_time_links")
    assert answer(code, answered({"lessons_began_well": 1}, groups={}))
    assert Invitation.objects.count() == 0
    page = client(school).get(at("survey", survey)).content.decode()
    assert re.search(r"Make codes and print them.*?Made\s*<", page, re.DOTALL)


def test_a_closed_survey_says_when_the_next_can_open_and_closing_says_it_before(
    school: Organisation,
) -> None:
    survey, _ = opened("staff-survey", route="one_time_links")
    asks = said(client(school).get(at("survey-close", survey)))
    assert "the next survey with it can open on 1 December 2026 or later" in asks
    with pytest.raises(Conflict, match="It is open: use that one"):
        made("staff-survey")
    close(survey)
    with pytest.raises(Conflict, match="can open on 1 December 2026 or later"):
        made("staff-survey")
    assert made("staff-survey", wave="2026-12").wave == "2026-12"


def test_a_count_of_answers_is_no_finer_than_fives(school: Organisation) -> None:
    survey, (code,) = opened()
    head = client(school)
    seen = []
    for n in range(1, 13):
        answer(code, answered())
        if n in {1, 9, 10, 11, 12}:
            seen.append(said(head.get(at("survey", survey))))
    assert "Fewer than 10 pupils have answered so far" in seen[0]
    strip = [re.search(r"(Fewer than|At least)[^.]*\.", each)[0] for each in seen]  # type: ignore[index]
    assert strip[0] == strip[1]
    assert strip[2] == strip[3] == strip[4] == "At least 10 pupils have answered so far."


def test_closing_asks_for_the_scores_and_leads_to_results(school: Organisation) -> None:
    survey, (code,) = opened()
    answer(code, answered())
    head = client(school)
    assert "too few answered" in said(head.get(at("survey-close", survey)))
    version = str(Survey.objects.get().version)
    assert head.post(at("survey-close", survey), {"version": version}).status_code == 302
    assert Survey.objects.get().state == State.CLOSED
    assert Work.objects.filter(kind=working.SCORE).count() == 1
    assert "being worked out" in said(head.get(at("survey-results", survey)))
    assert head.post(at("survey-close", survey), {"version": version}).status_code == 409


def test_results_show_both_waves_the_sides_and_no_small_group(school: Organisation) -> None:
    scored(poll(pupils(90, seed=1, wave="2026-06")))
    november = poll(pupils(110, seed=2, level=0.6))
    scored(november)
    scored(poll(staff(45, seed=3, level=1.0), "staff-survey"))
    head = client(school)
    page = said(head.get(at("survey-results", november)))
    assert "110 of 240 pupils answered (46 %)" in page
    assert "Year 7" in page
    assert "June 2026" in page
    assert "Staff and pupils side by side" in page
    assert "weighted to who was asked" in page
    assert "staff higher" in page or "On no scale" in page or "pupils higher" in page
    assert "Differs from the wave before" in page
    grouped = said(head.get(at("survey-results", november) + "?group=year_group:7"))
    assert "Show the answers of" in grouped
    refused = said(head.get(at("survey-results", november) + "?group=year_group:5"))
    assert "Choose one of the groups that are listed" in refused


def test_what_is_not_weighted_is_not_called_so(school: Organisation) -> None:
    survey = poll(pupils(60, seed=1), asked=[])
    scored(survey)
    page = said(client(school).get(at("survey-results", survey)))
    assert "Nothing is weighted" in page
    assert "every answer counts the same" in page
    assert "weighted to who was asked" not in page


def test_a_group_of_nine_is_not_offered(school: Organisation) -> None:
    import polars as pl

    small = pupils(9, seed=5).with_columns(year_group=pl.lit("9"))
    large = pupils(60, seed=6).with_columns(
        year_group=pl.when(pl.col("year_group") == "9").then(pl.lit("8")).otherwise("year_group")
    )
    survey = poll(pl.concat([large, small]))
    scored(survey)
    page = client(school).get(at("survey-results", survey)).content.decode()
    assert 'value="year_group:9"' not in page
    assert 'value="fsm:no"' in page  # other groups are


def test_the_files_are_those_of_the_kept_scores(school: Organisation) -> None:
    survey = poll(pupils(40, seed=7))
    scored(survey)
    head = client(school)
    for what, begins in (
        ("scores", "urn,wave"),
        ("report", "# How is school"),
        ("response", "urn"),
    ):
        file = head.get(at("survey-file", survey, what=what))
        assert file.content.decode().startswith(begins)
    assert head.get(at("survey-file", survey, what="answers")).status_code == 404
    assert head.get(at("survey-file", survey, what="gaps")).status_code == 404


def test_what_pupils_write_is_read_by_the_named_lead_alone(school: Organisation) -> None:
    reader = person_at(school, [Role.SCHOOL_SAFEGUARDING], "the-lead")
    survey = poll(
        pupils(12, seed=8), words=["I was glad", "I was not"], asks_text=True,
        safeguarding_lead=reader.subject,
    )  # fmt: skip
    page = at("survey-words", survey)
    assert client(school).get(page).status_code == 404
    other = client(school, Role.SCHOOL_SAFEGUARDING)
    assert other.get(page).status_code == 404  # holds the role, is not named
    lead = WatchfulClient()
    lead.act_as(reader, school)
    shown = said(lead.get(page))
    assert "I was glad" in shown
    assert not re.search(r"Year [0-9]|teacher", shown)
    assert "How is school for you?" in said(lead.get(reverse("own-survey-words")))


def test_staff_words_wait_for_the_end_and_for_eight(school: Organisation) -> None:
    head = client(school)
    for wave, n_staff, n_texts in (("2026-11", 7, 7), ("2026-12", 12, 7), ("2027-01", 12, 8)):
        answers = staff(n_staff, seed=9, wave=wave)
        survey = poll(answers, "staff-survey", words=["We wrote"] * n_texts, asks_text=True)
        page = said(head.get(at("survey-words", survey)))
        assert ("We wrote" in page) == (n_texts == 8), wave
        assert ("at least 8 people wrote something" in page) == (n_texts < 8), wave


def test_a_closed_survey_is_closed_for_good(school: Organisation) -> None:
    survey, _ = opened()
    close(survey)
    head = client(school)
    for name in ("survey-open", "survey-withdraw", "survey-days", "survey-asked"):
        good = {"version": str(Survey.objects.get().version), "reason": "So", **GOOD,
                "n-7-yes-female": "3"}  # fmt: skip
        assert head.post(at(name, survey), good).status_code == 409, name
