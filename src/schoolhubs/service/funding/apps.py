"""Registers funding with Django."""

import importlib

from django.apps import AppConfig

DEEPER = ("paying", "recovering", "assurance")


class FundingConfig(AppConfig):
    """Declarations, awards, payment runs, clawback and the programme budget."""

    name = "schoolhubs.service.funding"
    label = "funding"

    def import_models(self) -> None:
        """Import the models of payments, clawback and samples too, which lie deeper."""
        super().import_models()
        for each in DEEPER:
            importlib.import_module(f"schoolhubs.service.funding.{each}.models")
