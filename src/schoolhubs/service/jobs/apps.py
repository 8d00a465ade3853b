"""Registers jobs with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that takes longer than a page."""

    name = "schoolhubs.service.jobs"
    label = "jobs"
