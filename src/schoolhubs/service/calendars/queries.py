"""Which link a secret opens, and for whom as at now."""

import datetime
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Membership
from schoolhubs.service.accounts.queries import roles_that_hold
from schoolhubs.service.calendars.models import CalendarLink
from schoolhubs.vocabulary.written.stored import read_facts

TABLE = Path(__file__).with_name("limits.yaml")


@functools.cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return dict(read_facts(TABLE.read_text(encoding="utf-8")))


def limit(name: str) -> int:
    """Give a limit by its name.

    >>> limit("lasts_days") >= 365
    True
    """
    return int(_table()[name]["value"])


def digest(secret: str) -> str:
    """Give what is kept of a secret. It is 256 random bits, so that no guess finds it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of(actor: Actor) -> CalendarLink | None:
    """Give the link that somebody has for the organisation they act for; None without one."""
    return CalendarLink.objects.filter(
        person=actor.person, organisation=actor.organisation, ended_at__isnull=True
    ).first()


def opened_by(secret: str, *, on: datetime.date) -> CalendarLink | None:
    """Give the link of a secret; None for one that is not known, taken back or over."""
    rows = CalendarLink.objects.select_related("person", "organisation")
    return rows.filter(secret_hash=digest(secret), ended_at__isnull=True, expires_on__gt=on).first()


def actor_of(link: CalendarLink, *, on: datetime.date) -> Actor:
    """Give whose link it is, in the roles that hold on a day; none once they rest.

    Roles are read when somebody signs in. Who was stopped, has no role any more, or has not signed
    in for long, sees nothing by a link either.
    """
    person = link.person
    silent = on - timezone.localdate(person.last_signed_in_at) > datetime.timedelta(
        days=limit("rests_after_days")
    )
    held = Membership.objects.filter(person=person, organisation=link.organisation).first()
    if person.is_stopped or silent or held is None:
        return Actor(person=person, organisation=link.organisation)
    held.organisation = link.organisation
    return Actor(person=person, organisation=link.organisation, roles=roles_that_hold(held, on=on))
