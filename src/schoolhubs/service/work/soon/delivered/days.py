"""Support days that wait: for the lead to record them once over, then for the partner to agree."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.reach import ANSWERERS
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item
from schoolhubs.service.work.soon.rules import name_of


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[SupportDay], JSONObject] | None:
    """Give the days of the actor's schools that wait for their answer, or to be recorded."""
    ours, led = own_urns(actor, *ANSWERERS), own_urns(actor, *LEADS)
    if not ours and not led:
        return None
    urn = "partnership__partner_urn"
    waiting = SupportDay.objects.filter(
        Q(state="delivered", partnership__partner_urn__in=ours)
        | Q(state="planned", on__lt=on, partnership__lead_urn__in=led)
    )
    told = JSONObject(number="pk", on="on", urn=urn, school=name_of(urn), state="state")
    return waiting, told


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give one day."""
    held_on = day(datetime.date.fromisoformat(told["on"]))
    school, named = told["school"] or f"URN {told['urn']}", {"day_id": told["number"]}
    if told["state"] == "planned":
        yield Item(
            words=f"Record the support day of {held_on}, {school}",
            href=reverse("support-day", kwargs=named),
            why="Its date is over: write down what was done, or that it did not take place.",
        )
        return
    yield Item(
        words=f"Say whether the support day of {held_on} took place, {school}",
        href=reverse("support-day-answer", kwargs=named),
        why="Your lead school recorded it. It counts once both schools agree.",
    )
