"""Tells what was delivered at the first hubs of each programme, by the actions that people use."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.demo.delivered.joining import BY as DELIVERED
from schoolhubs.service.demo.year import joining, paying, supporting, teaching, visiting
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership

N_TOLD_OF = 12


def tell_year(programme_ids: Sequence[str], *, lead_urn: str = "", at: datetime.datetime) -> int:
    """Tell of each programme once; told already, it stays.

    Parameters
    ----------
    lead_urn
        The lead school that somebody of the demonstration can sign in at: schools join its hub,
        and its partnerships are told of before others.

    Returns
    -------
    int
        Partnerships that something was delivered in.
    """
    return sum(_tell(each, lead_urn, at=at) for each in programme_ids)


def _tell(programme_id: str, lead_urn: str, *, at: datetime.datetime) -> int:
    days = SupportDay.objects.filter(partnership__programme_id=programme_id)
    if days.exclude(partnership__proposed_by=DELIVERED).exists():
        return 0
    on = timezone.localdate(at)
    running = Partnership.objects.filter(
        programme_id=programme_id, state="running", partner_trust_id="", starts_on__lte=on
    ).exclude(proposed_by=DELIVERED)
    theirs_first = Case(When(lead_urn=lead_urn, then=0), default=1)
    told = list(running.order_by(theirs_first, "pk")[:N_TOLD_OF])
    # Whole or not at all: a load that was cut short is begun anew.
    with transaction.atomic():
        for n, each in enumerate(told):
            supporting.tell(each, n, on=on)
        paying.tell(programme_id, told, on=on)
        led = Hub.objects.filter(programme_id=programme_id, lead_urn=lead_urn).exists()
        # A hub of a delivered year has its partners, open days and training from there.
        is_told = Partnership.objects.filter(
            programme_id=programme_id, lead_urn=lead_urn, proposed_by=DELIVERED
        ).exists()
        joined = joining.join(programme_id, lead_urn, at=at) if led and not is_told else []
        visiting.tell(joined, on=on)
        teaching.tell(joined, on=on)
    return len(told) + len(joined)
