"""Which year a model is fitted up to."""

from typing import Any

from django import forms

CHOOSE = "Select the newest year to learn from"


class FitForm(forms.Form):
    """The newest year to learn from, of those the register has figures of."""

    until = forms.ChoiceField(error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})

    def __init__(self, years: list[str], *given: Any) -> None:
        super().__init__(*given)
        self.fields["until"].choices = [(each, each) for each in years]  # type: ignore[attr-defined]
