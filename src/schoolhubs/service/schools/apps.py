"""Registers the school register with Django."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Snapshots of the school register."""

    name = "schoolhubs.service.schools"
    label = "schools"
