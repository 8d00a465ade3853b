"""Accept a match, say that it does not work, ask for a further year."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing.extending import extra_terms
from schoolhubs.service.partnerships.doing.pairs import days_if_agreed
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.forms import ObjectForm, ReasonForm
from schoolhubs.service.partnerships.pages.seen import (
    ANSWERERS,
    Seen,
    may_speak,
    names_of,
    seen,
    side_of,
)
from schoolhubs.service.partnerships.queries import live_of
from schoolhubs.service.partnerships.reasons import of_side
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

LONGEST_VERSION = 9
AGREED = "Both sides have now accepted it, and it is agreed."
WAITS = "It is agreed once the other side accepts it too."


def found(request: HttpRequest, programme_id: str, urn: str) -> tuple[Seen, dict[str, Any]]:
    """Find a school's live partnership as the actor sees it, and what every page shows of it.

    Raises
    ------
    Http404
        Where there is none, or neither school is the actor's own.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    partnership = live_of(programme_id, urn)
    if partnership is None:
        raise Http404
    side = side_of(actor, partnership)
    refuse_others(actor, is_own=bool(side))
    if not may_speak(actor, side):
        raise PermissionDenied  # a role for the other side says nothing for this one
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    shown = seen(actor, programme_id, urn, names)
    assert shown is not None
    rules = programmes.load(programme_id).as_at(partnership.starts_on)
    starts_on, after = days_if_agreed(partnership, on=clock.day())
    told = {
        "seen": shown,
        "partner": names.get(partnership.partner_urn, f"URN {partnership.partner_urn}"),
        "lead": names.get(partnership.lead_urn, f"URN {partnership.lead_urn}"),
        "rules": rules,
        "pathway": rules.pathway(partnership.pathway),
        "starts_on": starts_on,
        "last_on": after - datetime.timedelta(days=1),
        "match_address": _address_of(partnership),
    }
    return shown, told


def _address_of(partnership: Partnership) -> str:
    """Give the page that shows a partnership: its match, its terms, or the track of two trusts."""
    if partnership.is_of_trusts:
        return reverse("trust-track", args=[partnership.pk])
    # Of no round, it has no match that a page could explain.
    if partnership.round_id is None:
        return reverse("terms", args=[partnership.pk])
    named = {"programme_id": partnership.programme_id, "urn": partnership.partner_urn}
    return reverse("match", kwargs=named)


def version_of(request: HttpRequest) -> int:
    """Give the version of the row the person saw; 0 where the form does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) <= LONGEST_VERSION else 0


def conflict(
    request: HttpRequest, title: str, error: Conflict, back: str, typed: str = ""
) -> HttpResponse:
    """Answer 409 in words, with a way back to what stands, and with what was written for it."""
    told = {"title": title, "text": str(error), "back": back, "typed": typed}
    return render(request, "web/conflict.html", told, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*ANSWERERS)
def accept(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Say what accepting means; accept."""
    shown, told = found(request, programme_id, urn)
    if request.method != "POST":
        return render(request, "partnerships/accept.html", told)
    try:
        answered = actions.answer(
            shown.partnership, side=shown.side, says="accepts", version=version_of(request),
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Your answer was not saved", error, told["match_address"])
    so = WAITS if answered.state == "proposed" else AGREED
    say_once(request, f"You accepted the match. {so}")
    return HttpResponseRedirect(told["match_address"])


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*ANSWERERS)
def object_(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Ask why it does not work; put the objection before the office."""
    shown, told = found(request, programme_id, urn)
    form = ObjectForm(shown.side, request.POST or None)
    told |= {"form": form, "lasting": [each.words for each in of_side(shown.side) if each.lasts]}
    if request.method != "POST":
        return render(request, "partnerships/object.html", told)
    if not form.is_valid():
        form = told["form"] = ObjectForm(shown.side, request.POST)
        told["has_errors"] = not form.is_valid()
        return render(request, "partnerships/object.html", told)
    try:
        actions.answer(
            shown.partnership, side=shown.side, says="objects", version=version_of(request),
            reasons=form.cleaned_data["reasons"], reason=form.cleaned_data["words"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        typed = form.cleaned_data["words"]
        return conflict(request, "Your answer was not saved", error, told["match_address"], typed)
    return HttpResponseRedirect(told["match_address"])


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*ANSWERERS)
def more(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Ask for a further year, where the programme gives one."""
    shown, told = found(request, programme_id, urn)
    form = ReasonForm("Say what a further year is for", request.POST)
    told |= {"form": form, "n_terms": extra_terms(shown.partnership)}
    if request.method != "POST":
        return render(request, "partnerships/more.html", told)
    if not form.is_valid():
        told["has_errors"] = True
        return render(request, "partnerships/more.html", told)
    try:
        actions.ask_for_more(
            shown.partnership,
            side=shown.side,
            reason=form.cleaned_data["reason"],
            **done_by(request),
        )
    except Conflict as error:
        typed = form.cleaned_data["reason"]
        return conflict(request, "Not asked for", error, told["match_address"], typed)
    return HttpResponseRedirect(told["match_address"])
