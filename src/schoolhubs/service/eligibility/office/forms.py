"""What the office chooses and writes when it decides."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT


class DecideForm(forms.Form):
    """A person's decision on one pathway, with its reason."""

    pathway = forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a pathway")
    )
    verdict = forms.ChoiceField(
        choices=[("yes", "May join"), ("no", "May not join")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the school may join"
        ),
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={
            "required": "Enter the reason for the decision",
            "max_length": f"The reason must be {LONGEST_TEXT:,} characters or fewer",
        },
    )

    def __init__(self, pathways: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["pathway"].choices = list(pathways)  # type: ignore[attr-defined]
