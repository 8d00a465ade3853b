"""Registers the API with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Keys, kept answers and counted requests of the API."""

    name = "schoolhubs.service.api"
    label = "api"
