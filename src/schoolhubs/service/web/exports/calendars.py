"""Files for calendars: whom they are from, how their dates are named, and how they are given."""

import dataclasses
import datetime

from django.conf import settings
from django.http import HttpResponse

from schoolhubs.delivery import invitations
from schoolhubs.service.accounts.actors import Actor

KIND = "text/calendar; charset=utf-8"


def service_address() -> str:
    """Give where people open the service, as it is set; the first name it answers to otherwise."""
    told = settings.ENVIRONMENT
    return told.address.rstrip("/") or f"https://{told.hosts[0]}"


def named(what: str) -> str:
    """Name a date for good, the same in a file and in a calendar that follows.

    The name does not go by the address that somebody asked by: two addresses of one service would
    make two dates of one.
    """
    return f"{what}@{service_address().partition('//')[2].partition(':')[0]}"


def organiser() -> invitations.Party:
    """Say whom dates are from: the service and its own address, never a person's."""
    told = settings.ENVIRONMENT
    return invitations.Party(name=told.service_name, address=told.contact or named("no-reply"))


def invited(actor: Actor) -> invitations.Party:
    """Say who takes a date into a calendar: whoever asks for the file, and nobody else by name."""
    person = actor.person
    address, name = (person.email, person.name) if person else ("", "")
    is_told = address.count("@") == 1 and not any(each.isspace() for each in address)
    name = name or (actor.organisation.name if actor.organisation else "")
    return invitations.Party(
        name=name or "Whoever opened this file", address=address if is_told else named("nobody")
    )


def saved(
    one: invitations.Invitation, name: str, *, by: Actor, at: datetime.datetime
) -> HttpResponse:
    """Give one date as a file that plans it, changes it or takes it back in one's own calendar."""
    to_them = dataclasses.replace(one, attendees=(invited(by),))
    method = invitations.method_of(one)
    return calendar_answer(invitations.invitation(to_them, at=at), name, method=method)


def calendar_answer(
    told: bytes, name: str, *, method: invitations.Method = invitations.Method.PUBLISH
) -> HttpResponse:
    """Give a file for a calendar to be saved; its kind names the method, as RFC 6047 wants."""
    answer = HttpResponse(told, content_type=f"{KIND}; method={method.value}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
