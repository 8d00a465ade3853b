"""The page of one's calendar link, and the feed that calendars follow."""

import datetime
import hashlib

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.delivery import invitations
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners import limits, tags
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.calendars import actions, queries
from schoolhubs.service.calendars.dates import PARTNERS, dates_of, whose
from schoolhubs.service.calendars.models import CalendarLink
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

FOLLOWERS = (*PARTNERS, *LEADS)
CALENDAR = "text/calendar; charset=utf-8"
REFRESH_HOURS = 6
SHOWN_ONCE = "calendar-link-shown-once"


class LinkForm(forms.Form):
    """Make a link, or take it back."""

    do = forms.ChoiceField(
        choices=[("make", "Make a link"), ("end", "Take it back")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose whether to make a link or to take it back"
        ),
    )


@allow(*FOLLOWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: ActedRequest) -> HttpResponse:
    """Say what a calendar link is and whether one stands; make it, make it anew, take it back."""
    is_sent = request.method == "POST"
    form = LinkForm(request.POST if is_sent else None)
    actor, at = request.actor, clock.now()
    told = {
        "form": form, "has_errors": is_sent and not form.is_valid(),
        "rests_after": queries.limit("rests_after_days"), "back_days": queries.limit("back_days"),
        "secret_address": "", "on": clock.day(),
    }  # fmt: skip
    if is_sent and form.is_valid():
        if form.cleaned_data["do"] == "end":
            try:
                actions.take_back(actor, at=at, place="calendar-link")
            except Conflict as error:
                return conflict(request, "Nothing was changed", error, reverse("calendar-link"))
            say_once(request, "The link is taken back. Calendars that follow it get no more dates.")
            return HttpResponseRedirect(reverse("calendar-link"))
        secret = actions.make(actor, on=clock.day(), at=at, place="calendar-link")
        # Shown by the next page and kept no longer, so that a page looked at again makes no other.
        request.session[SHOWN_ONCE] = reverse("calendar-feed", kwargs={"secret": secret})
        return HttpResponseRedirect(reverse("calendar-link"))
    if not is_sent and (page := request.session.pop(SHOWN_ONCE, "")):
        told["secret_address"] = request.build_absolute_uri(page)
    told["link"] = queries.link_of(actor)
    return render(request, "calendars/link.html", told)


@allow(public=True)
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the dates behind a link to whoever has it; a link that is not in force is not there."""
    at, on = clock.now(), clock.day()
    try:
        found = _counted(request, secret, at, on)
    except Refused as refused:
        return HttpResponse(
            refused.detail, status=429, content_type="text/plain; charset=utf-8",
            headers=refused.headers,
        )  # fmt: skip
    actor = queries.actor_of(found, on=on)
    if not actor.holds(*FOLLOWERS):
        raise Http404
    of = whose(actor, since=on - datetime.timedelta(days=queries.limit("back_days")))
    title = f"{settings.ENVIRONMENT.service_name}: {found.organisation.name}"
    told = invitations.feed(dates_of(of), title=title, refresh_hours=REFRESH_HOURS)
    actions.note_use(found, on=on)
    return _answered(request, told)


def _counted(
    request: HttpRequest, secret: str, at: datetime.datetime, on: datetime.date
) -> CalendarLink:
    """Give the link of a secret, having counted the request against it or against its address."""
    found = queries.opened_by(secret, on=on)
    if found is None:
        limits.count(limits.address_of(request), limits.limit("requests_without_key"), at=at)
        raise Http404
    limits.count(f"calendar:{found.pk}", limits.limit("requests_with_key"), at=at)
    return found


def _answered(request: HttpRequest, told: bytes) -> HttpResponse:
    """Tag a feed, and answer 304 where it is known already."""
    tag = f'"{hashlib.sha256(told).hexdigest()[:32]}"'
    is_known = tags.is_known(request, tag)
    answer = HttpResponse(status=304) if is_known else HttpResponse(told, content_type=CALENDAR)
    if is_known:
        del answer.headers["Content-Type"]
    else:
        answer.headers["Content-Disposition"] = 'inline; filename="school-hubs.ics"'
    answer.headers["ETag"] = tag
    # Kept by whoever asks, asked again each time; found by no search engine.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
