"""The programme office: one proposal that lapsed, and proposing it again."""

import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, OFFICE, Role
from schoolhubs.service.partnerships.doing.pairs import days_if_agreed
from schoolhubs.service.partnerships.lapsing.again import propose_again
from schoolhubs.service.partnerships.lapsing.queries import to_propose_again
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.forms import ReasonForm
from schoolhubs.service.partnerships.pages.seen import seen_one
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.partnerships.telling import names_of, register_of, urns_in
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*OFFICE, Role.AUDITOR)
def lapsed_proposal(request: ActedRequest, lapsed_id: int) -> HttpResponse:
    """Show a proposal that lapsed, who had answered, and what came since; propose it again."""
    rows = Partnership.objects.filter(state="lapsed").select_related("application", "round")
    one = rows.filter(pk=lapsed_id).first()
    if one is None:
        raise Http404
    names = names_of(urns_in([one]), register_id=register_of(one))
    pair = {"partner": names.side(one, "partner"), "lead": names.side(one, "lead")}
    starts_on, after = days_if_agreed(one, on=clock.day())
    rules = programmes.load(one.programme_id).as_at(one.starts_on)
    form = ReasonForm("Say why it is proposed again", request.POST)
    told = {
        "one": one, **pair, "rules": rules, "pathway": rules.pathway(one.pathway),
        "seen": seen_one(request.actor, one, {one.partner_urn: pair["partner"],
                                              one.lead_urn: pair["lead"]}),
        "starts_on": starts_on, "last_on": after - datetime.timedelta(days=1), "form": form,
        "may_propose": request.actor.holds(*DECIDERS)
        and to_propose_again().filter(pk=one.pk).exists(),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "partnerships/lapsed.html", told)
    if not request.actor.holds(*DECIDERS):
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
    if not form.is_valid():
        return render(request, "partnerships/lapsed.html", {**told, "has_errors": True})
    try:
        propose_again(one, reason=form.cleaned_data["reason"], **done_by(request))
    except Conflict as error:
        typed = form.cleaned_data["reason"]
        return conflict(request, "Not proposed", error, reverse("objections"), typed)
    say_once(request, SAID.format(**pair))
    return HttpResponseRedirect(reverse("objections"))


SAID = "{partner} is proposed to {lead} again, and both are asked."
