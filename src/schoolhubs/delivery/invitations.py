"""Calendar invitations: one file that plans a date, changes it, or takes it back."""

import dataclasses
import datetime
import enum
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import icalendar

PRODUCT = "-//schoolhubs//support days and events//EN"
ENGLAND = ZoneInfo("Europe/London")


class Method(enum.StrEnum):
    """What a calendar does with a file: keep the date and its changes, take it back, or follow."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who invites, or is invited.

    Parameters
    ----------
    name
        As a calendar shows it.
    address
        Where it gets email.

    Raises
    ------
    ValueError
        If the address is none.
    """

    name: str
    address: str

    def __post_init__(self) -> None:
        if self.address.count("@") != 1 or any(each.isspace() for each in self.address):
            raise ValueError(f"{self.name!r}: an address of email is wanted, such as a@b.example")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One date in somebody's calendar.

    Parameters
    ----------
    uid
        Names the date for good, such as ``support-day-12@hubs.example``: a calendar that holds it
        already changes what it holds.
    sequence
        Grows by one with every change; a calendar takes no older one over a newer one.
    starts_at, finishes_at
        With a time zone; shown in the time of England.
    changed_at
        When it was last changed.
    is_cancelled
        It is taken back.
    link
        The page about it.
    organiser
        Whom the date is from. Every file for calendars names one, and changes and cancellations
        are believed from the same one alone.
    attendees
        Who takes the date into a calendar of their own; none in a calendar that is followed.

    Raises
    ------
    ValueError
        If it has no time zone, or does not finish after it starts.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime.datetime
    finishes_at: datetime.datetime
    changed_at: datetime.datetime
    text: str = ""
    place: str = ""
    link: str = ""
    organiser: Party
    attendees: tuple[Party, ...] = ()
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        times = (self.starts_at, self.finishes_at, self.changed_at)
        if any(each.tzinfo is None for each in times):
            raise ValueError(f"{self.uid}: every time of an invitation has a time zone")
        if self.finishes_at <= self.starts_at:
            raise ValueError(f"{self.uid}: it finishes at {self.finishes_at}, before it starts")


def method_of(one: Invitation) -> Method:
    """Say what a file of one date does with it."""
    return Method.CANCEL if one.is_cancelled else Method.REQUEST


def invitation(one: Invitation, *, at: datetime.datetime) -> bytes:
    """Write one date as a file for a calendar (RFC 5545 and 5546).

    A date that was taken back is a cancellation, which removes it wherever it is held.

    Parameters
    ----------
    at
        When the file is made. Of two files with one number, calendars go by the later one.

    Raises
    ------
    ValueError
        If nobody is invited: a calendar passes over such a file.

    Examples
    --------
    >>> at = datetime.datetime(2026, 11, 20, 9, tzinfo=ENGLAND)
    >>> one = Invitation(uid="day-1@hubs.example", sequence=2, title="Support day", starts_at=at,
    ...                  finishes_at=at.replace(hour=12), changed_at=at, is_cancelled=True,
    ...                  organiser=Party(name="School hubs", address="hubs@hubs.example"),
    ...                  attendees=(Party(name="Ash School", address="head@ash.example"),))
    >>> print(invitation(one, at=at).decode().splitlines()[3])
    METHOD:CANCEL
    """
    if not one.attendees:
        raise ValueError(f"{one.uid}: an invitation is to somebody")
    event = _event(one, stamped_at=at)
    for each in one.attendees:
        # Both schools have said yes on the page, and nobody reads what a calendar would answer.
        event.add("attendee", f"mailto:{each.address}", parameters={
            "CN": each.name, "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE",
        })  # fmt: skip
    return _file([event], method_of(one))


def feed(dates: Iterable[Invitation], *, title: str, refresh_hours: int = 0) -> bytes:
    """Write many dates as one calendar that is followed; what was taken back says so.

    Parameters
    ----------
    title
        What the calendar is called where it is shown.
    refresh_hours
        How often a calendar that follows is asked to look again (RFC 7986); 0 says nothing of it.
    """
    # Stamped by their last changes, so that a calendar without news is the same to the byte. What
    # is published invites nobody (RFC 5546, 3.2.1).
    events = [_event(each, stamped_at=each.changed_at) for each in dates]
    return _file(events, Method.PUBLISH, title, refresh_hours)


def _file(
    events: Iterable[icalendar.Event], method: Method, title: str = "", refresh_hours: int = 0
) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method.value)
    if title:
        calendar.add("x-wr-calname", title)
    if refresh_hours:
        every = datetime.timedelta(hours=refresh_hours)
        calendar.add("refresh-interval", every, parameters={"VALUE": "DURATION"})
        # What programs that know no RFC 7986 read.
        calendar.add("x-published-ttl", f"PT{refresh_hours}H")
    for each in events:
        calendar.add_component(each)
    calendar.add_missing_timezones()
    # The library writes properties by name; readers take them in any order.
    return bytes(calendar.to_ical(sorted=False))


def _event(one: Invitation, *, stamped_at: datetime.datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("summary", one.title)
    event.add("dtstart", one.starts_at.astimezone(ENGLAND))
    event.add("dtend", one.finishes_at.astimezone(ENGLAND))
    event.add("dtstamp", stamped_at.astimezone(datetime.UTC))
    event.add("last-modified", one.changed_at.astimezone(datetime.UTC))
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    for name, said in (("description", one.text), ("location", one.place), ("url", one.link)):
        if said:
            event.add(name, said)
    said_by = {"CN": one.organiser.name}
    event.add("organizer", f"mailto:{one.organiser.address}", parameters=said_by)
    return event
