"""One section of a self-assessment, or all of it; what the team knows somebody as."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.assessing.models import LONGEST_LABEL, AssessmentAnswer
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Item

LONGEST_NOTE = 1_000
CANNOT_TELL = "cannot_tell"
NOTE = "note-"
TOO_LONG = f"What you saw must be {LONGEST_NOTE:,} characters or fewer"
CHOOSE = "Select one of the levels, or say that you cannot tell"
POINT_FIRST = "Select a level, or say that you cannot tell: a note alone is not kept"


class ItemsForm(forms.Form):
    """A level, or “I cannot tell”, and a note for each of some items; any can be left out."""

    def __init__(
        self,
        instrument: Instrument,
        items: Iterable[Item],
        data: Mapping[str, Any] | None = None,
        *,
        kept: Mapping[str, AssessmentAnswer] | None = None,
    ) -> None:
        self.items = tuple(items)
        super().__init__(data, initial=dict(_initial(kept or {})))
        points = [(str(each.value), each.words) for each in instrument.points]
        for each in self.items:
            self.fields[each.name] = forms.ChoiceField(
                required=False, choices=[*points, (CANNOT_TELL, instrument.dont_know)],
                error_messages={"invalid_choice": CHOOSE},
            )  # fmt: skip
            self.fields[f"{NOTE}{each.name}"] = FreeText(
                required=False, max_length=LONGEST_NOTE, error_messages={"max_length": TOO_LONG}
            )

    def clean(self) -> dict[str, Any]:
        """Hold each note against its item: a note belongs to an answer."""
        said = super().clean() or {}
        for each in self.items:
            if said.get(f"{NOTE}{each.name}") and said.get(each.name) == "":
                self.add_error(each.name, POINT_FIRST)
        return said

    def given(self) -> list[Given]:
        """Give what was answered; what was left out is not in it."""
        said = self.cleaned_data
        return [
            Given(
                item=each.name,
                value=None if said[each.name] == CANNOT_TELL else int(said[each.name]),
                note=said[f"{NOTE}{each.name}"],
            )
            for each in self.items
            if said.get(each.name)
        ]

    def typed(self) -> str:
        """Give every note as it was typed, for whoever has to send it again."""
        notes = (str(self.data.get(f"{NOTE}{each.name}", "")).strip() for each in self.items)
        return "\n\n".join(note for note in notes if note)


def _initial(kept: Mapping[str, AssessmentAnswer]) -> Iterable[tuple[str, str]]:
    for name, row in kept.items():
        yield name, CANNOT_TELL if row.value is None else str(row.value)
        yield f"{NOTE}{name}", row.note


class NameForm(forms.Form):
    """What the team knows somebody as."""

    person = FreeText(
        max_length=LONGEST_LABEL,
        error_messages={
            "required": "Enter what the team knows you as, such as SENCO",
            "max_length": f"Write {LONGEST_LABEL} characters or fewer",
        },
    )
