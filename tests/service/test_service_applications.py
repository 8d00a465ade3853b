"""An application's life: what the rules say, what people decide, and what nobody may do."""

import dataclasses
import datetime
import itertools
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.eligibility import actions, states
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.applying.answering import AnswerForm
from schoolhubs.service.eligibility.doing import assessing, changing, sending
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary.errors import Conflict, DataProblem

WHO: dict[str, Any] = {"organisation": "school:900001", "at": AT, "place": "/applications"}
OFFICE: dict[str, Any] = {"organisation": "office:1", "at": AT, "place": "/office"}
RULES = programmes.load(PROGRAMME).as_at(ON)
ANSWERS = {
    "pathways": ["enhanced", "regional"],
    "leaders": ["Ada Head", "Ben Deputy", "Cy Deputy"],
    "email": "office@900001.example",
    "leadership_capacity": True,
    "ready_to_change": True,
    "tried": "Calls on the first morning.",
    "travel": "",
}


def begun(urn: str = "900001") -> Application:
    return actions.begin(urn=urn, rules=RULES, by="head", **WHO)


def filled(application: Application, **changes: Any) -> Application:
    answers = {**ANSWERS, **changes}
    for step in applying.steps(RULES, answers["pathways"]):
        application = actions.answer(
            application, step, answers[step.name], version=application.version, by="head", **WHO
        )
    return application


def sent(snapshot: RegisterSnapshot, urn: str = "900001", **changes: Any) -> Application:
    application = filled(begun(urn), **changes)
    return actions.submit(
        application, RULES, snapshot, version=application.version, by="head", **WHO
    )


def seen(made: HumanDecision) -> int:
    """Give the version that somebody who looks now sees."""
    return Application.objects.get(pk=made.application_id).version


@pytest.mark.django_db
def test_a_school_in_need_becomes_eligible_with_its_reasons_kept() -> None:
    snapshot = register(facts("900001"))
    application = sent(snapshot)
    application.refresh_from_db()
    assert application.state == "eligible"
    kept = {each.pathway: each for each in Decision.objects.filter(application=application)}
    assert {pathway: each.verdict for pathway, each in kept.items()} == {
        "enhanced": "yes",
        "regional": "yes",
    }
    assert kept["enhanced"].record["reasons"]
    assert application.facts_seen["absence_percent"] == 8.0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"is_open": False}, "not_eligible"),
        ({"phase": "special"}, "not_eligible"),
        ({"region": None}, "undecided"),
    ],
)
def test_the_rules_move_an_application(changes: dict[str, Any], state: str) -> None:
    application = sent(register(facts("900001", **changes)))
    application.refresh_from_db()
    assert application.state == state


@pytest.mark.django_db
def test_beginning_twice_gives_the_same_application() -> None:
    register(facts("900001"))
    assert begun().pk == begun().pk


@pytest.mark.django_db
def test_an_unfinished_application_is_not_sent_and_names_what_is_missing() -> None:
    snapshot = register(facts("900001"))
    application = begun()
    with pytest.raises(DataProblem, match="Who will lead this"):
        actions.submit(application, RULES, snapshot, version=1, by="head", **WHO)
    application.refresh_from_db()
    assert (application.state, application.submitted_at) == ("draft", None)


