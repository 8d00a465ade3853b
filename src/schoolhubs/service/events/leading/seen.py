"""What a lead sees of its events: the lists, and one day at five o'clock."""

import dataclasses
import datetime
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import resources
from statistics import fmean
from typing import Any

import polars as pl
from django.db.models import Count, Q

from schoolhubs.service.events import queries
from schoolhubs.service.events.models import Booking, Event, Feedback, Party
from schoolhubs.service.events.rules import kinds_of
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.telling import Names
from schoolhubs.service.partnerships.telling import names_of as names_of
from schoolhubs.vocabulary.calendar import term_finishes_on, term_starts_on
from schoolhubs.vocabulary.records.delivery import EventRules
from schoolhubs.vocabulary.written.stored import read_facts

MOST_LISTED = 200


@functools.cache
def fewest_said() -> int:
    """Give how many schools have answered before what they said is told.

    >>> fewest_said()
    5
    """
    file = resources.files(__package__).joinpath("said.yaml")
    return int(read_facts(file.read_text("utf-8"))["fewest_said"]["value"])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfHub:
    """A hub's events, and how many of each kind it has in this term and the next."""

    hub: Hub
    events: tuple[Event, ...]
    owed: tuple[tuple[EventRules, datetime.date, int], ...]


def of_hub(hub: Hub, on: datetime.date) -> OfHub:
    """Give what the list says of a hub."""
    events = tuple(Event.objects.filter(hub=hub).order_by("-on", "pk")[:MOST_LISTED])
    this = term_starts_on(on)
    owed = tuple(
        (rules, term, _n_in(events, rules.kind.value, term))
        for rules in kinds_of(hub, on).values()
        for term in (this, term_finishes_on(this))
    )
    return OfHub(hub=hub, events=events, owed=owed)


def _n_in(events: Iterable[Event], kind: str, term: datetime.date) -> int:
    off = {"draft", "cancelled"}
    return sum(
        each.kind == kind and each.term_starts_on == term and each.state not in off
        for each in events
    )


def ahead(on: datetime.date) -> list[Event]:
    """Give every hub's events ahead, with how many wait for each."""
    waits = Count("booking", filter=Q(booking__state="waiting"))
    rows = Event.objects.filter(on__gte=on).exclude(state="draft").select_related("hub")
    return list(rows.annotate(n_waiting=waits).order_by("on", "pk")[:MOST_LISTED])


def hubs_on(on: datetime.date) -> list[Hub]:
    """Give the hubs that are not over on a day."""
    going = Q(finished_on__isnull=True) | Q(finished_on__gt=on)
    return list(Hub.objects.filter(going).order_by("programme_id", "lead_urn"))


def standing(event: Event) -> int:
    """Count the parties that have places at an event, or wait for some."""
    return Booking.objects.filter(event=event, state__in=("held", "booked", "waiting")).count()


def names_of_hubs(hubs: Sequence[OfHub]) -> Names:
    """Find the names of leads and of the schools where their events are."""
    return names_of(
        {each.hub.lead_urn for each in hubs} | {e.place_urn for each in hubs for e in each.events}
    )


def names_of_events(events: Sequence[Event]) -> Names:
    """Find the names of the leads of some events, and of where they are."""
    return names_of({u for each in events for u in (each.hub.lead_urn, each.place_urn)})


def the_day(event: Event, *, with_needs: bool = False) -> dict[str, Any]:
    """Give who comes, what they need, who waits and in which order, and what is free.

    ``with_needs`` is for those alone who may read what visitors need; for others it is None.
    """
    bookings = list(
        Booking.objects.filter(event=event, state__in=("held", "booked", "waiting"))
        .prefetch_related("parties")
        .order_by("in_line", "pk")
    )
    coming = [each for each in bookings if each.takes]
    waiting = [each for each in bookings if each.state == "waiting"]
    urns = {one.urn for each in bookings for one in each.together}
    return {
        "event": event,
        "coming": coming,
        "waiting": sorted(waiting, key=lambda each: each.in_line or 0),
        "parties": [one for each in coming for one in each.together],
        "needs": [each for each in coming if each.access_needs] if with_needs else None,
        "names": names_of({event.hub.lead_urn, event.place_urn, *urns}),
    }  # fmt: skip


def feedback_of(event: Event) -> Mapping[str, Any]:
    """Give what those who came said, and nothing of it where few did.

    One answer is one voice, for however many schools of a trust it was given: the first of each
    organisation in each booking counts, and as few organisations as could be guessed are not told.
    """
    rows = Feedback.objects.filter(party__event=event).order_by("pk").select_related("party")
    n_came = Party.objects.filter(event=event, n_came__gt=0).count()
    said = {(_voice(each), each.party.booking_id): each for each in reversed(rows)}
    n = len({voice for voice, _ in said})
    if n < (fewest := fewest_said()):
        return {"n": n, "n_came": n_came, "is_hidden": True, "fewest": fewest}
    # In the order of the alphabet: no order of writing tells whose words they are.
    words = sorted(filter(None, (each.words for each in said.values())))
    return {
        "n": n, "n_came": n_came, "is_hidden": False, "words": words,
        "useful": fmean(each.useful for each in said.values()),
        "will_try": sum(each.will_try for each in said.values()),
    }  # fmt: skip


def _voice(said: Feedback) -> str:
    return said.organisation or f"school:{said.party.urn}"


def attendance(event: Event, *, with_needs: bool) -> pl.DataFrame:
    """Give the attendance list as a table: a row a school that has places.

    It has a column of what visitors need for those alone who may read it.
    """
    parties = Party.objects.filter(event=event, stands="takes").select_related("booking")
    rows = list(parties.order_by("urn"))
    names = names_of({each.urn for each in rows})
    table = pl.DataFrame(
        {
            "urn": [each.urn for each in rows],
            "school": [names.school(each.urn) for each in rows],
            "people_booked": [each.n_people for each in rows],
            "people_who_came": [each.n_came for each in rows],
            "state": [each.booking.get_state_display() for each in rows],
            "roles": [each.booking.roles for each in rows],
            "access_needs": [each.booking.access_needs for each in rows],
        },
        schema={
            "urn": pl.String, "school": pl.String, "people_booked": pl.Int64,
            "people_who_came": pl.Int64, "state": pl.String, "roles": pl.String,
            "access_needs": pl.String,
        },
    )  # fmt: skip
    return table if with_needs else table.drop("access_needs")


def record_of(event: Event) -> dict[str, Any]:
    """Give everything that happened to the places of an event, and what a second look found."""
    steps = queries.steps_of(event)
    pks = {each.booking_id for each in steps if each.booking_id}
    schools = _schools_of(pks)
    return {
        "event": event, "steps": steps, "faults": queries.faults_of(event), "schools": schools,
        "names": names_of({event.hub.lead_urn, *(u for each in schools.values() for u in each)}),
    }  # fmt: skip


def _schools_of(bookings: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {pk: [] for pk in bookings}
    for pk, urn in Party.objects.filter(booking__in=bookings).values_list("booking_id", "urn"):
        found[pk].append(urn)
    return found
