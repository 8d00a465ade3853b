"""A diagnostic day by both schools, findings drafted, confirmed by people and kept for good."""

import datetime
import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from invented import AT, facts, register
from schoolhubs import diagnosis
from schoolhubs.cli.main import main
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.diagnosis import queries as handed_on
from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.diagnosis.assessing.queries import as_kept
from schoolhubs.service.diagnosis.day import actions as acting
from schoolhubs.service.diagnosis.findings.views import DRAWN_FROM
from schoolhubs.service.diagnosis.models import (
    DiagnosticDay,
    KeptDiagnosis,
    OutsideBarrier,
    Seen,
    SeenDraft,
)
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis import Diagnosis
from signing import signed_in

pytestmark = pytest.mark.django_db
SCHOOL, LEAD = "900001", "900002"
UPN = "H801200001001"
PAGE, FINDINGS = f"/schools/{SCHOOL}/diagnostic-day", f"/schools/{SCHOOL}/findings"
DONE: dict[str, Any] = {"organisation": f"school:{SCHOOL}", "at": AT, "place": "tests"}
HEAD, LEADER, LEADING = Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_LEADER, Role.LEAD_SCHOOL


def on(day: datetime.date) -> dict[str, str]:
    """Write a day as the three boxes of the form have it."""
    return {f"held_on-{part}": f"{getattr(day, part)}" for part in ("day", "month", "year")}


