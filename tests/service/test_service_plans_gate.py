"""No route approves a plan while a screen is open: neither the action nor SQL by the service."""

import dataclasses
import datetime
import json
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from diagnosed import confirmed_day
from drafting import (
    AT,
    AUTHOR,
    HEAD,
    ON,
    REVIEWER,
    by_hand,
    drafted,
    knows,
    ready,
    reviewed,
    sanctioning,
)
from planned import rules, whole_plan, with_action
from schoolhubs import diagnosis, plans
from schoolhubs.service import embedded_postgres
from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.diagnosis.models import SelfAssessment
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.models import (
    ActionScreen,
    Approval,
    Kind,
    Plan,
    PlanState,
    PlanVersion,
)
from schoolhubs.service.plans.needing import needed
from schoolhubs.service.surveys.models import KeptScores, Survey
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.plan import AuditStep

URN = "900001"
ENOUGH = {"scores": [], "response": [{"n_answered": 10, "n_asked": 90}]}
# Scores of nobody, of too few, of a number that is not told, and no scores at all.
TOO_FEW: tuple[dict[str, Any], ...] = (
    {"scores": [], "response": []},
    {"scores": [], "response": [{"n_answered": 9, "n_asked": 90}]},
    {"scores": [], "response": [{"n_answered": None, "n_asked": 90}]},
    {},
)


def recorded() -> tuple[AuditStep, ...]:
    """Have the school finish every step of its audit, where each is recorded."""
    asked = diagnosis.instrument("attendance-mainstream")
    done = assessing.begin(
        URN, asked, by="head", organisation=f"school:{URN}", at=AT, place="tests"
    )
    finished = {"state": "finished", "finished_on": ON, "finished_at": AT, "finished_by": "head"}
    SelfAssessment.objects.filter(pk=done.pk).update(**finished)
    found = {"self_assessment": f"self-assessment:{done.pk}"}
    for respondents, step in (("pupils", "pupil_survey"), ("staff", "staff_survey")):
        found[step] = f"survey:{closed_survey(respondents).pk}"
    found["diagnostic_day"] = f"diagnosis:{confirmed_day(URN, ON).pk}"
    return tuple(
        AuditStep(step=step, finished_on=ON, reference=reference)
        for step, reference in found.items()
    )


def closed_survey(
    respondents: str, record: dict[str, Any] = ENOUGH, *, wave: str = "2026-11", urn: str = URN
) -> Survey:
    """Store a survey of the school that was closed and scored."""
    made = Survey.objects.create(
        urn=urn, instrument_id=respondents, instrument_version="1", fingerprint="x", wave=wave,
        respondents=respondents, route="class_codes", least_answers=10, lock="0" * 64,
        opens_on=ON, closes_on=ON, made_at=AT, made_by="head", organisation=f"school:{URN}",
    )  # fmt: skip
    for state in ("open", "closed"):
        closed_on = ON if state == "closed" else None
        made.state, made.closed_on, made.version = state, closed_on, made.version + 1
        made.save()
    KeptScores.objects.create(survey=made, record=record, made_at=AT)
    return made


def owner_of(postgres: str) -> psycopg.Connection[Any]:
    name = connection.settings_dict["NAME"]
    return psycopg.connect(embedded_postgres.addresses(postgres, name).owner_url, autocommit=True)


def forged(steps: tuple[AuditStep, ...], step: str, reference: str) -> tuple[AuditStep, ...]:
    """Let one step of an audit name something else."""
    return tuple(
        dataclasses.replace(each, reference=reference) if each.step == step else each
        for each in steps
    )


