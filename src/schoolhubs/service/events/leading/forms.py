"""What is asked of a lead that prepares an event."""

import datetime
from typing import Any

from django import forms

from schoolhubs.service.events.doing.preparing import Told
from schoolhubs.service.events.models import KINDS, MOST_PLACES, Event
from schoolhubs.service.network.models import Hub
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.delivery import EventRules

LONGEST = 2_000
MOST_AHEAD = datetime.timedelta(days=2 * 366)
DAY = "Enter the day, such as 20 11 2026"
HOUR = "Enter the time as hours and minutes, such as 9:30"
PLACES = f"Enter how many people there is room for, from 1 to {MOST_PLACES}"
TAUGHT = [(each.value, each.value.replace("_", " ")) for each in Phase]


def _day(said: str) -> forms.DateField:
    return forms.DateField(error_messages=dict.fromkeys(("required", "invalid"), said))


def _hour() -> forms.TimeField:
    return forms.TimeField(
        input_formats=["%H:%M", "%H.%M"],
        error_messages=dict.fromkeys(("required", "invalid"), HOUR),
    )


def _text(label: str, *, required: bool = False) -> FreeText:
    return FreeText(
        required=required, max_length=LONGEST,
        error_messages={
            "required": label, "max_length": f"Write {LONGEST:,} characters or fewer",
        },
    )  # fmt: skip


class EventForm(forms.Form):
    """All that an event is."""

    kind = forms.ChoiceField(
        choices=KINDS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select what it is"),
    )
    on = _day(DAY)
    starts_at = _hour()
    finishes_at = _hour()
    place_urn = forms.RegexField(
        r"^\d{6}$",
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Enter the URN of the school where it is, six digits"
        ),
    )  # fmt: skip
    place = _text("")
    phases = forms.MultipleChoiceField(
        required=False, choices=TAUGHT,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "Select from the list"),
    )  # fmt: skip
    about = _text("Say what will be seen", required=True)
    access = _text("")
    n_places = forms.IntegerField(
        min_value=1, max_value=MOST_PLACES,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), PLACES),
    )  # fmt: skip
    closes_on = _day("Enter the last day for booking, such as 17 11 2026")
    opens = forms.TypedChoiceField(
        choices=[("yes", "Open it for booking"), ("no", "Keep it as a draft")],
        coerce=lambda said: said == "yes",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Select whether it can be booked now"
        ),
    )  # fmt: skip

    key = forms.UUIDField(required=False)
    all_the_same = forms.BooleanField(required=False)

    def __init__(self, on: datetime.date, *given: Any, kind: str = "", **named: Any) -> None:
        super().__init__(*given, **named)
        self.today, self.has_doubts = on, False
        if kind:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        """Ask for days and hours in order, ahead and not too far."""
        said = super().clean() or self.cleaned_data
        on, closes_on = said.get("on"), said.get("closes_on")
        starts, finishes = said.get("starts_at"), said.get("finishes_at")
        if on and not self.today <= on <= self.today + MOST_AHEAD:
            self.add_error("on", "The day must be today or later, and within two years")
        if on and closes_on and closes_on > on:
            self.add_error("closes_on", "Booking must close on the day of the event or before it")
        if starts and finishes and finishes <= starts:
            self.add_error("finishes_at", "It must finish after it starts")
        return said

    def doubt(self, doubts: list[tuple[str, str]]) -> bool:
        """Put what speaks against the event to its fields, unless it is meant all the same."""
        self.has_doubts = bool(doubts)
        if self.cleaned_data.get("all_the_same") or not doubts:
            return False
        for field, words in doubts:
            self.add_error(field, f"{words}. Change it, or tick at the end that it is meant so")
        return True

    def typed(self) -> str:
        """Give the texts that were written, for a page that could not keep them."""
        said = (self.cleaned_data[name] for name in ("about", "place", "access"))
        return "\n\n".join(filter(None, said))

    def told(self) -> Told:
        """Give what was said as the action takes it."""
        said = {name: value for name, value in self.cleaned_data.items()
                if name not in {"kind", "opens", "key", "all_the_same"}}  # fmt: skip
        return Told(**said)


class CallOffForm(forms.Form):
    """Why an event is called off: everybody booked reads it."""

    reason = FreeText(
        max_length=LONGEST,
        error_messages={
            "required": "Say why it is called off",
            "max_length": f"Write {LONGEST:,} characters or fewer",
        },
    )  # fmt: skip


class CheckInForm(forms.Form):
    """How many came from each school."""

    def __init__(self, names: list[tuple[str, int]], *given: Any) -> None:
        super().__init__(*given)
        said = "Enter how many came, 0 if nobody did"
        for name, so_far in names:
            self.fields[name] = forms.IntegerField(
                min_value=0, max_value=MOST_PLACES, initial=so_far,
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), said
                ),
            )  # fmt: skip


def beginning(hub: Hub, rules: EventRules | None) -> dict[str, Any]:
    """Give what a new event's form begins with: what the programme says."""
    return {"place_urn": hub.lead_urn, "n_places": rules.n_places if rules else "",
            "kind": rules.kind.value if rules else "", "starts_at": "9:30",
            "finishes_at": "15:00", "opens": "yes"}  # fmt: skip


def as_it_stands(event: Event) -> dict[str, Any]:
    """Give what an event's form begins with when it is changed."""
    return {
        "place_urn": event.place_urn, "place": event.place, "on": event.on, "access": event.access,
        "starts_at": f"{event.starts_at:%H:%M}", "finishes_at": f"{event.finishes_at:%H:%M}",
        "phases": event.phases, "about": event.about, "n_places": event.n_places,
        "closes_on": event.closes_on, "opens": "no" if event.state == "draft" else "yes",
    }  # fmt: skip
