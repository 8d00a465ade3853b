"""Signing in and out, choosing an organisation, checking roles, stopping access."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from schoolhubs.service.accounts import organisations
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import NUMBERED, Membership, Organisation, Person
from schoolhubs.service.accounts.oidc import SignedIn
from schoolhubs.service.accounts.organisation_api import OrganisationApi
from schoolhubs.service.accounts.roles import OF_PEOPLE, OrganisationKind
from schoolhubs.service.audit.actions import record

TOLD = ("sign_in_id", "kind", "name", "urn", "uid", "la_code", "is_open")


def keep_person(who: SignedIn, *, at: datetime.datetime, place: str) -> Person:
    """Keep who signed in, with the name and address the provider gives today."""
    with transaction.atomic():
        person, _ = Person.objects.update_or_create(
            subject=who.subject,
            defaults={"email": who.email, "name": who.name, "last_signed_in_at": at},
            create_defaults={
                "email": who.email,
                "name": who.name,
                "first_signed_in_at": at,
                "last_signed_in_at": at,
            },
        )
        record(
            by=person.subject,
            at=at,
            action="sign_in.refused" if person.is_stopped else "sign_in",
            subject=f"person:{person.pk}",
            place=place,
            reason="access is stopped" if person.is_stopped else "",
        )
    return person


def keep_organisation(
    said: Mapping[str, Any], *, named_kinds: Mapping[str, str]
) -> Organisation | None:
    """Keep an organisation as the provider tells it; None where the service knows no such kind.

    A URN, UID or authority code is who an organisation is: a school that becomes an academy is
    another one, also under the same id at the provider.
    """
    read = organisations.read(said, named_kinds=named_kinds)
    if read is None:
        return None
    number = NUMBERED.get(OrganisationKind(read.kind), "sign_in_id")
    found = {number: getattr(read, number)}
    with transaction.atomic():
        for other in Organisation.objects.filter(sign_in_id=read.sign_in_id).exclude(**found):
            other.sign_in_id = f"was {other.pk}"
            other.save(update_fields=["sign_in_id"])
        kept, _ = Organisation.objects.update_or_create(
            **found, defaults={name: getattr(read, name) for name in TOLD}
        )
    return kept


def check_roles(
    person: Person, organisation: Organisation, *, api: OrganisationApi, at: datetime.datetime
) -> Membership:
    """Ask the provider what a person may do for an organisation, and keep its answer.

    Codes the service does not know are left aside.

    Raises
    ------
    RolesUnknown
        If the provider does not answer; what was kept before is then no longer believed.
    """
    said = api.roles(organisation.sign_in_id, person.subject) or ()
    known = sorted(set(said) & {role.value for role in OF_PEOPLE})
    membership, _ = Membership.objects.update_or_create(
        person=person,
        organisation=organisation,
        defaults={"roles": known, "checked_at": at},
    )
    return membership


def note_organisation(actor: Actor, *, at: datetime.datetime, place: str) -> None:
    """Record for which organisation somebody acts from now on, and in which roles."""
    with transaction.atomic():
        record(
            by=actor.by,
            at=at,
            action="sign_in.organisation",
            subject=actor.organisation_key,
            organisation=actor.organisation_key,
            place=place,
            details={"roles": sorted(actor.roles)},
        )


def note_sign_out(actor: Actor, *, at: datetime.datetime, place: str) -> None:
    """Record that somebody signed out."""
    assert actor.person is not None
    with transaction.atomic():
        record(
            by=actor.by,
            at=at,
            action="sign_out",
            subject=f"person:{actor.person.pk}",
            organisation=actor.organisation_key,
            place=place,
        )


def note_refusal(
    actor: Actor, *, at: datetime.datetime, place: str, method: str, reason: str
) -> None:
    """Record that somebody signed in asked for what is not theirs; the page asked for is named."""
    with transaction.atomic():
        record(
            by=actor.by,
            at=at,
            action="access.refused",
            subject=f"page:{place}",
            organisation=actor.organisation_key,
            place=place,
            reason=reason,
            details={"method": method, "roles": sorted(actor.roles)},
        )


def stop_access(
    person: Person, *, by: Actor, at: datetime.datetime, reason: str, place: str
) -> None:
    """Stop a person's access; every session of theirs is over from here on."""
    with transaction.atomic():
        held = Person.objects.select_for_update().get(pk=person.pk)
        held.is_stopped = True
        held.sessions_ended_at = at
        held.save(update_fields=["is_stopped", "sessions_ended_at"])
        _record_access(held, "access.stop", by=by, at=at, reason=reason, place=place)


def give_access_back(
    person: Person, *, by: Actor, at: datetime.datetime, reason: str, place: str
) -> None:
    """Let a person sign in again; sessions ended before stay ended."""
    with transaction.atomic():
        held = Person.objects.select_for_update().get(pk=person.pk)
        held.is_stopped = False
        held.save(update_fields=["is_stopped"])
        _record_access(held, "access.give_back", by=by, at=at, reason=reason, place=place)


def _record_access(
    person: Person, action: str, *, by: Actor, at: datetime.datetime, reason: str, place: str
) -> None:
    record(
        by=by.by,
        at=at,
        action=action,
        subject=f"person:{person.pk}",
        organisation=by.organisation_key,
        reason=reason,
        place=place,
    )