TODAY = timezone.localdate()
PLAN = {
    **on(TODAY - datetime.timedelta(days=21)), "agenda": "Gate, lunch", "who": "Head, SENCO",
    "to_see": "Change of lessons",
}  # fmt: skip
SAW = {
    "root_cause": "routines_differ", "says": "for", "place": "Corridor",
    "text": "Three of five lessons began without the routine.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(SCHOOL), facts(LEAD), leads=(LEAD,))


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def together(state: str = "agreed") -> Partnership:
    today = timezone.localdate()
    made = Partnership.objects.create(
        programme_id="rise-hubs-2025", cohort_id="2025-26-spring", partner_urn=SCHOOL,
        lead_urn=LEAD, pathway="enhanced", starts_on=today,
        finishes_on=today + datetime.timedelta(days=300),
        proposed_at=AT, proposed_by="officer", partner_says="accepts", lead_says="accepts",
        partner_at=AT, lead_at=AT, partner_by="a", lead_by="b",
    )  # fmt: skip
    if state == "agreed":
        Partnership.objects.filter(pk=made.pk).update(state=state, version=2)
    return made


def head() -> Any:
    return signed_in(HEAD, urn=SCHOOL)


def lead() -> Any:
    return signed_in(LEADING, urn=LEAD, subject="grace")


def prepared() -> DiagnosticDay:
    assert head().post(f"{PAGE}/prepare", PLAN).status_code == 302
    return DiagnosticDay.objects.get()


def confirmed(client: Any, **changes: str) -> Any:
    page = client.get(f"{FINDINGS}/confirm").content.decode()
    digest = re.search(r'name="draft" value="(\w+)"', page)
    assert digest
    sent = {"draft": digest[1]}
    for at in range(page.count("<textarea")):
        rank = re.search(rf'name="rank-{at}"[^>]*value="(\d+)"', page)
        assert rank
        chosen = re.search(rf'name="decision-{at}"[^>]*value="(\w+)" checked', page)
        assert chosen
        sent |= {f"decision-{at}": chosen[1], f"rank-{at}": rank[1], f"reason-{at}": ""}
    return client.post(f"{FINDINGS}/confirm", {**sent, **changes})


def finished_assessment() -> None:
    asked = diagnosis.instrument("behaviour-mainstream")
    one = assessing.begin(SCHOOL, asked, by="ada", **DONE)
    for by, label, value in (("ada", "Head", 1), ("bob", "SENCO", 1)):
        given = [assessing.Given(item=each.name, value=value) for each in as_kept(one.asked).items]
        assessing.answer(one, given, label=label, by=by, **DONE)
    assessing.finish(one, on=AT.date(), by="ada", **DONE)


def test_both_schools_prepare_and_write_down_what_they_see() -> None:
    together()
    day = prepared()
    changed = {**PLAN, "agenda": "Lunch first", "version": str(day.version)}
    assert lead().post(f"{PAGE}/prepare", changed).status_code == 302
    assert lead().post(f"{PAGE}/see", SAW).status_code == 302
    assert head().post(f"{PAGE}/see", {**SAW, "says": "against"}).status_code == 302
    assert [(each.side, each.says) for each in Seen.objects.all()] == [
        ("lead_school", "for"), ("school", "against"),
    ]  # fmt: skip
    for client in (head(), lead()):
        said = words(client.get(PAGE))
        assert "Lunch first" in said
        assert "The lead school, Corridor: Three of five lessons" in said
        assert ("The school, Corridor" in said) == ("opens with an agreement" not in said)
    done = list(AuditEntry.objects.values_list("action", flat=True))
    assert done.count("diagnostic_day.see") == 2


@pytest.mark.parametrize("state", ["", "proposed"])
def test_a_lead_that_is_not_agreed_sees_nothing(state: str) -> None:
    prepared()
    if state:
        together(state)
    for at in (PAGE, f"{PAGE}/prepare", f"{PAGE}/see", f"{PAGE}/barriers/transport"):
        assert lead().get(at).status_code == 404, at
    assert lead().post(f"{PAGE}/see", SAW).status_code == 404
    assert not Seen.objects.exists()


def test_who_wrote_something_takes_it_back_and_nobody_else_does() -> None:
    together()
    prepared()
    page, why = f"{PAGE}/take-back", "It was another room"
    assert "nothing to take back" in words(head().get(page))
    assert head().post(f"{PAGE}/see", SAW).status_code == 302
    seen = Seen.objects.get()
    for other in (lead(), signed_in(LEADER, urn=SCHOOL, subject="ben")):
        assert "nothing to take back" in words(other.get(page))
        assert "Choose what you take back" in words(
            other.post(page, {"seen": seen.pk, "reason": why})
        )
    assert "Say why" in words(head().post(page, {"seen": seen.pk}))
    assert Seen.objects.count() == 1
    assert "Take back something you wrote" in words(head().get(PAGE))
    assert head().post(page, {"seen": seen.pk, "reason": why}).status_code == 302
    assert Seen.objects.count() == 0
    assert SAW["text"] not in words(head().get(PAGE))
    kept = seen_events().order_by("pgh_id").values_list("pgh_label", "text")
    assert list(kept)[-1] == ("delete", SAW["text"])
    entry = AuditEntry.objects.get(action="diagnostic_day.take_back")
    assert (entry.reason, entry.details["root_cause"]) == (why, "routines_differ")


def seen_events() -> Any:
    return apps.get_model("diagnosis", "SeenEvent").objects.all()


def test_what_is_confirmed_is_taken_back_no_more() -> None:
    day = prepared()
    head().post(f"{PAGE}/see", SAW)
    seen = Seen.objects.get()
    DiagnosticDay.objects.filter(pk=day.pk).update(confirmed_at=timezone.now())
    with pytest.raises(Conflict, match="confirmed"):
        acting.take_back(day, seen.pk, reason="x", by=seen.made_by, **DONE)
    assert head().get(f"{PAGE}/take-back").status_code == 404


def test_two_who_change_the_day_at_once_lose_nothing() -> None:
    day = prepared()
    late = {**PLAN, "agenda": "Late words", "version": "0"}
    answer = head().post(f"{PAGE}/prepare", late)
    assert answer.status_code == 409
    assert "Late words" in words(answer), "what was typed comes back"
    day.refresh_from_db()
    assert day.agenda == "Gate, lunch"


def test_a_failed_submit_loses_nothing_typed() -> None:
    prepared()
    half = {"text": SAW["text"], "place": "Hall", "says": "for"}
    answer = head().post(f"{PAGE}/see", half)
    assert answer.status_code == 200
    assert "Choose what it speaks to" in words(answer)
    assert SAW["text"] in words(answer)
    assert SeenDraft.objects.get().content["text"] == SAW["text"]
    # The window is closed and opened again: it is there, and nobody else sees it.
    assert SAW["text"] in words(head().get(f"{PAGE}/see"))
    other = signed_in(LEADER, urn=SCHOOL, subject="eve")
    assert SAW["text"] not in words(other.get(f"{PAGE}/see"))
    assert head().post(f"{PAGE}/see", SAW).status_code == 302
    assert not SeenDraft.objects.exists()
    assert head().post(f"{PAGE}/see", {"text": "Later words", "later": "yes"}).status_code == 302
    assert SeenDraft.objects.get().content["text"] == "Later words"


def test_a_pupils_number_is_kept_nowhere() -> None:
    prepared()
    answer = head().post(f"{PAGE}/see", {**SAW, "text": f"Pupil {UPN} ran"})
    assert "There seems to be a pupil" in words(answer)
    assert not Seen.objects.exists()
    assert UPN not in json.dumps(SeenDraft.objects.get().content)


def test_a_barrier_has_its_extent_its_body_and_what_became_of_it() -> None:
    sent = {"extent": "One pupil in ten", "body": "The authority", "version": "0"}
    assert head().post(f"{PAGE}/barriers/transport", sent).status_code == 302
    asked = {
        **sent, "version": "1", "referral": "A later bus", "referred_on-day": "3",
        "referred_on-month": "11", "referred_on-year": "2026", "answer": "From January",
    }  # fmt: skip
    assert head().post(f"{PAGE}/barriers/transport", asked).status_code == 302
    assert head().post(f"{PAGE}/barriers/transport", asked).status_code == 409
    held = OutsideBarrier.objects.get()
    assert (held.referral, held.answer, held.version) == ("A later bus", "From January", 2)
    assert "From January" in words(head().get(PAGE))
    assert head().get(f"{PAGE}/barriers/routines_differ").status_code == 404
    found = Diagnosis.from_dict(draft_of(head()))
    assert [each.root_cause for each in found.barriers] == ["transport"]
    assert found.findings == ()


def draft_of(client: Any) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{FINDINGS}/draft/diagnosis.json").json()
    told.pop("digest")
    return told


def test_the_downloaded_inputs_give_the_same_draft_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_assessment()
    prepared()
    head().post(f"{PAGE}/see", {**SAW, "text": "=HYPERLINK, and a comma\nand a line"})
    head().post(f"{PAGE}/barriers/transport", {"extent": "Ten", "body": "LA", "version": "0"})
    page = head().get(f"{FINDINGS}/draft/diagnosis.json").json()
    folder = zipfile.ZipFile(io.BytesIO(head().get(f"{FINDINGS}/draft/inputs.zip").content))
    folder.extractall(tmp_path / "in")
    assert {"school.json", "self_assessment.csv", "observations.csv", "barriers.csv"} == set(
        folder.namelist()
    )
    with pytest.raises(SystemExit) as ended:
        main(["diagnosis", "draft", "--inputs", str(tmp_path / "in"), "--json"])
    assert not ended.value.code
    assert json.loads(capsys.readouterr().out) == page
    assert len(page["findings"]) > 5


def test_people_rank_and_confirm_and_it_ends_the_step() -> None:
    finished_assessment()
    prepared()
    head().post(f"{PAGE}/see", SAW)
    before = handed_on.audit_steps(SCHOOL, datetime.date(2020, 1, 1))
    assert [each.step for each in before] == ["self_assessment"]
    # The first finding is put behind the others without a word of why.
    refused = confirmed(head(), **{"rank-0": "9"})
    assert refused.status_code == 200
    assert "Say why you see it otherwise" in words(refused)
    reasons = {"rank-0": "9", "reason-0": "We began with it last year", "decision-1": "set_aside",
               "reason-1": "Not this year"}  # fmt: skip
    done = confirmed(head(), **reasons)
    assert done.status_code == 302, words(done)
    kept = KeptDiagnosis.objects.get()
    found = Diagnosis.from_dict(kept.record)
    (aside,) = (each for each in found.findings if each.decision == "set_aside"
                and each.reason == "Not this year")  # fmt: skip
    moved = next(each for each in found.findings if each.reason.startswith("We began"))
    assert (moved.rank, moved.drafted_rank) == (9, 1)
    named = handed_on.findings(SCHOOL)
    assert named[-1].finding_id == moved.finding_id
    assert aside.finding_id not in {each.finding_id for each in named}
    steps = {each.step for each in handed_on.audit_steps(SCHOOL, datetime.date(2020, 1, 1))}
    assert steps == {"self_assessment", "diagnostic_day"}
    said = words(head().get(done.headers["Location"]))
    assert "We began with it last year" in said
    assert "The draft had it at 1." in said
    # A draft made since does not change what was kept, and its inputs still give the draft.
    from schoolhubs.service.diagnosis.findings.gathering import drafted

    assert drafted(kept.files).digest == kept.drafted


def test_a_day_lies_near_today_or_in_the_partnership_and_one_that_stands_may_stay() -> None:
    near, far = TODAY - datetime.timedelta(days=183), TODAY + datetime.timedelta(days=184)
    for strange in (datetime.date(1999, 1, 1), near - datetime.timedelta(days=1), far):
        said = words(head().post(f"{PAGE}/prepare", {**PLAN, **on(strange)}))
        assert "at most 183 days from today. Check the year" in said
    assert not DiagnosticDay.objects.exists()
    together()
    assert head().post(f"{PAGE}/prepare", {**PLAN, **on(far)}).status_code == 302
    last = Partnership.objects.get().finishes_on
    over = {**PLAN, **on(last), "version": "1"}
    assert "Check the year" in words(head().post(f"{PAGE}/prepare", over))
    Partnership.objects.update(finishes_on=TODAY + datetime.timedelta(days=1), version=3)
    again = {**PLAN, **on(far), "agenda": "Lunch first", "version": "1"}
    assert head().post(f"{PAGE}/prepare", again).status_code == 302
    day = DiagnosticDay.objects.get()
    assert (day.held_on, day.agenda) == (far, "Lunch first")


def test_what_was_confirmed_never_changes_in_the_database_either() -> None:
    prepared()
    head().post(f"{PAGE}/see", SAW)
    assert confirmed(head()).status_code == 302
    for change in (
        "UPDATE diagnosis_keptdiagnosis SET drafted = 'x'", "DELETE FROM diagnosis_keptdiagnosis",
        "TRUNCATE diagnosis_keptdiagnosis",
    ):  # fmt: skip
        refused = pytest.raises(DatabaseError, match=r"Cannot (update|delete)|permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.parametrize(("plan", "saw", "why"), [
    ({}, True, "There is no diagnostic day"),
    ({**PLAN, **on(TODAY + datetime.timedelta(days=30))}, True, "findings are confirmed after it"),
    (PLAN, False, "Nothing that was seen on the day"),
])  # fmt: skip
def test_findings_are_confirmed_after_a_day_on_which_something_was_seen(
    plan: dict[str, str], saw: bool, why: str
) -> None:
    finished_assessment()
    if plan:
        head().post(f"{PAGE}/prepare", plan)
        if saw:
            head().post(f"{PAGE}/see", SAW)
    answer = confirmed(head())
    assert answer.status_code == 409
    assert why in words(answer)
    assert not KeptDiagnosis.objects.exists()


