"""What the office's map of hubs is narrowed by."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.matching.models import HubLoad
from schoolhubs.service.network.forms import HubFilter
from schoolhubs.vocabulary.records.rules import PathwayRules


class OfficeHubFilter(HubFilter):
    """Phase, region and pathway of the hubs to show; blank shows all."""

    pathway = forms.ChoiceField(required=False)

    def __init__(
        self,
        *given: Any,
        loads: Sequence[HubLoad],
        pathways: Sequence[PathwayRules],
        **named: Any,
    ) -> None:
        super().__init__(*given, loads=loads, **named)
        choices = [("", "All pathways"), *((each.pathway, each.name) for each in pathways)]
        self.fields["pathway"] = forms.ChoiceField(required=False, choices=choices)
