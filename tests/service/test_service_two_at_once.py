"""Two people on one application: no edit is lost, and the second sees both versions."""

import dataclasses
import html
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility import actions
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.doing import changing
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

RULES = programmes.load(PROGRAMME).as_at(ON)
OFFICE: dict[str, Any] = {"organisation": "office:1", "at": AT, "place": "/office"}
SCHOOL: dict[str, Any] = {"organisation": "school:900001", "at": AT, "place": "/applications"}
REFERENCE = "AB-TWO"
PAGE = f"/office/applications/{REFERENCE}"
TRIED = next(step for step in applying.steps(RULES, []) if step.name == "tried")


def undecided() -> Application:
    """Store an application on which the rules cannot tell."""
    snapshot = register(facts("900001"))
    made = Application.objects.create(
        reference=REFERENCE, programme_id=PROGRAMME, cohort_id=RULES.cohort_id, urn="900001",
        state="submitted", pathways=["regional", "enhanced"], begun_at=AT, begun_by="head",
        submitted_at=AT, submitted_by="head", snapshot=snapshot, applied_on=ON,
        answers={"pathways": ["regional"]},
    )  # fmt: skip
    for pathway in ("regional", "enhanced"):
        Decision.objects.create(
            application=made, pathway=pathway, verdict="cannot tell", made_at=AT,
            definition_version="1", snapshot=snapshot,
            record={"reasons": [], "pathway": pathway},
        )  # fmt: skip
    made.state, made.version = "undecided", 2
    made.save()
    return made


def a_draft() -> Application:
    register(facts("900001"))
    return actions.begin(urn="900001", rules=RULES, by="head", **SCHOOL)


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


# -- what the second sees ----------------------------------------------------------------------


def sent(page: str, **changes: str) -> dict[str, str]:
    """Give what the form of a page sends: its hidden fields, and what somebody chose."""
    hidden = dict(re.findall(r'type="hidden" name="(version|decided)" value="(\d+)"', page))
    return {**hidden, "pathway": "regional", "verdict": "no", "reason": "Too far", **changes}


@pytest.mark.django_db
def test_the_second_officer_sees_both_decisions_side_by_side_and_may_record_the_second() -> None:
    undecided()
    ann, bob = (signed_in(Role.OFFICE_CASEWORKER, subject=name) for name in ("ann", "bob"))
    anns, bobs = ann.get(PAGE).content.decode(), bob.get(PAGE).content.decode()
    first = sent(anns, verdict="yes", reason="Seen on a map")
    assert ann.post(PAGE, first).status_code == 302
    told = bob.post(PAGE, sent(bobs))
    assert told.status_code == 409
    said = words(told)
    theirs, yours = said.split("Your version, not recorded")
    assert "may join, by ann" in theirs.split("Their version, recorded")[1]
    assert "Reason: Seen on a map" in theirs
    assert "may not join. Reason: Too far" in yours
    assert HumanDecision.objects.count() == 1
    again = sent(told.content.decode())  # nothing of the second was lost: it is in the form still
    assert bob.post(PAGE, again).status_code == 302
    assert [each.decided_by for each in HumanDecision.objects.all()] == ["ann", "bob"]


@pytest.mark.django_db
def test_what_the_school_did_meanwhile_is_shown_too() -> None:
    application = undecided()
    ann = signed_in(Role.OFFICE_CASEWORKER, subject="ann")
    page = ann.get(PAGE).content.decode()
    actions.move(
        application, "withdrawn", maker="school", version=2, reason="New head", by="head", **SCHOOL
    )
    told = ann.post(PAGE, sent(page))
    assert told.status_code == 409
    assert "Taken back by the school" in words(told)
    assert HumanDecision.objects.count() == 0


@pytest.mark.django_db
def test_a_decision_is_not_agreed_by_somebody_who_did_not_see_the_next() -> None:
    application = undecided()
    Decision.objects.create(
        application=application, pathway="open", verdict="no", made_at=AT, record={"reasons": []},
        definition_version="1", snapshot=application.snapshot,
    )  # fmt: skip
    told: dict[str, Any] = {"pathway": "open", "verdict": "yes", "reason": "A pilot", **OFFICE}
    made = actions.decide(application, version=2, by="ann", **told)
    seen = Application.objects.get().version
    actions.decide(application, version=seen, by="ann", **{**told, "verdict": "no"})
    with pytest.raises(Conflict, match="Somebody else changed"):
        actions.agree(made, version=seen, by="bob", **OFFICE)
    made.refresh_from_db()
    assert made.agreed_by == ""


