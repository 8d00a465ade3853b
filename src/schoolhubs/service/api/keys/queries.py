"""Who a key belongs to, and what it lets a program do as at now."""

import datetime
import hashlib
import hmac

from django.db.models import QuerySet

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Membership, Organisation
from schoolhubs.service.accounts.queries import roles_that_hold
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.keys.scopes import scopes
from schoolhubs.service.api.models import ApiKey

START = "hubs"
MOST_SHOWN = 200


def digest(token: str) -> str:
    """Give what is kept of a key. Its secret is 256 random bits, so that no guess finds it."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(token: str, *, on: datetime.date) -> ApiKey | None:
    """Find the key a program shows; None for one that is not known, has ended, or has expired."""
    start, _, rest = token.partition("_")
    prefix = rest.partition("_")[0]
    if start != START or not prefix.isascii() or not prefix.isalnum():
        return None
    found = ApiKey.objects.select_related("organisation").filter(prefix=prefix).first()
    kept = found.secret_hash if found else digest("")
    if not hmac.compare_digest(kept, digest(token)) or found is None:
        return None
    return found if found.ended_at is None and on < found.expires_on else None


def actor_of(key: ApiKey, scope: str, *, on: datetime.date) -> Actor:
    """Give who a program is while it uses one scope: no roles but those that hold on the day."""
    nobody = Actor(organisation=key.organisation, program=key.prefix)
    if scope not in key.scopes or scope not in scopes():
        return nobody
    roles = scopes()[scope].stands_in_for.get(key.organisation.kind, ())  # type: ignore[call-overload]
    held = roles_that_hold(
        Membership(organisation=key.organisation, roles=[role.value for role in roles]), on=on
    )
    if not held:
        return nobody
    return Actor(organisation=key.organisation, program=key.prefix, roles=held | {Role.API_CLIENT})


def all_keys() -> QuerySet[ApiKey]:
    """Give every key ever made with its organisation, newest first."""
    return ApiKey.objects.select_related("organisation")


def organisation_named(typed: str) -> Organisation | None:
    """Find an organisation by URN, trust's UID, authority's code, or its whole name.

    None where none that ever signed in is called so, or several are.
    """
    asked = " ".join(typed.split())
    if not asked:
        return None
    for field in ("urn", "uid", "la_code"):
        if found := Organisation.objects.filter(**{field: asked}).first():
            return found
    named = Organisation.objects.filter(name__iexact=asked)[:2]
    return named[0] if len(named) == 1 else None
