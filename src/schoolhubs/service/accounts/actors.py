"""Who is asking: a person, for an organisation, in the roles they hold there now."""

import dataclasses
from typing import Any

from django.http import HttpRequest

from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.accounts.roles import Role


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a request; :data:`ANYBODY` where nobody is signed in.

    Parameters
    ----------
    person, organisation
        None where nobody is signed in; an organisation is None until one is chosen.
    roles
        Held by the person, for the organisation, at the time of the request.
    before
        Roles that count no more, as the hub they were for is over. Money that is owed for that time
        is reached by them, and nothing else.
    is_unknown
        The provider could not be asked: what the person may do is not known, so it is nothing.
    program
        The public part of a program's key, where a program asks in no person's name.
    """

    person: Person | None = None
    organisation: Organisation | None = None
    roles: frozenset[Role] = frozenset()
    before: frozenset[Role] = frozenset()
    is_unknown: bool = False
    program: str = ""

    @property
    def is_signed_in(self) -> bool:
        """Somebody is."""
        return self.person is not None

    @property
    def by(self) -> str:
        """The name the audit log keeps: the sign-in's subject, which never changes, or a key."""
        if self.program:
            return f"key:{self.program}"
        return self.person.subject if self.person else "nobody signed in"

    @property
    def organisation_key(self) -> str:
        """The organisation as the audit log keeps it, such as ``school:900001``."""
        return self.organisation.key if self.organisation else ""

    def holds(self, *roles: Role) -> bool:
        """Tell whether the actor holds at least one of some roles.

        >>> Actor(roles=frozenset({Role.AUDITOR})).holds(Role.AUDITOR, Role.OFFICE_READ)
        True
        """
        return not self.roles.isdisjoint(roles)

    def as_it_was(self) -> "Actor":
        """Give the actor with the roles of a hub that is over, as if it were not.

        >>> was = Actor(before=frozenset({Role.LEAD_SCHOOL}))
        >>> was.holds(Role.LEAD_SCHOOL), was.as_it_was().holds(Role.LEAD_SCHOOL)
        (False, True)
        """
        return dataclasses.replace(self, roles=self.roles | self.before)


class ActedRequest(HttpRequest):
    """A request on which the middleware has put who is asking."""

    actor: Actor


ANYBODY = Actor()


def done_by(request: HttpRequest) -> dict[str, Any]:
    """Give who does it, for whom, when and on which page, as every action asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {
        "by": actor.by,
        "organisation": actor.organisation_key,
        "at": clock.now(),
        "place": request.path,
    }
