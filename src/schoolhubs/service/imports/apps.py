"""Registers the import check with Django."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The import check."""

    name = "schoolhubs.service.imports"
    label = "imports"
