"""Registers the demonstration with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Loads a synthetic England."""

    name = "schoolhubs.service.demo"
    label = "demo"
