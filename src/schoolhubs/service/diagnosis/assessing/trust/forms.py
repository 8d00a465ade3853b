"""One form for many schools: which of them, and all items of a self-assessment."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.assessing.forms import ItemsForm
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

CHOOSE = "Select the schools that you answer for"
NOTHING = "Answer at least one item"


class ManyForm(ItemsForm):
    """The same answers for each school that is ticked."""

    def __init__(
        self,
        instrument: Instrument,
        schools: Sequence[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(instrument, instrument.items, data)
        self.fields["schools"] = forms.MultipleChoiceField(
            choices=schools,
            error_messages=dict.fromkeys(("required", "invalid_choice", "invalid_list"), CHOOSE),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a form on which nothing was answered."""
        said = super().clean()
        if not self.errors and not self.given():
            self.add_error(self.items[0].name, NOTHING)
        return said

    def of_each(self) -> dict[str, list[Given]]:
        """Give the answers by school."""
        return {urn: self.given() for urn in self.cleaned_data["schools"]}
