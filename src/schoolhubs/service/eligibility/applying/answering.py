"""The form of one page of an application, made from its step."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT, Step
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.records.rules import PathwayRules

LONGEST_NAME = 100
LONGEST_ADDRESS = 254


class AnswerForm(forms.Form):
    """One page; its ``answer`` is what the application keeps."""

    def __init__(
        self,
        step: Step,
        pathways: Sequence[PathwayRules],
        posted: QueryDict | None,
        *,
        kept: Any = None,
    ) -> None:
        super().__init__(posted, initial=_initial(step, kept))
        self.step = step
        self.fields.update(_fields(step, pathways))

    def clean(self) -> dict[str, Any]:
        """Refuse a leader who was named before, however it is spelt."""
        said = super().clean() or self.cleaned_data
        if self.step.kind == "leaders":
            named: dict[str, str] = {}
            for number in self.fields:
                person = "".join(said.get(number, "").split()).casefold()
                if person and (earlier := named.setdefault(person, number)) != number:
                    told = f"The {number} leader must be another person than the {earlier} leader"
                    self.add_error(number, told)
        return said

    @property
    def answer(self) -> Any:
        """Give the answer as it is kept; only after the form was found right."""
        said = self.cleaned_data
        match self.step.kind:
            case "pathways":
                return said["pathways"]
            case "leaders":
                return [said[name] for name in self.step.numbers]
            case "yes_no":
                return said[self.step.name] == "yes"
        return said[self.step.name]


def _initial(step: Step, kept: Any) -> dict[str, Any]:
    if kept is None:
        return {}
    if step.kind == "leaders":
        return dict(zip(step.numbers, kept, strict=False))
    if step.kind == "yes_no":
        return {step.name: "yes" if kept else "no"}
    return {step.name: kept}


def _fields(step: Step, pathways: Sequence[PathwayRules]) -> dict[str, forms.Field]:
    match step.kind:
        case "pathways":
            choices = [(each.pathway, each.name) for each in pathways]
            told = {"required": "Select at least one kind of support"}
            return {
                step.name: forms.MultipleChoiceField(
                    choices=choices, error_messages={**told, "invalid_choice": told["required"]}
                )
            }
        case "leaders":
            return {name: _leader(name) for name in step.numbers}
        case "email":
            wrong = "Enter an email address in the right form, like name@example.com"
            told = dict.fromkeys(("invalid", "max_length"), wrong)
            told |= {"required": "Enter an email address"}
            return {step.name: forms.EmailField(max_length=LONGEST_ADDRESS, error_messages=told)}
        case "yes_no":
            told = {"required": "Select yes or no", "invalid_choice": "Select yes or no"}
            return {
                step.name: forms.ChoiceField(
                    choices=[("yes", "Yes"), ("no", "No")], error_messages=told
                )
            }
        case "number":
            told = dict.fromkeys(("required", "invalid", "min_value"), "Enter a number, 0 or more")
            return {step.name: forms.FloatField(min_value=0, error_messages=told)}
    told = {
        "required": "Write what you have tried, or that nothing has been tried yet",
        "max_length": f"Write {LONGEST_TEXT:,} characters or fewer",
    }
    return {
        step.name: FreeText(
            max_length=LONGEST_TEXT, required=step.needs_answer, error_messages=told
        )
    }


def _leader(number: str) -> forms.CharField:
    told = {
        "required": f"Enter the name and role of the {number} leader",
        "max_length": f"The {number} leader must be {LONGEST_NAME} characters or fewer",
    }
    return forms.CharField(
        max_length=LONGEST_NAME,
        label=f"{number.capitalize()} leader: name and role",
        error_messages=told,
    )
