"""What a session keeps, and when it ends: by idleness, by age, by signing out, by being stopped."""

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


def seconds_to_warn(idle: datetime.timedelta) -> tuple[int, int]:
    """Give the seconds after a page until it warns of idleness, and until the session ends.

    >>> seconds_to_warn(datetime.timedelta(minutes=60)), seconds_to_warn(WARNED_BEFORE)
    ((3300, 3600), (150, 300))
    """
    warned = max(idle - WARNED_BEFORE, idle / 2)
    return int(warned.total_seconds()), int(idle.total_seconds())


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
