"""What is said of a concern."""

from typing import Any

from django import forms

from schoolhubs.service.web.forms.typed import FreeText

MOST = 4_000
SAY = "Say it in a sentence or two"


class RaiseForm(forms.Form):
    """Why somebody is worried, and what shows it."""

    words = FreeText(max_length=MOST, error_messages={"required": f"{SAY}: what worries you"})
    evidence = FreeText(
        max_length=MOST,
        error_messages={"required": "Say what shows it, such as visits that did not happen"},
    )


class SayForm(forms.Form):
    """What comes next, and the words for it."""

    def __init__(self, offered: dict[str, str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choose = "Choose what you want to do"
        self.fields["do"] = forms.ChoiceField(
            choices=list(offered.items()),
            error_messages={"required": choose, "invalid_choice": choose},
        )

    words = FreeText(max_length=MOST, error_messages={"required": SAY})


class RestForm(SayForm):
    """Whether a partnership rests, goes on or ends; to end it, once more that it is meant."""

    sure = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask again before a partnership ends, as nothing takes that back."""
        said = super().clean() or self.cleaned_data
        if said.get("do") == "end" and not said.get("sure"):
            self.add_error("sure", "Tick that it is to end for good, or let it rest")
        return said
