"""The window of an intake, and a school that may come late."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.web.forms.typed import FreeText

LONGEST_REASON = 2_000


class WindowForm(forms.Form):
    """First and last day to apply, and why it is so."""

    opens_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the first day to apply, such as 1 9 2026"
        )
    )
    last_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the last day to apply, such as 3 12 2026"
        )
    )
    reason = FreeText(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Enter the reason for this window",
            "max_length": f"Write {LONGEST_REASON:,} characters or fewer",
        },
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a last day that is not before the first."""
        said = super().clean() or {}
        opens_on, last_on = said.get("opens_on"), said.get("last_on")
        if opens_on and last_on and last_on < opens_on:
            self.add_error("last_on", "The last day to apply must be on or after the first")
        return said

    @property
    def closes_on(self) -> datetime.date:
        """The first day on which it is no longer open; only after the form was found right."""
        last_on: datetime.date = self.cleaned_data["last_on"]
        return last_on + datetime.timedelta(days=1)


class LateForm(forms.Form):
    """Which school may come late, until when, and why."""

    urn = forms.RegexField(
        r"^\d{6}$",
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the URN of the school, six digits"
        ),
    )
    until_on = forms.DateField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the last day for this school, such as 10 12 2026"
        )
    )
    reason = FreeText(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Enter why the school may apply late",
            "max_length": f"Write {LONGEST_REASON:,} characters or fewer",
        },
    )


def day_of(posted: Any, name: str) -> str:
    """Join the three boxes of a day to one text; blank where nothing was typed."""
    parts = [str(posted.get(f"{name}-{part}", "")).strip() for part in ("year", "month", "day")]
    return "-".join(parts) if any(parts) else ""


def with_days(posted: Any, *names: str) -> dict[str, Any]:
    """Give what was posted with each day in one piece, as the forms read it."""
    return {**posted.dict(), **{name: day_of(posted, name) for name in names}}
