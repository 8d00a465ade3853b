"""Rows written by hand say that all is well, and the database looks at the words of the plan."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from drafting import AT, by_hand, knows, ready
from schoolhubs import plans
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import ActionScreen, Approval, Kind, Plan, PlanVersion


def forged_version(plan: Plan, change: Callable[[dict[str, Any]], None], **row: Any) -> None:
    """Write a next version by hand, in the service's own role, each screen noted as closed."""
    stands = queries.newest(plan)
    content = json.loads(json.dumps(stands.content))
    change(content)
    version = PlanVersion.objects.create(
        plan=plan, number=plan.number + 1, kind=Kind.REVIEW, told="", content=content,
        digest=f"forged{plan.number + 1}", made_at=AT, made_by="x", organisation="",
    )  # fmt: skip
    for each in stands.screens.all():
        told = {
            "action_id": each.action_id, "action_version": each.action_version,
            "screened_version": each.screened_version, "changes_sanction": False,
            "asked": ["arising"], "stops": [], "open_because": [], "reviewed_by": "governor",
        }  # fmt: skip
        ActionScreen.objects.create(version=version, **{**told, **row})
    Plan.objects.filter(pk=plan.pk).update(number=version.number)


def answering(answer: str, *, kind: str = "support", **more: str) -> Callable[[Any], None]:
    def change(content: dict[str, Any]) -> None:
        screen = content["screens"][0]
        screen["answers"] = [
            each for each in screen["answers"] if each["question"] != "consequence"
        ]
        if answer:
            screen["answers"].append({"question": "consequence", "answer": answer, "reason": ""})
        for question, reason in more.items():
            said = {"question": question, "answer": "none", "reason": reason}
            screen["answers"].append(said)
        content["actions"][0]["kind"] = kind

    return change


def without(name: str) -> Callable[[Any], None]:
    return lambda content: content.update({name: []})


def bare(content: dict[str, Any]) -> None:
    """Answer by adjustments that are nowhere recorded."""
    content["screens"][0]["adjustments"] = []


def with_an_idle_objective(content: dict[str, Any]) -> None:
    first = content["objectives"][0]
    content["objectives"].append({**first, "objective_id": "o2"})


BY_HAND: dict[str, tuple[Callable[[Any], None], dict[str, Any], str]] = {
    "not answered": (answering(""), {}, "consequence changes by a1"),
    "answered by another word": (answering("no"), {}, "consequence changes by a1"),
    "a yes": (answering("some"), {}, "audit lacks"),
    "a sanction by its kind": (answering("some", kind="sanction"), {}, "audit lacks"),
    "a sanction said to be none": (answering("none", kind="sanction"), {}, "audit lacks"),
    "against its words": (
        answering("none"), {"reads_as_sanction": True}, "consequence changes by a1",
    ),
    "against its words, by the author alone": (
        answering("none", consequence="It is a book"), {"reads_as_sanction": True},
        "consequence changes by a1",
    ),
    "nobody asked": (without("consultations"), {}, "not consulted: pupils_with_send, parents"),
    "adjusted by nothing": (bare, {}, "screen is open of a1"),
    "an objective without an action": (with_an_idle_objective, {}, "has no action"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_HAND)
def test_a_version_written_by_hand_is_held_to_what_it_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of each screen says that all is well: the words of the version are looked at."""
    knows(monkeypatch)
    change, row, refused = BY_HAND[name]
    plan = ready()
    forged_version(plan, change, **row)
    with pytest.raises(IntegrityError, match=refused):
        by_hand(plan)


@pytest.mark.django_db
def test_the_same_version_by_hand_with_nothing_wrong_is_approved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: it is what each forgery changes that is refused."""
    knows(monkeypatch)
    plan = ready()
    told = {"consequence": "It is a book", "consequence_confirmed": "I read it"}
    forged_version(plan, answering("none", **told), reads_as_sanction=True)
    by_hand(plan)
    assert Approval.objects.filter(plan=plan).exists()


@pytest.mark.django_db
def test_the_database_takes_the_answers_that_the_questions_have() -> None:
    said = plans.facts.stored("gate/questions.yaml")
    known = {"arising": said["answers"], "consequence": said["consequence"]["answers"]}
    words = {*said["answers"], *said["consequence"]["answers"], "yes", "no", ""}
    for question, answers in known.items():
        taken = set()
        for word in words:
            screen = {
                "answers": [{"question": question, "answer": word, "reason": "Why"}],
                "evidence": ["x"], "adjustments": [{"what": "x"}],
            }  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT plans_is_answered(%s::jsonb, %s)", [json.dumps(screen), question]
                )
                taken |= {word} if cursor.fetchone() == (True,) else set()
        assert taken == set(answers)
