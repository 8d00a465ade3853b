"""The start page, and the pages every public service has."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.letters.kinds import address_days, notify_days
from schoolhubs.service.matching.queries import newest_published
from schoolhubs.service.programmes.queries import run_here


@allow(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what the service does, and open its doors."""
    told = [(each, newest_published(each.programme_id) is not None) for each in run_here()]
    return render(request, "web/home.html", {"run_here": told})


@allow(public=True)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was tested, and what is known not to work."""
    return render(request, "web/accessibility.html")


@allow(public=True)
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """Name the cookies, all of them needed."""
    kept = {
        "session": settings.SESSION_COOKIE_NAME,
        "form": settings.CSRF_COOKIE_NAME,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "form_days": settings.CSRF_COOKIE_AGE // 86_400,
    }
    return render(request, "web/cookies.html", kept)


@allow(public=True)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept of whom, and for how long."""
    days = {"address": address_days(), "notify": notify_days()}
    return render(request, "web/privacy.html", {"letter_days": days})
