"""What is asked of somebody who brings files, chooses, or undoes."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.imports.models import Choice, Import, Step
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.words import counted

STOP = "stop"
WHAT_TO_DO = "Choose what to do with these files"
EARLIEST = datetime.date(2006, 9, 1)  # no published file the register reads is older
NO_DAY = "Enter the day the school register is for"
REAL_DAY = "The day the school register is for must be a real date"


class BringFiles(forms.Form):
    """The day of the register, and the files; the files are read apart, as they may be several."""

    day = forms.IntegerField(required=False)
    month = forms.IntegerField(required=False)
    year = forms.IntegerField(required=False)

    def __init__(
        self,
        *given: Any,
        n_files: int = 0,
        refused: str = "",
        most_megabytes: int = 0,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.n_files, self.refused, self.most_megabytes = n_files, refused, most_megabytes
        for name in ("day", "month", "year"):
            self.fields[name].error_messages["invalid"] = REAL_DAY

    def clean(self) -> dict[str, Any]:
        """Put the date together, and say what is the matter with the files."""
        told = super().clean() or {}
        parts = [told.get(name) for name in ("year", "month", "day")]
        if not self.errors:
            if all(part is None for part in parts):
                self.add_error("day", NO_DAY)
            else:
                told["on"] = self._date(parts)
        if self.refused == "size":
            self.add_error(
                None, f"The files together must be {self.most_megabytes:,} megabytes or fewer"
            )
        elif not self.n_files:
            self.add_error(None, "Choose the files to check")
        return told

    def _date(self, parts: list[Any]) -> datetime.date | None:
        try:
            on = datetime.date(*parts)
        except (TypeError, ValueError, OverflowError):
            self.add_error("day", REAL_DAY)
            return None
        if on < EARLIEST:
            self.add_error("day", "The day the school register is for must be after August 2006")
        return on

    def messages(self) -> list[dict[str, str]]:
        """Give each message once, with the field it leads to."""
        told = {}
        for name, errors in self.errors.items():
            for error in errors:
                told[str(error)] = "#files" if name == "__all__" else f"#on-{name}"
        return [{"text": text, "href": href} for text, href in told.items()]

    @property
    def day_error(self) -> str:
        """The message at the date."""
        found = [e for name in ("day", "month", "year") for e in self.errors.get(name, [])]
        return str(found[0]) if found else ""

    @property
    def files_error(self) -> str:
        """The message at the files."""
        return str(self.non_field_errors()[0]) if self.non_field_errors() else ""


class Choose(forms.Form):
    """Keep the good files, the good rows too, or stop."""

    choice = forms.ChoiceField(
        error_messages={"required": WHAT_TO_DO, "invalid_choice": WHAT_TO_DO}
    )

    def __init__(self, *given: Any, held: Import, is_outdated: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["choice"].choices = offered(held, is_outdated=is_outdated)  # type: ignore[attr-defined]


def offered(held: Import, *, is_outdated: bool = False) -> list[tuple[str, str]]:
    """Give what can be chosen: only what makes a register, and to stop.

    One that was stopped, or checked against a register that is replaced, can only be set aside.
    """
    if held.step != Step.CHECKED or is_outdated:
        return [(STOP, "Set it aside, and import nothing")]
    files = held.report["files"]
    faulty = [each for each in files if not each["is_whole"]]
    left = counted(sum(each["n_rows_left_out"] for each in files), "row")
    if unusable := sum(not each["has_good_rows"] for each in faulty):
        left += f" and {counted(unusable, 'file')}"
    usable = [name for name, told in held.report["choices"].items() if "changes" in told]
    words = {
        Choice.WHOLE_FILES.value: (
            f"Import the files without faults, and leave out {len(faulty):,} with faults"
            if faulty
            else "Import these files"
        ),
        Choice.GOOD_ROWS.value: (
            f"Import the good rows of files with faults too, and leave out {left}"
        ),
    }
    return [(name, words[name]) for name in usable] + [(STOP, "Stop, and import nothing")]


class Undo(forms.Form):
    """Why the register before is to be used again."""

    reason = FreeText(
        max_length=500, strip=True,
        error_messages={
            "required": "Enter why the import is undone",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )  # fmt: skip
