"""What the pages of support days ask; every text is refused with a pupil's number in it."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from schoolhubs.delivery import days
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.delivery.doing.recording import Done
from schoolhubs.service.delivery.models import HeldAt, Kind, Leader, Parts
from schoolhubs.service.web.forms.typed import FreeText

LONGEST, LONGEST_NAME = 2_000, 120
TOO_LONG = f"Write {LONGEST:,} characters or fewer"
MOST_MINUTES = 24 * 60
SURE = "Tick that it is right all the same, or change the day"
NUMBER = ("required", "invalid", "min_value", "max_value")


def _text(required: str = "") -> FreeText:
    return FreeText(
        max_length=LONGEST, required=bool(required),
        error_messages={"required": required, "max_length": TOO_LONG},
    )  # fmt: skip


def _choice(choices: Any, words: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=choices, error_messages=dict.fromkeys(("required", "invalid_choice"), words)
    )


def _minutes(words: str) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0, max_value=MOST_MINUTES, required=False,
        error_messages=dict.fromkeys(NUMBER, words),
    )  # fmt: skip


class DateForm(forms.Form):
    """When, where and with whom."""

    on = forms.DateField(
        error_messages=dict.fromkeys(("required", "invalid"), "Enter the date, such as 20 11 2026")
    )
    part = _choice(Parts.choices, "Select which part of the day")
    held_at = _choice(HeldAt.choices, "Select where it is held")
    leaders = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"), "Select at least one leader"
        ),
    )

    # Asked for where a day is unusual, and only then shown.
    is_sure = forms.BooleanField(required=False)

    def __init__(self, leaders: Iterable[Leader], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.doubts: list[str] = []
        self.known = {each.pk: each for each in leaders}
        choices = [(pk, each.name) for pk, each in self.known.items()]
        self.fields["leaders"].choices = choices  # type: ignore[attr-defined]

    def doubt(self, doubts: list[str]) -> None:
        """Ask for a tick where something is unusual; ticked, it is taken."""
        self.doubts = doubts
        if doubts and not self.cleaned_data.get("is_sure"):
            self.add_error("is_sure", "; ".join([*doubts, SURE]))

    def wanted(self) -> Date:
        """Give what was asked for; only after the form was found right."""
        said = self.cleaned_data
        return Date(
            on=said["on"], part=days.ledger.Part(said["part"]), held_at=said["held_at"],
            leaders=[self.known[pk] for pk in said["leaders"]],
        )  # fmt: skip


class PlanForm(DateForm):
    """A day to be planned, and what it is about."""

    focus = _text("Say what the day is about")
    kind = _choice(Kind.choices, "Select what the day is for")

    def __init__(self, leaders: Iterable[Leader], kinds: Iterable[str], *given: Any) -> None:
        super().__init__(leaders, *given)
        known = [each for each in Kind.choices if each[0] in set(kinds)]
        self.fields["kind"].choices = known  # type: ignore[attr-defined]


class MoveForm(DateForm):
    """Another date, and why."""

    reason = _text("Say why the day is moved")


class RecordForm(PlanForm):
    """A day that took place: what was done and what shows it."""

    evidence = _text("Write what was done and what shows it")
    n_partner_leaders = forms.IntegerField(
        min_value=0, max_value=50,
        error_messages=dict.fromkeys(NUMBER, "Enter how many leaders took part, from 0 to 50"),
    )  # fmt: skip
    travel_minutes = _minutes(f"Enter minutes from 0 to {MOST_MINUTES:,}, or leave it blank")
    observation = _text()
    next_step = _text()

    def clean_evidence(self) -> str:
        """Refuse a note that says nothing: the day could never be agreed."""
        said: str = self.cleaned_data["evidence"]
        if fault := days.noting.fault_of(said):
            raise forms.ValidationError(fault)
        return said

    def clean(self) -> dict[str, Any]:
        """Ask of a coaching session what was seen and what happens next."""
        said = super().clean() or self.cleaned_data
        if said.get("kind") == Kind.COACHING:
            for name, words in (
                ("observation", "Say what the coach saw"),
                ("next_step", "Say what happens next"),
            ):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return said

    def done(self) -> Done:
        """Give what was recorded; only after the form was found right."""
        said = self.cleaned_data
        is_coaching = said["kind"] == Kind.COACHING
        return Done(
            date=self.wanted(), focus=said["focus"], evidence=said["evidence"],
            n_partner_leaders=said["n_partner_leaders"], travel_minutes=said["travel_minutes"],
            observation=said["observation"] if is_coaching else "",
            next_step=said["next_step"] if is_coaching else "",
        )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = _text("Say why")


class AnswerForm(forms.Form):
    """Whether a day took place as it was recorded."""

    verdict = _choice([("yes", "Yes"), ("no", "No")], "Select whether the day took place so")
    reason = _text()

    def clean(self) -> dict[str, Any]:
        """Ask how it was, where it was otherwise."""
        said = super().clean() or self.cleaned_data
        if said.get("verdict") == "no" and not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say how it was")
        return said


class SettleForm(forms.Form):
    """What the office decides of a day, and why."""

    to = _choice((), "Select what you decide")
    reason = _text("Say why")

    def __init__(self, could: Iterable[tuple[str, str]], *given: Any) -> None:
        super().__init__(*given)
        self.fields["to"].choices = list(could)  # type: ignore[attr-defined]


class LeaderForm(forms.Form):
    """A leader who goes to partners."""

    name = FreeText(
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Enter the leader’s name",
            "max_length": f"Write {LONGEST_NAME} characters or fewer",
        },
    )
    job = FreeText(
        max_length=LONGEST_NAME, required=False,
        error_messages={"max_length": f"Write {LONGEST_NAME} characters or fewer"},
    )  # fmt: skip
    most_minutes = _minutes(f"Enter minutes from 0 to {MOST_MINUTES:,}, or leave it blank")


def typed_days(text: str) -> tuple[dict[datetime.date, str], list[str]]:
    r"""Read days that somebody typed, one a line with a reason; what is no day comes back.

    >>> typed_days("20 11 2026 staff training\nsoon")
    ({datetime.date(2026, 11, 20): 'staff training'}, ['soon'])
    """
    found, odd = {}, []
    for line in filter(None, map(str.strip, text.splitlines())):
        day, month, year, *reason = [*line.replace("/", " ").split(" "), "", "", ""]
        try:
            on = datetime.date(int(year), int(month), int(day))
        except (ValueError, OverflowError):
            odd.append(line)
            continue
        found[on] = " ".join(reason).strip()
    return found, odd
