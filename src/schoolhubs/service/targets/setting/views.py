"""Pages to set a goal, and to enter a figure issued elsewhere."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.models import SetByPeople
from schoolhubs.service.targets.page.apart import gets_a_goal
from schoolhubs.service.targets.page.asked import in_ten, rule_of
from schoolhubs.service.targets.page.reach import SPEAKERS, may_set_goal
from schoolhubs.service.targets.page.views import found
from schoolhubs.service.targets.setting import actions
from schoolhubs.service.targets.setting.forms import GoalForm, IssuedForm
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

SETTERS = (*SPEAKERS, *DECIDERS)


@allow(*SETTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: ActedRequest, urn: str) -> HttpResponse:
    """Set the goal of a school that has no target by rule, with a reason."""
    told = _found(request, urn)
    form = GoalForm(told["row"], request.POST if request.method == "POST" else None)
    held = queries.goal_of(told["fit"], urn)
    rule = rule_of(told["fit"])
    told |= {"form": form, "held": held, "most": in_ten(rule.interval_share if rule else None)}
    if not told["gets_a_goal"] and request.method == "POST":
        typed = request.POST.get("reason", "")
        return _not_saved(request, urn, Conflict(actions.BY_RULE), typed)
    return _page(request, urn, "targets/goal.html", told, actions.set_goal, "The goal is set.")


@allow(*SETTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def issued(request: ActedRequest, urn: str) -> HttpResponse:
    """Enter what somebody else expects of the school, with who and when."""
    told = _found(request, urn)
    posted = with_days(request.POST, "issued_on") if request.method == "POST" else None
    told |= {"form": IssuedForm(told["row"], posted), "held": queries.issued_to(told["fit"], urn)}
    return _page(
        request, urn, "targets/issued.html", told, actions.enter_issued,
        "The figure is entered, beside ours.",
    )  # fmt: skip


def _found(request: ActedRequest, urn: str) -> dict[str, Any]:
    refuse_others(request.actor, is_own=may_set_goal(request.actor, urn))
    _, school = found(request, urn)
    fit, target = queries.standing(urn)
    is_apart = gets_a_goal(school, target)
    if fit is None or (target is None and not is_apart):
        raise Http404
    return {"school": school, "fit": fit, "row": target, "gets_a_goal": is_apart}


def _page(
    request: ActedRequest,
    urn: str,
    template: str,
    told: dict[str, Any],
    act: Callable[..., SetByPeople],
    done: str,
) -> HttpResponse:
    form: forms.Form = told["form"]
    told["has_errors"] = request.method == "POST"
    if request.method != "POST" or not form.is_valid():
        return render(request, template, told)
    try:
        act(
            urn,
            told["fit"].year,
            **form.cleaned_data,
            version=version_of(request),
            **done_by(request),
        )
    except Conflict as error:
        typed = form.cleaned_data.get("reason") or form.cleaned_data.get("issued_by", "")
        return _not_saved(request, urn, error, typed)
    say_once(request, done)
    return HttpResponseRedirect(reverse("school-target", kwargs={"urn": urn}))


def _not_saved(request: ActedRequest, urn: str, error: Conflict, typed: str = "") -> HttpResponse:
    back = reverse("school-target", kwargs={"urn": urn})
    return conflict(request, "Nothing was saved", error, back, typed)
