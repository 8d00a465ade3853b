"""A booking as a date of a calendar, for its file and for calendars that follow."""

from schoolhubs.delivery import invitations
from schoolhubs.service.events.models import Booking, BookingState
from schoolhubs.service.partnerships.telling import Names


def invitation_to(held: Booking, names: Names, *, host: str, link: str) -> invitations.Invitation:
    """Give a booking that was booked once as a date; its number grows with each change.

    Parameters
    ----------
    host
        Of the service: a date has one name for good, in a file and in a calendar that follows.
    link
        The page about it.
    """
    event, where = held.event, names.school(held.event.place_urn)
    return invitations.Invitation(
        uid=f"booking-{held.pk}@{host}", sequence=held.version + event.version,
        title=f"{event.get_kind_display()}: {names.school(event.hub.lead_urn)}",
        starts_at=event.starts, finishes_at=event.finishes,
        changed_at=max(event.changed_at, held.settled_at or held.booked_at or held.made_at),
        text=event.about, place=f"{where}, {event.place}" if event.place else where, link=link,
        is_cancelled=held.state != BookingState.BOOKED,
    )  # fmt: skip
