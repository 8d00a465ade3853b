"""Whether an action's screen is open, and why."""

from collections.abc import Iterator

from schoolhubs.plans.gate.asking import QUESTIONS, Screening, ScreenQuestion, screen
from schoolhubs.plans.gate.consequence import CONSEQUENCE, left_open
from schoolhubs.plans.linting import LintFinding
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import PlannedAction, Screen, ScreenAnswer


def why_open(
    action: PlannedAction, done: Screen | None, authors: tuple[str, ...]
) -> Iterator[Problem]:
    """Give every reason for which a screen is open; none means that it is closed."""
    asked = screen(action, done)
    where = f"screens.{action.action_id}"
    for finding in asked.stops:
        yield _stop(action, finding)
    if done is None:
        yield Problem(
            code="screen_missing", column=where, fault="it was not screened",
            remedy=f"Answer its {len(asked.questions)} questions.",
        )  # fmt: skip
        return
    yield from _stale(asked, done, where)
    yield from left_open(action, done, where)
    yield from _unanswered(asked, done, where)
    yield from _bare(done, where)
    yield from _not_reviewed(done, where, authors)


def _stop(action: PlannedAction, finding: LintFinding) -> Problem:
    sections = ", ".join(map(str, finding.sections))
    return Problem(
        code=f"lint_{finding.rule}", column=f"actions.{action.action_id}", value=finding.said,
        fault=f"{finding.title}: {finding.said!r} (Equality Act 2010, sections {sections})",
        remedy=f"{finding.because} {finding.remedy}",
    )  # fmt: skip


def _stale(asked: Screening, done: Screen, where: str) -> Iterator[Problem]:
    if done.screened_version != asked.version:
        yield Problem(
            code="screen_stale", column=f"{where}.screened_version", value=done.screened_version,
            fault="it changed since it was screened, or its version is not named",
            remedy=f"Look at it as it is now, then name version {asked.version}.",
        )  # fmt: skip


def _unanswered(asked: Screening, done: Screen, where: str) -> Iterator[Problem]:
    given = {each.question: each for each in done.answers}
    for question in asked.questions:
        if question.question == CONSEQUENCE:
            continue
        at = f"{where}.answers.{question.question}"
        answer = given.get(question.question)
        fault, remedy = _fault(question, answer, done)
        if fault:
            yield Problem(code="screen_open", column=at, fault=fault, remedy=remedy)


def _fault(question: ScreenQuestion, answer: ScreenAnswer | None, done: Screen) -> tuple[str, str]:
    said = stored(QUESTIONS)
    asks, known = f"“{question.asks}”", "; ".join(f"“{each}”" for each in said["answers"].values())
    if answer is None or answer.answer not in said["answers"]:
        return f"the question {asks} is not answered", f"Answer one of {known}; with a reason."
    if not answer.reason.strip():
        return f"the answer to {asks} gives no reason", "Say why, in a sentence or two."
    if answer.answer == "adjusted" and not any(each.what.strip() for each in done.adjustments):
        return f"{asks} is answered by an adjustment and none is recorded", "Record it."
    if answer.answer == "justified":
        if set(question.sections) & set(said["never_justified"]):
            return (
                f"{asks} touches direct discrimination, which nothing justifies",
                "Change the action.",
            )
        if not any(each.strip() for each in done.evidence):
            return f"{asks} is answered as justified without evidence", "Record what was looked at."
    return "", ""


def _bare(done: Screen, where: str) -> Iterator[Problem]:
    held = {
        "evidence": (done.evidence, "its screen names no evidence", "Say what was looked at."),
        "consulted": (
            done.consulted, "its screen names nobody who was consulted",
            "Say who was asked about this action.",
        ),
    }  # fmt: skip
    for name, (given, fault, remedy) in held.items():
        if not any(each.strip() for each in given):
            yield Problem(code="screen_open", column=f"{where}.{name}", fault=fault, remedy=remedy)


def _not_reviewed(done: Screen, where: str, authors: tuple[str, ...]) -> Iterator[Problem]:
    reviewer = _name(done.reviewer)
    if not reviewer or done.reviewed_on is None:
        yield Problem(
            code="screen_not_reviewed", column=f"{where}.reviewer",
            fault="nobody has reviewed the screen, or no day is given",
            remedy="Let somebody who did not write the plan look at it.",
        )  # fmt: skip
        return
    if reviewer in {_name(author) for author in authors}:
        yield Problem(
            code="reviewer_is_author", column=f"{where}.reviewer",
            fault="the reviewer is an author of the plan",
            remedy="Let somebody who did not write the plan look at it.",
        )  # fmt: skip
    for each in done.reopenings:
        if each.reopened_on >= done.reviewed_on:
            yield Problem(
                code="screen_reopened", column=f"{where}.reopenings",
                fault=f"the screen was opened again on {each.reopened_on}: {each.why}",
                remedy="Screen the action anew, with what was learned, and have it reviewed.",
            )  # fmt: skip


def _name(person: str) -> str:
    """Write a name so that case and blanks do not make it another's."""
    return " ".join(person.split()).casefold()
