"""Registers hubs with Django."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Hubs: lead schools and the places they offer."""

    name = "schoolhubs.service.network"
    label = "network"
