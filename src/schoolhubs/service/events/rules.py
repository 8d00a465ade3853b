"""What the programme says of an event, as at its day."""

import datetime
import functools
from importlib import resources

from schoolhubs import programmes
from schoolhubs.service.events.models import Event
from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery import EventKind, EventRules
from schoolhubs.vocabulary.written.stored import read_facts


def rules_of(hub: Hub, kind: str, on: datetime.date) -> EventRules:
    """Give the rules of a kind of event of a hub's programme on a day.

    Raises
    ------
    Conflict
        If the programme gives no such event.
    """
    found = kinds_of(hub, on)
    if EventKind(kind) not in found:
        raise Conflict("The programme of this hub has no such events. Nothing was saved.")
    return found[EventKind(kind)]


def kinds_of(hub: Hub, on: datetime.date) -> dict[EventKind, EventRules]:
    """Give the rules of every kind of event that a hub's programme has on a day."""
    return dict(programmes.load(hub.programme_id).as_at(on).events)


@functools.cache
def needs_kept() -> datetime.timedelta:
    """Give for how long after an event what its visitors need is kept.

    >>> needs_kept().days
    28
    """
    file = resources.files("schoolhubs.service.events").joinpath("kept.yaml")
    held = read_facts(file.read_text("utf-8"))
    return datetime.timedelta(weeks=held["needs_kept_weeks"]["value"])


def rules_for(event: Event) -> EventRules:
    """Give the rules of an event."""
    return rules_of(event.hub, event.kind, event.on)
