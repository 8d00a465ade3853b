"""Milestones on pages, stuck partnerships, concerns, rests: from ledgers, each for its own."""

import datetime
import io
import zipfile
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from invented import PROGRAMME, facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.delivery.doing.changing import held_partnership
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.milestones.concerns import actions
from schoolhubs.service.milestones.models import Completion, Concern, ConcernEntry
from schoolhubs.service.milestones.standing.together import together
from schoolhubs.service.milestones.stuck.rows import stuck_of
from schoolhubs.service.milestones.turning import completing, reminding
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import ExtensionRequest, Partnership
from schoolhubs.service.partnerships.resting import actions as resting
from schoolhubs.service.partnerships.resting.queries import refuse_while_resting
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
PARTNER, LEAD, OTHER_PARTNER, OTHER_LEAD = "900001", "900010", "900002", "900011"
FIRST, AFTER = datetime.date(2026, 9, 1), datetime.date(2027, 9, 1)
AT = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(
        facts(PARTNER, school_name='=HYPERLINK("x")'),
        *(facts(each) for each in (LEAD, OTHER_PARTNER, OTHER_LEAD)),
        leads=(LEAD, OTHER_LEAD),
    )


@pytest.fixture(autouse=True)
def _a_day_in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def running(partner: str = PARTNER, lead: str = LEAD, pathway: str = "enhanced") -> Partnership:
    at = AT - datetime.timedelta(days=120)
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2026-27-autumn", partner_urn=partner, lead_urn=lead,
        pathway=pathway, starts_on=FIRST, finishes_on=AFTER, proposed_at=at, proposed_by="ada",
        partner_says="accepts", partner_at=at, partner_by="head", lead_says="accepts", lead_at=at,
        lead_by="lead",
    )  # fmt: skip
    for number, state in enumerate(("agreed", "running"), start=2):
        made.state, made.version = state, number
        made.save()
    return made


def agree(one: Partnership, at: datetime.datetime) -> None:
    Agreement.objects.create(
        partnership=one, purposes=["find_causes"], kinds=["findings"], starts_on=FIRST,
        finishes_on=AFTER, proposed_side="lead", proposed_at=at, proposed_by="lead",
        state="agreed", agreed_at=at, agreed_by="head",
    )  # fmt: skip


def standings(one: Partnership, on: datetime.date | None = None) -> dict[str, str]:
    (found,) = together([one], on=on or timezone.localdate(AT))
    return {each.key: each.standing.value for each in found.dues}


def test_a_ledger_completes_a_task_and_nothing_is_ticked() -> None:
    one = running()
    assert standings(one)["agreement/1"] == "Overdue"
    agree(one, AT)
    assert standings(one)["agreement/1"] == "Completed"
    assert standings(running(OTHER_PARTNER))["agreement/1"] == "Overdue", "another's is its own"


def test_the_page_is_for_both_schools_and_the_office_alone(
    django_assert_max_num_queries: Any,
) -> None:
    one = running()
    for client in (
        signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER),
        signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="bob"),
        signed_in(Role.OFFICE_READ, subject="eve"),
    ):
        with django_assert_max_num_queries(15):
            page = client.get(f"/partnerships/{one.pk}/terms")
        text = page.content.decode()
        assert page.status_code == 200
        assert "Autumn term 2026" in text
        assert "Agree what the lead school may see" in text
        assert "How this is worked out" in text
    stranger = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=OTHER_PARTNER, subject="mal")
    assert stranger.get(f"/partnerships/{one.pk}/terms").status_code == 404


def test_each_role_reads_its_minutes_against_the_days_of_the_stream() -> None:
    one = running()
    text = signed_in(Role.LEAD_SCHOOL, urn=LEAD).get(f"/partnerships/{one.pk}/terms").content
    assert "3.3 days" in text.decode()
    assert "3.3 to 5.0 days" in text.decode()


