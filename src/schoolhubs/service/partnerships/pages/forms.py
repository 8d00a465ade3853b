"""What a school chooses and writes when it answers."""

from typing import Any

from django import forms

from schoolhubs.service.partnerships.doing.answering import LONGEST_WORDS
from schoolhubs.service.partnerships.reasons import of_side
from schoolhubs.service.web.forms.typed import FreeText

CHOOSE = "Select why it does not work"
TOO_LONG = f"Write {LONGEST_WORDS:,} characters or fewer"


class ObjectForm(forms.Form):
    """Why a match does not work: one or more reasons of the list, and words."""

    reasons = forms.MultipleChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice", "invalid_list"), CHOOSE)
    )
    words = FreeText(
        required=False, max_length=LONGEST_WORDS, error_messages={"max_length": TOO_LONG}
    )

    def __init__(self, side: str, *given: Any) -> None:
        super().__init__(*given)
        choices = [(each.code, each.words) for each in of_side(side)]
        self.fields["reasons"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason is another."""
        said = super().clean() or {}
        if "other" in said.get("reasons", ()) and not said.get("words", "").strip():
            self.add_error("words", "Say what the other reason is")
        return said


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = FreeText(max_length=LONGEST_WORDS)

    def __init__(self, asked: str, *given: Any) -> None:
        super().__init__(*given)
        self.fields["reason"].error_messages |= {"required": asked, "max_length": TOO_LONG}
