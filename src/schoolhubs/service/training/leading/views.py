"""The pages on which a school names its senior leaders and says who left."""

import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.training.leading import actions
from schoolhubs.service.training.leading.forms import LeaderForm, LeaveForm
from schoolhubs.service.training.models import DUTIES, SchoolLeader
from schoolhubs.service.training.reach import ACTS, may_act
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was saved"
A_YEAR = datetime.timedelta(days=366)


@allow(*ACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask who a leader is, what they see to and whose place they take."""
    refuse_others(request.actor, is_own=may_act(request.actor, urn))
    left = list(
        SchoolLeader.objects.filter(urn=urn, left_on__isnull=False, schoolleader__isnull=True)
    )
    is_sent = request.method == "POST"
    form = LeaderForm(left, request.POST if is_sent else None)
    told = {**_told(urn), "form": form, "has_errors": is_sent, "left": left}
    if not is_sent or not form.is_valid():
        return render(request, "training/leader.html", told)
    said = form.cleaned_data
    succeeds = next((each for each in left if str(each.pk) == said["succeeds"]), None)
    try:
        made = actions.name(
            urn, called=said["called"], post=said["post"], duties=said["duties"],
            succeeds=succeeds, on=clock.day(), **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), _typed(said))
    say_once(request, f"{made.name} is named. What they owe is on this page.")
    return HttpResponseRedirect(_page(urn))


@allow(*ACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActedRequest, urn: str, school_leader_id: int) -> HttpResponse:
    """Ask for a leader's name, post and what they see to, as they stand."""
    held = _found(request, urn, school_leader_id)
    is_sent = request.method == "POST"
    stands = {"called": held.name, "post": held.post, "duties": held.duties}
    form = LeaderForm([], request.POST if is_sent else None, initial=stands)
    told = {**_told(urn), "form": form, "has_errors": is_sent, "held": held, "left": []}
    if not is_sent or not form.is_valid():
        return render(request, "training/leader.html", told)
    said = form.cleaned_data
    try:
        actions.change(
            held, called=said["called"], post=said["post"], duties=said["duties"],
            version=version_of(request), **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), _typed(said))
    say_once(request, "The leader is changed.")
    return HttpResponseRedirect(_page(urn))


@allow(*ACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: ActedRequest, urn: str, school_leader_id: int) -> HttpResponse:
    """Ask from which day somebody is no leader any more."""
    held = _found(request, urn, school_leader_id)
    is_sent = request.method == "POST"
    posted = with_days(request.POST, "left_on") if is_sent else None
    form = LeaveForm(held, clock.day() + A_YEAR, posted)
    told = {**_told(urn), "form": form, "has_errors": is_sent, "held": held}
    if not is_sent or not form.is_valid():
        return render(request, "training/leave.html", told)
    try:
        actions.leave(
            held, left_on=form.cleaned_data["left_on"], version=version_of(request),
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn))
    say_once(request, f"It is noted that {held.name} leaves. Name who takes the place.")
    return HttpResponseRedirect(_page(urn))


def _found(request: ActedRequest, urn: str, school_leader_id: int) -> SchoolLeader:
    refuse_others(request.actor, is_own=may_act(request.actor, urn))
    return get_object_or_404(SchoolLeader, pk=school_leader_id, urn=urn, left_on__isnull=True)


def _typed(said: dict[str, Any]) -> str:
    return f"{said['called']}\n\n{said['post']}"


def _told(urn: str) -> dict[str, Any]:
    return {"urn": urn, "name": names_of([urn]).get(urn, f"URN {urn}"), "duties": DUTIES}


def _page(urn: str) -> str:
    return reverse("school-training", kwargs={"urn": urn})
