"""Registers the shared pieces with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Layout, errors, health, logs."""

    name = "schoolhubs.service.web"
    label = "web"
