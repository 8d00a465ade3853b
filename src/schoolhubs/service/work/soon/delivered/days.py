"""Support days that the lead recorded, and that wait for the partner to say whether it was so."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.reach import ANSWERERS
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import name_of


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[SupportDay], JSONObject] | None:  # noqa: ARG001
    """Give the days of the actor's schools that wait for their answer."""
    urns = own_urns(actor, *ANSWERERS)
    if not urns:
        return None
    urn = "partnership__partner_urn"
    waiting = SupportDay.objects.filter(state="delivered", partnership__partner_urn__in=urns)
    return waiting, JSONObject(number="pk", on="on", urn=urn, school=name_of(urn))


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give one day."""
    held_on = day(datetime.date.fromisoformat(told["on"]))
    yield Item(
        words=f"Say whether the support day of {held_on} took place, "
        f"{told['school'] or 'URN ' + told['urn']}",
        href=reverse("support-day-answer", kwargs={"day_id": told["number"]}),
        why="Your lead school recorded it. It counts once both schools agree.",
    )
