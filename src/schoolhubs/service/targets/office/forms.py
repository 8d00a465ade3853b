"""Which year a model is fitted up to, and which year its targets are for."""

import datetime
from typing import Any

from django import forms

from schoolhubs.vocabulary.calendar import AcademicYear

CHOOSE = "Select the newest year to learn from"
CHOOSE_YEAR = "Select the year the targets are for"
NOT_NEXT = "Targets are for one of the two years after the newest year learned from"
# Figures of a whole year come out in the next one but are of the year before: so the year that
# holds today is at most the second after the newest published.
MOST_AHEAD = 2


class FitForm(forms.Form):
    """The newest year to learn from, of those the register has figures of, and the year to set."""

    until = forms.ChoiceField(error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})
    year = forms.ChoiceField(
        error_messages={"required": CHOOSE_YEAR, "invalid_choice": CHOOSE_YEAR}
    )

    def __init__(self, years: list[str], *given: Any) -> None:
        super().__init__(*given)
        self.fields["until"].choices = [(each, each) for each in years]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(each, each) for each in years_ahead(years)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a year that does not follow what is learned from."""
        told = super().clean() or {}
        until, year = told.get("until"), told.get("year")
        if until and year and year not in years_ahead([until]):
            self.add_error("year", NOT_NEXT)
        return told


def years_ahead(years: list[str]) -> list[str]:
    """Give the years that targets can be for, newest first.

    >>> years_ahead(["2017/18", "2016/17"])
    ['2019/20', '2018/19', '2017/18']
    """
    ahead = {
        str(AcademicYear.parse(each).plus(n)) for each in years for n in range(1, MOST_AHEAD + 1)
    }
    return sorted(ahead, reverse=True)


def year_offered(years: list[str], *, on: datetime.date) -> str | None:
    """Choose the year that holds a day; where the newest figures are older, the one after them.

    >>> year_offered(["2024/25", "2023/24"], on=datetime.date(2026, 11, 22))
    '2026/27'
    >>> year_offered(["2017/18"], on=datetime.date(2026, 11, 22))
    '2018/19'
    """
    if not years:
        return None
    ahead, today = years_ahead(years[:1]), str(AcademicYear.holding(on))
    return today if today in ahead else ahead[-1]
