"""Registers a school's own marks with Django."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    """Marks brought in, measured, looked at, and erased."""

    name = "schoolhubs.service.attendance"
    label = "attendance"
