"""What the pages of the diagnostic day ask; every text is refused with a pupil's number in it."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schoolhubs.service import clock
from schoolhubs.service.diagnosis.day import queries
from schoolhubs.service.diagnosis.day.models import OutsideBarrier, Says, Seen
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.root_causes import RootCause

LONGEST = 4000
TOO_LONG = f"Write {LONGEST:,} characters or fewer"


def _text(required: str = "") -> FreeText:
    return FreeText(
        max_length=LONGEST, required=bool(required),
        error_messages={"required": required, "max_length": TOO_LONG},
    )  # fmt: skip


def _day(words: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        required=required, error_messages=dict.fromkeys(("required", "invalid"), words)
    )


class PrepareForm(forms.Form):
    """When the day is, what happens, who comes, what there is to see."""

    held_on = _day("Enter the day, such as 12 11 2026", required=True)
    agenda = _text("Say what happens on the day")
    who = _text("Say who takes part, by their work")
    to_see = _text("Say what there is to see")

    def __init__(self, *given: Any, urn: str, stands: datetime.date | None) -> None:
        super().__init__(*given)
        self.urn, self.stands = urn, stands

    def clean_held_on(self) -> datetime.date:
        """Refuse a day of another time, such as a wrong year; one that stands may stay."""
        day: datetime.date = self.cleaned_data["held_on"]
        today = clock.day()
        if day != self.stands and not queries.may_be_held(self.urn, day, on=today):
            raise ValidationError(
                f"The day must lie in the school’s partnership, or at most "
                f"{queries.most_days_apart()} days from today. Check the year"
            )
        return day


class TakeBackForm(forms.Form):
    """Which of one's own observations is taken back, and why."""

    seen = forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what you take back")
    )
    reason = _text("Say why")

    def __init__(self, mine: list[Seen], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        choices: Any = self.fields["seen"]
        choices.choices = [(str(each.pk), each.text) for each in mine]


class SeenForm(forms.Form):
    """One thing that was seen, on one root cause."""

    root_cause = forms.ChoiceField(
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose what it speaks to"
        )
    )  # fmt: skip
    says = forms.ChoiceField(
        choices=Says.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose whether it speaks for it or against it"
        ),
    )
    text = _text("Say what was seen")
    place = FreeText(
        max_length=120, required=False,
        error_messages={"max_length": "Write 120 characters or fewer"},
    )  # fmt: skip

    def __init__(self, causes: list[RootCause], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["root_cause"].choices = [(each.name, each.title) for each in causes]  # type: ignore[attr-defined]

    def typed(self) -> dict[str, str]:
        """Give what was typed and may be kept as a draft: nothing with a pupil's number in it."""
        refused = {
            name for name, errors in self.errors.get_json_data().items()
            if any(each["code"] == "pupil_number" for each in errors)
        }  # fmt: skip
        return {
            name: str(self.data.get(name, ""))[:LONGEST].replace("\0", "")
            for name in self.fields if name not in refused
        }  # fmt: skip


class BarrierForm(forms.Form):
    """What lies outside the school: how far, who answers for it, what was asked and answered."""

    extent = _text("Say whom it keeps away, and how much")
    body = FreeText(
        max_length=OutsideBarrier._meta.get_field("body").max_length or 120,
        error_messages={
            "required": "Enter who answers for it",
            "max_length": "Write 120 characters or fewer",
        },
    )
    referral = _text()
    referred_on = _day("Enter the day it was asked, such as 12 11 2026")
    answer = _text()
    answered_on = _day("Enter the day it was answered, such as 12 11 2026")

    def clean(self) -> dict[str, Any]:
        """Refuse an answer to nothing, a day without words, and days that have not come."""
        said = super().clean() or {}
        today = clock.day()
        for words, day in (("referral", "referred_on"), ("answer", "answered_on")):
            given: datetime.date | None = said.get(day)
            if given and given > today:
                self.add_error(day, ValidationError("The day cannot be in the future"))
            if given and not said.get(words):
                self.add_error(words, ValidationError("Say what it was, or take the day out"))
        if said.get("answer") and not said.get("referral"):
            self.add_error("referral", ValidationError("Say what was asked"))
        return said