def test_a_hub_reads_its_partners_and_a_school_with_one_goes_straight_there() -> None:
    one, _ = running(), running(OTHER_PARTNER)
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER)
    assert head.get("/terms").headers["Location"] == f"/partnerships/{one.pk}/terms"
    page = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="bob").get("/terms").content.decode()
    assert page.count("Enhanced") == 2
    assert "20" in page, "half-days of the lead that are promised and not agreed yet"


def test_the_stuck_list_says_why_since_when_and_whose_turn(
    django_assert_max_num_queries: Any,
) -> None:
    one = running()
    agree(running(OTHER_PARTNER, OTHER_LEAD, "regional"), AT)
    office = signed_in(Role.OFFICE_CASEWORKER)
    with django_assert_max_num_queries(15):
        text = office.get("/stuck").content.decode()
    assert "was due by 15 September 2026" in text
    assert "Partner school" in text
    lead = signed_in(Role.LEAD_SCHOOL, urn=OTHER_LEAD, subject="bob")
    assert f"/partnerships/{one.pk}/terms" not in lead.get("/stuck").content.decode()
    filtered = office.get(f"/stuck?lead={OTHER_LEAD}&whose=partner").content.decode()
    assert f"/partnerships/{one.pk}/terms" not in filtered


def test_the_stuck_list_shows_two_reasons_and_the_rest_one_click_away() -> None:
    one = running()
    (found,) = stuck_of([one], on=clock.day())
    assert len(found.reasons) > 2
    page = signed_in(Role.OFFICE_READ).get("/stuck").content.decode()
    shown, _, folded = page.partition("<details")
    assert [each.words in shown for each in found.reasons[:3]] == [True, True, False]
    assert all(each.words in folded for each in found.reasons[2:])
    assert f"{len(found.reasons) - 2} more reason" in folded


@pytest.mark.parametrize(
    ("asked", "is_shown"),
    [
        (f"programme={PROGRAMME}", True), ("region=London", True), ("trust=1234", True),
        ("kind=agreement", True), ("kind=rests", False), ("region=North+West", False),
        ("kind=no-such", True), ("lead=%22%3E", True),
    ],
)  # fmt: skip
def test_the_stuck_list_narrows_by_place_programme_and_kind_of_reason(
    asked: str, is_shown: bool
) -> None:
    register(
        facts(PARTNER, region="London", trust_id="1234", trust_name="The Trust"),
        facts(OTHER_PARTNER, region="North West"), facts(LEAD), facts(OTHER_LEAD),
    )  # fmt: skip
    one, other = running(), running(OTHER_PARTNER, OTHER_LEAD, "regional")
    agree(other, AT)
    resting.rest(other, reason="Flood", **WHO)
    office = signed_in(Role.OFFICE_READ)
    page, file = (office.get(f"/stuck{kind}?{asked}").content.decode() for kind in ("", ".csv"))
    assert (f"/partnerships/{one.pk}/terms" in page) == is_shown
    assert (f",{PARTNER}," in file) == is_shown


