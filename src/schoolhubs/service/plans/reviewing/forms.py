"""What is asked at a review: the figure, its noise, where it was read, and what to make of it."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schoolhubs import plans
from schoolhubs.service.plans.reviewing.models import Rag
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.records.plan import Measured

LONGEST_COMMENT = 2_000
LONGEST_SOURCE = 200
FIGURE = "Enter the figure as a number, such as 23.4"
END = "Enter both ends of the interval as numbers, or leave both empty where nobody knows them"
WITHIN = "The interval must hold the figure: its lower end at most {value:g}, its upper at least"
TOO_LARGE = 1_000_000
AS_FIGURES_SAY = ("", "As the figures say")


class ReviewForm(forms.Form):
    """A figure with its interval, its day and source, a colour if another is meant, a comment."""

    value = forms.FloatField(error_messages=dict.fromkeys(("required", "invalid"), FIGURE))
    low = forms.FloatField(required=False, error_messages={"invalid": END})
    high = forms.FloatField(required=False, error_messages={"invalid": END})
    measured_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the last day that the figure counts, such as 26 3 2027"
        )
    )
    source = FreeText(
        max_length=LONGEST_SOURCE, strip=True,
        error_messages={
            "required": "Enter where the figure was read",
            "max_length": f"Write {LONGEST_SOURCE} characters or fewer",
        },
    )  # fmt: skip
    rag = forms.ChoiceField(
        required=False, choices=[AS_FIGURES_SAY, *Rag.choices],
        error_messages={"invalid_choice": "Choose a colour"},
    )  # fmt: skip
    comment = FreeText(
        max_length=LONGEST_COMMENT, strip=True,
        error_messages={
            "required": "Write what you make of it",
            "max_length": f"Write {LONGEST_COMMENT:,} characters or fewer",
        },
    )  # fmt: skip

    def __init__(self, *given: Any, measure: str, on: datetime.date, **named: Any) -> None:
        super().__init__(*given, **named)
        self.measure, self.on = measure, on

    def clean_measured_on(self) -> datetime.date:
        """Refuse a day that has not come."""
        measured_on: datetime.date = self.cleaned_data["measured_on"]
        if measured_on > self.on:
            raise ValidationError("The day of the figure cannot be in the future")
        return measured_on

    def clean(self) -> dict[str, Any]:
        """Hold the figures to one another and to the unit of the measure."""
        told = super().clean() or {}
        value, low, high = (told.get(name) for name in ("value", "low", "high"))
        if value is not None and (said := self._out_of_range(value)):
            self.add_error("value", said)
        elif (low is None) != (high is None) and not {"low", "high"} & set(self.errors):
            self.add_error("low" if low is None else "high", END)
        elif not _holds(low, value, high):
            self.add_error("low", f"{WITHIN.format(value=value)} {value:g}")
        return told

    def _out_of_range(self, value: float) -> str:
        unit = plans.facts.stored("measures.yaml")["measures"].get(self.measure, {}).get("unit", "")
        is_share = unit.startswith(("percent", "points of 100"))
        if value < 0 or value > (100 if is_share else TOO_LARGE):
            return f"Enter a figure from 0 to {100 if is_share else TOO_LARGE:,} ({unit})"
        return ""

    @property
    def measured(self) -> Measured:
        """The figure; only after the form was found right."""
        told = self.cleaned_data
        return Measured(
            value=told["value"], low=told["low"], high=told["high"],
            measured_on=told["measured_on"], source=told["source"],
        )  # fmt: skip


def _holds(low: float | None, value: float | None, high: float | None) -> bool:
    """Tell whether an interval holds its figure; what is not written contradicts nothing."""
    return low is None or value is None or high is None or low <= value <= high