def forgeries() -> list[tuple[str, str]]:
    """Give each step with references to nothing, to another's and to what came later."""
    late = confirmed_day(URN, ON + datetime.timedelta(days=1))
    elsewhere = confirmed_day("900002", ON)
    empty = [
        (f"{side.removesuffix('s')}_survey", f"survey:{closed_survey(side, told, wave=wave).pk}")
        for side in ("pupils", "staff")
        for wave, told in zip("abcd", TOO_FEW, strict=True)
    ]
    return [
        *empty,
        ("self_assessment", "self-assessment:0"),
        ("pupil_survey", "survey:none"),
        ("staff_survey", "survey:none"),
        *(("diagnostic_day", said) for said in (
            "", "Held", "diagnosis:0", f"diagnosis:{elsewhere.pk}", f"diagnosis:{late.pk}",
        )),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_plan_whose_screens_are_closed_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    plan = ready()
    assert queries.problems_of(plan, on=ON) == ()
    row = actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    assert (plan.state, row.version.number, len(row.seal)) == (PlanState.APPROVED, plan.number, 64)
    assert queries.why_not_in_force(plan, on=ON) == ()
    with pytest.raises(Conflict, match="approved already"):
        actions.approve(plan, number=plan.number, on=ON, who=HEAD)


@pytest.mark.django_db
def test_an_open_screen_refuses_by_every_door(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    plan = drafted()
    with pytest.raises(DataProblem) as refused:
        actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    assert "screen_not_reviewed" in [each.code for each in refused.value.problems]
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        by_hand(plan)
    with pytest.raises(IntegrityError, match="were not approved"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.APPROVED)
    assert not Approval.objects.exists()


@pytest.mark.usefixtures("own_database")
def test_without_the_triggers_an_open_screen_is_approved(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is these two triggers that refuse, and nothing else."""
    knows(monkeypatch)
    plan = drafted()
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        by_hand(plan)
    with owner_of(postgres) as owner:
        owner.execute("ALTER TABLE plans_approval DISABLE TRIGGER plans_one_door")
    by_hand(plan)
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.APPROVED)
    with owner_of(postgres) as owner:
        owner.execute("ALTER TABLE plans_plan DISABLE TRIGGER plans_in_force")
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.APPROVED)
    assert Plan.objects.get(pk=plan.pk).state == PlanState.APPROVED


@pytest.mark.django_db
def test_a_reviewer_may_not_be_an_author_whatever_the_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    knows(monkeypatch)
    plan = drafted()
    stands = queries.newest(plan).record
    screens = tuple(
        dataclasses.replace(each, reviewer="Somebody else", reviewed_on=ON)
        for each in stands.screens
    )
    actions.save(
        plan, dataclasses.replace(stands, screens=screens), base=plan.number, told="Reviewed",
        who=AUTHOR, kind=Kind.SCREEN, reviewed="a1",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        by_hand(plan)


@pytest.mark.django_db
def test_rows_of_the_gate_cannot_be_changed_taken_out_or_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    knows(monkeypatch)
    plan = drafted()
    version = queries.newest(plan)
    for change in (
        lambda: ActionScreen.objects.filter(version=version).update(open_because=[]),
        lambda: ActionScreen.objects.filter(version=version).delete(),
        lambda: PlanVersion.objects.filter(pk=version.pk).update(content={}),
        lambda: PlanVersion.objects.filter(pk=version.pk).delete(),
    ):
        with (
            pytest.raises(Exception, match=r"annot (update|delete)"),
            transaction.atomic(),
        ):
            change()
    with pytest.raises(IntegrityError, match="noted with the version"), transaction.atomic():
        ActionScreen.objects.create(
            version=version, action_id="a9", action_version="x", changes_sanction=False,
            asked=[], stops=[], open_because=[],
        )  # fmt: skip
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE plans_needed SET steps = '[]'")


@pytest.mark.django_db
def test_a_sanction_waits_for_every_step_of_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = recorded()
    for n in range(len(steps)):
        missing, done = steps[n], steps[:n] + steps[n + 1 :]
        knows(monkeypatch, steps=done)
        with transaction.atomic():
            plan = ready(sanctioning())
            with pytest.raises(DataProblem) as refused:
                actions.approve(plan, number=plan.number, on=ON, who=HEAD)
            assert [each.column for each in refused.value.problems] == [
                f"audit_steps.{missing.step}"
            ]
            with pytest.raises(IntegrityError, match=f"audit lacks: {missing.step}"):
                by_hand(plan, done)
            transaction.set_rollback(True)
    knows(monkeypatch, steps=steps)
    plan = ready(sanctioning())
    for step, reference in forgeries():
        with pytest.raises(IntegrityError, match=f"audit lacks: {step}"):
            by_hand(plan, forged(steps, step, reference))
    actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    assert plan.state == PlanState.APPROVED


@pytest.mark.usefixtures("own_database")
def test_without_the_trigger_an_invented_step_approves_a_sanction(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: of the same SQL the trigger alone refuses each invented step."""
    steps = recorded()
    knows(monkeypatch, steps=steps)
    plan = ready(sanctioning())
    invented = forged(steps, "diagnostic_day", "diagnosis:0")
    with pytest.raises(IntegrityError, match="audit lacks: diagnostic_day"):
        by_hand(plan, invented)
    with owner_of(postgres) as owner:
        owner.execute("ALTER TABLE plans_approval DISABLE TRIGGER plans_one_door")
    by_hand(plan, invented)
    assert Approval.objects.get().audit[-1]["reference"] == "diagnosis:0"


@pytest.mark.django_db
def test_a_step_that_has_no_row_of_its_own_counts_for_nothing() -> None:
    step = {"step": "a_new_step", "finished_on": f"{ON}", "reference": "anything"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT plans_steps_done(%s, %s::jsonb, %s)", [URN, json.dumps([step]), ON])
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_changed_words_are_not_approved_and_reviews_leave_it_in_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    knows(monkeypatch)
    plan = ready()
    actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    stands = queries.newest(plan).record
    actions.save(
        plan, dataclasses.replace(stands, title="Another"), base=plan.number, told="Title",
        who=AUTHOR,
    )  # fmt: skip
    assert plan.state == PlanState.DRAFT
    with pytest.raises(IntegrityError, match="were not approved"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(state=PlanState.APPROVED)


@pytest.mark.django_db
def test_a_forged_digest_approves_no_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    plan = ready()
    row = actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    content = {**row.version.content, "title": "Something nobody approved"}
    PlanVersion.objects.create(
        plan=plan, number=plan.number + 1, kind=Kind.EDIT, told="", content=content,
        digest=row.digest, seal=row.seal, made_at=AT, made_by="x", organisation="",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="were not approved"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(number=plan.number + 1)


@pytest.mark.django_db
def test_the_database_holds_what_each_pathway_asks_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT programme_id, pathway, from_on::text, steps FROM plans_needed")
        held = {(*row[:3], tuple(json.loads(row[3]))) for row in cursor.fetchall()}
    assert held == {(*row[:3], tuple(json.loads(row[3]))) for row in needed()}
    enhanced = {each.pathway: each for each in rules().pathways}["enhanced"].audit_steps
    assert enhanced in {steps for name, pathway, _, steps in held if pathway == "enhanced"}


@pytest.mark.django_db
def test_two_edits_are_merged_and_a_clash_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    plan = drafted()
    base, first = plan.number, queries.newest(plan).record
    ours = dataclasses.replace(first, title="Ours")
    actions.save(plan, ours, base=base, told="Title", who=AUTHOR)
    theirs = dataclasses.replace(first, phase="primary")
    saved = actions.save(plan, theirs, base=base, told="Phase", who=HEAD)
    assert saved.is_merged
    stands = queries.newest(plan).record
    assert (stands.title, stands.phase) == ("Ours", "primary")
    clashing = dataclasses.replace(first, title="Mine")
    with pytest.raises(actions.Clashed) as clashed:
        actions.save(plan, clashing, base=base, told="Title", who=HEAD)
    (place,) = clashed.value.merged.clashes
    assert (place.where, place.ours, place.theirs) == ("title", "Mine", "Ours")
    chosen = {"title": "theirs"}
    actions.save(
        plan, clashing, base=base, told="Title", who=HEAD, chosen=chosen,
        against=clashed.value.against,
    )  # fmt: skip
    assert queries.newest(plan).record.title == "Ours"
    chosen = {"title": "ours"}
    actions.save(
        plan, clashing, base=base, told="Title", who=HEAD, chosen=chosen, against=plan.number
    )
    assert queries.newest(plan).record.title == "Mine"
    assert set(queries.newest(plan).record.authors) == {"Deputy head", "Head"}


@pytest.mark.django_db
def test_answers_saved_after_a_review_of_others_are_reviewed_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An author had the screen open while it was reviewed, and saved other answers then."""
    knows(monkeypatch)
    plan = drafted()
    base, first = plan.number, queries.newest(plan).record
    reviewed(plan)
    assert queries.newest(plan).record.screens[0].reviewer
    changed = dataclasses.replace(first.screens[0], evidence=("Nobody has seen this",))
    actions.save(
        plan, dataclasses.replace(first, screens=(changed,)), base=base, told="Answers", who=AUTHOR
    )
    stands = queries.newest(plan)
    assert stands.record.screens[0].evidence == ("Nobody has seen this",)
    assert stands.record.screens[0].reviewer == ""
    assert queries.screens_of(plan)["a1"].reviewed_by == ""
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        by_hand(plan)


@pytest.mark.django_db
def test_a_lint_stop_is_open_in_the_database_too(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    bad = dataclasses.replace(
        whole_plan().actions[0], title="Every pupil with 100% attendance gets a certificate."
    )
    assert plans.screen(bad).stops
    plan = ready(with_action(whole_plan(), bad))
    assert queries.screens_of(plan)["a1"].stops
    with pytest.raises(IntegrityError, match="screen is open of a1"):
        by_hand(plan)


@pytest.mark.django_db
def test_one_plan_a_school(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    plan = drafted()
    with pytest.raises(Conflict, match="has a plan already"):
        drafted()
    actions.end(plan, reason="A new year", who=REVIEWER)
    assert queries.plan_of("900001") is None
    assert drafted().pk != plan.pk
    with pytest.raises(Conflict, match="has ended"):
        actions.save(plan, whole_plan(), base=plan.number, told="Late", who=AUTHOR)
