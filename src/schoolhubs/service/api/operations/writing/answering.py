"""Answers to an application's steps, as JSON: checked by the same forms as the pages'."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.api.operations.schools import register
from schoolhubs.service.api.schemas.applications import Leave
from schoolhubs.service.cohorts import queries as intakes
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.applying.answering import AnswerForm
from schoolhubs.service.eligibility.applying.leaving import LeaveForm
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.service.schools.queries import schools_of
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.rules import RulesAsAt

TYPES = {
    "pathways": "a list of pathway ids",
    "leaders": "a list of {n} texts",
    "yes_no": "true or false",
    "number": "a number",
    "text": "text",
    "email": "text",
}
MEND = "Mend it, and send it again. Nothing was changed."
Checked = list[tuple[applying.Step, Any]]


def rules_for(application: Application) -> RulesAsAt:
    """Give the rules whose questions an application answers."""
    return programmes.load(application.programme_id).as_at(register().on)


def _phase(application: Application) -> str | None:
    return (
        schools_of(register()).filter(urn=application.urn).values_list("phase", flat=True).first()
    )


def check(application: Application, rules: RulesAsAt, answers: Mapping[str, Any]) -> Checked:
    """Give each answer as it is kept, pathways first, since they decide what else is asked.

    Raises
    ------
    DataProblem
        Naming each answer at fault, in the words of the page that asks for it.
    """
    wished = answers.get("pathways", application.pathways)
    wished = wished if isinstance(wished, list) else []
    steps = applying.steps(rules, [str(each) for each in wished], phase=_phase(application))
    known = {step.name: step for step in steps}
    faults = [_not_asked(name, known) for name in answers if name not in known]
    checked = []
    for step in steps:
        if step.name in answers:
            posted = _posted(step, answers[step.name])
            if posted is None:
                faults.append(_mistyped(step))
                continue
            form = AnswerForm(step, rules.pathways, posted)
            if form.is_valid():
                checked.append((step, form.answer))
            else:
                faults += _faults(step, form)
    if faults:
        raise DataProblem(faults)
    return checked


def _not_asked(name: str, known: Mapping[str, applying.Step]) -> Problem:
    return Problem(
        code="not_asked", column=f"body.answers.{name}", fault=f"{name} is not asked here",
        remedy=f"The application asks {', '.join(known)}.",
    )  # fmt: skip


def _faults(step: applying.Step, form: AnswerForm) -> Iterator[Problem]:
    for name, said in form.errors.items():
        inner = "" if name == step.name else f".{name}"
        yield Problem(
            code="answer", column=f"body.answers.{step.name}{inner}", fault=str(said[0]),
            remedy="Mend it, and send the answers again. None of them was kept.",
        )  # fmt: skip


def _mistyped(step: applying.Step) -> Problem:
    return Problem(
        code="answer_type", column=f"body.answers.{step.name}",
        fault=f"{step.name} must be {TYPES[step.kind].format(n=step.n_asked)}",
        remedy="Mend it, and send the answers again. None of them was kept.",
    )  # fmt: skip


def _posted(step: applying.Step, given: Any) -> QueryDict | None:
    """Write a JSON answer as the page's form would send it; None for one of the wrong type."""
    posted = QueryDict(mutable=True)
    match step.kind, given:
        case "pathways", [*several] if all(isinstance(each, str) for each in several):
            posted.setlist(step.name, several)
        case "leaders", [*several] if _are_texts(several, step.n_asked):
            posted.update(dict(zip(step.numbers, several, strict=True)))
        case "yes_no", bool():
            posted[step.name] = "yes" if given else "no"
        case "number", int() | float() if not isinstance(given, bool):
            posted[step.name] = repr(given)
        case "text" | "email", str():
            posted[step.name] = given
        case _:
            return None
    return posted


def _are_texts(several: list[Any], n: int) -> bool:
    return len(several) == n and all(isinstance(each, str) for each in several)


def told(application: Application, rules: RulesAsAt) -> dict[str, Any]:
    """Give an application whole."""
    names = (
        "reference", "programme_id", "cohort_id", "urn", "state", "pathways", "begun_at",
        "submitted_at", "applied_on", "version", "answers",
    )  # fmt: skip
    return {
        **{name: getattr(application, name) for name in names},
        "state_words": states.meanings()[application.state],
        "steps": [
            {
                "step": step.name,
                "title": step.title,
                "hint": step.hint,
                "kind": step.kind,
                "needs_answer": step.needs_answer,
                "is_answered": applying.is_answered(step, application.answers),
            }
            for step in applying.steps(rules, application.pathways, phase=_phase(application))
        ],
        "verdicts": list(_verdicts(application)),
        "register_id": register().pk,
        "later_intakes": [each.cohort_id for each in _later_intakes(application)],
    }


def _later_intakes(application: Application) -> list[Intake]:
    return list(intakes.later_intakes(application, on=clock.day()))


def check_leaving(application: Application, leave: Leave) -> dict[str, str]:
    """Give why, and where to, as the page's form takes them.

    Raises
    ------
    DataProblem
        Naming what is to be mended, in the words of the page.
    """
    later = _later_intakes(application) if leave.to == "deferred" else None
    form = LeaveForm(later, {"reason": leave.reason, "cohort_id": leave.cohort_id})
    if not form.is_valid():
        raise DataProblem(
            Problem(code="leave", column=f"body.{name}", fault=str(said[0]), remedy=MEND)
            for name, said in form.errors.items()
        )
    return dict(form.cleaned_data)


def _verdicts(application: Application) -> Iterator[dict[str, str]]:
    """Give what counts on each pathway: a person's decision over the rules'."""
    counts = {
        each.pathway: (each.verdict, "rules")
        for each in Decision.objects.filter(application=application)
    }
    for each in HumanDecision.objects.that_stand().filter(application=application):
        if each.counts:
            counts[each.pathway] = (each.verdict, "office")
    for pathway, (verdict, by) in counts.items():
        yield {"pathway": pathway, "verdict": verdict, "decided_by": by}
