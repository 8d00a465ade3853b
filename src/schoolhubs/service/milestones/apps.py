"""Registers milestones with Django."""

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    """Term by term: what each role has to do, who is stuck, concerns, completion."""

    name = "schoolhubs.service.milestones"
    label = "milestones"

    def ready(self) -> None:
        """Say which dates matter, and what stands beside a request for a further year."""
        from schoolhubs.service.clock import queries
        from schoolhubs.service.milestones.ahead import dates_ahead  # models are known only now
        from schoolhubs.service.milestones.evidence import evidence_of
        from schoolhubs.service.partnerships.office import beside

        queries.register(dates_ahead)
        beside.register(evidence_of)
