"""Registers milestones with Django."""

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    """Term by term: what each role has to do, who is stuck, concerns, completion."""

    name = "schoolhubs.service.milestones"
    label = "milestones"

    def ready(self) -> None:
        """Say which dates matter, for the clock of a demonstration."""
        from schoolhubs.service.clock import queries
        from schoolhubs.service.milestones.ahead import dates_ahead  # models are known only now

        queries.register(dates_ahead)
