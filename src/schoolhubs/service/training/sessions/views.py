"""The pages of sessions: of whoever teaches them, and of schools that sign up."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.training import queries
from schoolhubs.service.training.models import SchoolLeader, SessionState, SignUp, TrainingSession
from schoolhubs.service.training.reach import (
    ACTS,
    SEES_SESSIONS,
    TEACHES,
    may_act,
    may_see_session,
    may_teach,
)
from schoolhubs.service.training.sessions import actions, forms
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was saved"
MOST_SESSIONS = 200


@allow(*SEES_SESSIONS)
@require_safe
def sessions(request: ActedRequest) -> HttpResponse:
    """List sessions: of the actor's hubs, or all for those who see every school; next first."""
    actor, at = request.actor, clock.now()
    led = own_urns(actor, *LEADS)
    ours = queries.with_counts(TrainingSession.objects.all())
    if not actor.holds(*SEE_EVERY_SCHOOL):
        ours = ours.filter(lead_urn__in=led)
    coming = list(ours.filter(queries.planned_from(at))[:MOST_SESSIONS])
    to_record = list(ours.filter(state=SessionState.PLANNED, starts_at__lte=at)[:MOST_SESSIONS])
    over = ours.exclude(state=SessionState.PLANNED).order_by("-starts_at", "-pk")[:MOST_SESSIONS]
    groups = {"Still to be recorded": to_record, "To come": coming, "Over": list(over)}
    every = [each for group in groups.values() for each in group]
    told = {
        "groups": groups, "titles": titles_of(every), "hubs": led,
        "names": names_of({*led, *(each.lead_urn for each in every if each.lead_urn)}),
        "may_plan": actor.holds(*TEACHES),
    }  # fmt: skip
    return render(request, "training/sessions.html", told)


@allow(*TEACHES)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: ActedRequest) -> HttpResponse:
    """Ask when and where a module is taught."""
    choices = list(_teachable(request.actor, clock.day()))
    is_sent = request.method == "POST"
    posted = with_days(request.POST, "held_on") if is_sent else None
    form = forms.PlanForm([(key, words) for key, words in choices], clock.day(), posted)
    told = {"form": form, "has_errors": is_sent, "choices": choices}
    if not is_sent or not form.is_valid():
        return render(request, "training/plan.html", told)
    made = actions.plan(_planned(form.cleaned_data), **done_by(request))
    say_once(request, "The session is planned. Schools can sign up from now on.")
    return HttpResponseRedirect(_page(made))


def _teachable(actor: Actor, on: datetime.date) -> Iterator[tuple[str, str]]:
    """Give what an actor can plan: for each of its hubs, or the office, each module."""
    led = set(own_urns(actor, *LEADS))
    for programme_id in settings.ENVIRONMENT.programme_ids:
        rules = queries.rules_of(programme_id, on)
        if rules is None:
            continue
        title = programmes.load(programme_id).title
        hubs = sorted(led & {each.lead_urn for each in hubs_on(programme_id, on)}) if led else []
        names = names_of(hubs)
        for urn in ([""] if actor.holds(*DECIDERS) else []) + hubs:
            whose = f"{names.get(urn, urn)}, {title}" if urn else f"For every hub, {title}"
            for module in rules.modules:
                yield f"{programme_id}/{urn}/{module.module}", f"{module.title} ({whose})"


def _planned(said: dict[str, Any]) -> actions.Planned:
    programme_id, lead_urn, module = said["module"].split("/")
    starts_at, ends_at = (
        timezone.make_aware(datetime.datetime.combine(said["held_on"], said[name]))
        for name in ("begins", "ends")
    )
    return actions.Planned(
        programme_id=programme_id, module=module, lead_urn=lead_urn, starts_at=starts_at,
        ends_at=ends_at, is_online=said["how"] == "online", where=said["where"],
        n_places=said["n_places"],
    )  # fmt: skip


@allow(*SEES_SESSIONS)
@require_safe
def session(request: ActedRequest, session_id: int) -> HttpResponse:
    """Show who comes to a session, and what is still to be done about it."""
    held = _found(request, session_id)
    return render(request, "training/session.html", _told(request, held))


@allow(*TEACHES)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: ActedRequest, session_id: int) -> HttpResponse:
    """Ask who came to the end; they complete the module."""
    held = _to_change(request, session_id)
    told = _told(request, held)
    is_sent = request.method == "POST"
    form = forms.RecordForm(told["signed_up"], request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "training/record.html", told)
    try:
        came = {int(each) for each in form.cleaned_data["came"]}
        actions.record(held, came, version=version_of(request), **done_by(request))
        without = queries.came_without_completion(held)
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(held))
    say_once(request, _recorded(without))
    return HttpResponseRedirect(_page(held))


