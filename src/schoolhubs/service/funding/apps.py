"""Registers funding with Django."""

import importlib

from django.apps import AppConfig

DEEPER = ("paying", "recovering", "assurance", "deciding", "holding")


class FundingConfig(AppConfig):
    """Declarations, awards, payment runs, clawback and the programme budget."""

    name = "schoolhubs.service.funding"
    label = "funding"

    def import_models(self) -> None:
        """Import the models that lie deeper too: payments, clawback, samples, decisions, holds."""
        super().import_models()
        for each in DEEPER:
            importlib.import_module(f"schoolhubs.service.funding.{each}.models")

    def ready(self) -> None:
        """Say which support days were paid for, on pages that come upstream."""
        from schoolhubs.service.delivery.pages import paid_for
        from schoolhubs.service.funding import queries  # models are known only now

        paid_for.register(queries.paid_records)
