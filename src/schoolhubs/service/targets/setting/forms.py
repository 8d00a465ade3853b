"""A percentage with its reason, or with who issued it and when."""

from django import forms

from schoolhubs.service.targets.challenges.forms import LONGEST_WORDS, TOO_LONG

PERCENT = "Enter the absence as a percentage from 0 to 100, such as 9.5"


def _percent() -> forms.FloatField:
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.FloatField(
        min_value=0, max_value=100, error_messages=dict.fromkeys(codes, PERCENT)
    )


class GoalForm(forms.Form):
    """The absence aimed for, and why."""

    percent = _percent()
    reason = forms.CharField(
        max_length=LONGEST_WORDS,
        error_messages={"required": "Say why this is the goal", "max_length": TOO_LONG},
    )


class IssuedForm(forms.Form):
    """The absence expected, by whom, and of which day."""

    percent = _percent()
    issued_by = forms.CharField(
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
