"""A plan written, screened, reviewed and approved on its pages; two editors lose nothing."""

import datetime
import html
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.http import HttpResponse
from django.utils import timezone

from commands import schoolhubs
from drafting import FOUND, HEAD, drafted, knows
from invented import facts, register
from planned import whole_plan
from providing import provider
from schoolhubs import plans
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import actions as editing
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.approving.views import as_yaml
from schoolhubs.service.plans.models import Approval, Card, Comment, Plan
from schoolhubs.service.sharing.models import Agreement
from signing import signed_in
from watchful import WatchfulClient

URN = "900001"
PLAN = f"/schools/{URN}/plan"
AT = timezone.now()
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)
DAY = {"day": "30", "month": "11", "year": "2026"}
ASKED = {f"held_on-{part}": f"{getattr(YESTERDAY, part)}" for part in ("day", "month", "year")}
NEXT_YEAR = f"{YESTERDAY.year + 1}"
OBJECTIVE = {
    "title": "Small rises are seen", "finding_id": "f1", "measure": "persistent_absence_percent",
    "value": "24.1", "low": "22.3", "high": "25.9", "n": "940", "source": "marks",
    "expected_size": "2", "owner": "Attendance lead", "cost": "0",
    "evidence_strength": "weak_small", "evidence": "Small effects.",
    **{f"{name}-{part}": value for name, year in (("started_on", "2026"), ("review_1", NEXT_YEAR))
       for part, value in {**DAY, "year": year}.items()},
}  # fmt: skip


@pytest.fixture
def _register(db: None) -> None:
    register(facts(URN), facts("900002"), leads=("900010",))


