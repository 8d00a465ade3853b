"""Registers eligibility with Django."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """The public check, applications, decisions."""

    name = "schoolhubs.service.eligibility"
    label = "eligibility"
