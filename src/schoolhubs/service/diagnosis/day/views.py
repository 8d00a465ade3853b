"""The pages of a school's diagnostic day."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.diagnosis.assessing.queries import school_now
from schoolhubs.service.diagnosis.day import actions, queries
from schoolhubs.service.diagnosis.day.forms import BarrierForm, PrepareForm, SeenForm, TakeBackForm
from schoolhubs.service.diagnosis.queries import kept_diagnoses
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.root_causes import root_causes

NOT_SAVED = "Nothing was saved"


@allow(*queries.READERS)
@require_safe
def day(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the day: what is planned, what was seen, what lies outside the school."""
    refuse_others(request.actor, is_own=queries.may_look(request.actor, urn))
    held = queries.open_day(urn)
    sees_school = queries.opens_school(request, urn)
    seen = queries.seen_on(held, by_school=sees_school) if held else []
    barriers = queries.barriers_of(urn) if sees_school else {}
    sees_findings = queries.sees_findings(request.actor, urn)
    told = {
        "school": school_now(urn),
        "day": held,
        "sees_school": sees_school,
        "seen": [(root_causes()[each.root_cause].title, each) for each in seen],
        "outside": [
            (each, barriers.get(name))
            for name, each in root_causes().items()
            if each.side == "outside"
        ],
        "side": queries.side_of(request.actor, urn),
        "may_see_findings": sees_findings,
        "confirmed": next(iter(kept_diagnoses(urn)), None) if sees_findings else None,
        "draft": queries.draft_of(held, request.actor.by) if held else None,
        "wrote": bool(held and queries.written_by(held, request.actor.by)),
    }
    return render(request, "diagnosis/day.html", told)


@allow(*queries.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask when the day is, what happens, who comes and what there is to see."""
    _of_a_side(request, urn)
    held = queries.open_day(urn)
    is_sent = request.method == "POST"
    form = PrepareForm(
        with_days(request.POST, "held_on") if is_sent else None,
        urn=urn, stands=held.held_on if held else None,
    )  # fmt: skip
    told = {"school": school_now(urn), "day": held, "form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/prepare.html", told)
    try:
        actions.prepare(urn, form.cleaned_data, version=version_of(request), **done_by(request))
    except Conflict as error:
        said = form.cleaned_data
        typed = "\n\n".join(str(said[name]) for name in ("agenda", "who", "to_see"))
        return conflict(request, NOT_SAVED, error, _page(urn), typed)
    say_once(request, "The day is set. Both schools see it.")
    return HttpResponseRedirect(_page(urn))


@allow(*queries.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def see(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask for one thing that was seen; whatever was typed comes back, and is kept as a draft."""
    side = _of_a_side(request, urn)
    school, held = school_now(urn), queries.day_now(urn)
    causes = queries.causes_for(school.phase)
    draft = queries.draft_of(held, request.actor.by)
    is_sent = request.method == "POST"
    shown = request.POST if is_sent else None
    form = SeenForm(causes, shown, initial=draft.content if draft else None)
    told: dict[str, Any] = {
        "school": school, "day": held, "form": form, "causes": causes, "draft": draft,
        "has_errors": is_sent,
    }  # fmt: skip
    if not is_sent:
        return render(request, "diagnosis/see.html", told)
    is_good = form.is_valid()
    if not is_good or "later" in request.POST:
        actions.keep_draft(held, form.typed(), by=request.actor.by, at=clock.now())
        if "later" in request.POST:
            say_once(request, "Your draft is kept. Nobody else sees it.")
            return HttpResponseRedirect(_page(urn))
        return render(request, "diagnosis/see.html", told)
    try:
        actions.see(held, form.cleaned_data, side=side, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), form.cleaned_data["text"])
    say_once(request, "What you saw is written down.")
    return HttpResponseRedirect(_page(urn))


@allow(*queries.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask which of one's own observations is taken back, and why."""
    _of_a_side(request, urn)
    held = queries.day_now(urn)
    mine = queries.written_by(held, request.actor.by)
    is_sent = request.method == "POST"
    form = TakeBackForm(mine, request.POST if is_sent else None)
    told = {
        "school": school_now(urn), "form": form, "has_errors": is_sent,
        "mine": [(root_causes()[each.root_cause].title, each) for each in mine],
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/take_back.html", told)
    reason = form.cleaned_data["reason"]
    try:
        actions.take_back(
            held, int(form.cleaned_data["seen"]), reason=reason, **done_by(request)
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), reason)
    say_once(request, "What you wrote is taken back.")
    return HttpResponseRedirect(_page(urn))


@allow(*queries.WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: ActedRequest, urn: str, root_cause: str) -> HttpResponse:
    """Ask how far something outside the school goes, who answers for it, what it said."""
    _of_a_side(request, urn)
    refuse_others(request.actor, is_own=queries.opens_school(request, urn))
    cause = root_causes().get(root_cause)
    if cause is None or cause.side != "outside":
        raise Http404
    held = queries.barriers_of(urn).get(root_cause)
    is_sent = request.method == "POST"
    posted = with_days(request.POST, "referred_on", "answered_on") if is_sent else None
    form = BarrierForm(posted)
    told = {
        "school": school_now(urn), "cause": cause, "held": held, "form": form,
        "has_errors": is_sent,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/barrier.html", told)
    try:
        actions.record_barrier(
            urn, root_cause, form.cleaned_data, version=version_of(request), **done_by(request)
        )
    except Conflict as error:
        said = form.cleaned_data
        typed = "\n\n".join(str(said[name]) for name in ("extent", "referral", "answer"))
        return conflict(request, NOT_SAVED, error, _page(urn), typed)
    say_once(request, f"Recorded: {cause.title}. It is no objective of the school.")
    return HttpResponseRedirect(_page(urn))


def _of_a_side(request: ActedRequest, urn: str) -> str:
    side = queries.side_of(request.actor, urn)
    refuse_others(request.actor, is_own=bool(side))
    return side


def _page(urn: str) -> str:
    return reverse("diagnostic-day", kwargs={"urn": urn})
