"""What a school disputes, and what it should be."""

from typing import Any

from django import forms

from schoolhubs.service.targets.challenges.disputable import ROLLS, Thing
from schoolhubs.service.web.forms.typed import FreeText

LONGEST_WORDS = 2_000
TOO_LONG = f"Write {LONGEST_WORDS:,} characters or fewer"
CHOOSE = "Select what is wrong"
NUMBER = "Enter a number, such as 4.9, or leave it blank"


SAME = (
    "That is what stands there already, to the decimal that is shown, so nothing would change. "
    "Enter a value that differs from it"
)


def _is_same(thing: Thing, after: float | None) -> bool:
    if after is None or thing.value is None:
        return after is None and thing.value is None
    digits = 0 if thing.name in ROLLS else 1
    return f"{after:.{digits}f}" == f"{thing.value:.{digits}f}"


class ChallengeForm(forms.Form):
    """One thing, the value it should have, why, and the evidence."""

    thing = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), CHOOSE))
    after = forms.FloatField(
        required=False, min_value=0, max_value=100_000,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NUMBER),
    )  # fmt: skip
    words = FreeText(
        max_length=LONGEST_WORDS,
        error_messages={"required": "Say what is wrong with it", "max_length": TOO_LONG},
    )
    evidence = FreeText(
        max_length=LONGEST_WORDS,
        error_messages={
            "required": "Say where it can be checked: a link, a document, or what it rests on",
            "max_length": TOO_LONG,
        },
    )

    def __init__(self, things: list[Thing], *given: Any) -> None:
        super().__init__(*given)
        self.things = {each.key: each for each in things}
        self.fields["thing"].choices = [(each.key, each.words) for each in things]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold the value against what is disputed: a share of pupils is at most 100."""
        said = super().clean() or {}
        thing, after = self.things.get(said.get("thing", "")), said.get("after")
        if thing is None or "after" in self.errors:
            return said
        if not thing.takes_a_number:
            said["after"] = None
        elif after is None and thing.kind == "figure":
            self.add_error("after", "Enter what the absence of that year should be")
        elif thing.name in ROLLS and (not after or after != int(after)):
            self.add_error("after", "Enter how many pupils there should be, such as 210")
        elif after is not None and after > 100 and thing.name not in ROLLS:
            self.add_error("after", "Enter a percentage, at most 100")
        elif _is_same(thing, after):
            self.add_error("after", SAME)
        return said


class DecisionForm(forms.Form):
    """Whether a challenge is upheld, and why."""

    verdict = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether the school is right"
        ),
    )
    reason = FreeText(
        max_length=LONGEST_WORDS,
        error_messages={
            "required": "Enter the reason; the school reads it",
            "max_length": TOO_LONG,
        },
    )
