"""What is asked for a comparison: what was counted, which days, and the counts as pasted rows."""

import datetime
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.core.exceptions import ValidationError
from django.http import QueryDict

from schoolhubs import plans
from schoolhubs.service.network.lists.forms import in_one_line
from schoolhubs.service.plans.watching.actions import Periods
from schoolhubs.service.plans.writing.fields import choice, day, line, ticks, words
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem

LONGEST_RETURN = 40_000
MOST_HEADINGS = 30
DAYS = ("before_from_on", "before_last_on", "after_from_on", "after_last_on")
ORDER = "Each time must begin before it ends, and the time before must end before the time after"
TOO_LONG = (
    f"The counts must be {LONGEST_RETURN:,} characters or fewer: give counts of groups, not rows "
    "of pupils"
)
COLUMNS = {
    "characteristic": "Column of the characteristic", "group": "Column of the group",
    "period": "Column of the time", "n_pupils": "Column of all pupils",
    "n_affected": "Column of pupils affected",
}  # fmt: skip
COLUMN = "column_"


class CompareForm(ShownForm):
    """What, when, of which actions, and the counts; columns are asked for where not recognised."""

    sections = {  # noqa: RUF012
        "about": "What was counted", "before_from_on": "The time before",
        "after_from_on": "The time after", "counts": "The counts",
    }  # fmt: skip
    about = line("What happened to these pupils?", "For example, detentions",
                 required="Enter what was counted, such as detentions")  # fmt: skip
    concerns = ticks("Which actions of the plan is it about?", (),
                     "Tick none if it may be any of them.")  # fmt: skip
    before_from_on = day("First day of the time before", "For example, 1 9 2025")
    before_last_on = day("Last day of the time before", "For example, 20 7 2026")
    after_from_on = day("First day of the time after", "For example, 1 12 2026")
    after_last_on = day("Last day of the time after", "For example, 1 4 2027")
    counts = words("The counts", "Copy them from a spreadsheet, with their headings.")

    def __init__(
        self, *given: Any, actions: Sequence[tuple[str, str]], on: datetime.date, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.on = on
        concerns: Any = self.fields["concerns"]
        concerns.choices = list(actions)
        if not actions:
            del self.fields["concerns"]
        counts: Any = self.fields["counts"]
        self.fields["counts"] = FreeText(
            label=counts.label, help_text=counts.help_text, widget=counts.widget, strip=False,
            max_length=LONGEST_RETURN, error_messages={
                "required": "Paste the counts, with their headings", "max_length": TOO_LONG,
            },
        )  # fmt: skip
        if self.is_bound:
            self._ask_for_columns()

    @classmethod
    def read(cls, posted: QueryDict, **more: Any) -> "CompareForm":
        """Read what was posted, and which of its columns is which of ours, if that was asked."""
        form: Any = super().read(posted, **more)
        chosen = {
            f"{COLUMN}{name}": posted[f"{COLUMN}{name}"]
            for name in COLUMNS
            if posted.get(f"{COLUMN}{name}")
        }
        return cls({**form.data, **chosen}, **more)

    def _ask_for_columns(self) -> None:
        headings = plans.watching.headings_of(str(self.data.get("counts", "")))[:MOST_HEADINGS]
        known = plans.watching.guessed(headings)
        if headings and set(known) != set(COLUMNS):
            for name, label in COLUMNS.items():
                if name not in known:
                    self.fields[f"{COLUMN}{name}"] = choice(label, [(x, x) for x in headings])

    def clean(self) -> dict[str, Any]:
        """Hold the days to one another, and read the counts."""
        told = super().clean() or {}
        for name in DAYS:
            if told.get(name) is None and name not in self.errors:
                self.add_error(name, f"Enter the {str(self.fields[name].label).lower()}")
        if not set(DAYS) & set(self.errors):
            first, last, begin, end = (told[name] for name in DAYS)
            if not first <= last < begin <= end:
                self.add_error("after_from_on", ORDER)
            elif end > self.on:
                self.add_error("after_last_on", "The time after must be over")
        if "counts" in told:
            told["table"] = self._table(str(told["counts"]))
        return told

    def _table(self, text: str) -> pl.DataFrame | None:
        columns = plans.watching.guessed(plans.watching.headings_of(text))
        columns |= {
            name: str(self.data[f"{COLUMN}{name}"])
            for name in COLUMNS
            if self.data.get(f"{COLUMN}{name}")
        }
        try:
            return plans.watching.read_counts(text, columns)
        except DataProblem as error:
            self.refuse(error)
        return None

    def refuse(self, error: DataProblem) -> None:
        """Take over what is wrong with the counts, in one message."""
        told = [in_one_line(each) for each in error.problems[:MOST_PROBLEMS_LISTED]]
        self.add_error("counts", ValidationError(" ".join(told)))

    @property
    def table(self) -> pl.DataFrame:
        """The counts; only after the form was found right."""
        found: pl.DataFrame = self.cleaned_data["table"]
        return found

    @property
    def periods(self) -> Periods:
        """The days; only after the form was found right."""
        return Periods(**{name: self.cleaned_data[name] for name in DAYS})


def example() -> str:
    """Give counts as somebody would paste them, every characteristic once, no figure filled in."""
    known = plans.facts.stored("watching/disparity.yaml")["characteristics"]
    lines = ["characteristic,group,period,pupils,affected"]
    for name in known:
        groups = ("yes", "no") if name != "ethnicity" else ("White British", "Black African")
        lines += [f"{name},{group},{when},," for when in ("before", "after") for group in groups]
    return "\n".join(lines)
