"""Registers plans with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PlansConfig(AppConfig):
    """Action plans, their equality screens, approvals and reviews."""

    name = "schoolhubs.service.plans"
    label = "plans"

    def ready(self) -> None:
        """Copy anew, after each migration, what must come before a sanction changes."""
        from schoolhubs.service.plans import needing

        post_migrate.connect(needing.copy, sender=self)
