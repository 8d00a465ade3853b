"""The form of withdrawing an application, or of putting it off to a later intake."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT
from schoolhubs.service.web.forms.typed import FreeText

LEAVING = {
    "withdrawn": {
        "title": "Withdraw this application",
        "about": "If a hub is proposed or agreed, that ends too, and the place goes to another "
        "school. You can apply again while an intake is open.",
        "button": "Withdraw",
    },
    "deferred": {
        "title": "Put this application off to a later intake",
        "about": "It comes back by itself when that intake opens, and is checked again with the "
        "newest facts of your school. If a hub is proposed now, that ends.",
        "button": "Put it off",
    },
}


class LeaveForm(forms.Form):
    """Why, and for putting it off the intake that starts later; ``None`` for withdrawing."""

    def __init__(self, later: Sequence[Intake] | None, *given: Any) -> None:
        super().__init__(*given)
        if later is not None:
            told = "Select the intake you want to join"
            self.fields["cohort_id"] = forms.ChoiceField(
                choices=[(each.cohort_id, each.title) for each in later],
                error_messages=dict.fromkeys(("required", "invalid_choice"), told),
            )
        why = f"Say why, in {LONGEST_TEXT:,} characters or fewer"
        self.fields["reason"] = FreeText(
            max_length=LONGEST_TEXT, error_messages={"required": why, "max_length": why}
        )