def test_the_list_can_be_taken_and_nothing_in_it_runs() -> None:
    running()
    office = signed_in(Role.OFFICE_READ)
    csv = office.get("/stuck.csv").content.decode()
    assert "was due by 15 September 2026" in csv
    assert "\n=" not in csv
    assert ",=" not in csv
    with zipfile.ZipFile(io.BytesIO(office.get("/stuck.xlsx").content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet, "no cell is a formula"
    assert office.get("/stuck.exe").status_code == 404


def raised(one: Partnership) -> Concern:
    said = {"words": "Nobody came twice", "evidence": "3 and 10 October"}
    return actions.raise_(one, side="lead", **said, **WHO)


def test_a_concern_goes_by_its_steps_and_both_schools_are_told() -> None:
    one = running()
    made = raised(one)
    keys = set(Letter.objects.filter(kind="engagement_concern").values_list("organisation"))
    assert keys == {(f"school:{PARTNER}",), (f"school:{LEAD}",)}
    with pytest.raises(Conflict, match="has until 2026-11-12"):
        actions.take_further(made, words="Still nothing", version=1, **WHO)
    answered = actions.answer(made, words="We were ill", version=1, **WHO)
    further = actions.take_further(answered, words="Let us meet", version=2, **WHO)
    assert (further.step, further.state) == ("meet", "open")
    later = {**WHO, "at": AT + datetime.timedelta(days=10)}
    last = actions.take_further(further, words="No", version=3, **later)
    with pytest.raises(Conflict, match="last step"):
        actions.take_further(last, words="More", version=4, **later)
    settled = actions.settle(last, words="They come again", version=4, **later)
    with pytest.raises(Conflict, match="settled already"):
        actions.answer(settled, words="?", version=5, **later)
    whats = ["raised", "answered", "further", "further", "settled"]
    assert list(ConcernEntry.objects.values_list("what", flat=True)) == whats


def test_of_two_who_add_at_once_the_second_is_told() -> None:
    made = raised(running())
    actions.answer(made, words="We were ill", version=1, **WHO)
    with pytest.raises(Conflict, match="Somebody else"):
        actions.settle(made, words="Fine", version=1, **WHO)


def test_one_concern_at_a_time_and_none_without_evidence() -> None:
    one = running()
    made = raised(one)
    with pytest.raises(Conflict, match="open already"):
        raised(one)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConcernEntry.objects.create(
            concern=made, what="raised", step="answer", words="x", said_at=AT, said_by="a"
        )


def test_the_partner_answers_and_the_lead_takes_it_further_on_the_page() -> None:
    one = running()
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="bob")
    empty = lead.post(f"/partnerships/{one.pk}/concern", {"words": "", "evidence": ""})
    assert "There is a problem" in empty.content.decode()
    sent = {"words": "Nobody came", "evidence": "3 October"}
    at = lead.post(f"/partnerships/{one.pk}/concern", sent).headers["Location"]
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER)
    page = head.get(at).content.decode()
    assert "Nobody came" in page
    assert "3 October" in page
    assert "Take it to the next step" not in page
    answer = {"do": "answer", "words": "We were ill", "version": "1"}
    assert head.post(at, answer).status_code == 302
    assert head.post(at, {**answer, "do": "settle", "version": "2"}).status_code == 200
    governor = signed_in(Role.PARTNER_SCHOOL_GOVERNOR, urn=PARTNER, subject="gov")
    assert governor.get(at).status_code == 200
    assert governor.post(at, answer).status_code == 403
    assert lead.post(at, {"do": "settle", "words": "Fine", "version": "2"}).status_code == 302
    stranger = signed_in(Role.LEAD_SCHOOL, urn=OTHER_LEAD, subject="mal")
    assert stranger.get(at).status_code == 404


def test_a_rest_stops_the_clock_of_milestones_and_refuses_what_is_new() -> None:
    one = running()
    refuse_while_resting(one.pk)
    resting.rest(one, reason="Flood", **WHO)
    with pytest.raises(Conflict, match="rests already"):
        resting.rest(one, reason="Flood", **WHO)
    with pytest.raises(Conflict, match="rests, so nothing"):
        refuse_while_resting(one.pk)
    with pytest.raises(Conflict, match="rests, so nothing"), transaction.atomic():
        held_partnership(one)  # as support days are planned and recorded
    assert set(standings(one).values()) == {"On hold"}
    page = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER).get(f"/partnerships/{one.pk}/terms")
    text = page.content.decode()
    assert "This partnership rests since 2 November 2026" in text
    assert f"/schools/{PARTNER}/sharing" not in text, "tasks are only read"
    later = {**WHO, "at": AT + datetime.timedelta(days=20)}
    resting.take_up(one, reason="Mended", **later)
    with pytest.raises(Conflict, match="does not rest"):
        resting.take_up(one, reason="Mended", **later)
    (found,) = together([one], on=timezone.localdate(later["at"]))
    plan = next(each for each in found.dues if each.key == "plan/1")
    assert plan.due_on == FIRST + datetime.timedelta(days=84 + 20)
    assert {each.kind for each in Letter.objects.all()} == {
        "partnership_rests", "partnership_goes_on",
    }  # fmt: skip


