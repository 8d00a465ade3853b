"""Registers the figures for those who look on with Django."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Figures for local authorities and evaluators; it keeps no rows of its own."""

    name = "schoolhubs.service.reporting"
    label = "reporting"