def order_of_sending(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Send an application; give in what order the rules were asked and entries were made."""
    snapshot = register(facts("900001"))
    application = filled(begun())
    done: list[str] = []
    ask, record = assessing.ask_rules, changing.record

    def asked(*given: Any) -> Any:
        done.append("rules")
        return ask(*given)

    def recorded(held: Application, action: str, *given: Any, **named: Any) -> None:
        done.append(action)
        record(held, action, *given, **named)

    for module in (assessing, sending):
        monkeypatch.setattr(module, "ask_rules", asked)
    monkeypatch.setattr(changing, "record", recorded)
    actions.submit(application, RULES, snapshot, version=application.version, by="head", **WHO)
    assert Application.objects.get(pk=application.pk).state == "eligible"
    return done


@pytest.mark.django_db
def test_the_rules_are_asked_before_the_end_of_the_log_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = ["application.submit", "application.assess"]
    with monkeypatch.context() as patched:
        assert order_of_sending(patched) == ["rules", *kept]


@pytest.mark.django_db
def test_what_could_not_be_asked_before_is_asked_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "_asked_before", lambda *_: None)
    assert order_of_sending(monkeypatch) == ["application.submit", "rules", "application.assess"]


@pytest.mark.django_db
def test_a_draft_that_was_changed_since_is_not_assessed_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snapshot = register(facts("900001"))
    seen_before = filled(begun())
    filled(seen_before)
    monkeypatch.setattr(sending, "ask_rules", lambda *_: pytest.fail("asked of what is no more"))
    with pytest.raises(Conflict, match="Somebody else changed this application"):
        actions.submit(seen_before, RULES, snapshot, version=seen_before.version - 1, by="head",
                       **WHO)  # fmt: skip


@pytest.mark.django_db
def test_of_two_who_edit_at_once_the_second_is_told_and_nothing_is_lost() -> None:
    register(facts("900001"))
    application = begun()
    tried = next(step for step in applying.steps(RULES, []) if step.name == "tried")
    actions.answer(application, tried, "first", version=1, by="head", **WHO)
    with pytest.raises(Conflict, match="Somebody else changed"):
        actions.answer(application, tried, "second", version=1, by="deputy", **WHO)
    application.refresh_from_db()
    assert application.answers["tried"] == "first"


@pytest.mark.django_db
def test_what_cannot_be_told_waits_for_a_person_with_a_reason() -> None:
    application = sent(register(facts("900001", region=None)))
    application.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.decide(
            application,
            version=application.version,
            pathway="regional",
            verdict="yes",
            reason="",
            by="ann",
            **OFFICE,
        )
    made = actions.decide(
        application,
        version=application.version,
        pathway="regional",
        verdict="yes",
        reason="Seen on a map",
        by="ann",
        **OFFICE,
    )
    application.refresh_from_db()
    assert (made.is_override, made.counts, application.state) == (False, True, "eligible")


@pytest.mark.django_db
def test_an_override_counts_once_a_second_person_agrees() -> None:
    application = sent(register(facts("900001", phase="special")))
    application.refresh_from_db()
    made = actions.decide(
        application,
        version=application.version,
        pathway="regional",
        verdict="yes",
        reason="A pilot",
        by="ann",
        **OFFICE,
    )
    application.refresh_from_db()
    assert (made.is_override, application.state) == (True, "not_eligible")
    with pytest.raises(Conflict, match="second person"):
        actions.agree(made, version=seen(made), by="ann", **OFFICE)
    actions.agree(made, version=seen(made), by="bob", **OFFICE)
    application.refresh_from_db()
    assert application.state == "eligible"


@pytest.mark.django_db
def test_nobody_agrees_with_themselves_in_the_database_either() -> None:
    application = sent(register(facts("900001", phase="special")))
    application.refresh_from_db()
    made = actions.decide(
        application,
        version=application.version,
        pathway="regional",
        verdict="yes",
        reason="A pilot",
        by="ann",
        **OFFICE,
    )
    made.agreed_by, made.agreed_at = "ann", AT
    with pytest.raises(IntegrityError, match="two_pairs_of_eyes"), transaction.atomic():
        made.save()


@pytest.mark.django_db
def test_every_move_outside_the_table_is_impossible_in_the_database() -> None:
    register(facts("900001"))
    legal = {(start, to) for start, to, _ in states.moves()}
    tried = 0
    for start, to in itertools.permutations(states.meanings(), 2):
        if (start, to) in legal:
            continue
        application = put_in(start)
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            put(application, to)
        Application.objects.filter(pk=application.pk).delete()
        tried += 1
    assert tried > 90


@pytest.mark.django_db
def test_every_move_in_the_table_is_possible_in_the_database() -> None:
    register(facts("900001"))
    for start, to, _ in states.moves():
        application = put_in(start)
        put(application, to)
        Application.objects.filter(pk=application.pk).delete()


def put_in(state: str) -> Application:
    """Lead a fresh application to a state by legal moves."""
    snapshot = RegisterSnapshot.objects.get()
    application = Application.objects.create(
        reference="AB-TEST-TEST", programme_id=PROGRAMME, cohort_id="c", urn="900001",
        begun_at=AT, begun_by="head", submitted_at=AT, submitted_by="head", snapshot=snapshot,
    )  # fmt: skip
    for step in path_to(state):
        put(application, step)
    return application


def path_to(state: str) -> list[str]:
    """Find the shortest way from draft to a state."""
    ways: list[list[str]] = [["draft"]]
    while ways:
        way = ways.pop(0)
        if way[-1] == state:
            return way[1:]
        ways += [
            [*way, to] for start, to, _ in states.moves() if start == way[-1] and to not in way
        ]
    raise AssertionError(f"nothing leads to {state}")


def put(application: Application, state: str) -> None:
    """Write a state past every check of ours: only the database can refuse it."""
    change = f"SET state = '{state}', version = version + 1"
    raw(f"UPDATE eligibility_application {change} WHERE id = {application.pk}")


def raw(command: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command)


@pytest.mark.django_db
def test_the_service_cannot_widen_the_table_of_moves() -> None:
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        raw("INSERT INTO eligibility_move VALUES ('draft', 'running')")


@pytest.mark.django_db
def test_a_decision_is_written_once() -> None:
    application = sent(register(facts("900001")))
    made = Decision.objects.filter(application=application).first()
    assert made is not None
    made.verdict = "no"
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        made.save()


@pytest.mark.django_db
def test_names_and_what_people_wrote_do_not_go_into_a_round() -> None:
    application = sent(register(facts("900001")))
    application.refresh_from_db()
    frame = actions.as_frame([application])
    assert frame["pathway"].to_list() == ["enhanced", "regional"]
    assert set(frame.columns) >= {"leadership_capacity", "ready_to_change"}
    assert {"leaders", "email", "tried", "travel"}.isdisjoint(frame.columns)


@pytest.mark.django_db
def test_every_step_stands_in_the_audit_log_in_order() -> None:
    application = sent(register(facts("900001")))
    subject = f"application:{application.reference}"
    done = AuditEntry.objects.filter(subject=subject).values_list("action", flat=True)
    steps = list(done)
    assert steps[0] == "application.begin"
    assert steps[-2:] == ["application.submit", "application.assess"]


def test_questions_are_asked_for_the_wish_and_of_the_phase_they_are_for() -> None:
    rules = programmes.load("special-ap-hubs-example").as_at(datetime.date(2026, 2, 2))

    def names(pathways: list[str], phase: str | None) -> set[str]:
        return {step.name for step in applying.steps(rules, pathways, phase=phase)}

    mine = {"much_time_missed"}
    everyone = {question.question for question in rules.questions} - mine
    assert names([], "special") & (everyone | mine) == set()
    assert names(["paired"], "special") & (everyone | mine) == everyone
    assert names(["paired"], "alternative_provision") >= everyone | mine
    assert names(["paired"], None) >= everyone | mine
    left = applying.unanswered(rules, ["paired"], {"ready_to_change": True}, phase="special")
    assert mine.isdisjoint(step.name for step in left)


@pytest.mark.parametrize(
    ("n", "hint", "numbers"),
    [
        (3, "Name 3 senior leaders, the headteacher among them.", ("first", "second", "third")),
        (2, "Name 2 senior leaders, the headteacher among them.", ("first", "second")),
        (1, "Name the senior leader, who may be the headteacher.", ("first",)),
    ],
)
def test_the_definition_says_how_many_leaders_are_named(
    n: int, hint: str, numbers: tuple[str, ...]
) -> None:
    (step,) = (each for each in steps_with(n) if each.name == "leaders")
    assert (step.hint, step.numbers) == (hint, numbers)
    people = dict(zip(numbers, ("Ada", "Ben", "Cy"), strict=False))
    posted = QueryDict(mutable=True)
    posted.update(people)
    form = AnswerForm(step, RULES.pathways, posted)
    assert form.is_valid()
    assert form.answer == list(people.values())


def test_a_programme_that_wants_no_leaders_named_asks_for_none() -> None:
    assert "leaders" not in {each.name for each in steps_with(None)}
    assert "leaders" in {each.name for each in applying.steps(RULES, [])}


def steps_with(n: int | None) -> tuple[applying.Step, ...]:
    return applying.steps(dataclasses.replace(RULES, senior_leaders_named=n), [])
