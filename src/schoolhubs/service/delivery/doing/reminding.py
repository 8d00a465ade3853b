"""A partner that has not said whether a day took place is reminded, once."""

import datetime

from django.db import transaction

from schoolhubs.service.delivery import queries, telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.letters import actions as letters


def remind(*, by: str, at: datetime.datetime, place: str) -> int:
    """Write to partners whose answer to a recorded day is overdue; a letter goes once a day.

    Returns
    -------
    int
        How many letters were written.
    """
    waiting = SupportDay.objects.filter(state="delivered", delivered_at__isnull=False)
    told = 0
    for each in waiting.select_related("partnership"):
        rules = queries.support_of(each.partnership)
        since = each.delivered_at
        if rules is None or since is None:
            continue
        if at - since < datetime.timedelta(days=rules.answer_within_days):
            continue
        with transaction.atomic():
            written = letters.write(telling.waits_still(each), by=by, at=at, place=place)
            if written:
                told += written
                changing.record("remind", each, by=by, organisation="", at=at, place=place)
    return told
