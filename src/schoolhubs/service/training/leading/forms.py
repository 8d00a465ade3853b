"""Who a leader is and what they see to; from which day somebody is none any more."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from schoolhubs.service.training.models import DUTIES, LONGEST_NAME, SchoolLeader
from schoolhubs.service.web.forms.typed import FreeText

TOO_LONG = f"Write {LONGEST_NAME} characters or fewer"
NOBODY = ""
DAY = "Enter the first day on which they are no longer a leader, such as 1 1 2027"


class LeaderForm(forms.Form):
    """Name, post, what they see to, and whose place they take."""

    called = FreeText(
        max_length=LONGEST_NAME,
        error_messages={"required": "Enter the leader’s name", "max_length": TOO_LONG},
    )
    post = FreeText(
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Enter the leader’s post, such as deputy head", "max_length": TOO_LONG,
        },
    )  # fmt: skip
    duties = forms.MultipleChoiceField(
        choices=list(DUTIES.items()), required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"), "Select what the leader sees to"
        ),
    )  # fmt: skip
    succeeds = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "Select whose place they take, or nobody’s"},
    )

    def __init__(self, left: Iterable[SchoolLeader], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        places = [(str(each.pk), each.name) for each in left]
        self.fields["succeeds"].choices = [(NOBODY, "Nobody’s"), *places]  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """The first day without the leader."""

    left_on = forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), DAY))

    def __init__(self, leader: SchoolLeader, latest: datetime.date, *given: Any) -> None:
        super().__init__(*given)
        self.leader, self.latest = leader, latest

    def clean_left_on(self) -> datetime.date:
        """Refuse a day before the leader was named, or more than a year ahead."""
        said: datetime.date = self.cleaned_data["left_on"]
        if said < self.leader.named_on:
            raise forms.ValidationError("The day must not be before the leader was named")
        if said > self.latest:
            raise forms.ValidationError("The day must be within a year from today")
        return said
