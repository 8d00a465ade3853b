"""What is asked of an officer who runs a round, tries a change, or publishes."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from schoolhubs.service.matching.office.what_if import knobs
from schoolhubs.service.matching.office.what_if.fixing import KINDS, Fixed, Known, NotFound
from schoolhubs.service.matching.office.what_if.knobs import Group, Knob
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.errors import Problem

LONG_NAME = "Enter a URN, or fewer words of the name"
LONGEST_REASON = 2_000
WHICH = "Select what the round is for"


class NewRoundForm(forms.Form):
    """Which programme and cohort a round is run for."""

    cohort = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), WHICH))

    def __init__(self, cohorts: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["cohort"].choices = list(cohorts)  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """Why a round is published, and how many schools it proposes a hub to, typed by hand."""

    reason = FreeText(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Enter why this round is published",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )
    n_schools = forms.CharField(
        required=False,
        max_length=12,
        error_messages={"max_length": "Enter the number of schools in figures"},
    )
    replaces = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, n_proposed: int, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.n_proposed = n_proposed

    def clean_n_schools(self) -> str:
        """Take the number as people write it, and compare it."""
        typed = str(self.cleaned_data["n_schools"]).replace(",", "").replace(" ", "")
        if not typed:
            raise forms.ValidationError("Enter the number of schools a hub is proposed to")
        if typed != str(self.n_proposed):
            raise forms.ValidationError(
                f"The number must be {self.n_proposed:,}, as this page says above"
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """Say it where people see it if the page came back without what it was made with."""
        if "replaces" in self.errors:
            self.add_error("reason", "Open this page again, and then publish")
        return self.cleaned_data


class WhatIfForm(forms.Form):
    """What is tried, in the officer's words, and each value that may be turned."""

    title = forms.CharField(
        max_length=120,
        error_messages={
            "required": "Enter what you try, in your own words",
            "max_length": "What you try must be said in 120 characters or fewer",
        },
    )

    def __init__(self, groups: Sequence[Group], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.groups = groups
        for group in groups:
            for knob in group.knobs:
                self.fields[knob.name] = _field_of(knob)

    def clean(self) -> dict[str, Any]:
        """Refuse values that make no sense beside each other."""
        told = self.cleaned_data
        near, far = (told.get(name) for name in _LIMITS)
        if near and far and near > far:
            self.add_error(
                _LIMITS[0],
                f"The preferred limit must be {far:g} minutes or less, the longest drive",
            )
        base, most = told.get("base_points"), told.get("maximum_points")
        if base is not None and most is not None and base > most:
            self.add_error("base_points", f"It must be {most:,} points or fewer, the most of one")
        return told

    def turned(self) -> dict[str, Any]:
        """Give what differs from the values in force, as programmes.RuleChanges takes it."""
        changes = knobs.turned(tuple(self.groups), self.cleaned_data)
        # A share of floors that are not set is shown on the page, and is nothing to try.
        if self.cleaned_data.get("floor_group") == "none":
            changes.pop("floor_share", None)
        return changes

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Put what the rules themselves say against a value beside its field."""
        for each in problems:
            name = each.column.replace(".", "-")
            words = f"{each.fault[:1].upper()}{each.fault[1:]}. {each.remedy}"
            self.add_error(name if name in self.fields else "title", words)


_LIMITS = ("preferred_maximum_minutes", "absolute_maximum_minutes")


def _field_of(knob: Knob) -> forms.Field:
    """Make the field of a value; left empty, the value stays as it is in force."""
    said = knob.said
    if said.kind == "choice":
        words = f"Select one for “{knob.label}”"
        return forms.ChoiceField(
            required=False, choices=list(said.choices.items()),
            error_messages={"invalid_choice": words},
        )  # fmt: skip
    whole = said.kind == "whole"
    kind = "a whole number" if whole else "a number"
    words = f"“{knob.label}” must be {kind} from {said.least:,.0f} to {said.most:,.0f}"
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), words)
    if whole:
        return forms.IntegerField(
            required=False, min_value=round(said.least), max_value=round(said.most),
            error_messages=messages,
        )  # fmt: skip
    return forms.FloatField(
        required=False, min_value=said.least, max_value=said.most, error_messages=messages
    )


class FixForm(forms.Form):
    """One pin or ban to be added, by URN or name of school and hub."""

    new_kind = forms.ChoiceField(
        choices=list(KINDS.items()),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether it is a pin or a ban"
        ),
    )
    new_partner = forms.CharField(
        max_length=120, error_messages={"required": "Enter the school", "max_length": LONG_NAME}
    )
    new_lead = forms.CharField(
        max_length=120, error_messages={"required": "Enter the hub", "max_length": LONG_NAME}
    )
    new_reason = FreeText(
        max_length=500,
        error_messages={
            "required": "Enter why",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )

    def __init__(self, known: Known, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.known = known

    def clean_new_partner(self) -> School:
        """Find the school among those that take part."""
        return self._found(self.known.partner, "new_partner")

    def clean_new_lead(self) -> School:
        """Find the hub among those of the programme."""
        return self._found(self.known.lead, "new_lead")

    def _found(self, find: Callable[[str], School], name: str) -> School:
        try:
            return find(self.cleaned_data[name])
        except NotFound as error:
            raise forms.ValidationError(str(error)) from error

    def fixed(self) -> Fixed:
        """Give the row that was typed, with the names of its schools."""
        told = self.cleaned_data
        partner, lead = told["new_partner"], told["new_lead"]
        return Fixed(
            kind=told["new_kind"], partner_urn=partner.urn, lead_urn=lead.urn,
            reason=told["new_reason"], partner_name=partner.name, lead_name=lead.name,
        )  # fmt: skip
