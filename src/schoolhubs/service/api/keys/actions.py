"""Makes keys and ends them, and notes when each was last used."""

import datetime
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.api.keys.queries import START, digest
from schoolhubs.service.api.keys.scopes import scopes_for
from schoolhubs.service.api.manners.limits import limit
from schoolhubs.service.api.models import ApiKey
from schoolhubs.service.audit import actions as audit
from schoolhubs.vocabulary.errors import Conflict

# Small letters and digits that cannot be taken for one another.
READABLE = "bcdfghjkmnpqrstvwxyz23456789"
PREFIX_LETTERS = 8
SECRET_BYTES = 32


def make_key(
    for_: Organisation,
    *,
    name: str,
    scopes: Sequence[str],
    expires_on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> tuple[ApiKey, str]:
    """Make a key; the second of the pair is the key itself, which is kept nowhere.

    Raises
    ------
    Conflict
        If the organisation is closed, of a kind that cannot have one of the scopes, or has a key
        of this name in use: a form sent twice makes no second key that nobody knows of.
    """
    if not for_.is_open:
        raise Conflict(f"{for_.name} is closed. No key was made.")
    if beyond := sorted(set(scopes) - set(scopes_for(for_.kind))):
        kind = for_.get_kind_display().lower()
        raise Conflict(f"A {kind} cannot have the scope {beyond[0]}. No key was made.")
    prefix = "".join(secrets.choice(READABLE) for _ in range(PREFIX_LETTERS))
    token = f"{START}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    with transaction.atomic():
        # Of two that are sent at once, the second sees the first's key.
        Organisation.objects.select_for_update(no_key=True).get(pk=for_.pk)
        in_use = ApiKey.objects.filter(organisation=for_, name=name, ended_at=None)
        if in_use.filter(expires_on__gt=timezone.localdate(at)).exists():
            raise Conflict(
                f"{for_.name} has a key in use that is called “{name}”. No other key was made. "
                "End that one first, or call this one something else."
            )
        key = ApiKey.objects.create(
            prefix=prefix, secret_hash=digest(token), name=name, organisation=for_,
            scopes=sorted(scopes), made_at=at, made_by=by, expires_on=expires_on,
        )  # fmt: skip
        audit.record(
            by=by, at=at, organisation=organisation, action="api_key.make",
            subject=f"api_key:{prefix}", place=place,
            details={
                "for": for_.key, "scopes": key.scopes, "expires_on": expires_on.isoformat()
            },
        )  # fmt: skip
    return key, token


def end_key(
    key: ApiKey, *, reason: str, by: str, organisation: str, at: datetime.datetime, place: str
) -> ApiKey:
    """End a key: from here on no request with it is answered.

    Raises
    ------
    Conflict
        If it was ended already.
    """
    with transaction.atomic():
        held = ApiKey.objects.select_for_update().get(pk=key.pk)
        if held.ended_at is not None:
            raise Conflict("The key was ended already. Nothing was changed.")
        held.ended_at, held.ended_by, held.ended_reason = at, by, reason
        held.save(update_fields=["ended_at", "ended_by", "ended_reason"])
        audit.record(
            by=by, at=at, organisation=organisation, action="api_key.end",
            subject=f"api_key:{held.prefix}", place=place, reason=reason,
        )  # fmt: skip
    return held


def note_use(key: ApiKey, *, at: datetime.datetime) -> None:
    """Note when a key was used, unless it was noted a moment ago."""
    fresh = datetime.timedelta(seconds=limit("use_noted_seconds"))
    if key.last_used_at is None or at - key.last_used_at >= fresh:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
