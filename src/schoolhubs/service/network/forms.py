"""What the map of hubs is narrowed by."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.matching.models import HubLoad
from schoolhubs.vocabulary.words import plain


class HubFilter(forms.Form):
    """Phase and region of the hubs to show; blank shows all."""

    phase = forms.ChoiceField(required=False)
    region = forms.ChoiceField(required=False)

    def __init__(self, *given: Any, loads: Sequence[HubLoad], **named: Any) -> None:
        super().__init__(*given, **named)
        phases = sorted({load.phase for load in loads})
        regions = sorted({load.region for load in loads})
        named_phases = [("", "All phases"), *((name, plain(name)) for name in phases)]
        self.fields["phase"] = forms.ChoiceField(required=False, choices=named_phases)
        named_regions = [("", "All of England"), *((name, name) for name in regions)]
        self.fields["region"] = forms.ChoiceField(required=False, choices=named_regions)
