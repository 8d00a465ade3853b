"""Addresses of events."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:lead_urn>
from schoolhubs.service.events.leading import beside, day
from schoolhubs.service.events.leading import views as leading
from schoolhubs.service.events.sharing_out import ranking
from schoolhubs.service.events.sharing_out import views as shared
from schoolhubs.service.events.visiting import after, views

ONE, MINE = "events/<int:event_id>", "bookings/<int:booking_id>"

urlpatterns: list[URLPattern] = [
    path("events", views.events, name="events"),
    path(f"{ONE}/book", views.book, name="event-book"),
    path(f"{MINE}/check", views.check, name="booking-check"),
    path(MINE, views.booking, name="booking"),
    path(f"{MINE}/calendar.ics", after.calendar, name="booking-calendar"),
    path(f"{MINE}/change", after.change, name="booking-change"),
    path(f"{MINE}/cancel", after.cancel, name="booking-cancel"),
    path(f"{MINE}/feedback", after.feedback, name="booking-feedback"),
    path(f"{ONE}/days", ranking.ranking, name="ranking"),
    path("hub/events", leading.hub_events, name="hub-events"),
    path("office/events", leading.office_events, name="office-events"),
    path("hubs/<str:programme_id>/<urn:lead_urn>/events/new", leading.new, name="event-new"),
    path(
        "hubs/<int:hub_id>/events/<str:event_kind>/<str:term>",
        shared.sharing_out,
        name="sharing-out",
    ),
    path(ONE, day.event, name="event"),
    path(f"{ONE}/edit", leading.edit, name="event-edit"),
    path(f"{ONE}/call-off", leading.call_off, name="event-call-off"),
    path(f"{ONE}/beside-the-rules", beside.beside, name="event-beside"),
    path(f"{ONE}/check-in", day.check_in, name="event-check-in"),
    path(f"{ONE}/hand-down", day.hand_down, name="event-hand-down"),
    path(f"{ONE}/attendance.<str:suffix>", day.attendance, name="event-attendance"),
    path(f"{ONE}/record", day.record, name="event-record"),
]
