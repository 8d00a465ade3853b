"""A lead school's hub as a whole: its partners with leadership days, and their ledgers added up."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from schoolhubs.delivery import days
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.partnerships.models import STANDS, Partnership

Ledger = days.ledger.Ledger


def partnerships_of(lead_urn: str, today: datetime.date) -> list[Partnership]:
    """Give a lead's partnerships that have leadership days and are not long over."""
    since = today - datetime.timedelta(days=366)
    ours = Partnership.objects.filter(
        lead_urn=lead_urn, state__in=STANDS, finishes_on__gt=since
    ).exclude(state="proposed")
    found = ours.order_by("starts_on", "partner_urn", "pk")
    return [each for each in found if queries.entitled_days(each)]


def ledger_of_hub(found: Iterable[Partnership], held: Mapping[int, Sequence[SupportDay]]) -> Ledger:
    """Add the ledgers of several partners up."""
    told = [queries.ledger_of(each, held.get(each.pk, ())) for each in found]
    names = [field.name for field in dataclasses.fields(Ledger)]
    return Ledger(**{name: sum(getattr(each, name) for each in told) for name in names})
