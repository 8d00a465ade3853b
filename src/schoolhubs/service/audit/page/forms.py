"""What is looked for in the audit log."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from schoolhubs.service.audit.page import words

LONGEST = 120
TOO_LONG = f"What you look for must be {LONGEST} characters or fewer"


class DayField(forms.DateField):
    """One day, as people in England or programs write it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"],
            error_messages={"invalid": f"{what} must be a real date, such as 29/1/2026"},
        )


class FindEntries(forms.Form):
    """Which entries are looked for; blank finds all."""

    thing = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Select what the entries are about"}
    )
    subject = forms.CharField(
        required=False, max_length=LONGEST, error_messages={"max_length": TOO_LONG}
    )
    by = forms.CharField(
        required=False, max_length=LONGEST, error_messages={"max_length": TOO_LONG}
    )
    since = DayField("The first day")
    until = DayField("The last day")
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**62,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "The page must be the number of an entry"
        ),
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        thing: Any = self.fields["thing"]
        thing.choices = [("", "Everything"), *words.things().items()]

    def clean(self) -> dict[str, Any]:
        """Hold the first day to the last."""
        told: dict[str, Any] = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day must be the first day or later")
        return told

    def wanted(self) -> dict[str, Any]:
        """Give what is looked for, days opened out into moments on the clocks of England."""
        told = dict(self.cleaned_data)
        told["since"] = _begins(told["since"])
        told["until"] = _begins(told["until"], days=1)
        return told


def _begins(day: datetime.date | None, *, days: int = 0) -> datetime.datetime | None:
    if day is None:
        return None
    day = min(day, datetime.date.max - datetime.timedelta(days=2)) + datetime.timedelta(days=days)
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(settings.TIME_ZONE))
