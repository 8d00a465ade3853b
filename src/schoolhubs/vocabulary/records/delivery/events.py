"""What a programme says of its open days and networking events."""

import dataclasses
import enum


class EventKind(enum.StrEnum):
    """The two kinds of event that a hub gives."""

    OPEN_DAY = "open_day"
    NETWORKING = "networking"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """The rules of one kind of event.

    Parameters
    ----------
    kind
        Which.
    n_a_term
        Events of the kind that a hub gives in a term, at least.
    visits_a_term
        Times a partner may come in a term; None where nothing limits it.
    n_places
        Places of an event unless its lead says otherwise, each for one person.
    largest_party
        Most people of one school in a party.
    hold_minutes
        Minutes for which places are held while a booking is filled in.
    closes_days_before
        Days before it on which booking closes, unless its lead says otherwise.
    told_days_before
        Days before it on which everybody booked is reminded.
    half_days
        Half-days of the partner that somebody's coming counts as.
    feedback_days
        Days after it until which feedback is asked for.
    """

    kind: EventKind
    n_a_term: int
    visits_a_term: int | None
    n_places: int
    largest_party: int
    hold_minutes: int
    closes_days_before: int
    told_days_before: int
    half_days: int
    feedback_days: int
