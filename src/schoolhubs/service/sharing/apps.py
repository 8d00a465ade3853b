"""Registers sharing with Django."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Data agreements: what a lead sees of its partner, what for, and until when."""

    name = "schoolhubs.service.sharing"
    label = "sharing"
