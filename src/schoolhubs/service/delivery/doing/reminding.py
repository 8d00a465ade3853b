"""A partner that has not said whether a day took place is reminded, once."""

import datetime

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.delivery import queries, telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.resting.queries import put_off, resting_among, rests_of


def remind(*, by: str, at: datetime.datetime, place: str) -> int:
    """Write to partners whose answer to a recorded day is overdue; a letter goes once a day.

    One that rests is not written to, and what was asked before waits as long as it rested.

    Returns
    -------
    int
        How many letters were written.
    """
    waiting = SupportDay.objects.filter(state="delivered", delivered_at__isnull=False)
    told, found = 0, list(waiting.select_related("partnership"))
    ids = {each.partnership_id for each in found}
    resting, pauses = resting_among(ids), rests_of(ids)
    for each in found:
        rules = queries.support_of(each.partnership)
        since = each.delivered_at
        if rules is None or since is None or each.partnership_id in resting:
            continue
        due = timezone.localdate(since) + datetime.timedelta(days=rules.answer_within_days)
        on = timezone.localdate(at)
        if on < put_off(due, pauses.get(each.partnership_id, ()), on=on):
            continue
        with transaction.atomic():
            written = letters.write(telling.waits_still(each), by=by, at=at, place=place)
            if written:
                told += written
                changing.record("remind", each, by=by, organisation="", at=at, place=place)
    return told
