"""Finds out who is asking, and lets nobody past whom the view does not name."""

import datetime
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from schoolhubs.service import clock
from schoolhubs.service.accounts import actions, queries, rights, sessions
from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.organisation_api import OrganisationApi, RolesUnknown
from schoolhubs.service.web import errors
from schoolhubs.service.web.requests import leaves_no_trace

log = logging.getLogger("schoolhubs.accounts")
Answer = Callable[[HttpRequest], HttpResponse]
SAFE = {"GET", "HEAD"}


class ActorOfRequest:
    """Puts ``request.actor`` on every request: person, organisation and roles as at now."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the actor known."""
        # A program shows its key, and no session of a person's counts for it; nor does one for who
        # answers a survey, of whom nothing is to be noted.
        is_program = request.path.startswith(errors.OF_PROGRAMS)
        is_nobody = is_program or leaves_no_trace(request.path)
        actor = ANYBODY if is_nobody else actor_of(request, at=timezone.now())
        request.actor = actor  # type: ignore[attr-defined]
        return self.get_response(request)


class RightsAreChecked:
    """Refuses a view that is not marked for the actor, or not marked at all."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the check waits until the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Let the view answer, or answer in its place."""
        actor: Actor = getattr(request, "actor", ANYBODY)
        required = rights.required(view)
        if required and required.permit(actor):
            return None
        if required is None:
            log.error("a view says nothing of rights", extra={"route": _place(request)})
        if not actor.is_signed_in:
            return _to_sign_in(request)
        if actor.is_unknown:
            return render(request, "accounts/roles_unknown.html", status=503)
        if required and actor.organisation is None and request.method in SAFE:
            return HttpResponseRedirect(reverse("organisations"))
        _note(request, actor, "role")
        return errors.not_permitted(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record what a view itself refused: of another organisation (404), or by role (403)."""
        actor: Actor = getattr(request, "actor", ANYBODY)
        reasons = {rights.OfAnother: "of another organisation", PermissionDenied: "role"}
        if actor.is_signed_in and type(exception) in reasons:
            _note(request, actor, reasons[type(exception)])


def actor_of(request: HttpRequest, *, at: datetime.datetime) -> Actor:
    """Give who is behind a session, ending the session where it is over."""
    session = request.session
    if sessions.PERSON not in session:
        return ANYBODY
    chosen = session.get(sessions.ORGANISATION)
    # One question to the database, as every page asks it.
    both = Membership.objects.select_related("person", "organisation")
    kept = both.filter(person=session[sessions.PERSON], organisation=chosen).first()
    person = kept.person if kept else Person.objects.filter(pk=session[sessions.PERSON]).first()
    told = settings.ENVIRONMENT
    idle = datetime.timedelta(minutes=told.idle_minutes)
    longest = datetime.timedelta(hours=told.session_hours)
    over = person is None or sessions.why_over(session, person, at=at, idle=idle, longest=longest)
    if person is None or over:
        session.flush()
        request.session_over = over  # type: ignore[attr-defined]
        return ANYBODY
    if request.method not in SAFE or sessions.BY_ITSELF not in request.GET:
        sessions.see(session, at=at)
    if kept:
        return actor_for(person, kept.organisation, at=at, kept=kept)
    organisation = Organisation.objects.filter(pk=chosen).first() if chosen else None
    return actor_for(person, organisation, at=at)


def actor_for(
    person: Person,
    organisation: Organisation | None,
    *,
    at: datetime.datetime,
    anew: bool = False,
    kept: Membership | None = None,
) -> Actor:
    """Give a person for an organisation, with the roles that hold now.

    ``anew`` asks the provider, however short ago it was asked; ``kept`` is the membership, where
    it was read already.
    """
    if organisation is None:
        return Actor(person=person)
    believed = datetime.timedelta(seconds=0 if anew else settings.ENVIRONMENT.role_seconds)
    try:
        membership = _membership(person, organisation, kept, at=at, believed=believed)
    except RolesUnknown as error:
        log.warning(str(error))
        return Actor(person=person, organisation=organisation, is_unknown=True)
    # The provider is asked again by the machine's clock; who leads a hub is of the programme's day.
    held = queries.roles_that_hold(membership, on=clock.day())
    before = queries.roles_before(membership, held, on=clock.day())
    return Actor(person=person, organisation=organisation, roles=held, before=before)


def _membership(
    person: Person,
    organisation: Organisation,
    kept: Membership | None,
    *,
    at: datetime.datetime,
    believed: datetime.timedelta,
) -> Membership:
    """Give the roles as last checked, asking the provider again once that is too long ago."""
    kept = kept or Membership.objects.filter(person=person, organisation=organisation).first()
    if kept and datetime.timedelta() <= at - kept.checked_at < believed:
        kept.organisation = organisation
        return kept
    api = OrganisationApi(settings.ENVIRONMENT.sign_in())
    return actions.check_roles(person, organisation, api=api, at=at)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, which says why a session ended, and back here afterwards."""
    is_safe = request.method in SAFE
    over = getattr(request, "session_over", "")
    told = {"next": request.get_full_path() if is_safe else _form_of(request)}
    if over in (sessions.IDLE, sessions.AGE):
        told |= {"ended": over} | ({} if is_safe else {"sent": "yes"})
    asked = urlencode({name: value for name, value in told.items() if value})
    return HttpResponseRedirect(reverse("sign-in") + (f"?{asked}" if asked else ""))


def _form_of(request: HttpRequest) -> str:
    """Give the page of this service on which a form was sent; blank where it is not known."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _place(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "no route"


def _note(request: HttpRequest, actor: Actor, reason: str) -> None:
    with transaction.atomic():
        actions.note_refusal(
            actor,
            at=clock.now(),
            place=_place(request),
            method=request.method or "",
            reason=reason,
        )
