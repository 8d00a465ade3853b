"""Says of every change a request makes which request it was, whose, and on which page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.history import naming
from schoolhubs.service.web import logs


class ChangesAreNamed:
    """Stands before whatever finds out who is asking; what that changes is the request's too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with changes named."""
        with naming.changes(request=logs.request_id.get()):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> None:
        """Add who and where, both known by now."""
        actor: Actor = getattr(request, "actor", ANYBODY)
        route = request.resolver_match.view_name if request.resolver_match else ""
        by = actor.by if actor.is_signed_in else ""
        naming.say(by=by, organisation=actor.organisation_key, place=route)