@allow(*TEACHES)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ActedRequest, session_id: int) -> HttpResponse:
    """Ask why a session is off; each school with a place is told."""
    held = _to_change(request, session_id)
    is_sent = request.method == "POST"
    form = forms.CancelForm(request.POST if is_sent else None)
    told = _told(request, held) | {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "training/cancel.html", told)
    reason = form.cleaned_data["reason"]
    try:
        actions.cancel(held, reason=reason, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(held), reason)
    say_once(request, "The session is cancelled. Each school with a place is told.")
    return HttpResponseRedirect(_page(held))


@allow(*ACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: ActedRequest, urn: str, session_id: int) -> HttpResponse:
    """Ask which leaders of a school come to a session; those not chosen give their place back."""
    refuse_others(request.actor, is_own=may_act(request.actor, urn))
    held = get_object_or_404(TrainingSession, pk=session_id)
    on = timezone.localdate(held.starts_at)
    partnership = queries.partnership_of(urn, clock.day(), held.programme_id)
    if partnership is None or not queries.sessions_for(partnership).filter(pk=held.pk).exists():
        raise Http404
    leaders = [each for each in SchoolLeader.objects.filter(urn=urn) if each.is_there(on)]
    there = {str(each.leader_id) for each in queries.sign_ups_of(held) if each.leader.urn == urn}
    n_taken = SignUp.objects.filter(session=held, is_live=True).count()
    is_sent = request.method == "POST"
    form = forms.SignUpForm(leaders, request.POST if is_sent else None)
    told = {
        "urn": urn, "held": held, "form": form, "has_errors": is_sent, "leaders": leaders,
        "there": there, "name": names_of([urn]).get(urn, f"URN {urn}"),
        "title": titles_of([held])[held.pk], "is_open": _is_open(held),
        "n_left": None if held.n_places is None else max(held.n_places - n_taken, 0),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "training/sign_up.html", told)
    chosen = [each for each in leaders if str(each.pk) in form.cleaned_data["leaders"]]
    back = reverse("school-training", kwargs={"urn": urn})
    try:
        n = actions.sign_up(held, urn, chosen, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, request.path)
    said = f"{n} of your leaders {'has a place' if n == 1 else 'have places'}."
    say_once(request, said if n else "Your school has no place at this session now.")
    return HttpResponseRedirect(back)


def _recorded(without: list[SignUp]) -> str:
    """Say what came of recording, and for whom nothing did."""
    said = "It is recorded who came. Their schools are told that certificates are ready."
    if not without:
        return said
    names = ", ".join(f"{each.leader.name} (URN {each.leader.urn})" for each in without)
    return (
        "It is recorded who came. No module is completed for "
        f"{names}: no partnership of the school in this programme ran on that day. The schools of "
        "the others are told that certificates are ready."
    )


def titles_of(rows: list[TrainingSession]) -> dict[int, str]:
    """Give the title of each session's module, as the definition has it on its day."""
    found = {}
    for each in rows:
        rules = queries.rules_of(each.programme_id, timezone.localdate(each.starts_at))
        module = rules.module(each.module) if rules else None
        found[each.pk] = module.title if module else each.module.replace("_", " ")
    return found


def _is_open(held: TrainingSession) -> bool:
    return held.state == SessionState.PLANNED and held.starts_at > clock.now()


def _found(request: ActedRequest, session_id: int) -> TrainingSession:
    held = get_object_or_404(TrainingSession, pk=session_id)
    refuse_others(request.actor, is_own=may_see_session(request.actor, held))
    return held


def _to_change(request: ActedRequest, session_id: int) -> TrainingSession:
    held = get_object_or_404(TrainingSession, pk=session_id)
    refuse_others(request.actor, is_own=may_teach(request.actor, held))
    return held


def _told(request: ActedRequest, held: TrainingSession) -> dict[str, Any]:
    signed_up = queries.sign_ups_of(held)
    return {
        "held": held, "title": titles_of([held])[held.pk], "signed_up": signed_up,
        "names": names_of({held.lead_urn, *(each.leader.urn for each in signed_up)}),
        "may_change": may_teach(request.actor, held) and held.state == SessionState.PLANNED,
        "has_begun": held.starts_at <= clock.now(),
    }  # fmt: skip


def _page(held: TrainingSession) -> str:
    return reverse("training-session", kwargs={"session_id": held.pk})
