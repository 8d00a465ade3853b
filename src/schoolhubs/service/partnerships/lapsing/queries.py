"""Which proposals lapsed with nothing since, for the office and for a hub."""

import datetime
from collections.abc import Collection

from django.db.models import Q, QuerySet

from schoolhubs.service.partnerships.doing.pairs import CAN_BE_PROPOSED
from schoolhubs.service.partnerships.lapsing.rules import standing
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.queries import lapsed


def to_propose_again() -> QuerySet[Partnership]:
    """Give what the office can propose again: its school still asks to take part."""
    asks = Q(application=None) | Q(application__state__in=CAN_BE_PROPOSED)
    return lapsed().filter(asks).select_related("application").order_by("answer_by", "pk")


def of_hubs(lead_urns: Collection[str], *, on: datetime.date) -> QuerySet[Partnership]:
    """Give what lapsed lately of what was proposed to some hubs, with nothing since."""
    since = on - datetime.timedelta(days=standing().shown_days)
    ours = lapsed().filter(lead_urn__in=lead_urns, partner_trust_id="", answer_by__gte=since)
    return ours.order_by("answer_by", "partner_urn")
