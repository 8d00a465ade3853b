"""The screen of an action as a form: its questions, adjustments, evidence, who was asked."""

import dataclasses
from typing import Any

from schoolhubs.plans import facts
from schoolhubs.service.plans.writing.fields import choice, day, line, lines_of, words
from schoolhubs.service.plans.writing.forms import NO_NAME
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.vocabulary.records.plan import Adjustment, Screen, ScreenAnswer

# Adjustments that can be recorded beside those that stand; more after saving.
FREE_ROWS = 2
WHY_NOT = "What the plan says reads like a consequence. Where it is none, say why"


class ScreenForm(ShownForm):
    """Answer and reason to each question, adjustments, evidence, who was consulted."""

    def __init__(self, *given: Any, asked: facts.Screening, done: Screen, **more: Any) -> None:
        super().__init__(*given, **{"initial": initial_of(done), **more})
        self.asked, self.done = asked, done
        self.n_rows = len(done.adjustments) + FREE_ROWS
        radios = []
        for each in asked.questions:
            name = f"answer-{each.question}"
            self.fields[name] = choice(each.asks, each.answers, each.because, blank="")
            self.fields[f"reason-{each.question}"] = words(
                "Why", WHY_NOT if each.question == facts.CONSEQUENCE and asked.contradicts else ""
            )
            radios.append(name)
        self.radios = tuple(radios)
        for n in range(self.n_rows):
            self.fields[f"for_whom-{n}"] = line("For whom")
            self.fields[f"what-{n}"] = line("What is done differently")
            self.fields[f"owner-{n}"] = line("Owner", NO_NAME, longest=120)
            self.fields[f"started_on-{n}"] = day("From")
        self.fields["evidence"] = words(
            "What was looked at", "Figures, research, records; one a line. Name no pupil."
        )
        self.fields["consulted"] = words("Who was asked about this action", "One a line, no names")

    def screen(self) -> Screen:
        """Make the screen of what was typed: an earlier review no longer holds of other answers."""
        said = self.cleaned_data
        rows = [
            Adjustment(
                for_whom=said[f"for_whom-{n}"], what=said[f"what-{n}"], owner=said[f"owner-{n}"],
                started_on=said[f"started_on-{n}"],
            )
            for n in range(self.n_rows)
        ]  # fmt: skip
        new = dataclasses.replace(
            self.done,
            screened_version=self.asked.version,
            answers=tuple(
                ScreenAnswer(
                    question=each.question, answer=said[f"answer-{each.question}"],
                    reason=said[f"reason-{each.question}"],
                )
                for each in self.asked.questions
                if said[f"answer-{each.question}"] or said[f"reason-{each.question}"]
            ),
            adjustments=tuple(row for row in rows if row.for_whom or row.what),
            evidence=lines_of(said["evidence"]), consulted=lines_of(said["consulted"]),
        )  # fmt: skip
        if new == dataclasses.replace(self.done, answers=_but_confirmed(self.done)):
            return self.done
        return dataclasses.replace(new, reviewer="", reviewed_on=None)


def _but_confirmed(done: Screen) -> tuple[ScreenAnswer, ...]:
    """Give what authors answered: what a reviewer confirmed is no part of their form."""
    return tuple(each for each in done.answers if each.question != facts.CONFIRMED)


def initial_of(done: Screen) -> dict[str, Any]:
    """Give what stands."""
    told: dict[str, Any] = {
        "evidence": "\n".join(done.evidence), "consulted": "\n".join(done.consulted),
    }  # fmt: skip
    for each in done.answers:
        told |= {f"answer-{each.question}": each.answer, f"reason-{each.question}": each.reason}
    for n, row in enumerate(done.adjustments):
        told |= {f"{name}-{n}": value for name, value in dataclasses.asdict(row).items()}
    return told
