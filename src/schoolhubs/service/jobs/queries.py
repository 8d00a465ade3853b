"""Which work there is, and how long it has waited."""

import datetime

from django.db.models import Case, Count, IntegerField, Min, QuerySet, Value, When

from schoolhubs.service.jobs.models import State, Work

MOST_LISTED = 50


def latest(organisation: str) -> QuerySet[Work]:
    """Give the newest work an organisation may see, what was parked first."""
    rank = Case(
        When(state=State.FAILED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return seen_by(organisation).order_by(rank, "-pk")[:MOST_LISTED]


def seen_by(organisation: str) -> QuerySet[Work]:
    """Give the work of an organisation, and the work of none, which the service's commands ask."""
    return Work.objects.filter(organisation__in={"", organisation})


def by_state() -> dict[str, int]:
    """Count the work in each state."""
    counted = Work.objects.order_by().values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in counted}
    return {state: found.get(state, 0) for state in State.values}


def queue_age_seconds(*, at: datetime.datetime) -> float:
    """Give how long the longest-waiting piece has waited; 0 where none waits."""
    oldest = Work.objects.filter(state=State.WAITING).aggregate(oldest=Min("asked_at"))["oldest"]
    return max((at - oldest).total_seconds(), 0.0) if oldest else 0.0
