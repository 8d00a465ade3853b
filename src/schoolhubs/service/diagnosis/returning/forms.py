"""What is asked of somebody who brings a behaviour return: the file, and which column is what."""

from collections.abc import Mapping
from typing import Any

from django import forms

from schoolhubs.attendance import behaviour
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem

SUFFIXES = (".csv", ".xlsx", ".parquet", ".txt")
LAYOUTS = (
    ("pupil", "A row for every pupil on roll, also those whom nothing befell"),
    ("group", "A row for each group of pupils, with how many there are"),
)
CUTS = {
    "sex": "Sex", "fsm": "Free school meals", "sen": "Special educational needs",
    "ehc": "EHC plan", "ethnicity": "Ethnic group", "year_group": "Year group",
}  # fmt: skip
PUPILS = "Pupils (in a list by group)"


def headings() -> dict[str, str]:
    """Give what a heading can be named for, with its words."""
    measures = {name: each["title"] for name, each in behaviour.said()["measures"].items()}
    of_them = {
        f"{name}_pupils": f"Pupils with at least one: {words} (in a list by group)"
        for name, words in measures.items()
    }
    return {**measures, **CUTS, "n_pupils": PUPILS, **of_them}


class ReturnForm(forms.Form):
    """Headings as they stand in the school's own list."""

    layout = forms.ChoiceField(
        choices=LAYOUTS,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose what a row of the list is"
        ),
    )
    year = forms.CharField(
        max_length=7, error_messages={"required": "Enter the academic year, such as 2025/26",
                                      "max_length": "Enter the year like 2025/26"},
    )  # fmt: skip
    blank_is_nought = forms.BooleanField(required=False)

    def __init__(self, *given: Any, suffix: str | None = None, refused: str = "") -> None:
        super().__init__(*given)
        self.suffix, self.refused = suffix, refused
        for name in headings():
            self.fields[name] = forms.CharField(
                required=False, max_length=200, strip=True,
                error_messages={"max_length": "A heading must be 200 characters or fewer"},
            )  # fmt: skip

    def clean_year(self) -> str:
        """Refuse what is no academic year."""
        said = str(self.cleaned_data["year"])
        try:
            return str(AcademicYear.parse(said))
        except DataProblem as error:
            raise forms.ValidationError("Enter the year like 2025/26") from error

    def clean(self) -> dict[str, Any]:
        """Say what is the matter with the file."""
        told = super().clean() or {}
        if self.refused == "size":
            self.add_error(None, "The file is larger than any such list: check which it is")
        elif self.suffix is None:
            self.add_error(None, "Choose the file")
        elif self.suffix not in SUFFIXES:
            self.add_error(None, "The file must be CSV, Excel (.xlsx) or Parquet")
        return told

    def mapping(self) -> Mapping[str, Any]:
        """Give the mapping as ``behaviour.mapping.as_mapping`` takes it."""
        said = self.cleaned_data
        columns = {name: said[name] for name in headings() if said.get(name)}
        measures = [name for name in behaviour.said()["measures"] if name in columns]
        return {
            "name": "typed on the page", "layout": said["layout"], "columns": columns,
            "blank_is_nought": measures if said["blank_is_nought"] else [],
        }  # fmt: skip
