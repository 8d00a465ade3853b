"""Registers rounds with Django."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Rounds and matches."""

    name = "schoolhubs.service.matching"
    label = "matching"
