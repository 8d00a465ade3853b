"""The time the service goes by: what is due, open or over is asked of this clock alone.

It is the machine's own time, but in a demonstration, where an administrator can put it forward by
days. Sessions, keys and the waits of the queue go by the machine's own clock even there; a test
names the few modules that may.
"""

import contextlib
import contextvars
import datetime
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

NOT_AHEAD = datetime.timedelta()


class _Look:
    """What a request or a job was told of the clock, once it asked."""

    ahead: datetime.timedelta | None = None


_look: contextvars.ContextVar[_Look | None] = contextvars.ContextVar("look", default=None)


def now() -> datetime.datetime:
    """Give the moment it is, with its time zone."""
    return timezone.now() + ahead()


def day() -> datetime.date:
    """Give the day it is in England."""
    return timezone.localdate(now())


def moment_of(timestamp: int) -> datetime.datetime:
    """Give the moment of the queue's own time stamp, in seconds since 1970."""
    return datetime.datetime.fromtimestamp(timestamp, tz=datetime.UTC) + ahead()


def ahead() -> datetime.timedelta:
    """Give how far the clock was put forward; nothing, and no question, but in a demonstration."""
    if not settings.ENVIRONMENT.is_demo:
        return NOT_AHEAD
    look = _look.get()
    if look is None:
        return _asked()
    if look.ahead is None:
        look.ahead = _asked()
    return look.ahead


@contextlib.contextmanager
def one_look() -> Iterator[None]:
    """Ask the database for the clock once at most, so that a page or a job goes by one day."""
    token = _look.set(_Look())
    try:
        yield
    finally:
        _look.reset(token)


def look_again() -> None:
    """Forget what was asked: the clock was put forward by whoever calls."""
    if look := _look.get():
        look.ahead = None


def _asked() -> datetime.timedelta:
    from schoolhubs.service.clock.queries import days_ahead  # its table, once Django is ready

    return datetime.timedelta(days=days_ahead())
