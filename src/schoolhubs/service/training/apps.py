"""Registers training with Django."""

import importlib

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrainingConfig(AppConfig):
    """Training modules, completion and certificates; the library of resources."""

    name = "schoolhubs.service.training"
    label = "training"

    def import_models(self) -> None:
        """Import the models of the library too, which lie deeper."""
        super().import_models()
        importlib.import_module("schoolhubs.service.training.library.models")

    def ready(self) -> None:
        """Copy the words of the library anew, after each migration, to where they are searched."""
        from schoolhubs.service.training.library import indexing

        post_migrate.connect(indexing.copy, sender=self)
