"""Who asks through the API: a program with a key, or anybody at all."""

import dataclasses
import datetime
from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone

from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.api.keys import actions, queries
from schoolhubs.service.api.manners import limits
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.models import ApiKey


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request, as the operations see it.

    Parameters
    ----------
    key
        None where no key was shown.
    actor
        The key's organisation, in the roles that the operation's scope gives it now.
    at
        The moment of the request.
    place
        Method and path, as the audit log keeps them.
    """

    key: ApiKey | None
    actor: Actor
    at: datetime.datetime
    place: str

    @property
    def who(self) -> Mapping[str, str]:
        """The words the audit log keeps of who asked."""
        return {"by": self.actor.by, "organisation": self.actor.organisation_key}


class AskedRequest(HttpRequest):
    """A request that was let through to its operation.

    ``refusal`` is filled where the operation answered as if nothing were there.
    """

    asking: Asking
    refusal: str = ""


def key_of(request: HttpRequest, *, at: datetime.datetime) -> ApiKey | None:
    """Give the key shown, having counted the request against it, or else against its address.

    Raises
    ------
    Refused
        For a key that is not known, and for too many requests.
    """
    said = request.headers.get("Authorization", "")
    kind, _, token = said.partition(" ")
    is_bearer = kind.casefold() == "bearer"
    key = queries.key_of(token.strip(), on=timezone.localdate(at)) if is_bearer else None
    if key is None:
        limits.count(limits.address_of(request), limits.limit("requests_without_key"), at=at)
        if said:
            raise Refused("key_refused", "" if is_bearer else "A key is sent as “Bearer”.")
        return None
    limits.count(f"key:{key.prefix}", limits.limit("requests_with_key"), at=at)
    actions.note_use(key, at=at)
    return key


def actor_of(key: ApiKey | None, *, scope: str, extra_scope: str, at: datetime.datetime) -> Actor:
    """Give who asks, in the roles that hold for the operation.

    Parameters
    ----------
    scope
        Without which the operation is refused; blank for a public one.
    extra_scope
        With which a public operation tells more.

    Raises
    ------
    Refused
        ``key_missing`` or ``not_permitted``.
    """
    on = timezone.localdate(at)
    if key is None:
        if scope:
            raise Refused("key_missing", f"This needs a key with the scope {scope}.")
        return ANYBODY
    actor = queries.actor_of(key, scope or extra_scope, on=on)
    if scope and scope not in key.scopes:
        raise Refused("not_permitted", f"This needs a key with the scope {scope}.")
    if scope and not actor.roles:
        raise Refused(
            "not_permitted",
            f"The scope {scope} gives {key.organisation.name} nothing today: it is closed, of "
            "another kind, or leads no hub.",
        )
    return actor
