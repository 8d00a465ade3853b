"""Registers clock with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """The time the service goes by; a demonstration can put it forward."""

    name = "schoolhubs.service.clock"
    label = "clock"
