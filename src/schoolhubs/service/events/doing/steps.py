"""The lock on a hub's events, and the note of each thing that happens to places."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from schoolhubs import delivery
from schoolhubs.service.events.models import Booking, Event, Step
from schoolhubs.service.network.models import Hub

StepKind = delivery.events.StepKind


def lock(event_id: int, hub_id: int | None = None) -> Event:
    """Give an event once nobody else does anything with events of its hub.

    The one lock before everything: a school's visits of a term are counted over all days of its
    hub, so that days are not locked one by one. ``hub_id`` spares a question where it is known.
    """
    if hub_id is None:
        hub_id = Event.objects.values_list("hub_id", flat=True).get(pk=event_id)
    lock_hub(hub_id)
    return Event.objects.select_related("hub").get(pk=event_id)


def lock_hub(hub_id: int) -> None:
    """Wait until nobody else does anything with events of a hub, and let nobody until the end."""
    # Not the strongest lock: rows that name the hub may be written meanwhile.
    Hub.objects.select_for_update(no_key=True).get(pk=hub_id)


def note(
    event: Event,
    kind: StepKind,
    *,
    at: datetime.datetime,
    booking: Booking | None = None,
    n: int = 0,
    lines: Sequence[dict[str, Any]] = (),
) -> Step:
    """Note what happened to places, as the next step."""
    last = Step.objects.filter(event=event).order_by("-number").values("number")[:1]
    return Step.objects.create(
        event=event, number=Coalesce(Subquery(last), 0) + 1, kind=kind.value, booking=booking, n=n,
        lines=list(lines), at=at,
    )  # fmt: skip
