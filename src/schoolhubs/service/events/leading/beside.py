"""The office lets a school come beside the rules: one more visit, a larger party, another phase."""

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import booking as bookings
from schoolhubs.service.events.leading.forms import LONGEST
from schoolhubs.service.events.models import MOST_PLACES, Booking, Event
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.visiting.forms import HOW_MANY, LONGEST_NOTE, TOO_LONG
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.partnerships.telling import Names, names_of
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted

NOT_BOOKED = "Nothing was booked"


class BesideForm(forms.Form):
    """Which school comes, with how many, and why."""

    key = forms.UUIDField(required=False)
    n_people = forms.IntegerField(
        min_value=1, max_value=MOST_PLACES,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), HOW_MANY),
    )  # fmt: skip
    access_needs = FreeText(
        required=False, max_length=LONGEST_NOTE, error_messages={"max_length": TOO_LONG}
    )
    reason = FreeText(
        max_length=LONGEST,
        error_messages={
            "required": "Say why the school may come beside the rules",
            "max_length": f"Write {LONGEST:,} characters or fewer",
        },
    )  # fmt: skip

    def __init__(self, partnerships: list[Partnership], names: Names, *given: Any) -> None:
        super().__init__(*given)
        named = sorted((names.school(each.partner_urn), str(each.pk)) for each in partnerships)
        self.fields["partnership"] = forms.ChoiceField(
            choices=[(pk, name) for name, pk in named],
            error_messages=dict.fromkeys(("required", "invalid_choice"), "Select a school"),
        )


@allow(*DECIDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def beside(request: ActedRequest, event_id: int) -> HttpResponse:
    """Book for a school of the hub that the rules of the programme would keep away."""
    event = get_object_or_404(Event.objects.select_related("hub"), pk=event_id)
    is_sent, partnerships = request.method == "POST", _partners(event)
    names = names_of({event.hub.lead_urn, event.place_urn, *(p.partner_urn for p in partnerships)})
    form = BesideForm(partnerships, names, request.POST if is_sent else None)
    told = {
        "event": event, "names": names, "form": form, "has_errors": is_sent, "key": uuid.uuid4(),
        "rules": rules_for(event), "is_open": event.is_open_on(clock.day()),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "events/beside.html", told)
    at = reverse("event", kwargs={"event_id": event.pk})
    said = form.cleaned_data
    one = next(each for each in partnerships if str(each.pk) == said["partnership"])
    try:
        booked = _book(request, event, one, said)
    except Conflict as error:
        return conflict(request, NOT_BOOKED, error, at, said["reason"])
    places = counted(booked.n_people, "place is", "places are")
    say_once(request, f"{places} booked for {names.school(one.partner_urn)}. It was written to.")
    return HttpResponseRedirect(at)


def _book(request: ActedRequest, event: Event, one: Partnership, said: dict[str, Any]) -> Booking:
    wanted = bookings.Wanted(
        coming=[bookings.Coming(partnership=one, n_people=said["n_people"])],
        access_needs=said["access_needs"],
    )
    key, why = said["key"] or uuid.uuid4(), said["reason"]
    held = bookings.hold(event, wanted, key=key, why_more=why, **done_by(request))
    return bookings.book(held, **done_by(request))


def _partners(event: Event) -> list[Partnership]:
    rows = Partnership.objects.filter(
        programme_id=event.hub.programme_id, lead_urn=event.hub.lead_urn, partner_trust_id="",
        state__in=HOLDS_A_PLACE,
    )  # fmt: skip
    return reach.of_event(list(rows.order_by("partner_urn")), event)
