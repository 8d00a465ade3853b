"""Registers events with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Open days and networking events: places, bookings, waiting lists, who came."""

    name = "schoolhubs.service.events"
    label = "events"
