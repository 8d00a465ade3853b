"""Sign in, choose an organisation, see what one may do, stop access."""

import logging

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts import actions, oidc, queries, sessions
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.forms import ChangeAccess, ChooseOrganisation, FindPeople
from schoolhubs.service.accounts.middleware import actor_for
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.accounts.organisation_api import OrganisationApi, RolesUnknown
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.web import logs

log = logging.getLogger("schoolhubs.accounts")
NEXT = "next"
CHANGES = {"stop": actions.stop_access, "give back": actions.give_access_back}
NO_ROLE = "You have no role in this service for {name}. Select another organisation"


@allow(public=True)
@require_safe
def sign_in(request: ActedRequest) -> HttpResponse:
    """Say how to sign in; in a demonstration, show the role cards."""
    told = {
        NEXT: request.GET.get(NEXT, ""),
        "ended": request.GET.get("ended", ""),
        "was_sent": request.GET.get("sent", "") == "yes",
    }
    if settings.ENVIRONMENT.is_demo:
        from schoolhubs.service.demo.people import role_cards

        return render(request, "accounts/role_cards.html", {**told, "cards": role_cards()})
    return render(request, "accounts/sign_in.html", told)


@allow(public=True)
@require_safe
def start(request: ActedRequest) -> HttpResponse:
    """Leave for the sign-in provider."""
    request.session[NEXT] = _inside(request, request.GET.get(NEXT, ""))
    person = request.GET.get("person", "") if settings.ENVIRONMENT.is_demo else ""
    callback = request.build_absolute_uri(reverse("sign-in-callback"))
    try:
        return oidc.leave_for_provider(
            request, settings.ENVIRONMENT.sign_in(), callback=callback, person=person
        )
    except oidc.SignInRefused as error:
        return _refused(request, error)


@allow(public=True)
@require_safe
def callback(request: ActedRequest) -> HttpResponse:
    """Come back from the provider: signed in, or refused with how to try again."""
    at = timezone.now()
    told = settings.ENVIRONMENT.sign_in()
    try:
        who = oidc.come_back(request, told)
    except oidc.SignInRefused as error:
        return _refused(request, error)
    following = _inside(request, request.session.get(NEXT, ""))
    person = actions.keep_person(who, at=at, place="sign-in-callback")
    if person.is_stopped:
        request.session.flush()
        return render(request, "accounts/stopped.html", status=403)
    sessions.begin(request, person, at=at, id_token=who.id_token)
    if who.organisation:
        kept = actions.keep_organisation(who.organisation, named_kinds=told.organisation_kinds)
        if kept and _act_for(request, person, kept):
            return HttpResponseRedirect(following)
    request.session[NEXT] = following
    return HttpResponseRedirect(reverse("organisations"))


@allow(public=True)
@require_POST
def sign_out(request: ActedRequest) -> HttpResponse:
    """End the session here, then the one at the provider."""
    if not request.actor.is_signed_in:
        return HttpResponseRedirect(reverse("home"))
    actions.note_sign_out(request.actor, at=clock.now(), place="sign-out")
    id_token = sessions.end(request)
    home = request.build_absolute_uri(reverse("home"))
    address = oidc.end_session_address(
        settings.ENVIRONMENT.sign_in(), id_token=id_token, come_back_to=home
    )
    return HttpResponseRedirect(address or home)


@allow(signed_in=True)
@require_safe
def account(request: ActedRequest) -> HttpResponse:
    """Show who is signed in, for which organisation, and what the roles there may do."""
    roles = [role for role in Role if request.actor.holds(role)]
    told = {
        "roles": roles,
        "may_follow": request.actor.holds(*PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS),
    }
    return render(request, "accounts/account.html", told)


@allow(signed_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: ActedRequest) -> HttpResponse:
    """Choose the organisation to act for, among the person's own."""
    person = request.actor.person
    if person is None:  # the rights of this view let nobody in who is not signed in
        raise PermissionDenied
    told = settings.ENVIRONMENT.sign_in()
    try:
        said = OrganisationApi(told).organisations(person.subject)
    except RolesUnknown as error:
        log.warning(str(error))
        return render(request, "accounts/roles_unknown.html", status=503)
    kept = [actions.keep_organisation(each, named_kinds=told.organisation_kinds) for each in said]
    offered = {each.sign_in_id: each for each in kept if each is not None and each.is_open}
    form = ChooseOrganisation(
        request.POST if request.method == "POST" else None, offered=set(offered)
    )
    only = next(iter(offered.values())) if len(offered) == 1 else None
    if only and request.actor.organisation is None and _act_for(request, person, only):
        return HttpResponseRedirect(_following(request))
    if request.method == "POST" and form.is_valid():
        chosen = offered[form.cleaned_data["organisation"]]
        if _act_for(request, person, chosen):
            return HttpResponseRedirect(_following(request))
        form.add_error("organisation", NO_ROLE.format(name=chosen.name))
    has_errors = request.method == "POST" and bool(form.errors)
    told_page = {"offered": list(offered.values()), "form": form, "has_errors": has_errors}
    return render(request, "accounts/organisations.html", told_page)


@allow(Role.OFFICE_ADMINISTRATOR, Role.AUDITOR)
@require_safe
def people(request: ActedRequest) -> HttpResponse:
    """Find somebody among those who ever signed in; the latest where nothing is typed."""
    form = FindPeople(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    told = {
        "form": form,
        "people": queries.find_people(typed) if form.is_valid() else [],
        "n_people": Person.objects.count(),
        "most_found": queries.MOST_FOUND,
        "has_errors": not form.is_valid(),
    }
    return render(request, "accounts/people.html", told)


@allow(Role.OFFICE_ADMINISTRATOR, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: ActedRequest, person_id: int) -> HttpResponse:
    """Show one person, and stop their access or give it back, with a reason."""
    one = get_object_or_404(queries.people(), pk=person_id)
    may_change = request.actor.holds(Role.OFFICE_ADMINISTRATOR) and one != request.actor.person
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = ChangeAccess(request.POST if request.method == "POST" else None)
    has_errors = request.method == "POST" and not form.is_valid()
    if request.method == "POST" and not has_errors:
        change = CHANGES[form.cleaned_data["access"]]
        change(
            one, by=request.actor, at=clock.now(), reason=form.cleaned_data["reason"],
            place="person",
        )  # fmt: skip
        return HttpResponseRedirect(reverse("person", kwargs={"person_id": one.pk}))
    told = {"one": one, "form": form, "has_errors": has_errors, "may_change": may_change}
    return render(request, "accounts/person.html", told)


def _act_for(request: ActedRequest, person: Person, organisation: Organisation) -> bool:
    """Act for an organisation if the person holds a role there now."""
    at = timezone.now()
    actor = actor_for(person, organisation, at=at, anew=True)
    if not actor.as_it_was().roles:
        return False
    sessions.act_for(request, organisation)
    request.actor = actor
    actions.note_organisation(actor, at=at, place="organisations")
    return True


def _following(request: ActedRequest) -> str:
    return _inside(request, request.session.pop(NEXT, ""))


def _inside(request: ActedRequest, address: str) -> str:
    """Keep an address of this service; any other becomes the page of one's own work."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if address and is_ours else reverse("work")


def _refused(request: ActedRequest, error: oidc.SignInRefused) -> HttpResponse:
    log.warning("sign-in refused", extra={"event": str(error)})
    told = {"request_id": logs.request_id.get()}
    return render(request, "accounts/sign_in_refused.html", told, status=400)
