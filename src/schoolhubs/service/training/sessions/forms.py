"""When and where a session is, who comes to it, who came, and why it is off."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from schoolhubs.service.training.models import SchoolLeader, SignUp
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_REASON, LONGEST_PLACE, MOST_PLACES = 1_000, 200, 5_000
TIME = "Enter a time of the day, such as 14:30"
DAY = "Enter the day, such as 12 1 2027"
MODULE = "Select which module is taught"
HOW = "Select whether it is online"


class PlanForm(forms.Form):
    """Module, day, times, place and places."""

    module = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), MODULE))
    held_on = forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), DAY))
    begins = forms.TimeField(error_messages=dict.fromkeys(("required", "invalid"), TIME))
    ends = forms.TimeField(error_messages=dict.fromkeys(("required", "invalid"), TIME))
    how = forms.ChoiceField(
        choices=[("online", "Online"), ("hub", "At a school")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), HOW),
    )
    where = FreeText(
        max_length=LONGEST_PLACE,
        error_messages={
            "required": "Enter where it is, or how to open it",
            "max_length": f"Write {LONGEST_PLACE} characters or fewer",
        },
    )
    n_places = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_PLACES,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"Enter a whole number of places from 1 to {MOST_PLACES:,}, or leave it blank",
        ),
    )  # fmt: skip

    def __init__(
        self, modules: Iterable[tuple[str, str]], today: datetime.date, *given: Any
    ) -> None:
        super().__init__(*given)
        self.today = today
        self.fields["module"].choices = list(modules)  # type: ignore[attr-defined]

    def clean_held_on(self) -> datetime.date:
        """Refuse a day that is over, or years ahead."""
        said: datetime.date = self.cleaned_data["held_on"]
        if said < self.today:
            raise forms.ValidationError("The day must be today or later")
        if said > self.today + datetime.timedelta(days=2 * 366):
            raise forms.ValidationError("The day must be within two years from today")
        return said

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        said = super().clean() or self.cleaned_data
        if {"begins", "ends"} <= set(said) and said["ends"] <= said["begins"]:
            self.add_error("ends", "It must end after it begins")
        return said


class SignUpForm(forms.Form):
    """The leaders of a school who come; nobody, to give every place back."""

    leaders = forms.MultipleChoiceField(
        required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select leaders of your school"
        ),
    )

    def __init__(self, leaders: Iterable[SchoolLeader], *given: Any) -> None:
        super().__init__(*given)
        self.fields["leaders"].choices = [(str(each.pk), each.name) for each in leaders]  # type: ignore[attr-defined]


class RecordForm(forms.Form):
    """Who came and stayed to the end."""

    came = forms.MultipleChoiceField(
        required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select leaders who had a place"
        ),
    )

    def __init__(self, signed_up: Iterable[SignUp], *given: Any) -> None:
        super().__init__(*given)
        self.fields["came"].choices = [(str(each.pk), each.leader.name) for each in signed_up]  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    """Why a session is off; each school with a place reads it."""

    reason = FreeText(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Write why the session is cancelled",
            "max_length": f"Write {LONGEST_REASON:,} characters or fewer",
        },
    )