def test_the_office_lets_it_rest_and_ends_it_on_the_page() -> None:
    one = running()
    office = signed_in(Role.OFFICE_CASEWORKER)
    at = f"/partnerships/{one.pk}/rest"
    assert "Choose what you want to do" in office.post(at, {"words": "x"}).content.decode()
    assert office.post(at, {"do": "rest", "words": "Flood"}).status_code == 302
    assert "Rests since 2 November 2026" in office.get("/stuck").content.decode()
    unsure = office.post(at, {"do": "end", "words": "It closes"}).content.decode()
    assert "Tick that it is to end for good" in unsure
    end = {"do": "end", "words": "It closes", "sure": "yes"}
    assert office.post(at, end).status_code == 302
    one.refresh_from_db()
    assert one.state == "ended"
    assert not one.rests.filter(until_on__isnull=True).exists()
    assert office.post(at, end).status_code == 409


def reminders(at: datetime.datetime = AT) -> list[tuple[str, str, str]]:
    reminding.remind(on=timezone.localdate(at), at=at, place="tests")
    rows = Letter.objects.order_by("pk").values_list("kind", "about", "organisation")
    return [tuple(row) for row in rows]


def test_reminders_are_written_once_in_order_to_whose_turn_it_is() -> None:
    one = running()
    first = reminders(datetime.datetime(2026, 9, 9, 8, tzinfo=datetime.UTC))
    about = f"partnership:{one.pk}/agreement/1"
    assert first == [
        ("milestone_due", about, f"school:{PARTNER}"), ("milestone_due", about, f"school:{LEAD}"),
    ]  # fmt: skip
    assert reminders(datetime.datetime(2026, 9, 10, 8, tzinfo=datetime.UTC)) == first, "once"
    late = reminders(datetime.datetime(2026, 9, 23, 8, tzinfo=datetime.UTC))
    assert [each for each in late if each[1] == about][2:] == [
        ("milestone_overdue", about, f"school:{PARTNER}"),
        ("milestone_overdue", about, f"school:{LEAD}"),
    ]
    assert (
        "milestone_due",
        f"partnership:{one.pk}/self_assessment/1",
        f"school:{LEAD}",
    ) not in late


def test_nobody_is_reminded_of_what_is_done_or_while_it_rests() -> None:
    one, other = running(), running(OTHER_PARTNER)
    at = datetime.datetime(2026, 9, 9, 8, tzinfo=datetime.UTC)
    agree(one, at)
    resting.rest(other, reason="Flood", **{**WHO, "at": at})
    assert not [each for each in reminders(at) if each[0].startswith("milestone")]


def test_after_a_rest_the_new_day_is_reminded_of() -> None:
    one = running()
    at = datetime.datetime(2026, 9, 9, 8, tzinfo=datetime.UTC)
    assert len(reminders(at)) == 2
    resting.rest(one, reason="Flood", **{**WHO, "at": at})
    on = at + datetime.timedelta(days=61)
    resting.take_up(one, reason="Dry", **{**WHO, "at": on})
    again = reminders(on)[2:]
    about = f"partnership:{one.pk}/agreement/1/2026-11-15"
    assert ("milestone_due", about, f"school:{PARTNER}") in again
    assert len(reminders(on)) == len(again) + 2, "once"


