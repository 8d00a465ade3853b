"""The questions of a survey as one form: every one can be left out."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.doing.answering import Answered
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.rules import rule
from schoolhubs.vocabulary.ids import holds_upn
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

ITEM, GROUP, TEXT, FORM = "item_", "group_", "text", "form"
DONT_KNOW = "dont_know"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question as the page shows it: its field, its words, its choices, what was chosen."""

    name: str
    words: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    error: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Questions that stand together."""

    title: str
    about: str
    questions: tuple[Question, ...]


class AnswersForm(forms.Form):
    """All that a survey asks; fields are made of the questionnaire."""

    def __init__(
        self,
        survey: Survey,
        instrument: Instrument,
        words: Mapping[str, str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.survey, self.instrument, self.words = survey, instrument, words
        error = {"invalid_choice": words["no_such_choice"]}
        for name, choices in (*self._items(), *self._groups()):
            self.fields[name] = forms.ChoiceField(
                required=False, choices=choices, error_messages=error
            )
        if survey.asks_text:
            most = rule("longest_text")
            self.fields[TEXT] = forms.CharField(
                required=False, max_length=most, validators=[self._no_pupil_number],
                error_messages={"max_length": words["text_long"].format(most=f"{most:,}")},
            )  # fmt: skip

    def _no_pupil_number(self, text: str) -> None:
        if holds_upn(text):
            raise ValidationError(self.words["text_number"], code="pupil_number")

    def _items(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        points = [(str(each.value), each.words) for each in self.instrument.points]
        last = [(DONT_KNOW, self.instrument.dont_know), ("", self.words["leave_out"])]
        for item in self.instrument.items:
            yield f"{ITEM}{item.name}", [*points, *last]

    def _groups(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        for group in self.survey.groups:
            labels = [
                (label, self._label(group, label))
                for label in queries.labels_of(group)
                if group != "year_group" or int(label) in self.instrument.year_groups
            ]
            yield f"{GROUP}{group}", [*labels, ("", self.words["leave_out"])]

    def _label(self, group: str, label: str) -> str:
        if group == "year_group":
            return self.words["year_label"].format(label=label)
        return self.words[f"{group}_{label}"]

    def parts(self) -> list[Part]:
        """Give the questions as they stand on the page: a part a section, then the groups."""
        found = [
            Part(
                title=each.title, about=each.about,
                questions=tuple(
                    self._question(f"{ITEM}{item.name}", item.words)
                    for item in self.instrument.of_section(each.name)
                ),
            )
            for each in self.instrument.sections
        ]  # fmt: skip
        if self.survey.groups:
            about = "you_about" if self.instrument.is_for_pupils else "you_about_staff"
            asked = (self._question(f"{GROUP}{g}", self.words[g]) for g in self.survey.groups)
            found.append(
                Part(title=self.words["you_title"], about=self.words[about], questions=tuple(asked))
            )
        return found

    def _question(self, name: str, words: str) -> Question:
        errors = self.errors.get(name, [""]) if self.is_bound else [""]
        return Question(
            name=name, words=words, choices=tuple(self.fields[name].choices),  # type: ignore[attr-defined]
            chosen=str(self.data.get(name, "-")), error=str(errors[0]),
        )  # fmt: skip

    def answered(self, language: str) -> Answered:
        """Give what was answered, once the form is valid."""
        said = self.cleaned_data
        points = {
            item.name: int(said[f"{ITEM}{item.name}"])
            for item in self.instrument.items
            if said[f"{ITEM}{item.name}"] not in {"", DONT_KNOW}
        }
        groups = {each: label for each in self.survey.groups if (label := said[f"{GROUP}{each}"])}
        return Answered(points=points, groups=groups, words=said.get(TEXT, ""), language=language)
