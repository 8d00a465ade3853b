"""What a term was shared out to is booked: all that was given, and a place in line for the rest."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse

from schoolhubs.service.events.doing import booking, steps
from schoolhubs.service.events.models import Event, SharedOut
from schoolhubs.service.events.sharing_out import working
from schoolhubs.service.events.sharing_out.actions import latest, record
from schoolhubs.service.events.visiting.seen import term_named
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery import EventKind

UNDER_WAY = (
    "It is being worked out again. Nothing was booked; look at what comes of it, and book that."
)
KEYS = uuid.UUID("6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a74")


def publish(
    shared: SharedOut, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> SharedOut:
    """Book the places of a term as they were shared out; whoever has none waits for a day.

    All that was given is booked, or nothing, and once. Without a day a school waits for the first
    of its choices that it can wait for, is booked where a place came free since, and is told so
    where it can do neither.

    Raises
    ------
    Conflict
        If places were taken since, it was published or worked out again meanwhile, or that is
        under way.
    """
    who = {"by": by, "organisation": organisation, "at": at, "place": place}
    with transaction.atomic():
        steps.lock_hub(shared.hub_id)
        held = SharedOut.objects.select_related("hub").get(pk=shared.pk)
        newest = latest(held.hub, held.kind, held.term_starts_on)
        if held.published_at is not None or newest is None or newest.pk != held.pk:
            raise Conflict("It was published or worked out again meanwhile. Nothing was booked.")
        if working.is_under_way(held.hub, held.kind, held.term_starts_on):
            raise Conflict(UNDER_WAY)
        given, lots = held.record["given"], held.record["lots"]
        asks = {str(ask["school"]): ask for ask in held.record["asks"]}
        for key in (each for each in asks if each in given):
            _book(held, asks[key], given[key], who)
        # Those without a day come last: they wait, and take no place that is another's.
        others = [each for each in asks if each not in given]
        for key in sorted(others, key=lambda one: (not asks[one]["was_left_out"], lots[one])):
            _wait(held, asks[key], who)
        held.published_at, held.published_by = at, by
        held.save(update_fields=["published_at", "published_by"])
        record("event.publish", held, by, organisation, at, place)
    return held


def _book(
    shared: SharedOut, ask: dict[str, Any], pk: int, who: dict[str, Any], *, waits: bool = False
) -> None:
    event = Event.objects.select_related("hub").get(pk=pk)
    one = Partnership.objects.get(pk=ask["school"])
    wanted = booking.Wanted(coming=[booking.Coming(partnership=one, n_people=ask["n_people"])])
    key = uuid.uuid5(KEYS, f"{shared.pk}/{one.pk}")
    made = booking.hold(event, wanted, key=key, waits=waits, **who)
    # Also whoever was to wait may find a place that came free since.
    booking.book(made, **who)


def _wait(shared: SharedOut, ask: dict[str, Any], who: dict[str, Any]) -> None:
    """Let a school wait for the first of its choices that it can wait for, or tell it of none."""
    for pk in ask["choices"]:
        try:
            with transaction.atomic():
                _book(shared, ask, pk, who, waits=True)
        except Conflict:
            continue
        return
    draft = _none_left(shared, Partnership.objects.get(pk=ask["school"]))
    letters.write([draft], by=who["by"], at=who["at"], place=who["place"])


def _none_left(shared: SharedOut, one: Partnership) -> Draft:
    names = names_of({one.partner_urn, one.lead_urn})
    return Draft(
        kind="event_none_left", about=f"shared-out:{shared.pk}", path=reverse("events"),
        organisation_key=f"school:{one.partner_urn}",
        facts={
            "school": names.school(one.partner_urn), "lead": names.school(one.lead_urn),
            "event": EventKind(shared.kind).value.replace("_", " "),
            "term": term_named(shared.term_starts_on),
        },
    )  # fmt: skip
