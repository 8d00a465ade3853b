"""What is to be shared, what for and until when; yes or no to it; why it ends."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing import terms
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import day

LONGEST_REASON = 1_000
TOO_LONG = f"Write {LONGEST_REASON:,} characters or fewer"
DAY = "Enter the last day, such as 17 7 2026"


class ProposeForm(forms.Form):
    """Purposes, kinds and the last day, held against one partnership from a day on."""

    purposes = forms.MultipleChoiceField(
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), "Select what it is for"
        )
    )
    kinds = forms.MultipleChoiceField(
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), "Select what the lead may see"
        )
    )
    last_on = forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), DAY))

    def __init__(self, partnership: Partnership, starts_on: datetime.date, *given: Any) -> None:
        super().__init__(*given)
        self.starts_on = starts_on
        self.latest = min(
            partnership.last_on, starts_on + terms.longest() - datetime.timedelta(days=1)
        )
        for name, told in (("purposes", terms.purposes()), ("kinds", terms.kinds())):
            self.fields[name].choices = [(each.name, each.title) for each in told.values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse to share what none of the purposes needs."""
        said = super().clean() or self.cleaned_data
        for kind in terms.not_needed(said.get("kinds", ()), said.get("purposes", ())):
            if "purposes" in said:
                self.add_error("kinds", terms.said_of_not_needed(kind))
        return said

    def clean_last_on(self) -> datetime.date:
        """Refuse a day that is over, or beyond the partnership or the longest there is."""
        said: datetime.date = self.cleaned_data["last_on"]
        if said < self.starts_on:
            raise forms.ValidationError("The last day must be today or later")
        if said > self.latest:
            raise forms.ValidationError(f"The last day must be {day(self.latest)} or earlier")
        return said


class AnswerForm(forms.Form):
    """Whether the other school’s proposal is accepted."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether you accept what is proposed"
        ),
    )
    reason = FreeText(
        required=False, max_length=LONGEST_REASON, error_messages={"max_length": TOO_LONG}
    )


class WithdrawForm(forms.Form):
    """Why an agreement ends; nobody has to say."""

    reason = FreeText(
        required=False, max_length=LONGEST_REASON, error_messages={"max_length": TOO_LONG}
    )
