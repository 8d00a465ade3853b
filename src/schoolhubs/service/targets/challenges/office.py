"""Challenges for the office: the list, one case, the decision."""

import dataclasses
import datetime

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, OFFICE, Role
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges import actions
from schoolhubs.service.targets.challenges.disputable import words_of
from schoolhubs.service.targets.challenges.forms import DecisionForm
from schoolhubs.service.targets.challenges.weighing import weighed
from schoolhubs.service.targets.models import Challenge, ChallengeState
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

READERS = (*OFFICE, Role.AUDITOR)
ON_A_PAGE = 50
DECIDED = {
    True: "The challenge is upheld. The target is being worked out again, and the school is "
    "written to with both versions.",
    False: "The challenge is not upheld, and the school is written to with your reason.",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One challenge with its school, in words, and how many days it has waited."""

    challenge: Challenge
    school: str
    thing: str
    n_days: int


def _rows(page: Page[Challenge] | list[Challenge], at: datetime.datetime) -> list[Row]:
    names = names_of({each.urn for each in page} | {each.name for each in page})
    return [
        Row(
            challenge=each,
            school=names.get(each.urn, f"URN {each.urn}"),
            thing=_capital(words_of(each.kind, each.name, names.get(each.name))),
            n_days=_days(each, at),
        )
        for each in page
    ]


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _days(each: Challenge, at: datetime.datetime) -> int:
    until = timezone.localdate(each.decided_at or at)
    return (until - timezone.localdate(each.made_at)).days


@allow(*READERS)
@require_safe
def challenges(request: ActedRequest) -> HttpResponse:
    """List challenges, oldest first, those that wait unless others are asked for."""
    state = request.GET.get("state", "open")
    state = state if state in ChallengeState.values else ""
    asked = request.GET.get("page", "1")
    ours = Challenge.objects.order_by("made_at", "pk")
    page = Paginator(ours.filter(state=state) if state else ours, ON_A_PAGE).get_page(
        int(asked) if asked.isdecimal() and len(asked) < 7 else 1
    )
    told = {
        "page": page, "rows": _rows(page, clock.now()), "state": state,
        "states": dict(ChallengeState.choices),
        "no_more": _rows(queries.counted_no_more(), clock.now()),
    }  # fmt: skip
    return render(request, "targets/challenges.html", told)


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: ActedRequest, challenge_id: int) -> HttpResponse:
    """Show one challenge; uphold it or not, with a reason."""
    one = get_object_or_404(
        Challenge.objects.select_related("target__fit", "amended__fit").defer(
            *(f"{of}__fit__{name}" for of in ("target", "amended") for name in queries.LIGHT)
        ),
        pk=challenge_id,
    )
    is_sent = request.method == "POST"
    may_decide = request.actor.holds(*DECIDERS)
    if is_sent and not may_decide:
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
    form = DecisionForm(request.POST if is_sent else None)
    (row,) = _rows([one], clock.now())
    told = {
        "row": row, "form": form, "may_decide": may_decide, "has_errors": is_sent,
        "weighed": weighed(one),
        "stopped": queries.stopped_amending([one]).get(one.pk),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "targets/case.html", told)
    is_upheld, reason = form.cleaned_data["verdict"] == "yes", form.cleaned_data["reason"]
    try:
        actions.decide(
            one, is_upheld=is_upheld, reason=reason, version=version_of(request),
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Not decided", error, reverse("target-challenges"), reason)
    say_once(request, DECIDED[is_upheld])
    return HttpResponseRedirect(reverse("target-challenges"))
