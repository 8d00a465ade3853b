"""Which schools lead a hub on a day."""

import datetime

from django.db.models import Q, QuerySet

from schoolhubs.service.network.models import Hub


def hubs_running_on(on: datetime.date) -> QuerySet[Hub]:
    """Give the hubs of every programme that run on a day, in order of programme and URN."""
    begun = Q(started_on__isnull=True) | Q(started_on__lte=on)
    return hubs_not_over(on).filter(begun)


def hubs_not_over(on: datetime.date) -> QuerySet[Hub]:
    """Give the hubs that run on a day or begin after it, in order of programme and URN.

    One that begins next term is proposed schools now, and its lead answers before it begins.
    """
    standing = Q(finished_on__isnull=True) | Q(finished_on__gt=on)
    return Hub.objects.filter(standing).order_by("programme_id", "lead_urn")


def hubs_on(programme_id: str, on: datetime.date) -> QuerySet[Hub]:
    """Give the hubs of a programme that run on a day, in order of URN."""
    return hubs_running_on(on).filter(programme_id=programme_id)
