"""Registers history with Django."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class HistoryConfig(AppConfig):
    """What rows were before they changed."""

    name = "schoolhubs.service.history"
    label = "history"

    def ready(self) -> None:
        """Guard the events of every app anew after each migration, of apps to come too."""
        from schoolhubs.service.history import guarding, naming

        naming.listen()
        # Told once a migration, by an app that has tables: this one has none of its own.
        post_migrate.connect(guarding.guard, sender=apps.get_app_config("pghistory"))