@pytest.fixture(autouse=True)
def _known(_register: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    knows(monkeypatch)
    with provider(role_seconds=3_600):
        yield


def client(role: Role, subject: str, urn: str = URN) -> WatchfulClient:
    return signed_in(role, urn=urn, subject=subject)


def head(subject: str = "head") -> WatchfulClient:
    return client(Role.PARTNER_SCHOOL_HEAD, subject)


def lead() -> WatchfulClient:
    return client(Role.PARTNER_SCHOOL_ATTENDANCE, "attender")


def governor() -> WatchfulClient:
    return client(Role.PARTNER_SCHOOL_GOVERNOR, "governor")


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def stands() -> tuple[Plan, Any]:
    plan = queries.plan_of(URN)
    assert plan is not None
    return plan, queries.newest(plan).record


def sent(at: str, told: dict[str, Any], who: WatchfulClient, *, base: int | None = None) -> Any:
    plan = queries.plan_of(URN)
    version = base if base is not None else (plan.number if plan else 0)
    return who.post(f"{PLAN}/{at}", {**told, "version": version})


def begun() -> WatchfulClient:
    who = lead()
    answer = who.post(
        f"{PLAN}/begin", {"title": "Earlier help", "pathway": "rise-hubs-2025/enhanced"}
    )
    assert answer.status_code == 302, words(answer)
    return who


def answered(who: WatchfulClient, action_id: str) -> None:
    _, record = stands()
    action = next(each for each in record.actions if each.action_id == action_id)
    told = {"evidence": "Last year by SEND", "consulted": "Four pupils with SEND"}
    told |= {"for_whom-0": "A pupil with a long condition", "what-0": "As agreed with the family"}
    for each in plans.screen(action).questions:
        given = "none" if each.question == "consequence" else "adjusted"
        told |= {f"answer-{each.question}": given, f"reason-{each.question}": "Looked at."}
    assert sent(f"actions/{action_id}/screen", told, who).status_code == 302


def written() -> tuple[WatchfulClient, str]:
    """Write a whole plan on the pages; give who wrote it, and its action."""
    who = begun()
    assert sent("objectives/new", OBJECTIVE, who).status_code == 302
    _, record = stands()
    (objective,) = record.objectives
    took = {"library_id": "weekly_rise_meeting", "objective_id": objective.objective_id}
    assert sent("library", took, who).status_code == 302
    (action,) = stands()[1].actions
    answered(who, action.action_id)
    for group in ("pupils_with_send", "parents"):
        told = {"how": "A talk", "said": "Ask once", "changed": "One adult asks", **ASKED}
        assert sent(f"consultations/{group}", told, who).status_code == 302
    return who, action.action_id


def test_a_plan_goes_on_its_pages_from_nothing_to_approved() -> None:
    assert "no action plan here yet" in words(lead().get(PLAN))
    who, action = written()
    assert "1 point stands in the way" in words(who.get(PLAN))
    refused = sent(f"actions/{action}/screen/review", {}, who)
    assert refused.status_code == 409
    assert "You wrote part of this plan" in words(refused)
    early = sent("approve", {}, head())
    assert early.status_code == 200
    assert "nobody has reviewed the screen" in words(early)
    assert not Approval.objects.exists()
    assert sent(f"actions/{action}/screen/review", {}, governor()).status_code == 302
    assert "Nothing stands in the way" in words(head().get(PLAN))
    assert sent("approve", {}, head()).status_code == 302
    plan, record = stands()
    assert (plan.state, Approval.objects.get().name) == ("approved", "head")
    assert record.objectives[0].target == 22.1
    page = words(who.get(PLAN))
    assert f"Approved by head on {timezone.localdate().day}" in page
    changed = {"title": "Another name", "setting": "mainstream"}
    assert sent("details", changed, who).status_code == 302
    assert stands()[0].state == "draft"
    assert "An earlier wording was approved by head" in words(who.get(PLAN))


def test_only_the_head_approves_and_a_governor_writes_nothing() -> None:
    who, action = written()
    assert who.post(f"{PLAN}/approve").status_code == 403
    assert governor().post(f"{PLAN}/approve").status_code == 403
    assert governor().get(f"{PLAN}/actions/{action}/screen").status_code == 200
    assert sent(f"actions/{action}/screen", {}, governor()).status_code == 403
    other = client(Role.PARTNER_SCHOOL_HEAD, "other", "900002")
    assert other.get(PLAN).status_code == 404
    assert other.get(f"{PLAN}.yaml").status_code == 404


def test_a_governor_sees_what_was_heard_where_a_screen_is_reviewed() -> None:
    plan = drafted()
    record = plan.versions.get(number=plan.number).record
    text = words(governor().get(f"{PLAN}/actions/{record.actions[0].action_id}/screen"))
    assert record.consultations
    for each in record.consultations:
        assert f"What they said: {each.said}" in text
        assert f"What it changed: {each.changed}" in text


def test_a_plan_that_ended_is_read_whole_by_its_own_school_alone() -> None:
    page = f"{PLAN}/earlier"
    assert "No plan of the school has ended" in words(head().get(page))
    plan = drafted()
    record = plan.versions.get(number=plan.number).record
    assert "Read earlier plans" not in words(head().get(PLAN))
    editing.end(plan, reason="We join another programme", who=HEAD)
    assert "Read earlier plans" in words(head().get(PLAN))
    for reader in (head(), governor()):
        text = words(reader.get(page))
        for said in (
            "We join another programme", "It was never approved", record.objectives[0].title,
            record.actions[0].title, record.consultations[0].said, "24.10 (90 % interval",
        ):  # fmt: skip
            assert said in text
    assert head().post(page).status_code == 405
    other = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900002", subject="other")
    assert other.get(page).status_code == 404


def test_the_page_says_what_the_command_says_of_the_file(tmp_path: Path) -> None:
    who, _ = written()
    plan, _ = stands()
    today = timezone.localdate()
    for name in ("whole", "broken"):
        if name == "broken":
            broken = {**OBJECTIVE, "finding_id": "", "value": "", "low": "", "high": "", "n": ""}
            objective = stands()[1].objectives[0].objective_id
            assert sent(f"objectives/{objective}", broken, who).status_code == 302
        plan, _ = stands()
        path = tmp_path / f"{name}.yaml"
        path.write_bytes(who.get(f"{PLAN}.yaml").content)
        told = schoolhubs("plan", "check", path, "--on", today, code=3)["problems"]
        ours = [queries.told(each) for each in queries.problems_of(plan, on=today)]
        assert told == ours
        assert len(told) == {"whole": 1, "broken": len(told)}[name]
        page = words(who.get(f"{PLAN}/check"))
        for each in told:
            assert re.sub(r"\s+", " ", each["text"][1:]) in page
            assert each["code"] in page


def test_two_editors_of_different_places_are_merged() -> None:
    who, _ = written()
    plan, record = stands()
    base, objective = plan.number, record.objectives[0].objective_id
    theirs = {**OBJECTIVE, "owner": "SENCO"}
    assert sent(f"objectives/{objective}", theirs, head(), base=base).status_code == 302
    ours = {**OBJECTIVE, "evidence": "Small effects, most in the USA."}
    answer = sent(f"objectives/{objective}", ours, who, base=base)
    assert answer.status_code == 302
    now = stands()[1].objectives[0]
    assert (now.owner, now.evidence) == ("SENCO", "Small effects, most in the USA.")
    assert "Both edits are kept" in words(who.get(PLAN))


def test_where_both_changed_the_same_place_both_are_shown_and_one_is_chosen() -> None:
    who, _ = written()
    plan, record = stands()
    base, objective = plan.number, record.objectives[0].objective_id
    at = f"objectives/{objective}"
    assert sent(at, {**OBJECTIVE, "owner": "SENCO"}, head(), base=base).status_code == 302
    ours = {**OBJECTIVE, "owner": "Deputy", "evidence": "Typed\nat length"}
    page = sent(at, ours, who, base=base)
    assert page.status_code == 409
    said = words(page)
    assert "SENCO" in said
    assert "Deputy" in said
    assert 'name="evidence" value="Typed\nat length"' in page.content.decode()
    against = re.search(r'name="against" value="(\d+)"', page.content.decode())
    assert against
    assert stands()[1].objectives[0].owner == "SENCO"
    again = {**ours, "against": against[1]}
    assert sent(at, again, who, base=base).status_code == 409  # nothing was chosen
    where = f"choice:objectives.{objective}.owner"
    chosen = {**again, where: "ours"}
    assert sent(at, chosen, who, base=base).status_code == 302
    now = stands()[1].objectives[0]
    assert (now.owner, now.evidence) == ("Deputy", "Typed\nat length")
    stale = sent(at, {**chosen, "owner": "Third"}, who, base=base)
    assert stale.status_code == 409  # it was chosen against a version that no longer stands
    assert stands()[1].objectives[0].owner == "Deputy"


def test_a_form_that_is_wrong_comes_back_with_all_that_was_typed() -> None:
    who = begun()
    wrong = {**OBJECTIVE, "value": "many", "evidence": "Typed at length", "review_1-day": "31"}
    page = sent("objectives/new", wrong, who)
    assert page.status_code == 200
    text = page.content.decode()
    assert 'value="many"' in text
    assert "Typed at length" in text
    assert "must be a number" in text
    assert "must be a real date" in text
    assert 'name="version" value="1"' in text


def test_what_the_lint_stops_is_shown_with_its_section_and_way_out() -> None:
    who = begun()
    bad = {"title": "Every pupil with 100% attendance gets a certificate.", "kind": "reward"}
    assert sent("actions/new", bad, who).status_code == 302
    (action,) = stands()[1].actions
    (stop,) = plans.screen(action).stops[:1]
    page = words(who.get(f"{PLAN}/actions/{action.action_id}/screen"))
    assert f"This must change: {stop.title}" in page
    assert stop.remedy in page
    assert str(stop.sections[0]) in page


def changed(action: str, text: str, who: WatchfulClient) -> None:
    one = stands()[1].actions[0]
    told = {"title": one.title, "text": text, "objective_id": one.objective_id, "kind": one.kind,
            "first_steps": "\n".join(one.first_steps), "staff_hours": "2", "cost": "0",
            "for_whom": one.for_whom}  # fmt: skip
    assert sent(f"actions/{action}", told, who).status_code == 302


def test_a_consequence_is_asked_of_people_and_a_yes_waits_for_the_audit() -> None:
    """Not a word of the lint is in the action, and it is no sanction by its kind."""
    who, action = written()
    changed(action, "Pupils who come late wait in the hall after the bell.", who)
    at = f"actions/{action}/screen"
    assert plans.facts.stored("gate/questions.yaml")["consequence"]["asks"] in words(
        who.get(f"{PLAN}/{at}")
    )
    answered(who, action)
    assert "is not done, and" not in words(who.get(f"{PLAN}/check"))
    assert sent(at, {"answer-consequence": "some"}, who).status_code == 302
    said = words(who.get(f"{PLAN}/check"))
    assert "pupil survey is not done, and" in said
    assert "Who asks whether need contributed" in words(who.get(f"{PLAN}/{at}"))


def test_a_no_against_the_words_is_confirmed_by_the_reviewer_with_a_reason() -> None:
    who, action = written()
    changed(action, "Staff read a book on detentions together.", who)
    answered(who, action)
    at = f"actions/{action}/screen"
    page = words(governor().get(f"{PLAN}/{at}"))
    assert "it says: “Staff read a book on detentions together.”" in page
    silent = sent(f"{at}/review", {"confirmed": " "}, governor())
    assert silent.status_code == 409
    assert "Say in the box why you agree" in words(silent)
    told = {"confirmed": "It is a book for staff; nothing changes for pupils."}
    assert sent(f"{at}/review", told, governor()).status_code == 302
    (screen,) = stands()[1].screens
    assert screen.answers[-1].question == "consequence_confirmed"
    assert "The reviewer on why it brings no consequence: It is a book" in words(
        who.get(f"{PLAN}/{at}")
    )
    number = stands()[0].number
    answered(who, action)
    assert stands()[0].number == number, "the same answers once more change nothing"


@pytest.mark.parametrize(("side", "kept"), [("ours", "Mine"), ("theirs", "Theirs")])
def test_two_who_answer_one_screen_choose_and_neither_is_lost(side: str, kept: str) -> None:
    who, action = written()
    base, at = stands()[0].number, f"actions/{action}/screen"
    told = {"consulted": "Four pupils with SEND"}
    assert sent(at, {**told, "evidence": "Theirs"}, lead(), base=base).status_code == 302
    clash = sent(at, {**told, "evidence": "Mine"}, who, base=base)
    assert clash.status_code == 409
    page = words(clash)
    assert "Mine" in page
    assert "Theirs" in page
    places = set(re.findall(r'name="(choice:[^"]+)"', clash.content.decode()))
    assert f"choice:screens.{action}.evidence" in places
    choice = dict.fromkeys(places, side) | {"against": str(stands()[0].number)}
    saved = sent(at, {**told, "evidence": "Mine", **choice}, who, base=base)
    assert saved.status_code == 302, words(saved)
    assert stands()[1].screens[0].evidence == (kept,)


def test_a_changed_action_opens_its_screen_and_a_stale_review_is_refused() -> None:
    who, action = written()
    base = stands()[0].number
    one = stands()[1].actions[0]
    told = {"title": f"{one.title}, anew", "objective_id": one.objective_id, "kind": one.kind,
            "first_steps": "\n".join(one.first_steps), "staff_hours": "2", "cost": "0",
            "for_whom": one.for_whom}  # fmt: skip
    assert sent(f"actions/{action}", told, who).status_code == 302
    stale = sent(f"actions/{action}/screen/review", {}, governor(), base=base)
    assert stale.status_code == 409
    again = sent(f"actions/{action}/screen/review", {}, governor())
    assert "changed since it was screened" in words(again)
    assert stands()[1].actions[0].library_id == "weekly_rise_meeting"


def test_cards_move_by_their_menu_and_two_who_move_are_told() -> None:
    who, action = written()
    number = stands()[0].number
    at = f"{PLAN}/actions/{action}/move"
    assert who.post(at, {"state": "doing", "version": "0"}).status_code == 302
    assert who.post(at, {"state": "done", "version": "0"}).status_code == 409
    told = {"state": "done", "owner": "Form tutor", "version": "1",
            **{f"due_on-{part}": value for part, value in DAY.items()}}  # fmt: skip
    assert who.post(at, told).status_code == 302
    assert who.post(at, {"state": "stopped", "version": "2"}).status_code == 302
    card = Card.objects.get()
    assert (card.state, card.owner) == ("stopped", "Form tutor")
    assert card.due_on == datetime.date(2026, 11, 30)
    assert stands()[0].number == number
    page = who.get(PLAN).content.decode()
    assert 'id="column-stopped">Stopped (1)' in page


def test_figures_that_the_service_holds_become_a_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    from schoolhubs.service.plans.writing import views
    from schoolhubs.service.plans.writing.measured import Proposal
    from schoolhubs.vocabulary.records.plan import Measured

    held = Measured(value=8.4, low=7.9, high=8.9, source="school register, 2024/25")
    one = Proposal(key="register-absence", measure="absence_percent", measured=held)
    monkeypatch.setattr(views, "proposals", lambda _: (one,))
    who = begun()
    typed = {"title": "Typed before", "use": "register-absence"}
    page = sent("objectives/new", typed, who).content.decode()
    blank = sent("objectives/new", {"use": "register-absence"}, who).content.decode()
    assert "There is a problem" not in blank, "nothing was saved, so nothing is missing yet"
    assert 'value="8.4"' in blank
    assert "Absence: 8.4 (90 % interval 7.9 to 8.9), school register, 2024/25" in html.unescape(
        page
    )
    for value in ("Typed before", "8.4", "7.9", "8.9"):
        assert f'value="{value}"' in page
    assert not stands()[1].objectives


def test_a_part_taken_out_is_gone_and_comments_are_kept() -> None:
    who, action = written()
    assert sent(f"actions/{action}", {"out": "yes"}, who).status_code == 302
    assert not stands()[1].actions
    assert not stands()[1].screens
    assert governor().post(f"{PLAN}/comment", {"words": ""}).status_code == 200
    assert governor().post(f"{PLAN}/comment", {"words": "Good"}).status_code == 302
    assert Comment.objects.get().words == "Good"
    assert "Good" in words(who.get(PLAN))


def test_the_whole_plan_of_the_page_shows_on_every_page() -> None:
    drafted(whole_plan())
    who = head()
    pages = (
        "", "/check", "/approve", "/library", "/actions/a1", "/actions/a1/screen",
        "/actions/a1/move", "/objectives/o1", "/consultations/parents", "/end",
    )  # fmt: skip
    for page in pages:
        assert who.get(f"{PLAN}{page}").status_code == 200, page
    held = yaml.safe_load(who.get(f"{PLAN}.yaml").content)
    assert held["objectives"][0]["baseline"]["value"] == 24.1
    plan, _ = stands()
    assert who.get(f"{PLAN}.yaml").content.decode() == as_yaml(
        queries.as_it_would_be_approved(plan)
    )
    assert held["findings"][0]["finding_id"] == FOUND[0].finding_id
    filtered = words(who.get(f"{PLAN}/library?cause=first_day_late&setting=special&phase="))
    assert "A warm call on the first day" in filtered
    assert "Weak evidence of a small effect" in filtered
    assert who.get(f"{PLAN}/objectives/none").status_code == 404


def test_a_lead_reads_and_comments_by_an_agreement_on_plans_and_no_more() -> None:
    begun()
    leader = client(Role.LEAD_SCHOOL, "leader", "900010")
    assert leader.get(PLAN).status_code == 404
    together = Partnership.objects.create(
        programme_id="rise-hubs-2025", cohort_id="2025-26-spring", partner_urn=URN,
        lead_urn="900010", pathway="enhanced", starts_on=YESTERDAY,
        finishes_on=YESTERDAY + datetime.timedelta(days=300), proposed_at=AT, proposed_by="officer",
        partner_says="accepts", partner_at=AT, partner_by="head", lead_says="accepts", lead_at=AT,
        lead_by="lead",
    )  # fmt: skip
    Partnership.objects.filter(pk=together.pk).update(state="agreed", version=2)
    agreement = Agreement.objects.create(
        partnership=together, purposes=["find_causes"], kinds=["surveys"], proposed_side="lead",
        proposed_at=AT, proposed_by="lead", state="agreed", agreed_at=AT, agreed_by="head",
        starts_on=YESTERDAY, finishes_on=together.finishes_on,
    )  # fmt: skip
    assert leader.get(PLAN).status_code == 404  # it lets the lead see surveys
    settled = {"state": "withdrawn", "settled_at": AT, "settled_by": "head"}
    Agreement.objects.filter(pk=agreement.pk).update(**settled)
    Agreement.objects.create(
        partnership=together, purposes=["review_plan"], kinds=["plan"], proposed_side="lead",
        proposed_at=AT, proposed_by="lead", state="agreed", agreed_at=AT, agreed_by="head",
        starts_on=YESTERDAY, finishes_on=together.finishes_on,
    )  # fmt: skip
    page = leader.get(PLAN)
    assert page.status_code == 200
    assert "/plan/details" not in page.content.decode()
    assert "/plan/check" not in page.content.decode()
    assert leader.post(f"{PLAN}/comment", {"words": "Try it small"}).status_code == 302
    assert leader.post(f"{PLAN}/details", {"title": "Ours"}).status_code == 403
    told = [(each.action, each.details.get("how")) for each in AuditEntry.objects.all()]
    assert ("sharing.use", "looked") in told
    assert ("sharing.use", "commented") in told
    assert "Try it small" in words(head().get(PLAN))
