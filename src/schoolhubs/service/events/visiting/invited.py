"""A booking as a date of a calendar, for its file and for calendars that follow."""

import datetime
from collections.abc import Mapping

from django.urls import reverse

from schoolhubs.delivery import invitations
from schoolhubs.service.events.models import Booking, BookingState
from schoolhubs.service.partnerships.telling import Names
from schoolhubs.service.web.exports import calendars


def invitation_to(
    held: Booking, names: Names, changed: Mapping[int, datetime.datetime]
) -> invitations.Invitation:
    """Give a booking that was booked once as a date; its number grows with each change.

    Parameters
    ----------
    changed
        When each booking was last changed, by its number.
    """
    page = reverse("booking", kwargs={"booking_id": held.pk})
    event, where = held.event, names.school(held.event.place_urn)
    return invitations.Invitation(
        uid=calendars.named(f"booking-{held.pk}"), sequence=held.version + event.version,
        title=f"{event.get_kind_display()}: {names.school(event.hub.lead_urn)}",
        starts_at=event.starts, finishes_at=event.finishes,
        changed_at=max(event.changed_at, changed.get(held.pk, held.made_at)), text=event.about,
        place=f"{where}, {event.place}" if event.place else where,
        link=f"{calendars.service_address()}{page}", organiser=calendars.organiser(),
        is_cancelled=held.state != BookingState.BOOKED,
    )  # fmt: skip