@pytest.mark.django_db
def test_the_second_at_a_school_sees_both_answers_and_may_save_theirs() -> None:
    a_draft()
    one = f"/applications/{PROGRAMME}/900001/questions/pathways"
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn="900001")
    lead = signed_in(Role.PARTNER_SCHOOL_ATTENDANCE, urn="900001", subject="ben")
    head.post(one, {"pathways": ["enhanced"], "version": "1"})
    told = lead.post(one, {"pathways": ["regional"], "version": "1"})
    theirs, yours = words(told).split("Your version, not saved")
    names = {each.pathway: each.name for each in RULES.pathways}
    assert names["enhanced"] in theirs.split("Their version, saved")[1]
    assert yours.strip().startswith(names["regional"])
    assert 'value="regional" checked' in told.content.decode()
    shown = re.findall(r'name="version" value="(\d+)"', told.content.decode())[0]
    assert lead.post(one, {"pathways": ["regional"], "version": shown}).status_code == 302
    assert Application.objects.get().pathways == ["regional"]


# -- whatever the order ------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One change that was saved: who made it, and the version they had before them."""

    who: int
    seen: int
    text: str


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["open", "save"])), min_size=2, max_size=14
)


def decided(application: Application, who: int, seen: int, text: str) -> None:
    verdict = "yes" if len(text) % 2 else "no"
    actions.decide(
        application, pathway="regional", verdict=verdict, reason=text, version=seen,
        by=f"officer {who}", **OFFICE,
    )  # fmt: skip


def answered(application: Application, who: int, seen: int, text: str) -> None:
    actions.answer(application, TRIED, text, version=seen, by=f"person {who}", **SCHOOL)


def lost(
    make: Callable[[], Application],
    save: Callable[[Application, int, int, str], None],
    steps: list[tuple[int, str]],
) -> list[str]:
    """Play steps of three people; give every change saved over one that its maker had not seen."""
    with transaction.atomic():
        try:
            application = make()
            seen: dict[int, int] = {}
            saved: list[Saved] = []
            unseen = []
            for n, (who, step) in enumerate(steps):
                now = Application.objects.get(pk=application.pk).version
                if step == "open":
                    seen[who] = now
                elif who in seen:
                    try:
                        save(application, who, seen[who], "x" * (n + 1))
                    except Conflict:
                        assert seen[who] != now, "refused though nobody had changed anything"
                        seen[who] = now  # the page of the conflict shows what stands
                        continue
                    unseen += [str(saved[-1])] if saved and seen[who] < now else []
                    saved.append(Saved(who=who, seen=seen[who], text="x" * (n + 1)))
                    seen[who] = Application.objects.get(pk=application.pk).version
            kept = set(HumanDecision.objects.values_list("reason", flat=True))
            kept |= {Application.objects.get().answers.get("tried", "")}
            is_kept = {each.text for each in saved} <= kept or save is answered
            return unseen if is_kept else [*unseen, "a decision is gone"]
        finally:
            transaction.set_rollback(True)


PLAYED = settings(
    max_examples=200, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.mark.django_db
@PLAYED
@given(steps=STEPS)
def test_no_decision_is_made_over_one_that_was_not_seen(steps: list[tuple[int, str]]) -> None:
    assert lost(undecided, decided, steps) == []


@pytest.mark.django_db
@PLAYED
@given(steps=STEPS)
def test_no_answer_is_saved_over_one_that_was_not_seen(steps: list[tuple[int, str]]) -> None:
    assert lost(a_draft, answered, steps) == []


BOTH_OPEN = [(0, "open"), (1, "open"), (0, "save"), (1, "save")]


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "save"), [(undecided, decided), (a_draft, answered)])
def test_without_the_version_a_lost_edit_is_seen(
    make: Callable[[], Application], save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lost(make, save, BOTH_OPEN) == []
    monkeypatch.setattr(changing, "refuse_unseen", lambda *_: None)
    assert len(lost(make, save, BOTH_OPEN)) == 1


def test_of_eight_officers_at_the_same_moment_one_decides(own_database: None) -> None:
    application = undecided()
    start, told = threading.Barrier(8), []

    def decide(who: int) -> None:
        try:
            start.wait()
            decided(application, who, 2, f"reason {who}")
            told.append("recorded")
        except Conflict as error:
            told.append(str(error)[:20])
        finally:
            connection.close()

    officers = [threading.Thread(target=decide, args=(n,)) for n in range(8)]
    for each in officers:
        each.start()
    for each in officers:
        each.join()
    assert sorted(told) == ["Somebody else change"] * 7 + ["recorded"]
    assert HumanDecision.objects.count() == 1
