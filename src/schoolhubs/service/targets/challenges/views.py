"""A school challenges what its target was worked out from, or takes that back."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges import actions
from schoolhubs.service.targets.challenges.disputable import things_of
from schoolhubs.service.targets.challenges.forms import ChallengeForm
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.models import Challenge
from schoolhubs.service.targets.page.reach import SPEAKERS, may_speak
from schoolhubs.service.targets.page.views import found
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

SENT = "Your challenge is with the programme office. We write to you once it is decided."
RENEWED = (
    "This service has been renewed since the target was worked out, and cannot work it out again. "
    "Ask the programme office to have targets worked out anew; then challenge what is wrong."
)
TAKEN_BACK = "You withdrew the challenge. Nothing changes."


@allow(*SPEAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask what is wrong, what it should be and how that can be checked."""
    refuse_others(request.actor, is_own=may_speak(request.actor, urn))
    _, school = found(request, urn)
    fit, target = queries.standing(urn)
    explained = explanation_of(target, at=clock.now()) if target else None
    if fit is None or target is None or explained is None:
        raise Http404
    is_sent = request.method == "POST"
    things = things_of(target, explained.target)
    back = reverse("school-target", kwargs={"urn": urn})
    if not things:
        answer = conflict(request, "Nothing can be challenged now", Conflict(RENEWED), back)
        answer.status_code = 409 if is_sent else 200
        return answer
    form = ChallengeForm(things, request.POST if is_sent else None)
    told = {"school": school, "fit": fit, "form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "targets/challenge.html", told)
    said = form.cleaned_data
    try:
        actions.challenge(
            target, form.things[said["thing"]], after=said["after"], words=said["words"],
            evidence=said["evidence"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Your challenge was not saved", error, back, said["words"])
    say_once(request, SENT)
    return HttpResponseRedirect(back)


@allow(*SPEAKERS)
@require_POST
def withdraw(request: ActedRequest, urn: str, challenge_id: int) -> HttpResponse:
    """Take a challenge back."""
    refuse_others(request.actor, is_own=may_speak(request.actor, urn))
    made = get_object_or_404(Challenge, pk=challenge_id, urn=urn)
    back = reverse("school-target", kwargs={"urn": urn})
    try:
        actions.withdraw(made, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, "Nothing was changed", error, back)
    say_once(request, TAKEN_BACK)
    return HttpResponseRedirect(back)
