"""A list of hubs is brought in: choose it, see what it would change, agree, and say why."""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.service.network.actions import keep_hubs, plan_hubs
from schoolhubs.service.network.lists import given
from schoolhubs.service.network.lists.forms import BringHubs, KeepHubs, in_one_line
from schoolhubs.service.network.lists.plans import Plan
from schoolhubs.service.partnerships.doing.places import most_held
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.rules import RulesAsAt


class TooFew(NamedTuple):
    """A hub that would have fewer places on a pathway than are held in one term."""

    urn: str
    pathway: str
    n_places: int
    n_held: int


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.OFFICE_ADMINISTRATOR)
def bring(request: HttpRequest) -> HttpResponse:
    """Take a list, and show what it would change; nothing is kept yet."""
    if request.method != "POST":
        return _bring_page(request, BringHubs(titles=_titles()))
    content = _content(request)
    form = BringHubs(
        request.POST, titles=_titles(), n_bytes=len(content),
        refused=getattr(request, "refused_upload", "") == "size",
    )  # fmt: skip
    if not form.is_valid():
        return _bring_page(request, form)
    carried = {**request.POST.dict(), "held": given.packed(content)}
    return _look(request, KeepHubs(carried, titles=_titles()), form)


@require_POST
@allow(Role.OFFICE_ADMINISTRATOR)
def keep(request: HttpRequest) -> HttpResponse:
    """Make and change the hubs as was shown, unless they stand otherwise by now."""
    asked = KeepHubs(request.POST, titles=_titles())
    again = BringHubs(request.POST, titles=_titles(), n_bytes=1)
    if {"held", "programme"} & set(asked.errors):
        for message in asked.errors.get("held", ()):
            again.add_error(None, message)
        return _bring_page(request, again)
    if not asked.is_valid():
        return _look(request, asked, again, has_errors=True)
    told = asked.cleaned_data
    try:
        leads, _ = given.read(told["held"])
        keep_hubs(
            told["programme"], leads, shown=told["shown"], reason=told["reason"], **done_by(request)
        )
    except DataProblem as error:
        again.refuse(error)
        return _bring_page(request, again)
    except Conflict as error:
        return _look(request, asked, again, changed=str(error))
    return HttpResponseRedirect(reverse("office-overview"))


def _content(request: HttpRequest) -> bytes:
    """Give what was brought, but no more than tells that it is too long; nothing if none was."""
    file = request.FILES.get("file")
    if not isinstance(file, FileOnDisk):
        return b""
    with file.path.open("rb") as held:
        return held.read(given.MOST_BYTES + 1)


def _bring_page(request: HttpRequest, form: BringHubs) -> HttpResponse:
    told = {
        "form": form,
        "has_errors": bool(form.is_bound and form.errors),
        "most_kilobytes": given.MOST_BYTES // 1_000,
        "pathways": [
            (rules.title, [each.pathway for each in rules.pathways])
            for rules in (each.as_at(clock.day()) for each in run_here())
        ],
    }
    status = 413 if form.is_bound and form.refused else 200
    return render(request, "network/bring_hubs.html", told, status=status)


def _look(
    request: HttpRequest,
    asked: KeepHubs,
    form: BringHubs,
    *,
    has_errors: bool = False,
    changed: str = "",
) -> HttpResponse:
    """Show what a list would change, and ask why it is brought in."""
    asked.full_clean()
    programme_id, content = asked.cleaned_data["programme"], asked.cleaned_data["held"]
    on = clock.day()
    try:
        leads, left_out = given.read(content)
        plan = plan_hubs(programme_id, leads, on=on)
    except DataProblem as error:
        form.refuse(error)
        return _bring_page(request, form)
    rules = programmes.load(programme_id).as_at(on)
    told = {
        "rules": rules,
        "names": {each.pathway: each.name for each in rules.pathways},
        "plan": plan,
        "schools": _schools(plan),
        "too_few": _too_few(plan, rules, on),
        "left_out": [in_one_line(each) for each in left_out],
        "held": given.packed(content),
        "form": asked,
        "has_errors": has_errors,
        "changed": changed,
    }
    return render(request, "network/look_at_hubs.html", told, status=409 if changed else 200)


def _too_few(plan: Plan, rules: RulesAsAt, on: datetime.date) -> list[TooFew]:
    """Give where a list leaves a hub fewer places than schools hold in one of the terms ahead."""
    held = most_held(rules.programme_id, on=on)
    found = []
    for change in plan.changed:
        for pathway in rules.pathways:
            n_places = change.after.places.get(pathway.pathway, pathway.places_per_lead)
            n_held = held.get((change.urn, pathway.pathway), 0)
            if n_places < n_held:
                found.append(TooFew(change.urn, pathway.name, n_places, n_held))
    return found


def _schools(plan: Plan) -> dict[str, School]:
    """Give each school of a plan that the register has, with its name and whether it is open."""
    urns = {each.urn for each in (*plan.new, *plan.changed)}
    urns |= {*plan.over, *plan.kept_days, *plan.lacking}
    ours = School.objects.filter(snapshot__currentregister__only=True, urn__in=urns)
    return {each.urn: each for each in ours.only("urn", "name", "is_open")}


def _titles() -> list[tuple[str, str]]:
    on = clock.day()
    return [
        (each, programmes.load(each).as_at(on).title) for each in settings.ENVIRONMENT.programme_ids
    ]