def test_after_a_rest_nobody_is_written_to_again_of_what_was_overdue_before() -> None:
    one = running()
    at = datetime.datetime(2026, 11, 9, 8, tzinfo=datetime.UTC)
    before = [each for each in reminders(at) if each[0] == "milestone_overdue"]
    assert before
    resting.rest(one, reason="Flood", **{**WHO, "at": at + datetime.timedelta(days=1)})
    on = at + datetime.timedelta(days=8)
    resting.take_up(one, reason="Dry", **{**WHO, "at": on})
    after = reminders(on + datetime.timedelta(hours=1))
    assert [each for each in after if each[0] == "milestone_overdue"] == before


def test_a_worker_that_was_away_for_long_still_writes_what_is_overdue() -> None:
    one = running()
    late = reminders(datetime.datetime(2026, 12, 9, 8, tzinfo=datetime.UTC))
    about = f"partnership:{one.pk}/agreement/1"
    assert ("milestone_overdue", about, f"school:{PARTNER}") in late


def test_a_lead_gets_one_letter_of_what_it_holds_for_all_its_partners() -> None:
    running(PARTNER, LEAD, "regional"), running(OTHER_PARTNER, LEAD, "regional")
    for on in (datetime.date(2026, 12, 26), datetime.date(2026, 12, 28)):
        written = reminders(datetime.datetime.combine(on, datetime.time(8), datetime.UTC))
    held = Letter.objects.filter(kind="milestone_due", about__startswith="lead:")
    assert [(each.organisation, each.facts["partner"]) for each in held] == [
        (f"school:{LEAD}", "2 partners"),
    ]  # fmt: skip
    assert not [each for each in written if "open_day_held" in each[1] and "partnership" in each[1]]


def test_a_lead_that_is_a_school_to_some_and_a_trust_to_others_gets_a_letter_as_each() -> None:
    running(PARTNER, LEAD, "regional")
    other = running(OTHER_PARTNER, LEAD, "regional")
    Partnership.objects.filter(pk=other.pk).update(
        partner_trust_id="9001", lead_trust_id="9002", version=F("version") + 1
    )
    reminders(datetime.datetime(2026, 12, 28, 8, tzinfo=datetime.UTC))
    held = Letter.objects.filter(kind="milestone_due", about__startswith="lead:")
    assert set(held.values_list("organisation", flat=True)) == {f"school:{LEAD}", "trust:9002"}


def test_the_list_of_work_of_a_lead_holds_it_once_too() -> None:
    running(PARTNER, LEAD, "regional"), running(OTHER_PARTNER, LEAD, "regional")
    reminders(datetime.datetime(2026, 12, 28, 8, tzinfo=datetime.UTC))
    work = signed_in(Role.LEAD_SCHOOL, urn=LEAD).get("/work").content.decode()
    assert work.count("Hold an open day") == 1
    assert "Hold an open day, 2 partners" in work


def test_a_reminder_that_is_cut_off_is_written_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running()
    at = datetime.datetime(2026, 9, 9, 8, tzinfo=datetime.UTC)
    real = letters._ask_to_send

    def cut_off() -> None:
        raise RuntimeError("power")

    monkeypatch.setattr(letters, "_ask_to_send", cut_off)
    monkeypatch.setattr(letters, "_rows", _as_waiting(letters._rows))
    with pytest.raises(RuntimeError, match="power"):
        reminders(at)
    assert not Letter.objects.exists(), "all or nothing"
    monkeypatch.setattr(letters, "_ask_to_send", real)
    assert len(reminders(at)) == 2
    assert len(reminders(at)) == 2


def _as_waiting(rows: Any) -> Any:
    """Let every letter have an address, so that sending is asked for."""

    def given(*args: Any, **kwargs: Any) -> Any:
        for each in rows(*args, **kwargs):
            each.state, each.to = "waiting", "head@example.org"
            yield each

    return given


