"""Open days and networking of a delivered year: booked, waited for, cancelled, come to."""

import collections
import datetime
import functools
import uuid
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs.service.demo.delivered.joining import Told
from schoolhubs.service.demo.delivered.reading import Row, Step, Year, in_turn, words
from schoolhubs.service.demo.year.told import DAY, Doing, partner
from schoolhubs.service.events.doing import attending, changing, preparing
from schoolhubs.service.events.doing.booking import Coming, Wanted, book, hold
from schoolhubs.service.events.models import Event, Party
from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.records.delivery import DayKind, EventKind

STARTS, FINISHES = datetime.time(9, 15), datetime.time(13, 0)
PREPARED, BOOKED_FROM, CLOSED = 56 * DAY, 42 * DAY, 3 * DAY
BETWEEN = datetime.timedelta(minutes=23)  # from one booking to the next
SAYS_SO = 3  # one in so many says what a visit was worth
PLACE = "schoolhubs demo"
Date = datetime.date


def steps(told: Sequence[Told], year: Year, today: Date) -> Iterator[Step]:
    """Give what is done about the events of some hubs, as at a day."""
    by_name = {each.record.partnership_id: each for each in told}
    if not told:
        return
    bookings, hubs = year.by("bookings.csv", "open_day"), _hubs(told)
    for row in year.rows["open_days.csv"]:
        if row["lead_urn"] not in hubs or row["programme_id"] != told[0].record.programme_id:
            continue
        ours = [(by_name[e["partnership_id"]], e) for e in bookings.get(row["open_day"], ())]
        on, n_places = Date.fromisoformat(row["on"]), int(row["places"])
        one = _Event(hubs[row["lead_urn"]], EventKind.OPEN_DAY, on, n_places)
        yield from one.steps(ours, today)
    for (lead_urn, on), came in _networking(told).items():
        one = _Event(hubs[lead_urn], EventKind.NETWORKING, on, max(40, len(came)))
        yield from one.steps([(e, {"party": "1", "state": "came"}) for e in came], today)


def _hubs(told: Sequence[Told]) -> Mapping[str, Hub]:
    rows = Hub.objects.filter(
        programme_id=told[0].record.programme_id,
        lead_urn__in={each.record.lead_urn for each in told},
    ).order_by("started_on")  # fmt: skip
    return {each.lead_urn: each for each in rows}


def _networking(told: Sequence[Told]) -> Mapping[tuple[str, Date], list[Told]]:
    """Give who came to each networking event; the records name no other."""
    found: dict[tuple[str, Date], list[Told]] = collections.defaultdict(list)
    for each in told:
        for day in each.record.days:
            if day.kind is DayKind.NETWORKING:
                found[each.record.lead_urn, day.on].append(each)
    return found


class _Event:
    """One event, from its first booking to who came."""

    def __init__(self, hub: Hub, kind: EventKind, on: Date, n_places: int) -> None:
        self.hub, self.kind, self.on, self.n_places = hub, kind, on, n_places
        self.event: Event | None = None
        self.away: set[int] = set()  # partnerships of which nobody came

    def steps(self, rows: Sequence[tuple[Told, Row]], today: Date) -> Iterator[Step]:
        began = rows[0][0].partnership.starts_on if rows else self.on - PREPARED
        prepared = self._lead(min(max(self.on - PREPARED, began), today))
        yield prepared.at, functools.partial(self._prepare, prepared)
        first = max(self.on - BOOKED_FROM, began + DAY)
        for n, (told, row) in enumerate(rows):
            doing = partner(told.partnership, min(first, today))
            at = doing.at + n * BETWEEN
            ended_on = told.record.ended_on
            if row["state"] == "waiting" and ended_on is not None and ended_on <= self.on:
                continue  # it has left before the day
            if row["state"] == "stayed_away":
                self.away.add(told.partnership.pk)
            yield at, functools.partial(self._book, told, row, n, {**doing.said, "at": at})
        if self.on >= today:
            return
        closed = self._lead(self.on - CLOSED + DAY)
        yield closed.at, functools.partial(self._close, closed)
        held = self._lead(self.on)
        yield held.at, functools.partial(self._hold, held)
        after = self._lead(self.on + DAY)
        yield after.at, functools.partial(self._after, after)

    def _lead(self, on: Date) -> Doing:
        return Doing(by="lead school", organisation=f"school:{self.hub.lead_urn}", on=on)

    def _prepare(self, doing: Doing) -> None:
        is_open_day = self.kind is EventKind.OPEN_DAY
        told = preparing.Told(
            place_urn=self.hub.lead_urn, on=self.on, starts_at=STARTS, finishes_at=FINISHES,
            closes_on=self.on - CLOSED, n_places=self.n_places,
            about=words()["about" if is_open_day else "networking"], access=words()["access"],
        )  # fmt: skip
        self.event = preparing.prepare(self.hub, self.kind, told, opens=True, **doing.said)

    def _book(self, told: Told, row: Row, n: int, said: Mapping[str, object]) -> None:
        assert self.event is not None
        wanted = Wanted(
            coming=[Coming(partnership=told.partnership, n_people=int(row["party"]))],
            roles=in_turn("roles", n), access_needs=words()["needs"] if n % 19 == 1 else "",
        )  # fmt: skip
        waits = row["state"] == "waiting"
        held = hold(self.event, wanted, key=uuid.uuid4(), waits=waits, **said)  # type: ignore[arg-type]
        if waits:
            return
        held = book(held, **said)  # type: ignore[arg-type]
        if row["state"] == "cancelled":
            changing.cancel(held, version=held.version, **said)  # type: ignore[arg-type]

    def _close(self, doing: Doing) -> None:
        assert self.event is not None
        preparing.close(self.event, at=doing.at, place=PLACE)

    def _parties(self) -> list[Party]:
        assert self.event is not None
        stood = self.event.party_set.filter(stands="takes", booking__state="booked")
        return list(stood.select_related("partnership").order_by("pk"))

    def _hold(self, doing: Doing) -> None:
        came = {
            each.pk: 0 if each.partnership_id in self.away else each.n_people
            for each in self._parties()
        }
        assert self.event is not None
        attending.check_in(self.event, came, on=doing.on, **doing.said)

    def _after(self, doing: Doing) -> None:
        assert self.event is not None
        preparing.end_wait(self.event, at=doing.at, place=PLACE)
        came = [each for each in self._parties() if each.partnership_id not in self.away]
        for n, each in enumerate(came[::SAYS_SO] if self.kind is EventKind.OPEN_DAY else ()):
            attending.say(
                [each], useful=5 - n % 3, will_try=n % 4 != 3, words=in_turn("said_of_visits", n),
                **partner(each.partnership, doing.on).said,
            )  # fmt: skip
