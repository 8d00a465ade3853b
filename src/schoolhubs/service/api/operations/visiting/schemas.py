"""Events and bookings, as the API tells and takes them."""

import datetime
from typing import Annotated, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import URN, Given, Told
from schoolhubs.service.events.visiting.forms import LONGEST_NOTE, MOST_ASKED

CLOCK = r"^[0-9]{2}:[0-9]{2}$"
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
Urn = Annotated[str, Field(pattern=URN)]
EventKind = Literal["open_day", "networking"]
EventState = Literal["draft", "open", "closed", "held", "cancelled"]
BookingState = Literal["held", "booked", "waiting", "lapsed", "cancelled", "over"]


class EventOf(Told):
    """One open day or networking event."""

    event_id: int
    programme_id: str
    lead_urn: str
    kind: EventKind
    state: EventState
    on: datetime.date
    starts_at: str = Field(pattern=CLOCK, description="Such as 09:30, on the clocks of England.")
    finishes_at: str = Field(pattern=CLOCK)
    place_urn: str = Field(description="The school where it is.")
    place: str
    phases: list[str] = Field(description="Phases it is for; empty for all.")
    about: str
    access: str
    n_places: int
    n_free: int = Field(description="Nobody has booked or holds these.")
    closes_on: datetime.date = Field(description="The last day to book.")
    is_open: bool = Field(description="It can be booked today.")


class SchoolComing(Told):
    """One school of a booking."""

    urn: str
    n_people: int = Field(description="Booked, or waited for.")
    n_came: int | None = Field(description="Counted on the day; null before.")


class BookingOf(Told):
    """One party for one event, of one school or several of a trust."""

    booking_id: int
    event_id: int
    programme_id: str
    lead_urn: str
    kind: EventKind
    on: datetime.date
    state: BookingState
    n_people: int
    schools: list[SchoolComing]
    roles: str = Field(description="Who comes, without names.")
    access_needs: str | None = Field(
        description="For who booked, the lead school and the office's caseworkers; null for others."
    )
    in_line: int | None = Field(description="Place on the waiting list; null where it waits not.")
    made_at: datetime.datetime
    version: int = Field(description="Grows with every change; stands in the ETag.")


class Coming(Given):
    """How many come from a school."""

    urn: Urn
    n_people: int = Field(ge=1, le=MOST_ASKED)


class Came(Given):
    """How many came from a school."""

    urn: Urn
    n_came: int = Field(ge=0, le=MOST_ASKED)


class Book(Given):
    """A party, whole or not at all."""

    schools: list[Coming] = Field(min_length=1, max_length=50)
    roles: Note = Field("", description="Who comes, without names.")
    access_needs: Note = ""
    waits: bool = Field(False, description="Where too few places are free, wait for some.")


class ChangeBooking(Given):
    """How many come from each school of a booking; the schools stay those they are."""

    schools: list[Coming] = Field(min_length=1, max_length=50)
    roles: Note = ""
    access_needs: Note = ""


class CancelBooking(Given):
    """Why, if anybody wants to say."""

    reason: Note = ""


class CheckIn(Given):
    """Who came, from every school that had places."""

    came: list[Came] = Field(min_length=1, max_length=500)


class CheckedIn(Told):
    """What was written down."""

    event_id: int
    state: EventState
    came: list[SchoolComing]
