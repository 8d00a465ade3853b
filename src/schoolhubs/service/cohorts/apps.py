"""Registers cohorts with Django."""

from django.apps import AppConfig


class CohortsConfig(AppConfig):
    """Intakes by term, waiting lists, deferral."""

    name = "schoolhubs.service.cohorts"
    label = "cohorts"
