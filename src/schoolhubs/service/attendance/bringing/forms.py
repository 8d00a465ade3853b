"""What is asked of somebody who brings marks: the file, its columns, term dates, what to keep."""

import datetime
import time
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from schoolhubs.service.attendance.bringing import columns
from schoolhubs.service.attendance.models import Mapping, MarksImport
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.words import counted

STOP, WHOLE, GOOD = "stop", "whole", "good"
HALF_TERMS = ("autumn", "autumn", "spring", "spring", "summer", "summer")
NOT_USED = ""
MOST_OWN_CODES = 200
MOST_NO_MARK, MOST_SIGNS = 20, 8  # as the mapping's schema has it


class BringMarks(forms.Form):
    """The file, and how its rows are laid out."""

    layout = forms.ChoiceField(
        choices=list(columns.said()["layouts"].items()),
        error_messages={"required": "Choose how the file is laid out"},
    )
    sheet = forms.CharField(
        required=False, max_length=200, strip=True,
        error_messages={"max_length": "The name of the sheet must be 200 characters or fewer"},
    )  # fmt: skip

    def __init__(self, *given: Any, suffix: str | None, refused: str = "", **named: Any) -> None:
        super().__init__(*given, **named)
        self.suffix, self.refused = suffix, refused

    def clean(self) -> dict[str, Any]:
        """Say what is the matter with the file."""
        told = super().clean() or {}
        if self.refused == "size":
            self.add_error(None, "The file is larger than any school’s marks: check which it is")
        elif self.suffix is None:
            self.add_error(None, "Choose the file of marks")
        elif self.suffix not in columns.said()["suffixes"]:
            self.add_error(None, "The file must be CSV, Excel (.xlsx) or Parquet")
        return told


