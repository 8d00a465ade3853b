"""What the office fills in to make a key, and to end one."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.api.keys.queries import organisation_named
from schoolhubs.service.api.keys.scopes import scopes, scopes_for
from schoolhubs.service.api.manners.limits import limit
from schoolhubs.service.programmes.forms import PARTS, DayField
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_NAME, LONGEST_REASON = 100, 500


class MakeKey(forms.Form):
    """For whom, what for, until when, and what the program may do."""

    organisation = forms.CharField(
        max_length=200,
        error_messages=dict.fromkeys(
            ("required", "max_length"), "Enter the URN, UID, authority code or name"
        ),
    )
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Enter what the key is for",
            "max_length": f"What the key is for must be {LONGEST_NAME} characters or fewer",
        },
    )
    scopes = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Select scopes from the list"}
    )
    expires = DayField(named="day the key expires")

    def __init__(self, *given: Any, today: datetime.date, **named: Any) -> None:
        super().__init__(*given, **named)
        self.today = today
        listed = [(name, scope.title) for name, scope in scopes().items()]
        self.fields["scopes"].choices = listed  # type: ignore[attr-defined]

    def clean_organisation(self) -> Organisation:
        """Find the organisation; somebody must have signed in for it."""
        found = organisation_named(self.cleaned_data["organisation"])
        if found is None:
            raise forms.ValidationError(
                "No organisation that has signed in is called that. Check the number or the name"
            )
        if not found.is_open:
            raise forms.ValidationError(f"{found.name} is closed, so it can have no key")
        return found

    def clean_expires(self) -> datetime.date:
        """Ask for a day ahead, and not too far."""
        on: datetime.date = self.cleaned_data["expires"]
        last = self.today + datetime.timedelta(days=limit("most_key_days"))
        if not self.today < on <= last:
            raise forms.ValidationError(
                f"The day the key expires must be after today and no later than {last:%-d %B %Y}"
            )
        return on

    def typed(self, name: str) -> list[tuple[str, str]]:
        """Give each part of the day with what stands in it, for the page."""
        value = self[name].value()
        parts = value if isinstance(value, list) else [""] * len(PARTS)
        return [(part, said or "") for part, said in zip(PARTS, parts, strict=True)]

    def clean(self) -> dict[str, Any]:
        """Ask for scopes that the organisation's kind can have."""
        told = super().clean() or self.cleaned_data
        for_ = told.get("organisation")
        if isinstance(for_, Organisation):
            beyond = set(told.get("scopes", ())) - set(scopes_for(for_.kind))
            if beyond:
                titles = " and ".join(sorted(scopes()[name].title for name in beyond))
                kind = for_.get_kind_display().lower()
                self.add_error("scopes", f"A {kind} cannot have this scope: {titles}")
        return told


class EndKey(forms.Form):
    """Why a key is ended."""

    reason = FreeText(
        max_length=LONGEST_REASON, strip=True,
        error_messages={
            "required": "Enter why the key is ended",
            "max_length": f"The reason must be {LONGEST_REASON} characters or fewer",
        },
    )  # fmt: skip
