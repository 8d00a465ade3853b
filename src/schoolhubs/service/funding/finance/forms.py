"""The day of a run, a confirmation, a clawback and what came back of it, what a sample showed."""

import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from schoolhubs.service.funding import payees
from schoolhubs.service.funding.limits import limits
from schoolhubs.service.funding.office.forms import LONGEST, TOO_LONG, ReasonForm
from schoolhubs.service.funding.pages.forms import Pounds, WithDays
from schoolhubs.service.programmes.forms import DayField
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.money import in_pounds

MOST_BYTES = 5_000_000


class RunForm(WithDays):
    """The day on which a run is to be paid; what is due by then is in it."""

    pay_on = DayField(named="day of payment")

    def __init__(self, today: datetime.date, *given: Any, **told: Any) -> None:
        super().__init__(*given, **told)
        self.today = today

    def clean_pay_on(self) -> datetime.date:
        """Refuse a day that is over, or so far ahead that awards may still change."""
        said: datetime.date = self.cleaned_data["pay_on"]
        most = limits().pay_within_days
        if not self.today <= said <= self.today + datetime.timedelta(days=most):
            raise forms.ValidationError(
                f"The day of payment must be today or within {most} days from now"
            )
        return said


class SetAsideForm(ReasonForm):
    """Why a run is set aside; where its file is made, that it went to nobody."""

    def __init__(self, *given: Any, has_file: bool) -> None:
        super().__init__("Enter why the run is set aside", *given)
        if has_file:
            self.fields["has_not_left"] = forms.BooleanField(
                error_messages={"required": "Select that the file went to nobody, or go back"}
            )


class ConfirmForm(forms.Form):
    """The file by which whoever pays says what became of the payments."""

    file = forms.FileField(
        error_messages=dict.fromkeys(
            ("required", "invalid", "missing", "empty"), "Choose the file with the confirmation"
        )
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that no confirmation is as large as."""
        given: UploadedFile[bytes] = self.cleaned_data["file"]
        if (given.size or 0) > MOST_BYTES:
            raise forms.ValidationError("The file is larger than any confirmation is")
        return given


class ClawbackForm(forms.Form):
    """How much of what was paid too much comes back, and why."""

    amount = Pounds(named="the amount")
    reason = FreeText(
        max_length=LONGEST,
        error_messages={"required": "Enter why the money has to come back", "max_length": TOO_LONG},
    )

    def __init__(self, most_pence: int, *given: Any, **told: Any) -> None:
        super().__init__(*given, **told)
        self.most_pence = most_pence

    def clean_amount(self) -> int:
        """Refuse nothing, and more than was paid too much."""
        said: int = self.cleaned_data["amount"]
        if not 0 < said <= self.most_pence:
            raise forms.ValidationError(f"The amount must be at most {in_pounds(self.most_pence)}")
        return said


class SettleForm(forms.Form):
    """Whether what somebody else proposed is agreed, and why."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select whether you agree it"),
    )
    reason = FreeText(
        max_length=LONGEST,
        error_messages={"required": "Enter the reason", "max_length": TOO_LONG},
    )


class RepaidForm(WithDays):
    """Money that came back: how much, when, by which reference of the bank."""

    amount = Pounds(named="the amount")
    received_on = DayField(named="day on which it came")
    reference = FreeText(
        max_length=60,
        error_messages={
            "required": "Enter the reference of the bank",
            "max_length": "Write 60 characters or fewer",
        },
    )

    def clean_amount(self) -> int:
        """Refuse nothing."""
        said: int = self.cleaned_data["amount"]
        if not said:
            raise forms.ValidationError("Enter the amount, such as 120.50")
        return said


class DayIfAny(DayField):
    """A day that may be left empty."""

    def clean(self, value: list[str | None]) -> datetime.date | None:  # type: ignore[override]
        """Give None where nothing is typed."""
        return super().clean(value) if any((part or "").strip() for part in value) else None


class ArrivedForm(WithDays):
    """What arrived of a payment, the day, and how that is known; above it, a tick besides."""

    amount = Pounds(named="what arrived")
    paid_on = DayIfAny(named="day on which it arrived")
    reason = FreeText(
        max_length=LONGEST,
        error_messages={"required": "Enter how you know", "max_length": TOO_LONG},
    )
    is_above = forms.BooleanField(required=False)

    def __init__(
        self, sent_pence: int, days: tuple[datetime.date, datetime.date], *given: Any
    ) -> None:
        super().__init__(*given)
        self.sent_pence, self.days = sent_pence, days

    def clean(self) -> dict[str, Any]:
        """Ask for the day where anything arrived, and once more where it is more than was sent."""
        said = super().clean() or self.cleaned_data
        if said.get("amount", 0) > self.sent_pence and not said.get("is_above"):
            sent = in_pounds(self.sent_pence)
            self.add_error(
                "is_above", f"Select that more than the {sent} that was to be sent arrived, or "
                "correct the amount",
            )  # fmt: skip
        if said.get("amount") and not said.get("paid_on") and "paid_on" not in self.errors:
            self.add_error("paid_on", "Enter the day on which it arrived")
        (first, last), on = self.days, said.get("paid_on")
        if said.get("amount") and on and not first <= on <= last:
            self.add_error(
                "paid_on", f"The day on which it arrived must be from {day(first)}, when the file "
                f"was made, to {day(last)}",
            )  # fmt: skip
        return said


class SuccessorForm(forms.Form):
    """Which school or trust is paid in place of one that is no more, and how that is known."""

    kind = forms.ChoiceField(
        choices=[("school", "A school"), ("trust", "A trust")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether a school or a trust is paid"
        ),
    )
    number = forms.RegexField(
        r"^[0-9]{1,8}$",
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the URN of the school, or the number of the trust"
        ),
    )
    reason = FreeText(
        max_length=LONGEST,
        error_messages={"required": "Enter how you know", "max_length": TOO_LONG},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse one that is not open in the register: it cannot be paid."""
        said = super().clean() or self.cleaned_data
        if said.get("kind") and said.get("number"):
            said["successor"] = f"{said['kind']}:{said['number']}"
            if not payees.names_of([said["successor"]]):
                self.add_error("number", "Enter a number that is open in the register")
        return said


class SampleForm(forms.Form):
    """Whether the evidence of a payment that was drawn shows it, and what was seen."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the evidence shows the payment"
        ),
    )
    found = FreeText(
        max_length=LONGEST,
        error_messages={"required": "Enter what was seen", "max_length": TOO_LONG},
    )
