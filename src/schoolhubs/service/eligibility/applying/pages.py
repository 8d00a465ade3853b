"""What an application asks, page by page, from the programme's definition. Pure."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schoolhubs.vocabulary.records.rules import Question, QuestionKind, RulesAsAt
from schoolhubs.vocabulary.words import counted

LONGEST_TEXT = 2_000
NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question page: its name in the address, its title, and what kind of answer it takes.

    ``kind`` is ``pathways``, ``leaders``, ``email``, ``yes_no``, ``number`` or ``text``; a page of
    leaders takes ``n_asked`` of them.
    """

    name: str
    title: str
    kind: str
    hint: str = ""
    needs_answer: bool = True
    n_asked: int = 1

    @property
    def numbers(self) -> tuple[str, ...]:
        """The number of each answer in words, where a page takes several of one kind."""
        return NUMBERS[: self.n_asked]


def steps(
    rules: RulesAsAt, pathways: Sequence[str], *, phase: str | None = None
) -> tuple[Step, ...]:
    """Give the pages of an application, in order; the programme's own questions are its data.

    A question of a pathway that is not wished for is not asked, and none is before any is; nor
    is one that the definition has for schools of other phases.

    Parameters
    ----------
    phase
        Of the school; None where it is not known.
    """
    asked = [
        _of_question(question)
        for question in rules.questions
        if set(question.pathways) & set(pathways) and question.asks(phase)
    ]
    return (
        Step(
            name="pathways",
            title="Which support does your school want?",
            kind="pathways",
            hint="Choose every kind that would suit. The office decides between them by need."
            + (" Some kinds add questions to this application." if rules.questions else ""),
        ),
        *_leaders(rules.senior_leaders_named or 0),
        Step(
            name="email",
            title="Which email address should letters about this application go to?",
            kind="email",
            hint="Letters go to whoever declares applications for the school in this service. "
            "This address is used as long as we know nobody who does.",
        ),
        *asked,
        Step(
            name="tried",
            title="What have you tried so far?",
            kind="text",
            hint="What you did, for whom, and what came of it. Name no pupil.",
        ),
        Step(
            name="travel",
            title="Is there anything that makes travel hard for your school?",
            kind="text",
            hint="Such as ferries, or roads that close in winter. Leave it empty if not.",
            needs_answer=False,
        ),
    )


def added(
    rules: RulesAsAt, pathways: Sequence[str], *, phase: str | None = None
) -> tuple[tuple[str, int], ...]:
    """Give each pathway that is wished for, by its name, with how many questions it adds, if any.

    A question of several pathways counts for the first of them.
    """
    named = {each.pathway: each.name for each in rules.pathways}
    counts = dict.fromkeys((each for each in named if each in pathways), 0)
    for question in rules.questions:
        ours = [each for each in counts if each in question.pathways]
        if ours and question.asks(phase):
            counts[ours[0]] += 1
    return tuple((named[pathway], n) for pathway, n in counts.items() if n)


def _leaders(n: int) -> Iterator[Step]:
    """Ask who will lead, where the programme says how many it wants named."""
    if n:
        yield Step(
            name="leaders",
            title="Who will lead this at your school?",
            kind="leaders",
            hint=f"Name {counted(n, 'senior leader')}, the headteacher among them."
            if n > 1
            else "Name the senior leader, who may be the headteacher.",
            n_asked=n,
        )


def _of_question(question: Question) -> Step:
    kinds = {QuestionKind.YES_NO: "yes_no"}
    return Step(
        name=question.question, title=question.wording, kind=kinds.get(question.kind, "number")
    )


def is_answered(step: Step, answers: Mapping[str, Any]) -> bool:
    """Tell whether a page has its answer; an optional one has it once it was opened and saved."""
    return step.name in answers and (
        not step.needs_answer or answers[step.name] not in ("", [], None)
    )


def unanswered(
    rules: RulesAsAt,
    pathways: Sequence[str],
    answers: Mapping[str, Any],
    *,
    phase: str | None = None,
) -> tuple[Step, ...]:
    """Give the pages still to fill before the application can be sent."""
    asked = steps(rules, pathways, phase=phase)
    return tuple(step for step in asked if not is_answered(step, answers))
