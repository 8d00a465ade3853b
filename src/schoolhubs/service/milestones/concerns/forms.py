"""What is said of a concern."""

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