def test_what_a_partnership_had_come_to_is_kept_once_at_its_end() -> None:
    one = running()
    agree(one, AT)
    over = datetime.datetime(2027, 9, 1, 9, tzinfo=datetime.UTC)
    on = timezone.localdate(over)
    assert completing.keep_completions(on=on, at=over, place="tests") == 0, "it runs still"
    turn(on=on, at=over, place="tests")
    assert completing.keep_completions(on=on, at=over, place="tests") == 1
    assert completing.keep_completions(on=on, at=over, place="tests") == 0
    record = Completion.objects.get(partnership=one).record
    assert set(record["done"]) == {"agreement/1"}
    assert "plan/1" in record["left"]
    page = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER).get(f"/partnerships/{one.pk}/terms")
    assert "What it had come to" in page.content.decode()


def test_what_is_agreed_after_the_last_day_is_kept_anew_for_a_while() -> None:
    one = running()
    over = datetime.datetime(2027, 9, 1, 9, tzinfo=datetime.UTC)
    turn(on=timezone.localdate(over), at=over, place="tests")

    def keep(at: datetime.datetime) -> int:
        return completing.keep_completions(on=timezone.localdate(at), at=at, place="tests")

    assert keep(over) == 1
    agree(one, AT)
    late = over + datetime.timedelta(days=9)
    assert (keep(late), keep(late)) == (1, 0)
    first, second = one.completions.order_by("number")
    assert ("agreement/1" in first.record["left"], "agreement/1" in second.record["done"]) == (
        True, True,
    )  # fmt: skip
    page = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER).get(f"/partnerships/{one.pk}/terms")
    assert "the 2. time" in page.content.decode()
    Agreement.objects.all().delete()
    assert keep(over + datetime.timedelta(days=completing.limit("completed_anew_days") + 1)) == 0


def test_the_evidence_stands_beside_a_request_for_a_further_year(
    django_assert_max_num_queries: Any,
) -> None:
    one = running()
    agree(one, AT)
    asked = ExtensionRequest.objects.create(partnership=one, lead_at=AT, lead_by="lead")
    raised(one)
    office = signed_in(Role.OFFICE_CASEWORKER)
    with django_assert_max_num_queries(15):
        text = office.get(f"/office/further-years/{asked.pk}").content.decode()
    assert "What the first year had come to" in text
    assert "1 of 13 completed" in text
    assert "1 concern" in text


def test_the_work_list_names_each_task_with_its_day_and_minutes(
    django_assert_max_num_queries: Any,
) -> None:
    running()
    reminders()
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER)
    with django_assert_max_num_queries(16):
        text = head.get("/work").content.decode()
    assert "Overdue: Agree what the lead school may see" in text
    assert "takes about 30 minutes" in text
    leader = signed_in(Role.PARTNER_SCHOOL_ATTENDANCE, urn=PARTNER, subject="att")
    assert "Approve the action plan" not in leader.get("/work").content.decode()


def test_what_a_school_just_did_waits_on_no_list_of_work_any_more(
    django_assert_max_num_queries: Any,
) -> None:
    one = running()
    reminders()
    heads = [signed_in(role, urn=urn, subject=role.value) for role, urn in (
        (Role.PARTNER_SCHOOL_HEAD, PARTNER), (Role.LEAD_SCHOOL, LEAD)
    )]  # fmt: skip
    task = "Agree what the lead school may see"
    agree(one, AT)
    did("school:900099")
    assert [task in each.get("/work").content.decode() for each in heads] == [True, True], (
        "nobody of the two did anything, so the hour is waited for"
    )
    did(f"school:{PARTNER}")
    assert [task in each.get("/work").content.decode() for each in heads] == [False, False]
    with django_assert_max_num_queries(16):
        heads[0].get("/work")


def did(organisation: str) -> None:
    with transaction.atomic():
        audit.record(
            by="ada", at=AT, action="sharing.accept", subject="sharing:1", place="tests",
            organisation=organisation,
        )  # fmt: skip
