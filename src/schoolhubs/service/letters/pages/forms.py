"""What the office chooses when it looks for letters."""

from django import forms

from schoolhubs.service.letters.kinds import kinds
from schoolhubs.service.letters.models import State

LONGEST_TYPED = 120


class FindLetters(forms.Form):
    """By state, by kind, and by URN, trust or reference; nothing chosen finds every letter."""

    state = forms.ChoiceField(
        required=False, choices=[("", "All states"), *State.choices],
        error_messages={"invalid_choice": "Select a state from the list"},
    )  # fmt: skip
    kind = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Select a kind of letter from the list"}
    )
    typed = forms.CharField(
        required=False, max_length=LONGEST_TYPED,
        error_messages={
            "max_length": f"The URN or reference must be {LONGEST_TYPED} characters or fewer"
        },
    )  # fmt: skip

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        named = [(each.kind, each.title) for each in kinds().values()]
        self.fields["kind"].choices = [("", "All kinds"), *named]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, str]:
        """What is looked for, blank for what was not chosen or not understood."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
