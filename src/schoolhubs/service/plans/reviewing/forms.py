"""What is asked at a review: the figure, its noise, where it was read, and what to make of it."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError

from schoolhubs import plans
from schoolhubs.service.plans.reviewing.models import Rag
from schoolhubs.service.plans.writing.fields import choice, day, figure, line, words
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.vocabulary.records.plan import Measured

FIGURE = "Enter the figure as a number, such as 23.4"
END = "Enter both ends of the interval as numbers, or leave both empty where nobody knows them"
WITHIN = "The interval must hold the figure, {value:g}"
POINT = "The ends of the interval must differ: leave both empty where nobody knows the noise"
AS_FIGURES_SAY = "As the figures say"
NO_PUPIL = "Name no pupil and no parent."


class ReviewForm(ShownForm):
    """A figure with its interval, its day and source, a colour if another is meant, a comment."""

    sections = {"value": "The figure now", "comment": "What you make of it"}  # noqa: RUF012
    radios = ("rag",)
    value = figure("The figure", least=0)
    low = figure(
        "Lower end of its 90 % interval",
        "Leave both ends empty where nobody knows them. Without them no review is green.", least=0,
    )  # fmt: skip
    high = figure("Upper end of its 90 % interval", least=0)
    measured_on = day("Last day that the figure counts", "For example, 26 3 2027")
    source = line("Where was it read?", required="Enter where the figure was read")
    comment = words("Your comment", f"What went well, what did not, what happens next. {NO_PUPIL}")
    rag = choice("Colour", Rag.choices, "Darker than the figures say, if you know more. Never "
                 "brighter.", blank=AS_FIGURES_SAY)  # fmt: skip

    def __init__(self, *given: Any, measure: str, on: datetime.date, **named: Any) -> None:
        super().__init__(*given, **named)
        self.measure, self.on = measure, on
        value: Any = self.fields["value"]
        value.help_text = (
            plans.facts.stored("measures.yaml")["measures"].get(measure, {}).get("unit", "")
        )

    def clean_value(self) -> float:
        """Ask for the figure, in the unit of the measure."""
        value: float | None = self.cleaned_data["value"]
        if value is None:
            raise ValidationError(FIGURE)
        unit = plans.facts.stored("measures.yaml")["measures"].get(self.measure, {}).get("unit", "")
        if unit.startswith(("percent", "points of 100")) and value > 100:
            raise ValidationError(f"Enter a figure from 0 to 100 ({unit})")
        return value

    def clean_measured_on(self) -> datetime.date:
        """Ask for a day that has come."""
        measured_on: datetime.date | None = self.cleaned_data["measured_on"]
        if measured_on is None:
            raise ValidationError("Enter the last day that the figure counts, such as 26 3 2027")
        if measured_on > self.on:
            raise ValidationError("The day of the figure cannot be in the future")
        return measured_on

    def clean_comment(self) -> str:
        """Ask for something to be said."""
        comment: str = self.cleaned_data["comment"]
        if not comment.strip():
            raise ValidationError("Write what you make of it")
        return comment

    def clean(self) -> dict[str, Any]:
        """Hold the interval to the figure."""
        told = super().clean() or {}
        value, low, high = (told.get(name) for name in ("value", "low", "high"))
        if {"value", "low", "high"} & set(self.errors):
            return told
        if (low is None) != (high is None):
            self.add_error("low" if low is None else "high", END)
        elif not _holds(low, value, high):
            self.add_error("low", WITHIN.format(value=value))
        elif low is not None and low == high:
            self.add_error("low", POINT)
        return told

    @property
    def measured(self) -> Measured:
        """The figure; only after the form was found right."""
        told = self.cleaned_data
        return Measured(
            value=told["value"], low=told["low"], high=told["high"],
            measured_on=told["measured_on"], source=told["source"],
        )  # fmt: skip

    @classmethod
    def typed(cls, measured: Measured) -> dict[str, Any]:
        """Give a figure that the service holds as if it had been typed."""
        return {
            "value": measured.value, "low": measured.low, "high": measured.high,
            "measured_on": measured.measured_on, "source": measured.source,
        }  # fmt: skip


def _holds(low: float | None, value: float | None, high: float | None) -> bool:
    """Tell whether an interval holds its figure; what is not written contradicts nothing."""
    return low is None or value is None or high is None or low <= value <= high
