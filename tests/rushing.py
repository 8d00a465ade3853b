"""A rush for places: hundreds want the same few at one moment, on many connections."""

import dataclasses
import queue
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence

from django.db import connection, transaction

from eventful import AT, urn_of
from schoolhubs.service.events.doing import booking
from schoolhubs.service.events.models import Event
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict

CONNECTIONS, PATIENCE_SECONDS = 60, 300.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """What became of everybody, and the seconds each waited from the common start."""

    answers: Counter[str]
    faults: tuple[str, ...]
    seconds: tuple[float, ...]

    @property
    def p95(self) -> float:
        """The seconds within which 95 of a hundred had their answer."""
        return sorted(self.seconds)[max(0, -(-95 * len(self.seconds) // 100) - 1)]


def rush(event: Event, n: int, *, waits: bool = False, connections: int = CONNECTIONS) -> Rush:
    """Let ``n`` partners want one place each at the same moment, and give what they were told.

    Each holds a place and books it, as the pages do; whoever finds none is told so, or waits.
    Connections have been in use, as those of web workers have: what each does for the first time,
    such as reading the programme's definition, was done before the common start.
    """
    partners = list(Partnership.objects.order_by("pk")[:n])
    left: queue.SimpleQueue[Partnership] = queue.SimpleQueue()
    for each in partners:
        left.put(each)
    start: list[float] = []
    gate = threading.Barrier(
        connections, action=lambda: start.append(time.perf_counter()), timeout=PATIENCE_SECONDS
    )
    said: list[tuple[str, float]] = []
    faults: list[str] = []

    def work(number: int) -> None:
        try:
            _use(event, partners[number % n], waits)
        except Exception as error:  # without all of them there is no rush: nobody is kept waiting
            faults.append(f"not ready: {type(error).__name__}: {str(error)[:200]}")
            connection.close()
            gate.abort()
            return
        try:
            gate.wait()
            while True:
                try:
                    one = left.get_nowait()
                except queue.Empty:
                    return
                said.append((_want(event, one, waits, faults), time.perf_counter() - start[0]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(each,)) for each in range(connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return Rush(
        answers=Counter(answer for answer, _ in said), faults=tuple(faults),
        seconds=tuple(seconds for _, seconds in said),
    )  # fmt: skip


def _use(event: Event, one: Partnership, waits: bool) -> None:
    """Hold and book a place on a new connection, and take all of it back."""
    with transaction.atomic():
        _want(event, one, waits, [])
        transaction.set_rollback(True)


def _want(event: Event, one: Partnership, waits: bool, faults: list[str]) -> str:
    wanted = booking.Wanted(coming=[booking.Coming(partnership=one, n_people=1)])
    who = {"by": one.partner_urn, "organisation": f"school:{one.partner_urn}", "at": AT,
           "place": "tests"}  # fmt: skip
    try:
        held = booking.hold(event, wanted, key=uuid.uuid4(), waits=waits, **who)
        return str(booking.book(held, **who).state)
    except booking.Full:
        return "full"
    except Conflict as error:
        faults.append(str(error))
    except Exception as error:
        faults.append(f"{type(error).__name__}: {str(error)[:200]}")
    return "fault"


def partners_of(n: int) -> Sequence[str]:
    """Name so many partners."""
    return [urn_of(number) for number in range(1, n + 1)]