def test_a_draft_that_changed_meanwhile_is_not_confirmed_unseen() -> None:
    prepared()
    head().post(f"{PAGE}/see", SAW)
    answer = confirmed(head(), draft="0" * 12, **{"reason-0": "My long reason"})
    assert answer.status_code == 409
    assert "My long reason" in words(answer)


def shares(pair: Partnership, *kinds: str) -> None:
    """Let the partner share some kinds of things with its lead, and nothing else."""
    Agreement.objects.all().delete()
    Agreement.objects.create(
        partnership=pair, purposes=["find_causes"], kinds=list(kinds), state="agreed",
        starts_on=pair.starts_on, finishes_on=pair.finishes_on, proposed_side="partner",
        proposed_at=AT, proposed_by="a", agreed_at=AT, agreed_by="b",
    )  # fmt: skip


def test_a_lead_sees_findings_by_an_agreement_alone_and_never_who_said_what() -> None:
    pair = together()
    finished_assessment()
    assert lead().get(FINDINGS).status_code == 404
    assert "Findings" not in words(lead().get(PAGE))
    shares(pair, *DRAWN_FROM)
    said = words(lead().get(FINDINGS))
    assert "2 of the team say" in said
    assert "SENCO" not in said
    assert lead().get(f"{FINDINGS}/draft/findings.csv").status_code == 200
    assert lead().get(f"{FINDINGS}/draft/inputs.zip").status_code == 404
    assert lead().get(f"{FINDINGS}/confirm").status_code == 403
    used = AuditEntry.objects.filter(action="sharing.use").values_list("details", flat=True)
    assert [each["how"] for each in used][:2] == ["looked", "downloaded"]
    assert {each["kind"] for each in used if each["how"] == "downloaded"} == set(DRAWN_FROM)


