"""What every page shows of who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.roles import LEADS, OFFICE, PARTNER_SCHOOL, Role

# Name of the page, its words, and the roles that see it in the navigation; public where empty.
DOORS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("eligibility", "Is my school eligible?", frozenset()),
    ("programmes", "Programmes", frozenset()),
    ("my-applications", "Your applications", frozenset({*PARTNER_SCHOOL, Role.PARTNER_TRUST})),
    ("queue", "Applications", frozenset({*OFFICE, Role.AUDITOR})),
    ("rounds", "Rounds", frozenset({*OFFICE, Role.AUDITOR})),
    ("office-overview", "Hubs", frozenset(SEE_EVERY_SCHOOL)),
    ("own-authority", "Schools and hubs", frozenset({Role.LOCAL_AUTHORITY})),
    ("figures", "Figures", frozenset({Role.EVALUATOR})),
    ("letters", "Letters", frozenset({*PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS})),
    ("office-letters", "Letters", frozenset({*OFFICE, Role.AUDITOR})),
    ("imports", "School register", frozenset(OFFICE)),
    ("jobs", "Jobs", frozenset(OFFICE)),
    ("audit", "Audit log", frozenset({Role.OFFICE_ADMINISTRATOR, Role.AUDITOR})),
    ("api-keys", "API keys", frozenset({Role.OFFICE_ADMINISTRATOR, Role.AUDITOR})),
    ("people", "People", frozenset({Role.OFFICE_ADMINISTRATOR, Role.AUDITOR})),
)


def about_the_actor(request: HttpRequest) -> dict[str, Any]:
    """Give every page the actor and the navigation of its roles."""
    actor: Actor = getattr(request, "actor", ANYBODY)
    doors = [
        _door(request, name, words)
        for name, words, roles in DOORS
        if not roles or actor.holds(*roles)
    ]
    if actor.is_signed_in:
        doors.insert(0, _door(request, "work", "Your work"))
        doors.append(_door(request, "account", "Your account"))
    else:
        doors.append(_door(request, "sign-in", "Sign in"))
    return {"actor": actor, "navigation": doors}


def _door(request: HttpRequest, name: str, words: str) -> dict[str, Any]:
    address = reverse(name)
    is_here = request.path == address
    return {
        "text": words,
        "href": address,
        "current": is_here,
        "active": not is_here and request.path.startswith(f"{address}/"),
    }
