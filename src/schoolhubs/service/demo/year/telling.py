"""Tells what was delivered at the first hubs of each programme, by the actions that people use."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.demo.year import paying, supporting
from schoolhubs.service.partnerships.models import Partnership

N_TOLD_OF = 12


def tell_year(programme_ids: Sequence[str], *, at: datetime.datetime) -> int:
    """Tell of each programme once; told already, it stays.

    Returns
    -------
    int
        Partnerships that something was delivered in.
    """
    return sum(_tell(each, on=timezone.localdate(at)) for each in programme_ids)


def _tell(programme_id: str, *, on: datetime.date) -> int:
    if SupportDay.objects.filter(partnership__programme_id=programme_id).exists():
        return 0
    running = Partnership.objects.filter(
        programme_id=programme_id, state="running", partner_trust_id="", starts_on__lte=on
    )
    told = list(running.order_by("pk")[:N_TOLD_OF])
    # Whole or not at all: a load that was cut short is begun anew.
    with transaction.atomic():
        for n, each in enumerate(told):
            supporting.tell(each, n, on=on)
        paying.tell(programme_id, told, on=on)
    return len(told)