@pytest.mark.parametrize("lacking", DRAWN_FROM[1:])
def test_a_draft_does_not_tell_a_lead_what_is_not_shared(lacking: str) -> None:
    pair = together()
    finished_assessment()
    prepared()
    head().post(f"{PAGE}/see", SAW)
    shares(pair, *(each for each in DRAWN_FROM if each != lacking))
    said = words(lead().get(FINDINGS))
    assert "has not confirmed any findings yet" in said
    assert "of the team say" not in said
    assert SAW["text"] not in said
    assert lead().get(f"{FINDINGS}/draft/findings.csv").status_code == 404
    assert lead().get(f"{FINDINGS}/draft/diagnosis.json").status_code == 404
    confirmed(head())
    kept = KeptDiagnosis.objects.get()
    assert f"{FINDINGS}/{kept.pk}" in lead().get(FINDINGS).content.decode()
    page, table = f"{FINDINGS}/{kept.pk}", f"{FINDINGS}/{kept.pk}/findings.csv"
    is_told = lacking != "self_assessment"
    for address in (page, table, f"{FINDINGS}/{kept.pk}/diagnosis.json"):
        said = words(lead().get(address))
        assert ("of the team say" in said) == is_told, address
        assert ("team’s own answers speak for it" in said or "\\u2019s own" in said) != is_told
    assert "of the team say" in words(head().get(page))  # the school itself reads all


