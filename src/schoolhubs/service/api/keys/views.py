"""The office's pages of keys: all of them, a new one, and one with what became of it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.keys import actions, queries
from schoolhubs.service.api.keys.forms import EndKey, MakeKey
from schoolhubs.service.api.keys.scopes import scopes
from schoolhubs.service.api.manners.limits import limit
from schoolhubs.vocabulary.errors import Conflict

MAKERS, READERS = (Role.OFFICE_ADMINISTRATOR,), (Role.OFFICE_ADMINISTRATOR, Role.AUDITOR)


@allow(*READERS)
@require_safe
def keys(request: ActedRequest) -> HttpResponse:
    """List every key: whose, what for, its scopes, when last used, whether it still opens."""
    told = {
        "keys": queries.all_keys()[: queries.MOST_SHOWN],
        "n_keys": queries.all_keys().count(),
        "may_make": request.actor.holds(*MAKERS),
        "today": timezone.localdate(),
    }
    return render(request, "api/keys.html", told)


@allow(*MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest) -> HttpResponse:
    """Make a key; it is shown on the page that answers, and never again."""
    at = timezone.now()
    form = MakeKey(request.POST or None, today=timezone.localdate(at))
    if request.method == "POST" and form.is_valid():
        made = form.cleaned_data
        try:
            key, token = actions.make_key(
                made["organisation"], name=made["name"], scopes=made["scopes"],
                expires_on=made["expires"], by=request.actor.by,
                organisation=request.actor.organisation_key, at=at, place="api-key-new",
            )  # fmt: skip
        except Conflict as error:
            form.add_error("name", str(error))
        else:
            return render(request, "api/made.html", {"key": key, "token": token})
    told = {
        "form": form,
        "scopes": scopes(),
        "most_days": limit("most_key_days"),
        "has_errors": request.method == "POST",
    }
    return render(request, "api/new.html", told)


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: ActedRequest, prefix: str) -> HttpResponse:
    """Show one key, and end it with a reason."""
    one = get_object_or_404(queries.all_keys(), prefix=prefix)
    may_end = request.actor.holds(*MAKERS)
    if request.method == "POST" and not may_end:
        raise PermissionDenied
    form = EndKey(request.POST or None)
    told = {
        "key": one,
        "form": form,
        "scopes": scopes(),
        "may_end": may_end and one.ended_at is None,
        "today": timezone.localdate(),
        "has_errors": request.method == "POST" and not form.is_valid(),
    }
    if request.method != "POST" or told["has_errors"]:
        return render(request, "api/key.html", told)
    try:
        actions.end_key(
            one, reason=form.cleaned_data["reason"], by=request.actor.by,
            organisation=request.actor.organisation_key, at=timezone.now(), place="api-key",
        )  # fmt: skip
    except Conflict as error:
        told = {"title": "Not ended", "text": str(error), "back": request.path}
        return render(request, "web/conflict.html", told, status=409)
    return HttpResponseRedirect(reverse("api-key", kwargs={"prefix": prefix}))
