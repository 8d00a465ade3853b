"""What the screen of an action asks."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from schoolhubs.plans.gate import consequence
from schoolhubs.plans.gate.consequence import CONSEQUENCE, SOME, answered
from schoolhubs.plans.linting import lint_action, sanction_words
from schoolhubs.plans.linting.rules import LintFinding
from schoolhubs.plans.stored import source, stored
from schoolhubs.vocabulary.records.plan import PlannedAction, Screen

QUESTIONS = "gate/questions.yaml"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ScreenQuestion:
    """One question of an action's screen.

    Attributes
    ----------
    question
        Its name, by which a :class:`ScreenAnswer` answers it.
    sections
        Of the Equality Act 2010.
    answers
        Each that may be given, with its words.
    because
        Why it is asked of this action; blank where it is asked of every one.
    """

    question: str
    sections: tuple[int, ...]
    asks: str
    answers: tuple[tuple[str, str], ...]
    because: str = ""
    sources: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What stands between an action and approval: questions to answer, words to change.

    Attributes
    ----------
    version
        Of the action, to be named by its screen.
    stops
        What the lint found that no answer can mend.
    contradicts
        Sentences of the action that read like a consequence, should somebody answer that it
        brings none.
    """

    action_id: str
    version: str
    questions: tuple[ScreenQuestion, ...]
    stops: tuple[LintFinding, ...]
    contradicts: tuple[str, ...] = ()


def screen(action: PlannedAction, done: Screen | None = None) -> Screening:
    """Say what the screen of an action asks: of every action, of its kind, and by the lint.

    Sections 15, 19, 20 and 149 of the Equality Act 2010; rules in ``plans/gate/questions.yaml``
    and ``plans/linting/rules.yaml``.

    Parameters
    ----------
    done
        What was answered so far: an action that brings a consequence is asked what a sanction is,
        whatever its kind.

    Examples
    --------
    >>> action = PlannedAction(action_id="a1", kind="contact", title="Ring on the first day")
    >>> [each.question for each in screen(action).questions]
    ['consequence', 'arising', 'criterion', 'adjustment', 'duty', 'burden']
    """
    said = stored(QUESTIONS)
    kinds = dict.fromkeys([action.kind, *(["sanction"] if answered(done) == SOME else [])])
    asked = dict(said["every"])
    for kind in kinds:
        asked |= said["by_kind"].get(kind, {})
    findings = lint_action(action)
    looks = {each.rule: each for each in findings if each.verdict == "look"}
    contradicts = sanction_words(action)
    return Screening(
        action_id=action.action_id,
        version=action.version,
        questions=(
            _question(CONSEQUENCE, consequence.question(), _read(contradicts)),
            *(_question(name, one) for name, one in asked.items()),
            *(_looked_at(each) for each in looks.values()),
        ),
        stops=tuple(each for each in findings if each.verdict == "stop"),
        contradicts=contradicts,
    )


def _read(contradicts: tuple[str, ...]) -> str:
    return f"The plan says: “{contradicts[0]}”." if contradicts else ""


def _question(name: str, one: Mapping[str, Any], because: str = "") -> ScreenQuestion:
    sources = tuple(source(key) for key in one["sources"])
    answers = one.get("answers", stored(QUESTIONS)["answers"])
    return ScreenQuestion(
        question=name, sections=(one["section"],), asks=one["asks"], sources=sources,
        answers=tuple(answers.items()), because=because,
    )  # fmt: skip


def _looked_at(each: LintFinding) -> ScreenQuestion:
    return ScreenQuestion(
        question=each.rule, sections=each.sections, asks=each.remedy, sources=each.sources,
        answers=tuple(stored(QUESTIONS)["answers"].items()),
        because=f"{each.because} Found in: {each.said}",
    )  # fmt: skip