def test_once_confirmed_the_page_leads_with_it_and_a_second_window_is_told() -> None:
    finished_assessment()
    prepared()
    head().post(f"{PAGE}/see", SAW)
    assert "Draft findings" in words(head().get(FINDINGS))
    opened = head().get(f"{FINDINGS}/confirm").content.decode()
    digest = re.search(r'name="draft" value="(\w+)"', opened)
    assert digest
    assert confirmed(head()).status_code == 302
    second = head().post(f"{FINDINGS}/confirm", {"draft": digest[1], "reason-0": "My reason"})
    assert second.status_code == 409
    told = words(second)
    assert "These findings are confirmed already" in told
    assert re.search(r"confirmed meanwhile, on \d+ \w+ \d{4} by \S", told)
    assert "My reason" in told
    assert KeptDiagnosis.objects.count() == 1
    page = words(head().get(FINDINGS))
    kept = KeptDiagnosis.objects.get()
    title = next(each["title"] for each in kept.record["findings"] if each["decision"] == "kept")
    assert "None is set" not in page
    assert "Draft findings" not in page
    assert page.index("Confirmed on") < page.index(title) < page.index("Draft of today")
    # Another draft that nobody confirmed is told as changed, as before.
    assert "changed while you had it open" in words(
        head().post(f"{FINDINGS}/confirm", {"draft": "0" * 12})
    )
