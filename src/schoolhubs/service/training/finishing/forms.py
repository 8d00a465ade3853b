"""Who has done a module and when; whether that is confirmed; the number of a certificate."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from schoolhubs.service.training.models import SchoolLeader
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_REASON = 1_000
DAY = "Enter the day it was done, such as 12 10 2026"
WHO = "Select which leader has done it"


class DeclareForm(forms.Form):
    """Which leader has done a module, and on which day."""

    leader = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), WHO))
    completed_on = forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), DAY))

    def __init__(
        self,
        leaders: Iterable[SchoolLeader],
        years: Iterable[tuple[datetime.date, datetime.date]],
        today: datetime.date,
        *given: Any,
    ) -> None:
        super().__init__(*given)
        self.years, self.today = list(years), today
        self.fields["leader"].choices = [(str(each.pk), each.name) for each in leaders]  # type: ignore[attr-defined]

    def clean_completed_on(self) -> datetime.date:
        """Refuse a day on which no partnership ran, or to come."""
        said: datetime.date = self.cleaned_data["completed_on"]
        if said > self.today:
            raise forms.ValidationError("The day must be today or earlier")
        if self.years and said < min(first for first, _ in self.years):
            raise forms.ValidationError("The day must not be before the partnership began")
        if not any(first <= said < over for first, over in self.years):
            raise forms.ValidationError("The day must be one on which the partnership ran")
        return said


class StrikeForm(forms.Form):
    """Why a completion is struck out."""

    reason = FreeText(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Write why it is struck out: the school reads it",
            "max_length": f"Write {LONGEST_REASON:,} characters or fewer",
        },
    )


class SettleForm(forms.Form):
    """Whether it is confirmed; if not, why."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the leader has completed it"
        ),
    )
    reason = FreeText(
        required=False, max_length=LONGEST_REASON,
        error_messages={"max_length": f"Write {LONGEST_REASON:,} characters or fewer"},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where it is not confirmed."""
        said = super().clean() or self.cleaned_data
        if said.get("verdict") == "no" and not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Write why it is not confirmed: the school reads it")
        return said
