"""Registers funding with Django."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Declarations, awards, payment runs, clawback and the programme budget."""

    name = "schoolhubs.service.funding"
    label = "funding"
