"""Events that took place, of which nobody wrote down yet who came."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.events.models import BookingState, Event, EventState, Party
from schoolhubs.service.web.pages import day
from schoolhubs.service.work.items import Item


def rows(actor: Actor, on: datetime.date) -> tuple[QuerySet[Event], JSONObject] | None:
    """Give the events of the actor's hubs up to today that somebody booked, not yet checked in."""
    led = own_urns(actor, *LEADS)
    if not led:
        return None
    coming = Party.objects.filter(
        booking__event=OuterRef("pk"), booking__state=BookingState.BOOKED, n_came__isnull=True
    )
    over = Event.objects.filter(
        Exists(coming), hub__lead_urn__in=led, on__lte=on,
        state__in=(EventState.OPEN, EventState.CLOSED, EventState.HELD),
    )  # fmt: skip
    return over, JSONObject(number=F("pk"), on=F("on"), kind=F("kind"))


def items(told: Mapping[str, Any], actor: Actor, on: datetime.date) -> Iterator[Item]:  # noqa: ARG001
    """Give one event."""
    held_on = day(datetime.date.fromisoformat(told["on"]))
    yield Item(
        words=f"Write down who came to the {told['kind'].replace('_', ' ')} of {held_on}",
        href=reverse("event-check-in", kwargs={"event_id": told["number"]}),
        why="A visit counts for a school once it is written down.",
    )
