"""A percentage with its reason, or with who issued it and when."""

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schoolhubs.service import clock
from schoolhubs.service.targets.challenges.forms import LONGEST_WORDS, TOO_LONG
from schoolhubs.service.targets.models import SchoolTarget
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.written.stored import read_facts

ASKED = (
    "{percent} is far from the {expected} that is to be expected if nothing changes. If you mean "
    "it, tick that you do; else enter another figure"
)
FUTURE = "The day it was issued cannot be in the future"
PERCENT = "Enter the absence as a percentage from 0 to 100, such as 9.5"


def _percent() -> forms.FloatField:
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.FloatField(
        min_value=0, max_value=100, error_messages=dict.fromkeys(codes, PERCENT)
    )


class _Sure(forms.Form):
    """A figure that is asked about once more where it lies outside of what is usual here."""

    far = ""  # the name of its limit
    percent = _percent()
    sure = forms.BooleanField(required=False)

    def __init__(self, row: SchoolTarget | None, *given: Any) -> None:
        super().__init__(*given)
        self.row = row
        self.asks = False

    def clean(self) -> dict[str, Any]:
        """Ask whether a figure outside of what is usual is meant."""
        said = super().clean() or {}
        sure, percent = said.pop("sure", False), said.get("percent")
        expected = self.row.expected_percent if self.row else None
        if percent is None or expected is None:
            return said
        self.asks = abs(percent - expected) > limits()[self.far]["value"]
        if self.asks and not sure:
            words = ASKED.format(percent=f"{percent:g} %", expected=f"{expected:.1f} %")
            self.add_error("percent", words)
        return said


class GoalForm(_Sure):
    """The absence aimed for, and why."""

    far = "goal_far_percent"
    reason = FreeText(
        max_length=LONGEST_WORDS,
        error_messages={"required": "Say why this is the goal", "max_length": TOO_LONG},
    )


class IssuedForm(_Sure):
    """The absence expected, by whom, and of which day."""

    far = "issued_far_percent"
    issued_by = FreeText(
        max_length=120,
        error_messages={
            "required": "Enter who issued it", "max_length": "Write 120 characters or fewer",
        },
    )  # fmt: skip
    issued_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the day it was issued, such as 10 11 2025"
        )
    )

    def clean_issued_on(self) -> datetime.date:
        """Refuse a day that has not come."""
        day: datetime.date = self.cleaned_data["issued_on"]
        if day > clock.day():
            raise ValidationError(FUTURE)
        return day


@functools.cache
def limits() -> Mapping[str, Any]:
    """Read from what on a figure is asked about."""
    file = resources.files("schoolhubs.service.targets.setting") / "limits.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read
