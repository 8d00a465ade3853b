"""Says on each view who may reach it. A view that says nothing is reached by nobody."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.http import Http404

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import Role

View = TypeVar("View", bound=Callable[..., Any])
MARK = "rights"
# For every address, method and role the expected answer: reviewed by people, tried by tests.
TABLE = Path(__file__).with_name("rights.yaml")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Who may reach a view.

    Parameters
    ----------
    roles
        At least one of these, held for the organisation the person acts for.
    is_after_a_hub
        Also one of these that counts no more, as the hub it was for is over.
    is_public
        Everybody, signed in or not.
    is_for_signed_in
        Everybody signed in, also without a role: to choose an organisation, to sign out.
    """

    roles: frozenset[Role] = frozenset()
    is_after_a_hub: bool = False
    is_public: bool = False
    is_for_signed_in: bool = False

    def permit(self, actor: Actor) -> bool:
        """Tell whether an actor may reach the view.

        >>> Rights(roles=frozenset({Role.AUDITOR})).permit(Actor())
        False
        """
        if self.is_public:
            return True
        if not actor.is_signed_in:
            return False
        who = actor.as_it_was() if self.is_after_a_hub else actor
        return self.is_for_signed_in or who.holds(*self.roles)


def allow(
    *roles: Role, public: bool = False, signed_in: bool = False, after_a_hub: bool = False
) -> Callable[[View], View]:
    """Mark a view with who may reach it; above or below other decorators.

    ``after_a_hub`` opens it also to whom a role counts no more, as the hub it was for is over.

    >>> @allow(Role.AUDITOR)
    ... def chain(request): ...
    >>> [role.value for role in required(chain).roles]
    ['auditor']
    """
    if (bool(roles) + public + signed_in) != 1:
        raise TypeError("allow() takes roles, or public=True, or signed_in=True")
    rights = Rights(
        roles=frozenset(roles), is_public=public, is_for_signed_in=signed_in,
        is_after_a_hub=after_a_hub,
    )  # fmt: skip

    def mark(view: View) -> View:
        setattr(view, MARK, rights)
        return view

    return mark


def required(view: Callable[..., Any]) -> Rights | None:
    """Give the rights a view was marked with; None for a view that was forgotten."""
    found = getattr(view, MARK, None)
    return found if isinstance(found, Rights) else None


class OfAnother(Http404):
    """Something of another organisation was asked for: it answers as if nothing were there."""


def refuse_others(actor: Actor, *, is_own: bool) -> None:
    """Answer 404 for what belongs to another organisation, and leave a trace in the audit log.

    Raises
    ------
    OfAnother
        Unless it is the actor's own.
    """
    if not is_own:
        raise OfAnother(f"not of {actor.organisation_key}")
