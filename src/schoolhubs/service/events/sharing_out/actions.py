"""A term with too few places is shared out: schools rank its days, and bookings are made of it."""

import datetime
import uuid
import zlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import booking, settling, steps
from schoolhubs.service.events.models import Event, EventState, Ranking, SharedOut
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.travelling import minutes_to
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_what_is_new
from schoolhubs.service.schools import queries as schools
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.errors import Conflict

KEYS = uuid.UUID("6f0d1c3a-8a52-4b7e-9d0e-2f6d3b1c5a74")


def rank(
    partnerships: Sequence[Partnership],
    event: Event,
    choices: Sequence[int],
    *,
    n_people: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Keep which days of a term some schools accept, the best first, and how many would come.

    Raises
    ------
    Conflict
        If a day is not one of the term's, stands twice, too many people would come, or a school's
        partnership rests.
    """
    days = {each.pk for each in days_of(event.hub, event.kind, event.term_starts_on)}
    if not choices or len(set(choices)) != len(choices) or not set(choices) <= days:
        raise Conflict("The days of the term changed meanwhile. Nothing was saved; look again.")
    most = rules_for(event).largest_party
    if not 1 <= n_people <= most:
        raise Conflict(f"From 1 to {most} people of a school come. Nothing was saved.")
    with transaction.atomic():
        for each in partnerships:
            refuse_what_is_new(each.pk)
            Ranking.objects.update_or_create(
                partnership=each, kind=event.kind, term_starts_on=event.term_starts_on,
                defaults={"choices": list(choices), "n_people": n_people, "made_at": at,
                          "made_by": by},
            )  # fmt: skip
        audit.record(
            by=by, organisation=organisation, at=at, action="event.rank", place=place,
            subject=f"event:{event.pk}", details={"schools": len(partnerships)},
        )  # fmt: skip


def days_of(hub: Hub, kind: str, term: datetime.date) -> list[Event]:
    """Give the days of a hub's term that can be booked."""
    rows = Event.objects.filter(hub=hub, kind=kind, term_starts_on=term, state=EventState.OPEN)
    return list(rows.select_related("hub").order_by("on", "pk"))


def rankings_of(hub: Hub, kind: str, term: datetime.date) -> list[Ranking]:
    """Give what a hub's partners said of a term."""
    rows = Ranking.objects.filter(
        kind=kind, term_starts_on=term, partnership__programme_id=hub.programme_id,
        partnership__lead_urn=hub.lead_urn,
    )  # fmt: skip
    return list(rows.select_related("partnership").order_by("partnership_id"))


def latest(hub: Hub, kind: str, term: datetime.date) -> SharedOut | None:
    """Give how a term was shared out last."""
    return SharedOut.objects.filter(hub=hub, kind=kind, term_starts_on=term).last()


def share_out(
    hub: Hub,
    kind: str,
    term: datetime.date,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SharedOut:
    """Work out the best way to share the free places of a term among those that ranked its days.

    The lottery's seed follows from hub, kind and term: nobody draws until it pleases.

    Raises
    ------
    Conflict
        If there is nothing to share, or nobody to share it among.
    """
    days = days_of(hub, kind, term)
    asked = [one for one in rankings_of(hub, kind, term) if _may_come(one, days)]
    if not days or not asked:
        raise Conflict("There is no day to share out, or no school without one that asked.")
    seed = zlib.crc32(f"{hub.programme_id}/{hub.lead_urn}/{kind}/{term}".encode())
    given_days = [
        delivery.events.Day(day=each.pk, n_free=each.n_free, phases=frozenset(each.phases))
        for each in days
    ]
    asks = _asks(hub, kind, term, asked, days)
    found = delivery.events.allocate(given_days, asks, seed=seed)
    record = {
        "days": [{"day": each.day, "n_free": each.n_free} for each in given_days],
        "asks": [
            {"school": each.school, "n_people": each.n_people, "choices": list(each.choices),
             "minutes": dict(each.minutes), "was_left_out": each.was_left_out} for each in asks
        ],
        "given": dict(found.given), "left_out": list(found.left_out), "cost": found.by_aim(),
        "lots": dict(found.lots), "why": {key: dict(one) for key, one in found.why.items() if one},
    }  # fmt: skip
    with transaction.atomic():
        made = SharedOut.objects.create(
            hub=hub, kind=kind, term_starts_on=term, seed=seed, record=record, made_at=at,
            made_by=by,
        )  # fmt: skip
        _record("event.share-out", made, by, organisation, at, place)
    return made


def _may_come(ranking: Ranking, days: Sequence[Event]) -> bool:
    """Tell whether a school has still a visit to have on one of the days that it ranked."""
    ours = [each for each in days if each.pk in ranking.choices]
    return (
        any(not settling.barred(each, ranking.partnership, rules_for(each)) for each in ours[:1])
        and not ranking.partnership.party_set.filter(
            event__in=days, stands__in=("takes", "waits")
        ).exists()
    )


def _asks(
    hub: Hub, kind: str, term: datetime.date, asked: Sequence[Ranking], days: Sequence[Event]
) -> list[Any]:
    """Give what each school asks for, with its way, its phase and whether it was left out last."""
    before = latest_published(hub, kind, term_starts_on(term - datetime.timedelta(days=1)))
    left_out = set(before.record["left_out"]) if before else set()
    ways = minutes_to(days, [each.partnership for each in asked])
    phases = _phases({each.partnership.partner_urn for each in asked})
    there = {each.pk for each in days}
    return [
        delivery.events.Asks(
            school=each.partnership_id, n_people=each.n_people,
            choices=tuple(day for day in each.choices if day in there),
            minutes=ways.get(each.partnership_id, {}),
            phase=phases.get(each.partnership.partner_urn, ""),
            was_left_out=each.partnership_id in left_out,
        )
        for each in asked
    ]  # fmt: skip


def latest_published(hub: Hub, kind: str, term: datetime.date) -> SharedOut | None:
    """Give how a term was shared out, once it was booked so."""
    rows = SharedOut.objects.filter(hub=hub, kind=kind, term_starts_on=term)
    return rows.filter(published_at__isnull=False).last()


def _phases(urns: set[str]) -> dict[str, str]:
    snapshot = schools.current_snapshot()
    if snapshot is None:
        return {}
    return dict(schools.schools_of(snapshot).filter(urn__in=urns).values_list("urn", "phase"))


def publish(
    shared: SharedOut, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> SharedOut:
    """Book the places of a term as they were shared out; whoever has none waits for its first day.

    All of it or nothing, and once.

    Raises
    ------
    Conflict
        If places were taken since, or it was published or worked out again meanwhile.
    """
    who = {"by": by, "organisation": organisation, "at": at, "place": place}
    with transaction.atomic():
        steps.lock_hub(shared.hub_id)
        held = SharedOut.objects.select_related("hub").get(pk=shared.pk)
        newest = latest(held.hub, held.kind, held.term_starts_on)
        if held.published_at is not None or newest is None or newest.pk != held.pk:
            raise Conflict("It was published or worked out again meanwhile. Nothing was booked.")
        given = held.record["given"]
        # Those without a day come last: they wait, and take no place that is another's.
        for ask in sorted(held.record["asks"], key=lambda one: str(one["school"]) not in given):
            _book(held, ask, given.get(str(ask["school"])), who)
        held.published_at, held.published_by = at, by
        held.save(update_fields=["published_at", "published_by"])
        _record("event.publish", held, by, organisation, at, place)
    return held


def _book(shared: SharedOut, ask: dict[str, Any], day: int | None, who: dict[str, Any]) -> None:
    event = Event.objects.select_related("hub").get(pk=day or ask["choices"][0])
    one = Partnership.objects.get(pk=ask["school"])
    wanted = booking.Wanted(coming=[booking.Coming(partnership=one, n_people=ask["n_people"])])
    key = uuid.uuid5(KEYS, f"{shared.pk}/{one.pk}")
    theirs = {**who, "organisation": f"school:{one.partner_urn}"}
    made = booking.hold(event, wanted, key=key, waits=day is None, **theirs)
    if day is not None:
        booking.book(made, **theirs)


def _record(
    action: str, one: SharedOut, by: str, organisation: str, at: datetime.datetime, place: str
) -> None:
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place,
        subject=f"event:{one.record['days'][0]['day']}",
        details={"given": len(one.record["given"]), "left_out": len(one.record["left_out"])},
    )  # fmt: skip
