"""A day given by hand, what the money was used for, and the amounts that people type."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.funding.models import MOST_HALF_DAYS
from schoolhubs.service.programmes.forms import DayField, DayWidget
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.money import read_pounds

LONGEST_LINE, LONGEST_TEXT = 200, 2_000
MOST_PENCE = 10_000_000_00
PARTS = ("day", "month", "year")


class Pounds(forms.CharField):
    """An amount in pounds as people write it; in pence once it is found right."""

    def __init__(self, *, named: str, required: bool = True) -> None:
        self.named = named
        super().__init__(required=required, max_length=20, error_messages={
            "required": f"Enter {named}, such as 120.50",
            "max_length": f"Enter {named} in pounds, such as 120.50",
        })  # fmt: skip

    def clean(self, value: Any) -> int:
        """Read it to the penny."""
        typed = super().clean(value)
        if not typed:
            return 0
        try:
            pence = read_pounds(typed)
        except DataProblem:
            pence = -1
        if not 0 <= pence <= MOST_PENCE:
            raise forms.ValidationError(f"Enter {self.named} in pounds, such as 120.50")
        return pence


class WithDays(forms.Form):
    """A form in which a day is typed in three boxes."""

    def typed(self, name: str) -> list[tuple[str, str]]:
        """Give each part of a day with what stands in it, for the page."""
        value = self[name].value()
        parts = value if isinstance(value, list) else DayWidget().decompress(value)
        return [(part, said or "") for part, said in zip(PARTS, parts, strict=True)]


def _line(named: str, longest: int = LONGEST_LINE) -> FreeText:
    return FreeText(
        max_length=longest,
        error_messages={
            "required": f"Enter {named}", "max_length": f"Write {longest:,} characters or fewer",
        },
    )  # fmt: skip


class DayForm(WithDays):
    """Time that no ledger holds: the day, how much, what, who, and what shows it.

    One that fell through by no fault of the school says why.
    """

    on = DayField(named="day")
    half_days = forms.IntegerField(
        min_value=1, max_value=MOST_HALF_DAYS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"Enter half-days as a whole number from 1 to {MOST_HALF_DAYS}",
        ),
    )  # fmt: skip
    what = _line("what was done")
    by_whom = _line("who gave the time")
    evidence = _line("what shows it", LONGEST_TEXT)
    excused_because = FreeText(
        required=False,
        max_length=LONGEST_LINE,
        error_messages={"max_length": f"Write {LONGEST_LINE:,} characters or fewer"},
    )

    def __init__(self, first: datetime.date, before: datetime.date, *given: Any) -> None:
        super().__init__(*given)
        self.first, self.before = first, before

    def clean_on(self) -> datetime.date:
        """Refuse a day outside the time that is declared."""
        said: datetime.date = self.cleaned_data["on"]
        if not self.first <= said < self.before:
            last = self.before - datetime.timedelta(days=1)
            raise forms.ValidationError(f"The day must be from {day(self.first)} to {day(last)}")
        return said


class UseForm(forms.Form):
    """What the money was used for, in pounds; what is left out is nothing."""

    travel = Pounds(named="what travel cost", required=False)
    backfill = Pounds(named="what backfill cost", required=False)
    plan = Pounds(named="what putting the plan into practice cost", required=False)


class SureForm(forms.Form):
    """That what is declared is so."""

    sure = forms.BooleanField(
        error_messages={"required": "Confirm that what you declare is complete and true"}
    )
