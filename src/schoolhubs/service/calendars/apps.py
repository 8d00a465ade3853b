"""Registers calendars with Django."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """Links by which a calendar follows the dates of somebody's school or hub."""

    name = "schoolhubs.service.calendars"
    label = "calendars"
