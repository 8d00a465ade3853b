"""What is asked of somebody who books."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.events.doing.booking import Coming
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_NOTE = 500
TOO_LONG = f"Write {LONGEST_NOTE} characters or fewer"
HOW_MANY = "Enter how many people come, as a whole number such as 2"
MOST_ASKED = 99


def _note() -> FreeText:
    return FreeText(
        required=False, max_length=LONGEST_NOTE, error_messages={"max_length": TOO_LONG}
    )


class PeopleForm(forms.Form):
    """How many come from each school, who they are, and what they need; no names."""

    roles = _note()
    access_needs = _note()

    def __init__(
        self, names: Sequence[tuple[str, int]], *given: Any, most: int = MOST_ASKED, **named: Any
    ) -> None:
        """Ask of each field's name, such as ``n_12``, and its figure so far."""
        super().__init__(*given, **named)
        self.numbers = [name for name, _ in names]
        said = dict.fromkeys(("invalid", "min_value", "max_value"), HOW_MANY)
        if most < MOST_ASKED:
            said["max_value"] = f"At most {most} people of one school come together"
        for name, so_far in names:
            self.fields[name] = forms.IntegerField(
                required=False, min_value=0, max_value=most, initial=so_far, error_messages=said
            )

    def clean(self) -> dict[str, Any]:
        """Ask for somebody."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not any(said.get(name) for name in self.numbers):
            self.add_error(self.numbers[0], HOW_MANY)
        return said


class PartyForm(PeopleForm):
    """A party for an event: whose schools it is of stands in the partnerships."""

    key = forms.UUIDField(required=False)
    waits = forms.CharField(required=False, max_length=3)

    def __init__(self, partnerships: Sequence[Partnership], *given: Any, **named: Any) -> None:
        self.partnerships = {f"n_{each.pk}": each for each in partnerships}
        alone = len(self.partnerships) == 1
        super().__init__([(name, int(alone)) for name in self.partnerships], *given, **named)

    def coming(self) -> list[Coming]:
        """Give the schools that come, each with how many."""
        return [
            Coming(partnership=each, n_people=self.cleaned_data[name])
            for name, each in self.partnerships.items()
            if self.cleaned_data.get(name)
        ]

    @property
    def form_key(self) -> uuid.UUID:
        """The key that makes a form sent twice one booking; a new one where none came."""
        said: uuid.UUID | None = self.cleaned_data.get("key") if self.is_bound else None
        return said or uuid.uuid4()


class CancelForm(forms.Form):
    """Why a booking is cancelled; nobody has to say."""

    reason = _note()


class FeedbackForm(forms.Form):
    """Three short questions."""

    useful = forms.TypedChoiceField(
        choices=[(str(n), str(n)) for n in range(1, 6)], coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select how useful it was, from 1 to 5"
        ),
    )  # fmt: skip
    will_try = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")], coerce=lambda said: said == "yes",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether your school will try something"
        ),
    )  # fmt: skip
    words = _note()
