"""What the office looks for, and what it chooses and writes when it decides."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from schoolhubs import programmes
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_TYPED = 120
Choices = list[tuple[str, str]]


def _programmes() -> Choices:
    snapshot = schools.current_snapshot()
    titled = snapshot is not None and [
        (each, programmes.load(each).as_at(snapshot.on).title)
        for each in settings.ENVIRONMENT.programme_ids
    ]
    return [("", "All programmes"), *(titled or [])]


def _states() -> Choices:
    sent = [(state, text) for state, text in states.meanings().items() if state != "draft"]
    return [("", "All states"), *sent]


def _regions() -> Choices:
    snapshot = schools.current_snapshot()
    named = schools.regions(snapshot) if snapshot else []
    return [("", "All of England"), *((each, each) for each in named)]


class FindApplications(forms.Form):
    """By programme, state, region, and by school or reference; nothing chosen finds all sent.

    What can be chosen is looked up only where something is: most pages of the queue are kept.
    """

    programme_id = forms.ChoiceField(
        required=False, choices=_programmes, label="Programme",
        error_messages={"invalid_choice": "Select a programme from the list"},
    )  # fmt: skip
    state = forms.ChoiceField(
        required=False, choices=_states, label="State",
        error_messages={"invalid_choice": "Select a state from the list"},
    )  # fmt: skip
    region = forms.ChoiceField(
        required=False, choices=_regions, label="Region",
        error_messages={"invalid_choice": "Select a region from the list"},
    )  # fmt: skip
    typed = forms.CharField(
        required=False, max_length=LONGEST_TYPED, label="School name, URN or reference",
        error_messages={
            "max_length": f"The name, URN or reference must be {LONGEST_TYPED} characters or fewer"
        },
    )  # fmt: skip

    @property
    def asked(self) -> dict[str, str]:
        """What is looked for, blank for what was not chosen or not understood."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class DecideForm(forms.Form):
    """A person's decision on one pathway, with its reason."""

    pathway = forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a pathway")
    )
    verdict = forms.ChoiceField(
        choices=[("yes", "May join"), ("no", "May not join")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the school may join"
        ),
    )
    reason = FreeText(
        max_length=LONGEST_TEXT,
        error_messages={
            "required": "Enter the reason for the decision",
            "max_length": f"The reason must be {LONGEST_TEXT:,} characters or fewer",
        },
    )

    def __init__(self, pathways: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["pathway"].choices = list(pathways)  # type: ignore[attr-defined]
