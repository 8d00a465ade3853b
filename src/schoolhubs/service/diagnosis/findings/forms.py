"""What people make of a draft: each finding kept or set aside, its rank, and why."""

import dataclasses
from typing import Any

from django import forms

from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Finding

LONGEST = 2000
DECISIONS = (("kept", "Keep it"), ("set_aside", "Set it aside"))
UNSURE = "cannot_tell"


def usual(finding: Finding) -> str:
    """Give what becomes of a finding if nobody says otherwise."""
    return "set_aside" if finding.how_sure == UNSURE else "kept"


class ConfirmForm(forms.Form):
    """A decision, a rank and a reason for each finding of a draft."""

    def __init__(self, draft: Diagnosis, *given: Any) -> None:
        super().__init__(*given)
        self.draft = draft
        for at, each in enumerate(draft.findings):
            self.fields[f"decision-{at}"] = forms.ChoiceField(
                choices=DECISIONS, initial=usual(each),
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), f"Keep or set aside: {each.title}"
                ),
            )  # fmt: skip
            self.fields[f"rank-{at}"] = forms.IntegerField(
                min_value=1, max_value=99, initial=each.rank,
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"),
                    f"Enter a rank from 1 to 99: {each.title}",
                ),
            )  # fmt: skip
            self.fields[f"reason-{at}"] = FreeText(
                max_length=LONGEST, required=False,
                error_messages={"max_length": f"Write {LONGEST:,} characters or fewer"},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask why wherever people see it otherwise than the rule; something must be kept."""
        said = super().clean() or {}
        for at, each in enumerate(self.draft.findings):
            decision, rank = said.get(f"decision-{at}"), said.get(f"rank-{at}")
            if decision is None or rank is None or f"reason-{at}" in self.errors:
                continue
            if (decision, rank) != (usual(each), each.rank) and not said.get(f"reason-{at}"):
                self.add_error(f"reason-{at}", f"Say why you see it otherwise: {each.title}")
        if not self.errors and not any(each.decision == "kept" for each in self.decided()):
            self.add_error("decision-0", "Keep at least one finding, or record more first")
        return said

    def decided(self) -> tuple[Finding, ...]:
        """Give the findings as decided: kept ones first by the rank people gave them."""
        said = self.cleaned_data
        found = [
            dataclasses.replace(
                each, decision=said[f"decision-{at}"], rank=said[f"rank-{at}"],
                reason=said[f"reason-{at}"], drafted_rank=each.rank,
            )
            for at, each in enumerate(self.draft.findings)
        ]  # fmt: skip
        return tuple(
            sorted(found, key=lambda each: (each.decision != "kept", each.rank, each.finding_id))
        )

    def typed(self) -> str:
        """Give the reasons that were typed, so that none is lost."""
        names = [name for name in self.fields if name.startswith("reason-")]
        return "\n\n".join(str(self.data[name]) for name in names if self.data.get(name))
