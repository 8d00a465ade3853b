"""What is asked for a comparison: what was counted, which days, and the counts as pasted rows."""

import datetime
from collections.abc import Sequence
from typing import Any

import polars as pl
from django import forms

from schoolhubs import plans
from schoolhubs.service.network.lists.forms import in_one_line
from schoolhubs.service.plans.watching.actions import Periods
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem

LONGEST_RETURN = 40_000
DAYS = {
    "before_from_on": "the first day of the time before",
    "before_last_on": "the last day of the time before",
    "after_from_on": "the first day of the time after",
    "after_last_on": "the last day of the time after",
}
ORDER = "Each time must begin before it ends, and the time before must end before the time after"
PASTE = "Paste the counts, with their headings"


def _day(which: str) -> forms.DateField:
    words = f"Enter {which}, such as 1 9 2026"
    return forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), words))


class CompareForm(forms.Form):
    """What, when, of which actions, and the counts; columns are asked for where not recognised."""

    about = FreeText(
        max_length=200, strip=True,
        error_messages={
            "required": "Enter what was counted, such as Detentions",
            "max_length": "Write 200 characters or fewer",
        },
    )  # fmt: skip
    before_from_on = _day(DAYS["before_from_on"])
    before_last_on = _day(DAYS["before_last_on"])
    after_from_on = _day(DAYS["after_from_on"])
    after_last_on = _day(DAYS["after_last_on"])
    concerns = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Choose actions of this plan"}
    )
    counts = FreeText(
        max_length=LONGEST_RETURN, strip=False,
        error_messages={
            "required": PASTE,
            "max_length": f"The counts must be {LONGEST_RETURN:,} characters or fewer: give "
            "counts of groups, not rows of pupils",
        },
    )  # fmt: skip

    def __init__(
        self, *given: Any, actions: Sequence[tuple[str, str]], on: datetime.date, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.on = on
        self.fields["concerns"].choices = list(actions)  # type: ignore[attr-defined]
        self.headings: list[str] = []
        self.asks_columns = False

    def clean(self) -> dict[str, Any]:
        """Hold the days to one another, and read the counts."""
        told = super().clean() or {}
        days = [told.get(name) for name in DAYS]
        if all(days):
            first, last, begin, end = days
            if not first <= last < begin <= end:  # type: ignore[operator]
                self.add_error("after_from_on", ORDER)
            elif end > self.on:  # type: ignore[operator]
                self.add_error("after_last_on", "The time after must be over")
        if "counts" in told:
            self._read(told)
        return told

    def _read(self, told: dict[str, Any]) -> None:
        text = str(told["counts"])
        self.headings = plans.watching.headings_of(text)[:30]
        columns = plans.watching.guessed(self.headings)
        for name in plans.facts.stored("watching/counts.yaml")["headings"]:
            if chosen := self.data.get(f"column_{name}"):
                columns[name] = chosen
        try:
            told["table"] = plans.watching.read_counts(text, columns)
        except DataProblem as error:
            self.asks_columns = any(each.code == "no_column" for each in error.problems)
            self.refuse(error)

    def refuse(self, error: DataProblem) -> None:
        """Take over what is wrong with the counts, row by row."""
        for each in error.problems[:MOST_PROBLEMS_LISTED]:
            self.add_error("counts", in_one_line(each))

    @property
    def table(self) -> pl.DataFrame:
        """The counts; only after the form was found right."""
        found: pl.DataFrame = self.cleaned_data["table"]
        return found

    @property
    def periods(self) -> Periods:
        """The days; only after the form was found right."""
        return Periods(**{name: self.cleaned_data[name] for name in DAYS})