class ChooseColumns(forms.Form):
    """Which heading is what, or a mapping that was saved before."""

    saved = forms.CharField(required=False)
    name = forms.CharField(required=False, max_length=80, strip=True)
    date_format = forms.ChoiceField(
        required=False,
        choices=[(key, f"As in {words}") for key, words in columns.said()["dates"].items()],
    )
    own_codes = forms.CharField(required=False, max_length=4000, strip=True)
    no_mark = forms.CharField(required=False, max_length=200, strip=True)

    def __init__(
        self, *given: Any, held: MarksImport, saved: Sequence[Mapping], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.held, self.known = held, {str(each.pk): each for each in saved}
        self.asked = columns.fields_of(held.layout)
        self.words = columns.words_asked(held.layout)
        for each in self.words:
            self.fields[each["name"]] = forms.CharField(required=False, max_length=400, strip=True)
        none = [(NOT_USED, "Not in the file")]
        for field in self.asked:
            self.fields[_key(field)] = forms.ChoiceField(
                required=False, choices=[*none, *((each, each) for each in held.headings)]
            )

    def clean(self) -> dict[str, Any]:
        """Give ``content``, the mapping as a document; or say what it lacks."""
        told = super().clean() or {}
        if chosen := self.known.get(told.get("saved", "")):
            # The file's own separator and sheet: this week's export may have others.
            of_file = {"separator": self.held.separator, "sheet": self.sheet}
            told["content"], told["name"] = {**chosen.content, **of_file}, chosen.name
            return told
        if not told.get("name"):
            self.add_error("name", "Enter a name, so that you can choose these columns again")
        for field in self.asked:
            if field.get("is_needed") and not told.get(_key(field)):
                self.add_error(_key(field), f"Choose the column: {field['title']}")
        own = self._own_codes(told.get("own_codes", ""))
        words = self._words(told)
        if self.errors:
            return told
        told["content"] = columns.document(
            self.held.layout,
            {field["name"]: told[_key(field)] for field in self.asked},
            self.held.headings,
            name=told["name"],
            separator=self.held.separator,
            date_format=told["date_format"] or next(iter(columns.said()["dates"])),
            own_codes=own,
            sheet=self.sheet,
            words=words,
        )
        try:
            columns.mapping_of(told["content"])
        except DataProblem as error:
            self.add_error(None, columns.words_of(error))
        return told

    @property
    def sheet(self) -> str:
        """Name of the sheet that the headings were read of; blank for the first."""
        return str(self.held.columns.get("sheet", ""))

    def _words(self, told: dict[str, Any]) -> dict[str, Any]:
        """Give the file's own words: for both of yes and no, or of morning and afternoon."""
        found: dict[str, Any] = {}
        for each in self.words:
            of = [word.strip() for word in (told.get(each["name"]) or "").split(",")]
            found.setdefault(each["of"], {})[each["as"]] = [word for word in of if word]
        for each in self.words:
            pair = found[each["of"]]
            lists = [{word.casefold() for word in words} for words in pair.values()]
            if any(lists) and not pair[each["as"]]:
                self.add_error(each["name"], f"{each['title']}: enter at least one word")
            elif any(lists) and set.intersection(*lists):
                self.add_error(each["name"], f"{each['title']}: a word stands for both")
        said = {of: pair for of, pair in found.items() if all(pair.values())}
        signs = (told.get("no_mark") or "").split()
        if any(len(sign) > MOST_SIGNS for sign in signs) or len(signs) > MOST_NO_MARK:
            self.add_error("no_mark", "Write up to 20 signs with spaces between, as in: ? **")
        return {**said, "no_mark": signs} if signs else said

    def word_rows(self) -> Iterator[dict[str, Any]]:
        """Give each pair of words that is asked, with its value and message."""
        for each in self.words:
            errors = self.errors.get(each["name"]) if self.is_bound else None
            yield {**each, "value": self[each["name"]].value() or "",
                   "error": str(errors[0]) if errors else ""}  # fmt: skip

    def _own_codes(self, text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in text.splitlines():
            sign, equals, code = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (sign and equals and code) or len(sign) > 8 or len(found) >= MOST_OWN_CODES:
                self.add_error("own_codes", "Write one sign a line, as in: IX = I")
                break
            found[sign] = code
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give each column that is asked, with its field, value and message."""
        for field in self.asked:
            key = _key(field)
            errors = self.errors.get(key) if self.is_bound else None
            yield {**field, "key": key, "value": self[key].value() or "",
                   "error": str(errors[0]) if errors else ""}  # fmt: skip


class SayTerms(forms.Form):
    """The half-terms of one year, and the days the school was shut in between."""

    closed_on = forms.CharField(required=False, max_length=4000, strip=True)

    def __init__(self, *given: Any, year: AcademicYear, **named: Any) -> None:
        super().__init__(*given, **named)
        self.year = year
        for n in range(1, len(HALF_TERMS) + 1):
            for end in ("first", "last"):
                self.fields[f"{end}_{n}"] = forms.CharField(required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """Give ``content``, the term dates as a document; or say what is wrong."""
        told = super().clean() or {}
        half_terms = []
        for n, term in enumerate(HALF_TERMS, 1):
            days = [self._day(f"{end}_{n}", told) for end in ("first", "last")]
            if any(days) and not all(days) and not self.errors:
                self.add_error(f"last_{n}", f"Enter both days of half-term {n}, or neither")
            if days[0] and days[1]:
                half_terms.append(
                    {"year": str(self.year), "term": term, "half_term": str(n),
                     "first_on": days[0].isoformat(), "last_on": days[1].isoformat()}
                )  # fmt: skip
        closed = [_parsed(line) for line in told.get("closed_on", "").splitlines() if line.strip()]
        if not all(closed):
            self.add_error("closed_on", "Enter one day a line, as in 14/10/2026")
        if not half_terms and not self.errors:
            self.add_error("first_1", "Enter the days of at least one half-term")
        if self.errors:
            return told
        told["content"] = {
            "half_terms": half_terms,
            "closed_on": [each.isoformat() for each in closed if each],
        }
        try:
            columns.terms_of([told["content"]])
        except DataProblem as error:
            self.add_error(None, columns.words_of(error))
        return told

    def _day(self, name: str, told: dict[str, Any]) -> datetime.date | None:
        text = (told.get(name) or "").strip()
        found = _parsed(text) if text else None
        if text and found is None:
            end, _, n = name.partition("_")
            self.add_error(name, f"The {end} day of half-term {n} must be a date, as in 3/9/2026")
        return found


class ChooseMarks(forms.Form):
    """Keep the marks, keep the good rows, or stop; losses are agreed to by a tick."""

    choice = forms.ChoiceField(error_messages={"required": "Choose what to do with the marks"})
    agrees = forms.BooleanField(required=False)

    def __init__(self, *given: Any, held: MarksImport, **named: Any) -> None:
        super().__init__(*given, **named)
        self.held = held
        self.fields["choice"].choices = offered(held)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the tick where marks stored before would go."""
        told = super().clean() or {}
        is_kept = told.get("choice") in {WHOLE, GOOD}
        if is_kept and self.held.report.get("losses") and not told.get("agrees"):
            self.add_error("agrees", "Tick that the marks stored before may go, or stop")
        return told


def offered(held: MarksImport) -> list[tuple[str, str]]:
    """Give what can be chosen of what was read."""
    report = held.report
    stop = [(STOP, "Stop, and keep nothing")]
    if not report.get("n_marks"):
        return stop
    if not report["n_rows_left_out"]:
        return [(WHOLE, f"Keep these {counted(report['n_marks'], 'mark')}"), *stop]
    left = counted(report["n_rows_left_out"], "row")
    return [(GOOD, f"Keep the good rows, and leave out {left}"), *stop]


def _key(field: dict[str, Any]) -> str:
    return f"column_{field['name']}"


def _parsed(text: str) -> datetime.date | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d.%m.%Y"):
        try:
            return datetime.date(*time.strptime(text.strip(), form)[:3])
        except ValueError:
            continue
    return None
