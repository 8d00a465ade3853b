"""What is asked of an officer who runs a round, tries a change, or publishes."""

from collections.abc import Sequence
from typing import Any

from django import forms

LONGEST_REASON = 2_000
WHICH = "Select a programme"


class NewRoundForm(forms.Form):
    """Which programme a round is run for."""

    programme_id = forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), WHICH)
    )

    def __init__(self, programmes: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["programme_id"].choices = list(programmes)  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """Why a round is published, and how many schools it proposes a hub to, typed by hand."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Enter why this round is published",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )
    n_schools = forms.CharField(
        required=False,
        max_length=12,
        error_messages={"max_length": "Enter the number of schools in figures"},
    )
    replaces = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, n_matched: int, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.n_matched = n_matched

    def clean_n_schools(self) -> str:
        """Take the number as people write it, and compare it."""
        typed = str(self.cleaned_data["n_schools"]).replace(",", "").replace(" ", "")
        if not typed:
            raise forms.ValidationError("Enter the number of schools a hub is proposed to")
        if typed != str(self.n_matched):
            raise forms.ValidationError(
                f"The number must be {self.n_matched:,}, as this page says above"
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """Say it where people see it if the page came back without what it was made with."""
        if "replaces" in self.errors:
            self.add_error("reason", "Open this page again, and then publish")
        return self.cleaned_data
