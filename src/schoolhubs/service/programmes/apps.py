"""Registers the programme pages with Django."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programme pages and brochures."""

    name = "schoolhubs.service.programmes"
    label = "programmes"
