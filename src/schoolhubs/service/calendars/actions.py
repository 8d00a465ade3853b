"""A link is made, made anew, and taken back."""

import datetime
import secrets

from django.db import transaction

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Person
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.calendars.models import CalendarLink
from schoolhubs.service.calendars.queries import digest, limit, link_of
from schoolhubs.vocabulary.errors import Conflict

SECRET_BYTES = 32


def make(actor: Actor, *, on: datetime.date, at: datetime.datetime, place: str) -> str:
    """Make somebody's link for the organisation they act for; the one before shows nothing more.

    Returns
    -------
    str
        The secret, which is kept nowhere.
    """
    assert actor.person is not None
    assert actor.organisation is not None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        # Of two that are sent at once, the second takes the first's place.
        Person.objects.select_for_update(no_key=True).get(pk=actor.person.pk)
        before = link_of(actor)
        if before is not None:
            before.ended_at = at
            before.save(update_fields=["ended_at"])
        CalendarLink.objects.create(
            person=actor.person, organisation=actor.organisation, secret_hash=digest(secret),
            made_at=at, expires_on=on + datetime.timedelta(days=limit("lasts_days")),
        )  # fmt: skip
        _record("renew" if before else "make", actor, at=at, place=place)
    return secret


def take_back(actor: Actor, *, at: datetime.datetime, place: str) -> None:
    """Take somebody's link back: calendars that follow it get nothing from here on.

    Raises
    ------
    Conflict
        If there is none.
    """
    with transaction.atomic():
        held = CalendarLink.objects.select_for_update(of=("self",)).filter(
            person=actor.person, organisation=actor.organisation, ended_at__isnull=True
        ).first()  # fmt: skip
        if held is None:
            raise Conflict("There is no link: it was taken back already. Nothing was changed.")
        held.ended_at = at
        held.save(update_fields=["ended_at"])
        _record("end", actor, at=at, place=place)


def note_use(link: CalendarLink, *, on: datetime.date) -> None:
    """Note the day on which a calendar last asked, for its owner to see."""
    if link.last_used_on != on:
        CalendarLink.objects.filter(pk=link.pk).update(last_used_on=on)


def _record(what: str, actor: Actor, *, at: datetime.datetime, place: str) -> None:
    audit.record(
        by=actor.by, organisation=actor.organisation_key, at=at, action=f"calendar_link.{what}",
        place=place, subject=actor.organisation_key,
    )  # fmt: skip
