"""Registers plans with Django."""

import importlib

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PlansConfig(AppConfig):
    """Action plans, their equality screens, approvals and reviews."""

    name = "schoolhubs.service.plans"
    label = "plans"

    def import_models(self) -> None:
        """Import the models of reviews and of what is watched too, which lie deeper."""
        super().import_models()
        importlib.import_module("schoolhubs.service.plans.reviewing.models")
        importlib.import_module("schoolhubs.service.plans.watching.models")

    def ready(self) -> None:
        """Copy anew, after each migration, what must come before a sanction changes."""
        from schoolhubs.service.plans import needing

        post_migrate.connect(needing.copy, sender=self)
