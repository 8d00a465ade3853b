"""The page on which an office administrator walks a demonstration through its year."""

import datetime

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.clock import actions, queries
from schoolhubs.vocabulary.errors import Conflict

DAY = datetime.timedelta(days=1)
MOST_SHOWN = 12
NOTHING_CHOSEN = "Choose how far to go"


class ForwardForm(forms.Form):
    """How far, and from which day it was asked."""

    to = forms.DateField(error_messages={"required": NOTHING_CHOSEN, "invalid": NOTHING_CHOSEN})
    from_on = forms.DateField(
        error_messages={
            "required": "The page is out of date. Load it again, then choose.",
            "invalid": "The page is out of date. Load it again, then choose.",
        }
    )


@allow(Role.OFFICE_ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def forward(request: ActedRequest) -> HttpResponse:
    """Show where the clock stands and what is ahead; put it forward."""
    if not settings.ENVIRONMENT.is_demo:
        raise Http404
    on = clock.day()
    form = ForwardForm(request.POST if request.method == "POST" else None)
    ahead = queries.ahead_of(on, on + actions.MOST_DAYS * DAY)
    has_errors = request.method == "POST" and not form.is_valid()
    told = {
        "on": on, "ahead": ahead[:MOST_SHOWN], "ways": _ways(on, ahead), "form": form,
        "has_errors": has_errors,
    }  # fmt: skip
    if request.method != "POST" or has_errors:
        return render(request, "clock/clock.html", told)
    asked = form.cleaned_data
    try:
        work = actions.ask_forward(asked["to"], from_on=asked["from_on"], **done_by(request))
    except Conflict as error:
        told = {"title": "The clock was not moved", "text": str(error), "back": request.path}
        return render(request, "web/conflict.html", told, status=409)
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


def _ways(on: datetime.date, ahead: list[queries.Ahead]) -> list[tuple[str, queries.Ahead]]:
    """Give how far one may go: a label and the day, with what happens then."""
    ways = [
        ("One day", queries.Ahead(on=on + DAY, words="")),
        ("One week", queries.Ahead(on=on + 7 * DAY, words="")),
    ]
    if ahead:
        first = [each for each in ahead if each.on == ahead[0].on]
        words = "; ".join(each.words for each in first)
        ways.append(("To the next date that matters", queries.Ahead(on=first[0].on, words=words)))
    return [*ways, ("To the next term", queries.next_term(on))]
