"""What speaks against an event, and may still be meant: its lead is asked before it is saved."""

import uuid

from django.db.models import Q

from schoolhubs.service.delivery import queries as days
from schoolhubs.service.events.doing import settling
from schoolhubs.service.events.doing.preparing import Told
from schoolhubs.service.events.models import Event, EventState, Party
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.vocabulary.errors import DataProblem

Doubt = tuple[str, str]
OFF = (EventState.CANCELLED, EventState.HELD)


def doubts(
    hub: Hub, told: Told, event: Event | None = None, key: uuid.UUID | None = None
) -> list[Doubt]:
    """Say what speaks against an event as it would be, each with the field it is about.

    Parameters
    ----------
    event
        The one that is changed; None for a new one.
    key
        That of a new one's form, which may have made it already.
    """
    found = []
    if event is None or (told.on, told.place_urn) != (event.on, event.place_urn):
        found += _closed(hub, told)
    if event is None or (told.on, told.starts_at) != (event.on, event.starts_at):
        found += _beside(hub, told, event, key)
    if event is not None and list(told.phases) != list(event.phases):
        found += _shut_out(told, event)
    return found


def _closed(hub: Hub, told: Told) -> list[Doubt]:
    """Ask the calendars of the lead and of the school where it is."""
    urns = sorted({hub.lead_urn, told.place_urn})
    names = names_of(urns)
    calendars = days.calendars({urn: names.school(urn) for urn in urns})
    found = []
    for each in calendars.values():
        try:
            why = each.why_not(told.on)
        except DataProblem:
            why = "a day of a year for which no term dates are known"
        if why:
            found.append(("on", f"For {each.name} it is {why}"))
    return found


def _beside(
    hub: Hub, told: Told, event: Event | None, key: uuid.UUID | None
) -> list[Doubt]:  # fmt: skip
    """Look for another event of the hub at the same hours."""
    others = Event.objects.filter(
        hub=hub, on=told.on, starts_at__lt=told.finishes_at, finishes_at__gt=told.starts_at
    ).exclude(state__in=OFF)  # fmt: skip
    own = Q(pk=event.pk) if event else Q(key=key) if key else Q(pk=None)
    other = others.exclude(own).first()
    if other is None:
        return []
    kind = other.get_kind_display()
    return [("on", f"Your hub has another event then: {kind}, {other.starts_at:%H:%M}")]


def _shut_out(told: Told, event: Event) -> list[Doubt]:
    """Look for schools that have booked or wait, and for which the event would not be any more."""
    stands = Party.objects.filter(event=event, stands__in=("takes", "waits"))
    urns = set(stands.values_list("urn", flat=True))
    would_be = Event(phases=list(told.phases))
    out = sorted(urns - settling.of_phases(would_be, urns))
    if not out:
        return []
    names = names_of(out)
    schools = ", ".join(map(names.school, out))
    return [("phases", f"{schools} booked or waits, and is of no phase that it would be for")]
