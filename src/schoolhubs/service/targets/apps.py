"""Registers attendance targets with Django."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Targets of schools, and what schools say of them."""

    name = "schoolhubs.service.targets"
    label = "targets"
