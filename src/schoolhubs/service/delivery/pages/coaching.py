"""Coaching cycles of a partnership: begin one, see its sessions and what it waits for, end it."""

from django import forms as django_forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.doing import coaching as doing
from schoolhubs.service.delivery.models import CoachingCycle
from schoolhubs.service.delivery.pages import forms
from schoolhubs.service.delivery.pages.views import NOT_SAVED, about, of_lead
from schoolhubs.service.partnerships.models import Side
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict


class BeginForm(django_forms.Form):
    """Who coaches, and on what."""

    coach = django_forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select who coaches")
    )
    focus = FreeText(
        max_length=forms.LONGEST,
        error_messages={
            "required": "Say what the coaching is about", "max_length": forms.TOO_LONG
        },
    )  # fmt: skip


@allow(*reach.READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def coaching(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Show a partnership's coaching cycles and what they wait for; the lead begins one."""
    partnership = reach.partnership_for(request.actor, partnership_id)
    is_sent = request.method == "POST"
    side = reach.side_of(request.actor, partnership)
    if is_sent:
        partnership = of_lead(request, partnership_id)
    leaders = {str(each.pk): each for each in queries.leaders_of(partnership.lead_urn)}
    form = BeginForm(request.POST if is_sent else None)
    form.fields["coach"].choices = [(pk, each.name) for pk, each in leaders.items()]  # type: ignore[attr-defined]
    if is_sent and form.is_valid():
        try:
            doing.begin(
                partnership, coach=leaders[form.cleaned_data["coach"]],
                focus=form.cleaned_data["focus"], today=clock.day(), **done_by(request),
            )  # fmt: skip
        except Conflict as error:
            typed = form.cleaned_data["focus"]
            return conflict(request, NOT_SAVED, error, _page(partnership_id), typed)
        say_once(request, "The cycle has begun. Plan its first session.")
        return HttpResponseRedirect(_page(partnership_id))
    cycles = CoachingCycle.objects.filter(partnership=partnership).select_related("coach")
    told = about(partnership) | {
        "cycles": [
            (each, doing.alerts_of(each, clock.day()),
             queries.days_in(partnership).filter(cycle=each))
            for each in cycles.order_by("-pk").select_related("partnership")
        ],
        "rules": doing.rules_for(partnership), "form": form, "has_errors": is_sent,
        "leaders": list(leaders.values()), "is_lead": side == Side.LEAD,
        "runs": any(not each.ended_at for each in cycles),
    }  # fmt: skip
    return render(request, "delivery/coaching.html", told)


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Ask what came of the cycle that runs, and end it."""
    partnership = of_lead(request, partnership_id)
    cycle = queries.open_cycle(partnership)
    if cycle is None:
        raise Http404
    is_sent = request.method == "POST"
    form = forms.ReasonForm(request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        told = about(partnership) | {"cycle": cycle, "form": form, "has_errors": is_sent}
        return render(request, "delivery/coaching_end.html", told)
    outcome = form.cleaned_data["reason"]
    try:
        doing.end(cycle, outcome=outcome, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(partnership_id), outcome)
    say_once(request, "The cycle has ended.")
    return HttpResponseRedirect(_page(partnership_id))


def _page(partnership_id: int) -> str:
    return reverse("coaching", args=[partnership_id])
