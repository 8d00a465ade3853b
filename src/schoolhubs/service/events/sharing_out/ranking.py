"""A partner says which days of a term it accepts, the best first."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import settling
from schoolhubs.service.events.models import Event, Ranking
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.sharing_out import actions
from schoolhubs.service.events.visiting import seen
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

RANK = "Enter 1 for the best day, 2 for the next, or leave it empty"
MOST = 99


class RankingForm(forms.Form):
    """A place for each day, and how many come."""

    def __init__(self, days: list[Event], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.days = {f"r_{each.pk}": each for each in days}
        for name in self.days:
            self.fields[name] = forms.IntegerField(
                required=False, min_value=1, max_value=MOST,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), RANK),
            )  # fmt: skip
        said = "Enter how many people would come, such as 2"
        self.fields["n_people"] = forms.IntegerField(
            min_value=1, max_value=MOST,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), said),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for one day at least, and for no two alike."""
        said = super().clean() or self.cleaned_data
        ranks = [said[name] for name in self.days if said.get(name)]
        first = next(iter(self.days), "n_people")
        if not self.errors and not ranks:
            self.add_error(first, RANK)
        elif len(set(ranks)) != len(ranks):
            self.add_error(first, "Give each day a number of its own")
        return said

    def choices(self) -> list[int]:
        """Give the days that are accepted, the best first."""
        said = self.cleaned_data
        ranked = sorted((said[name], each.pk) for name, each in self.days.items() if said[name])
        return [pk for _, pk in ranked]


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ranking(request: ActedRequest, event_id: int) -> HttpResponse:
    """Ask which days of an event's term one's schools accept."""
    event = get_object_or_404(Event.objects.select_related("hub"), pk=event_id)
    ours = reach.of_event(list(reach.partnerships_of(request.actor)), event)
    refuse_others(request.actor, is_own=bool(ours) and event.state != "draft")
    agreed = [each for each in ours if each.state in HOLDS_A_PLACE]
    days = _open_to(agreed, event)
    is_sent = request.method == "POST"
    if is_sent and (not agreed or not days):
        error = Conflict("Nothing can be ranked now. Nothing was saved.")
        return conflict(request, "Nothing was saved", error, reverse("events"))
    if is_sent and request.POST.get("do") == "unrank":
        return _take_back(request, agreed, event)
    form = RankingForm(days, request.POST if is_sent else None, initial=_so_far(agreed, event))
    is_ranked = "n_people" in form.initial
    if not is_ranked:
        form.initial["n_people"] = 1
    told = seen.about(event, ours) | {
        "form": form, "has_errors": is_sent, "agreed": agreed, "days": days,
        "is_ranked": is_ranked, "rules": rules_for(event),
        "term": seen.term_named(event.term_starts_on), "ways": seen.shortest(days, ours),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "events/ranking.html", told)
    try:
        actions.rank(
            agreed, event, form.choices(), n_people=form.cleaned_data["n_people"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, reverse("events"))
    say_once(request, "It is saved. You are written to once the places are shared out.")
    return HttpResponseRedirect(reverse("events"))


def _open_to(agreed: list[Partnership], event: Event) -> list[Event]:
    """Give the days of a term that are for one of some schools at least."""
    urns = {each.partner_urn for each in agreed}
    days = actions.days_of(event.hub, event.kind, event.term_starts_on)
    return [each for each in days if settling.of_phases(each, urns)]


def _take_back(request: ActedRequest, agreed: list[Partnership], event: Event) -> HttpResponse:
    try:
        actions.unrank(agreed, event, **done_by(request))
    except Conflict as error:
        return conflict(request, "Nothing was changed", error, reverse("events"))
    say_once(request, "It is taken back. Nothing is shared out to your school in this term.")
    return HttpResponseRedirect(reverse("events"))


def _so_far(agreed: list[Any], event: Event) -> dict[str, int]:
    found = Ranking.objects.filter(
        partnership__in=agreed, kind=event.kind, term_starts_on=event.term_starts_on
    ).first()
    if found is None:
        return {}
    ranks = {f"r_{pk}": rank for rank, pk in enumerate(found.choices, start=1)}
    return {**ranks, "n_people": found.n_people}
