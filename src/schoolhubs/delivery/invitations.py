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
    organiser
        Address that the invitation is from; blank leaves it out.
    link
        The page about it.

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
    organiser: str = ""
    is_cancelled: bool = False

    def __post_init__(self) -> None:
        times = (self.starts_at, self.finishes_at, self.changed_at)
        if any(each.tzinfo is None for each in times):
            raise ValueError(f"{self.uid}: every time of an invitation has a time zone")
        if self.finishes_at <= self.starts_at:
            raise ValueError(f"{self.uid}: it finishes at {self.finishes_at}, before it starts")


def invitation(one: Invitation) -> bytes:
    """Write one date as a file for a calendar (RFC 5545 and 5546).

    A date that was taken back is a cancellation, which removes it wherever it is held.

    Examples
    --------
    >>> at = datetime.datetime(2026, 11, 20, 9, tzinfo=ENGLAND)
    >>> one = Invitation(uid="day-1@hubs.example", sequence=2, title="Support day", starts_at=at,
    ...                  finishes_at=at.replace(hour=12), changed_at=at, is_cancelled=True)
    >>> print(invitation(one).decode().splitlines()[3])
    METHOD:CANCEL
    """
    return _file([one], Method.CANCEL if one.is_cancelled else Method.REQUEST)


def feed(dates: Iterable[Invitation], *, title: str, refresh_hours: int = 0) -> bytes:
    """Write many dates as one calendar that is followed; what was taken back says so.

    Parameters
    ----------
    title
        What the calendar is called where it is shown.
    refresh_hours
        How often a calendar that follows is asked to look again (RFC 7986); 0 says nothing of it.
    """
    return _file(dates, Method.PUBLISH, title, refresh_hours)


def _file(
    dates: Iterable[Invitation], method: Method, title: str = "", refresh_hours: int = 0
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
    for each in dates:
        calendar.add_component(_event(each))
    calendar.add_missing_timezones()
    # The library writes properties by name; readers take them in any order.
    return bytes(calendar.to_ical(sorted=False))


def _event(one: Invitation) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("summary", one.title)
    event.add("dtstart", one.starts_at.astimezone(ENGLAND))
    event.add("dtend", one.finishes_at.astimezone(ENGLAND))
    event.add("dtstamp", one.changed_at.astimezone(datetime.UTC))
    event.add("last-modified", one.changed_at.astimezone(datetime.UTC))
    event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    for name, said in (("description", one.text), ("location", one.place), ("url", one.link)):
        if said:
            event.add(name, said)
    if one.organiser:
        event.add("organizer", f"mailto:{one.organiser}")
    return event
