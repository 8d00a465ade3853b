"""Open days of the demonstration: one that took place, one that is full with a waiting list."""

import datetime
import uuid
from collections.abc import Iterator, Sequence

from schoolhubs.service.demo.year.told import DAY, Doing, partner, story
from schoolhubs.service.events.doing import attending, preparing
from schoolhubs.service.events.doing.booking import Coming, Full, Wanted, book, hold
from schoolhubs.service.events.models import Event
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.records.delivery import EventKind

STARTS, FINISHES = datetime.time(9, 15), datetime.time(13, 0)
LEAST_AHEAD, MOST_PEOPLE = 12 * DAY, 3
CLOSES_BEFORE = 3 * DAY


def tell(partnerships: Sequence[Partnership], *, on: datetime.date) -> None:
    """Tell of a hub's days: the partners of one lead, which are to come in two halves.

    The first half was at a day earlier in the term, one of them without coming; the rest want to
    come to a day ahead that has fewer places than they are.
    """
    if not partnerships:
        return
    hub = Hub.objects.filter(
        programme_id=partnerships[0].programme_id, lead_urn=partnerships[0].lead_urn
    ).order_by("-started_on")[:1].get()  # fmt: skip
    half = len(partnerships) // 2
    was = _weekday(max(term_starts_on(on) + 5 * DAY, on - 40 * DAY))
    if was < on:
        _held(hub, partnerships[:half], was, on=on)
    ahead = _weekday(on + LEAST_AHEAD)
    rest = partnerships[half:]
    _full(hub, rest, ahead, n_places=max(2 * len(rest) - 5, 2), on=on)
    _networking(hub, partnerships[:3], _weekday(ahead + 5 * DAY), on=on)


def _weekday(day: datetime.date) -> datetime.date:
    """Give a day, or the Monday after it where it lies on a weekend."""
    return day + (7 - day.weekday()) * DAY if day.weekday() > 4 else day


def _prepared(hub: Hub, kind: EventKind, day: datetime.date, n_places: int, doing: Doing) -> Event:
    said = story()["visits"]
    told = preparing.Told(
        place_urn=hub.lead_urn, on=day, starts_at=STARTS, finishes_at=FINISHES,
        closes_on=day - CLOSES_BEFORE, n_places=n_places, about=said["about"],
        access=said["access"],
    )  # fmt: skip
    return preparing.prepare(hub, kind, told, opens=True, **doing.said)


def _booked(
    event: Event, partnerships: Sequence[Partnership], *, first: datetime.date
) -> Iterator[bool]:
    """Let partners book one after another, in parties of two and three; say who had to wait."""
    said = story()["visits"]
    for n, each in enumerate(partnerships):
        doing = partner(each, first + (n // 5) * DAY)
        wanted = Wanted(
            coming=[Coming(partnership=each, n_people=min(2 + (n % 3 == 2), MOST_PEOPLE))],
            roles=said["roles"], access_needs=said["needs"] if n == 1 else "",
        )  # fmt: skip
        try:
            made = hold(event, wanted, key=uuid.uuid4(), **doing.said)
        except Full:
            hold(event, wanted, key=uuid.uuid4(), waits=True, **doing.said)
            yield False
            continue
        book(made, **doing.said)
        yield True


def _held(
    hub: Hub, partnerships: Sequence[Partnership], day: datetime.date, *, on: datetime.date
) -> None:
    before, open_day = day - 30 * DAY, EventKind.OPEN_DAY
    doing = Doing(by="lead school", organisation=f"school:{hub.lead_urn}", on=before)
    event = _prepared(hub, open_day, day, 30, doing)
    list(_booked(event, partnerships, first=before + 2 * DAY))
    event.refresh_from_db()
    preparing.close(event, at=_at(hub, day - 2 * DAY).at, place="schoolhubs demo")
    parties = list(event.party_set.select_related("partnership").order_by("pk"))
    # Nobody came from the second school.
    came = {each.pk: 0 if n == 1 else each.n_people for n, each in enumerate(parties)}
    attending.check_in(event, came, on=day, **_at(hub, day).said)
    for n, each in enumerate(one for one in parties if came[one.pk]):
        attending.say(
            [each], useful=5 - n % 2, will_try=n % 3 != 2, words=story()["visits"]["words"],
            **partner(each.partnership, min(day + DAY, on)).said,
        )  # fmt: skip


def _full(
    hub: Hub, partnerships: Sequence[Partnership], day: datetime.date, *, n_places: int,
    on: datetime.date,
) -> None:  # fmt: skip
    event = _prepared(hub, EventKind.OPEN_DAY, day, n_places, _at(hub, on - 10 * DAY))
    list(_booked(event, partnerships, first=on - 8 * DAY))


def _networking(
    hub: Hub, partnerships: Sequence[Partnership], day: datetime.date, *, on: datetime.date
) -> None:
    event = _prepared(hub, EventKind.NETWORKING, day, 40, _at(hub, on - 6 * DAY))
    list(_booked(event, partnerships, first=on - 4 * DAY))


def _at(hub: Hub, on: datetime.date) -> Doing:
    return Doing(by="lead school", organisation=f"school:{hub.lead_urn}", on=on)
