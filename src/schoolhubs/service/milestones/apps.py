"""Registers milestones with Django."""

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    """Term by term: what each role has to do, who is stuck, concerns, completion."""

    name = "schoolhubs.service.milestones"
    label = "milestones"
