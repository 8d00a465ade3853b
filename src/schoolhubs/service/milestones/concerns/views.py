"""The pages of concerns, and of letting a partnership rest, go on, or end."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.reach import is_of_match
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS
from schoolhubs.service.milestones.concerns import actions, forms
from schoolhubs.service.milestones.models import Concern, ConcernState, RaisedBy
from schoolhubs.service.milestones.page.views import READERS, may_raise, partnership_read
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.service.partnerships.pages.seen import may_speak, names_of, side_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.partnerships.resting import actions as resting
from schoolhubs.service.partnerships.resting.queries import is_resting
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was changed"
ANSWER, FURTHER, SETTLE = "answer", "further", "settle"
OFFERED = {
    ANSWER: "Answer the concern",
    FURTHER: "Take it to the next step",
    SETTLE: "Settle it: say what came of it",
}
DONE = {
    ANSWER: "Your answer is kept, and the other school is told.",
    FURTHER: "It is taken to the next step, and both schools are told.",
    SETTLE: "It is settled, and both schools are told.",
}
REST, GO_ON, END = "rest", "go-on", "end"
RESTING = {
    REST: ("Let it rest", "The partnership rests. Nothing is asked of either school meanwhile."),
    GO_ON: ("Take it up again", "The partnership goes on. What was due moved on with the rest."),
    END: ("End it", "The partnership is ended, and both schools are told."),
}
HINTS = {
    REST: "Nothing is asked of either school, and nothing new can be planned, booked or sent in. "
    "What is due moves on by as many days, until you take it up again.",
    GO_ON: "From today. What was due has moved on by as many days as it rested.",
    END: "For good: it cannot be taken up again. Its place is given back with the days and "
    "bookings ahead, and the school can be matched again.",
}


@allow(*DECIDERS, *LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Raise a concern, with what shows it."""
    found = partnership_read(request.actor, partnership_id)
    refuse_others(request.actor, is_own=may_raise(request.actor, found))
    is_sent = request.method == "POST"
    form = forms.RaiseForm(request.POST if is_sent else None)
    told = {"form": form, "has_errors": is_sent, "found": found, **_named(found)}
    if not is_sent or not form.is_valid():
        return render(request, "milestones/concern_new.html", told)
    side = RaisedBy.OFFICE if request.actor.holds(*DECIDERS) else RaisedBy.LEAD
    try:
        made = actions.raise_(found, side=side, **form.cleaned_data, **done_by(request))
    except Conflict as error:
        typed = form.cleaned_data["words"]
        return conflict(request, NOT_SAVED, error, _terms(found), typed)
    say_once(request, "The concern is raised, and both schools are told.")
    return HttpResponseRedirect(reverse("concern", kwargs={"concern_id": made.pk}))


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: ActedRequest, concern_id: int) -> HttpResponse:
    """Show a concern with all that was said of it; answer it, take it further, settle it."""
    rows = Concern.objects.select_related("partnership")
    one = get_object_or_404(rows, pk=concern_id)
    found = one.partnership
    is_own = is_of_match(request.actor, found.partner_urn, found.lead_urn)
    refuse_others(request.actor, is_own=is_own)
    offered, is_sent = _offered(request.actor, one), request.method == "POST"
    if is_sent and not offered:
        raise PermissionDenied
    form = forms.SayForm(offered, request.POST if is_sent else None)
    entries = list(one.entries.all())
    told = {
        "one": one, "found": found, "entries": entries, "offered": offered, "form": form,
        "has_errors": is_sent, "at": actions.place_of(one), "whose": actions.WHOSE_WORDS,
        "people": names_of_people({each.said_by for each in entries}), **_named(found),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "milestones/concern.html", told)
    do, words = form.cleaned_data["do"], form.cleaned_data["words"]
    act = {ANSWER: actions.answer, FURTHER: actions.take_further, SETTLE: actions.settle}[do]
    try:
        act(one, words=words, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, request.path, words)
    say_once(request, DONE[do])
    return HttpResponseRedirect(request.path)


def _offered(actor: Actor, one: Concern) -> dict[str, str]:
    """Give what an actor may do with a concern now, with its words."""
    if one.state == ConcernState.SETTLED:
        return {}
    side, offered = side_of(actor, one.partnership), []
    if side == Side.PARTNER and may_speak(actor, side):
        offered.append(ANSWER)
    if may_raise(actor, one.partnership):
        offered += [FURTHER, SETTLE] if actions.place_of(one).following else [SETTLE]
    return {each: OFFERED[each] for each in offered}


@allow(*DECIDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Let a partnership rest, take it up again, or end it, with a reason that both schools read."""
    found = partnership_read(request.actor, partnership_id)
    ways = [GO_ON, END] if is_resting(found.pk) else [REST, END]
    offered = {each: RESTING[each][0] for each in ways}
    is_sent = request.method == "POST"
    form = forms.RestForm(offered, request.POST if is_sent else None)
    told = {"form": form, "has_errors": is_sent, "found": found, "offered": offered, "hints": HINTS}
    if not is_sent or not form.is_valid():
        return render(request, "milestones/rest.html", told | _named(found))
    do, reason = form.cleaned_data["do"], form.cleaned_data["words"]
    act = {REST: resting.rest, GO_ON: resting.take_up, END: resting.end}[do]
    try:
        act(found, reason=reason, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _terms(found), reason)
    say_once(request, RESTING[do][1])
    return HttpResponseRedirect(_terms(found))


def _terms(found: Partnership) -> str:
    return reverse("terms", kwargs={"partnership_id": found.pk})


def _named(found: Partnership) -> dict[str, str]:
    names = names_of([found.partner_urn, found.lead_urn])
    return {
        "partner": names.get(found.partner_urn, f"URN {found.partner_urn}"),
        "lead": names.get(found.lead_urn, f"URN {found.lead_urn}"),
    }
