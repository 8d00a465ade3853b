"""What a session keeps, and when it ends: by idleness, by age, by signing out, by being stopped."""

import dataclasses
import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from schoolhubs.service.accounts.models import Organisation, Person

PERSON = "person"
ORGANISATION = "organisation"
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ID_TOKEN = "id_token"  # noqa: S105 - the name of a place, not a secret
SEEN_EVERY = datetime.timedelta(minutes=1)
# A page says so this long before idleness ends the session; an hour is the rule, so this is short.
WARNED_BEFORE = datetime.timedelta(minutes=5)
IDLE, AGE, STOPPED = "idle", "age", "stopped"
# In the address of what a page asks for by itself: nobody is there only because a page is open.
BY_ITSELF = "by-itself"


def begin(request: HttpRequest, person: Person, *, at: datetime.datetime, id_token: str) -> None:
    """Begin a session under a new id; nothing of the one before is kept."""
    request.session.flush()
    request.session[PERSON] = person.pk
    request.session[SIGNED_IN_AT] = at.isoformat()
    request.session[SEEN_AT] = at.isoformat()
    request.session[ID_TOKEN] = id_token
    rotate_token(request)


def act_for(request: HttpRequest, organisation: Organisation) -> None:
    """Act for an organisation from now on, under a new id."""
    request.session.cycle_key()
    request.session[ORGANISATION] = organisation.pk
    rotate_token(request)


def end(request: HttpRequest) -> str:
    """End the session for good; a copy of its cookie opens nothing.

    Returns
    -------
    str
        The identity token it began with, for the provider.
    """
    id_token = str(request.session.get(ID_TOKEN, ""))
    request.session.flush()
    return id_token


def why_over(
    session: SessionBase,
    person: Person,
    *,
    at: datetime.datetime,
    idle: datetime.timedelta,
    longest: datetime.timedelta,
) -> str:
    """Say why a session has ended, whatever its cookie says: idle, age, stopped; blank if not."""
    began = _moment(session.get(SIGNED_IN_AT))
    seen = _moment(session.get(SEEN_AT))
    if began is None or seen is None or person.is_stopped:
        return STOPPED
    if person.sessions_ended_at and began <= person.sessions_ended_at:
        return STOPPED
    if at - began > longest:
        return AGE
    return IDLE if at - seen > idle else ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many seconds from now a page warns, how many until the session ends, and by what."""

    warn_seconds: int
    over_seconds: int
    why: str


def ending(
    session: SessionBase,
    *,
    at: datetime.datetime,
    idle: datetime.timedelta,
    longest: datetime.timedelta,
) -> Ending:
    """Say when a session ends if nothing more is opened: by idleness or age, the sooner.

    >>> at = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
    >>> session = {SIGNED_IN_AT: at.isoformat(), SEEN_AT: at.isoformat()}
    >>> day = datetime.timedelta(hours=12)
    >>> ending(session, at=at, idle=datetime.timedelta(minutes=60), longest=day)
    Ending(warn_seconds=3300, over_seconds=3600, why='idle')
    >>> ending(session, at=at, idle=WARNED_BEFORE, longest=day)
    Ending(warn_seconds=150, over_seconds=300, why='idle')
    >>> ending(session, at=at, idle=2 * day, longest=day)
    Ending(warn_seconds=42900, over_seconds=43200, why='age')
    """
    seen = _moment(session.get(SEEN_AT)) or at
    began = _moment(session.get(SIGNED_IN_AT)) or at
    left, why = min((seen + idle - at, IDLE), (began + longest - at, AGE))
    warned = max(left - min(WARNED_BEFORE, idle / 2), datetime.timedelta())
    return Ending(
        warn_seconds=int(warned.total_seconds()), over_seconds=int(left.total_seconds()), why=why
    )


def see(session: SessionBase, *, at: datetime.datetime) -> None:
    """Note that the session is in use; written once a minute at most."""
    seen = _moment(session.get(SEEN_AT))
    if seen is None or at - seen >= SEEN_EVERY:
        session[SEEN_AT] = at.isoformat()


def _moment(said: Any) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
