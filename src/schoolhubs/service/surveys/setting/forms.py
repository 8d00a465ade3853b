"""What is asked of somebody who sets up a survey."""

import datetime
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from schoolhubs import diagnosis
from schoolhubs.service.surveys.models import Route, Survey
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

OPENS = "Enter the day on which it opens, such as 16 11 2026"
CLOSES = "Enter the day on which it closes, such as 27 11 2026"
WHO_READS = "Choose who reads what pupils write, or leave that question out"
MOST_CODES = {Route.CLASS_CODES: 200, Route.ONE_TIME_LINKS: 3_000}
LONGEST_CLASS = 40
BEFORE = (("replace", "They stop working"), ("add", "They stay good"))
SAY = "Say what becomes of the codes that were made before"
TOO_MANY = "Make {most:,} links or fewer: {asked:,} people are asked.{made}"


def questionnaires() -> list[Instrument]:
    """Give the surveys that come with the project."""
    known = (diagnosis.instrument(name) for name in diagnosis.instruments())
    return [each for each in known if each.kind == "survey"]


def _day(words: str) -> forms.DateField:
    return forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), words))


class DaysForm(forms.Form):
    """First and last day, and who reads what pupils write."""

    opens_on = _day(OPENS)
    closes_on = _day(CLOSES)
    safeguarding_lead = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": WHO_READS}
    )

    def __init__(
        self, *given: Any, leads: Sequence[tuple[str, str]], on: datetime.date, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.on = on
        field = self.fields["safeguarding_lead"]
        field.choices = [("", "Nobody"), *leads]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for days in order, ahead, and not too far apart."""
        told = super().clean() or {}
        opens, closes = told.get("opens_on"), told.get("closes_on")
        if closes and closes < self.on:
            self.add_error("closes_on", "The day on which it closes must not be over")
        elif opens and closes and closes < opens:
            self.add_error("closes_on", "It must close on or after the day on which it opens")
        elif opens and closes and closes - opens > datetime.timedelta(weeks=rule("longest_weeks")):
            weeks = rule("longest_weeks")
            self.add_error("closes_on", f"A survey is open for at most {weeks} weeks")
        return told


class SurveyForm(DaysForm):
    """All that is fixed for good once it is made, and the days."""

    instrument = forms.ChoiceField(error_messages={"required": "Choose a questionnaire"})
    route = forms.ChoiceField(
        choices=Route.choices, error_messages={"required": "Choose how people come to it"}
    )
    is_supported = forms.BooleanField(required=False)
    asks_text = forms.BooleanField(required=False)
    pooled_with = forms.ChoiceField(required=False)

    def __init__(self, *given: Any, poolable: Sequence[Survey], **named: Any) -> None:
        super().__init__(*given, **named)
        self.poolable = {str(each.pk): each for each in poolable}
        chosen = [(each.instrument_id, each.title) for each in questionnaires()]
        self.fields["instrument"].choices = chosen  # type: ignore[attr-defined]
        waves = [(key, labels.month(each.wave)) for key, each in self.poolable.items()]
        self.fields["pooled_with"].choices = [("", "None"), *waves]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold what pupils write against who reads it, and a pool against its questionnaire."""
        told = super().clean()
        name = told.get("instrument")
        if not name:
            return told
        asked = diagnosis.instrument(name)
        if asked.is_for_pupils and told.get("asks_text"):
            if not told.get("safeguarding_lead"):
                self.add_error("safeguarding_lead", WHO_READS)
        else:
            told["safeguarding_lead"] = ""
        pooled = self.poolable.get(told.get("pooled_with", ""))
        if pooled and pooled.instrument_id != name:
            self.add_error("pooled_with", "Choose a month with the same questionnaire, or none")
        return told


class WithdrawForm(forms.Form):
    """Why a survey is withdrawn before it opens."""

    reason = FreeText(
        max_length=500,
        error_messages={
            "required": "Say why it is withdrawn", "max_length": "Write 500 characters or fewer",
        },
    )  # fmt: skip


class CodesForm(forms.Form):
    """Classes, one a line, which are not kept; or how many links. They are shown once."""

    sure = forms.ChoiceField(
        choices=[("yes", "yes")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Tick that you can print them now"
        ),
    )

    def __init__(
        self, *given: Any, route: str, n_made: int = 0, n_asked: int = 0, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.route, self.most = route, MOST_CODES[Route(route)]
        self.n_made, self.n_asked = n_made, n_asked
        if n_made:
            self.fields["before"] = forms.ChoiceField(
                choices=BEFORE, error_messages=dict.fromkeys(("required", "invalid_choice"), SAY)
            )
        if route == Route.CLASS_CODES:
            words = "Enter the classes, one a line"
            self.fields["classes"] = FreeText(error_messages={"required": words})
        else:
            words = f"Enter how many links you need, from 1 to {self.most:,}"
            codes = ("required", "invalid", "min_value", "max_value")
            self.fields["n"] = forms.IntegerField(
                min_value=1, max_value=self.most, error_messages=dict.fromkeys(codes, words)
            )

    def clean(self) -> dict[str, Any]:
        """Ask for no more links than there are people, and a few to spare."""
        told = super().clean() or {}
        if self.route != Route.ONE_TIME_LINKS or not self.n_asked or "n" not in told:
            return told
        spare = math.ceil(self.n_asked * rule("spare_links_percent") / 100)
        most = self.n_asked + max(spare, rule("spare_links_least"))
        before = 0 if self.replaces else self.n_made
        if before + told["n"] > most:
            made = f" {before:,} were made before." if before else ""
            self.add_error("n", TOO_MANY.format(most=most, asked=self.n_asked, made=made))
        return told

    @property
    def replaces(self) -> bool:
        """Whether codes that were made before stop working."""
        return bool(self.cleaned_data.get("before") == "replace")

    def clean_classes(self) -> list[str]:
        """Give the classes that are named, each once."""
        lines = (line.strip() for line in self.cleaned_data["classes"].splitlines())
        named = list(dict.fromkeys(line for line in lines if line))
        if len(named) > self.most:
            raise forms.ValidationError(f"Enter {self.most} classes or fewer")
        if any(len(each) > LONGEST_CLASS for each in named):
            raise forms.ValidationError(
                f"Write each class in {LONGEST_CLASS} characters or fewer, one a line"
            )
        return named

    @property
    def names(self) -> list[str]:
        """What each code is printed for; only after the form was found right."""
        if self.route == Route.CLASS_CODES:
            return list(self.cleaned_data["classes"])
        return [""] * int(self.cleaned_data["n"])


class AskedForm(forms.Form):
    """How many people there are of each group; a blank is none."""

    def __init__(self, *given: Any, survey: Survey, instrument: Instrument, **named: Any) -> None:
        super().__init__(*given, **named)
        self.combinations = {_key(each): each for each in combinations(survey, instrument)}
        most = rule("most_asked")
        words = f"Enter a whole number from 0 to {most:,}, or leave it blank"
        codes = ("invalid", "min_value", "max_value")
        for key in self.combinations:
            self.fields[key] = forms.IntegerField(
                required=False, min_value=0, max_value=most,
                error_messages=dict.fromkeys(codes, words),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for somebody at least."""
        told = super().clean() or {}
        if not self.errors and not any(told.get(key) for key in self.combinations):
            self.add_error(next(iter(self.combinations)), "Enter how many people are asked")
        return told

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Who is asked, groups of nobody left out; only after the form was found right."""
        return [
            {**each, "n_asked": n}
            for key, each in self.combinations.items()
            if (n := self.cleaned_data.get(key))
        ]

    def fieldsets(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Give the boxes by the first group: its name, then each box's name and words."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, each in self.combinations.items():
            (first, *others) = each.items()
            words = ", ".join(labels.group(cut, label) for cut, label in others)
            found.setdefault(labels.group(*first), []).append((key, words))
        return list(found.items())


def combinations(survey: Survey, instrument: Instrument) -> list[dict[str, str]]:
    """Give every combination of the groups that a survey asks for.

    Year groups are those the questionnaire is for; the first group is the outer one.
    """
    known: Mapping[str, Any] = diagnosis.scoring.constants()["groups"]["value"]
    years = [str(each) for each in instrument.year_groups]
    lists = [years if name == "year_group" and years else known[name] for name in survey.groups]
    return [dict(zip(survey.groups, each, strict=True)) for each in itertools.product(*lists)]


def _key(each: Mapping[str, str]) -> str:
    return "n-" + "-".join(each.values())
