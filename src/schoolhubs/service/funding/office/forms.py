"""Whether a declaration is right, and why a day of it is struck out."""

from typing import Any

from django import forms

from schoolhubs.service.web.forms.typed import FreeText

LONGEST = 2_000
TOO_LONG = f"Write {LONGEST:,} characters or fewer"


class CheckForm(forms.Form):
    """Right, or to be given back with a reason."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the declaration is right"
        ),
    )
    reason = FreeText(required=False, max_length=LONGEST, error_messages={"max_length": TOO_LONG})

    def __init__(self, *given: Any, is_again: bool = False) -> None:
        """Ask why it is right too, where it was checked before and changed since."""
        super().__init__(*given)
        self.is_again = is_again

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where it is given back: the school reads it."""
        said = super().clean() or self.cleaned_data
        if said.get("verdict") == "no" and not said.get("reason"):
            self.add_error("reason", "Enter what has to be corrected")
        if said.get("verdict") == "yes" and self.is_again and not said.get("reason"):
            self.add_error("reason", "Enter why it is right as it stands now")
        return said


class ReasonForm(forms.Form):
    """Why something is done."""

    def __init__(self, asked: str, *given: Any) -> None:
        super().__init__(*given)
        self.fields["reason"] = FreeText(
            max_length=LONGEST, error_messages={"required": asked, "max_length": TOO_LONG}
        )
