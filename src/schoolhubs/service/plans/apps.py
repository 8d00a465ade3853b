"""Registers plans with Django."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Action plans, their equality screens, approvals and reviews."""

    name = "schoolhubs.service.plans"
    label = "plans"
