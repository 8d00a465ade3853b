"""Registers surveys with Django."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Surveys of pupils and staff: set up, answered, closed and shown."""

    name = "schoolhubs.service.surveys"
    label = "surveys"
