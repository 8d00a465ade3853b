"""What the office decides on an objection or a request, with its reason."""

from typing import Any

from django import forms

from schoolhubs.service.partnerships.doing.answering import LONGEST_WORDS
from schoolhubs.service.web.forms.typed import FreeText


class VerdictForm(forms.Form):
    """Yes or no, and why."""

    verdict = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])
    reason = FreeText(
        max_length=LONGEST_WORDS,
        error_messages={
            "required": "Enter the reason; both schools may read it",
            "max_length": f"Write {LONGEST_WORDS:,} characters or fewer",
        },
    )

    def __init__(self, asked: str, *given: Any) -> None:
        super().__init__(*given)
        self.fields["verdict"].error_messages |= {"required": asked, "invalid_choice": asked}
