"""The library: found by words and filters, one resource, those for a school's findings."""

import datetime
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from schoolhubs import delivery, plans
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor
from schoolhubs.service.accounts.reach import is_own_school, own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.diagnosis.assessing.queries import school_now
from schoolhubs.service.diagnosis.day.queries import setting_of
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans.reach import who
from schoolhubs.service.training.library import actions, queries
from schoolhubs.service.training.library.queries import Wanted
from schoolhubs.service.training.reach import ACTS, OWN, may_act
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer, day, say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.root_causes import root_causes

NOT_SAVED = "Nothing was saved"
SETTINGS = {
    "mainstream": "Mainstream", "special": "Special school",
    "alternative_provision": "Alternative provision",
}  # fmt: skip
PHASES = {"primary": "Primary", "secondary": "Secondary"}
SOURCE = "The library of resources of this service; publications described in our own words"


@allow(public=True)
@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """Show the library, all of it or what fits words and filters."""
    wanted, unknown = _wanted(request)
    found = [] if unknown else queries.found(wanted)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ours = own_urns(actor, *OWN)
    told = {
        "found": found, "wanted": wanted, "unknown": unknown, "choices": _choices(),
        "n_all": len(delivery.resources.library()), "narrowed": request.GET.urlencode(),
        "own_urn": ours[0] if len(ours) == 1 else "", **_words(),
    }  # fmt: skip
    return render(request, "training/resources.html", told, status=400 if unknown else 200)


@allow(public=True)
@require_safe
def resources_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Give what fits words and filters as CSV or XLSX."""
    wanted, unknown = _wanted(request)
    if unknown or ending not in ("csv", "xlsx"):
        raise Http404
    table = table_of(queries.found(wanted))
    if ending == "csv":
        return csv_answer(table, "resources.csv")
    about = {"Source": SOURCE, "As at": day(clock.day())}
    return workbook_answer({"Resources": table}, "resources.xlsx", about=about, at=clock.now())


@allow(public=True)
@require_safe
def resource(request: HttpRequest, resource_id: str) -> HttpResponse:
    """Show one resource: what it is, its terms, how much is known, and how many schools used it."""
    one = _one(resource_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ours = own_urns(actor, *ACTS)
    urn = ours[0] if len(ours) == 1 else ""
    used = {each.root_cause: each for each in queries.used_by(urn)
            if each.resource_id == resource_id} if urn else {}  # fmt: skip
    told = {
        "one": one, "n_used": queries.n_schools_that_used(resource_id), "urn": urn, "used": used,
        "at_least": delivery.resources.AT_LEAST,
        "licence": delivery.resources.licences()[one.licence],
        "actions": [plans.library()[each] for each in one.actions], "settings": SETTINGS,
        "phases": PHASES, **_words(),
    }  # fmt: skip
    return render(request, "training/resource.html", told)


@allow(*OWN)
@require_safe
def for_school(request: ActedRequest, urn: str) -> HttpResponse:
    """Show resources for what a school has confirmed, and what it used."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, urn, *OWN))
    school = school_now(urn)
    diagnosis = queries.findings_of(urn)
    library = delivery.resources.library()
    used = queries.used_by(urn)
    told = {
        "school": school, "diagnosis": diagnosis,
        "findings": queries.for_findings(diagnosis, setting=setting_of(school.phase))
        if diagnosis else [],
        "used": [(each, library.get(each.resource_id)) for each in used],
        "done": {(each.resource_id, each.root_cause) for each in used},
        "may_act": may_act(request.actor, urn), **_words(),
    }  # fmt: skip
    return render(request, "training/for_school.html", told)


@allow(*ACTS)
@require_POST
def use(request: ActedRequest, urn: str, resource_id: str) -> HttpResponse:
    """Note that the school used a resource, and what for."""
    refuse_others(request.actor, is_own=may_act(request.actor, urn))
    one = _one(resource_id)
    back = reverse("school-resources", kwargs={"urn": urn})
    root_cause = request.POST.get("root_cause", "")
    try:
        made = actions.use(one, urn, root_cause, on=clock.day(), who=who(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back)
    say_once(
        request,
        "It is noted that your school used it" + (
            ", and your plan says so among its comments." if made.plan_id else "."
        ),
    )  # fmt: skip
    return HttpResponseRedirect(back)


def table_of(found: list[delivery.resources.Resource]) -> pl.DataFrame:
    """Give a row for each resource."""
    columns = (
        "resource_id", "title", "kind", "publisher", "published", "version", "about",
        "root_causes", "actions", "settings", "phases", "strength", "licence", "address", "seen",
        "read_on",
    )  # fmt: skip
    rows = [tuple(_cell(getattr(each, name)) for name in columns) for each in found]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _cell(value: object) -> str | None:
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return str(value) if value or isinstance(value, datetime.date) else None


def _one(resource_id: str) -> delivery.resources.Resource:
    found = delivery.resources.library().get(resource_id)
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """Give what is looked for, and the filter that is not understood, if there is one."""
    asked: dict[str, Any] = {
        name: request.GET.get(name, "").strip() for name in ("words", *_choices())
    }
    unknown = [
        name for name, known in _choices().items() if asked[name] and asked[name] not in known
    ]
    return Wanted(**asked), unknown[0].replace("_", " ") if unknown else ""


def _choices() -> dict[str, dict[str, str]]:
    practice = {name: each.title for name, each in root_causes().items() if each.side == "practice"}
    return {
        "root_cause": practice, "setting": SETTINGS, "phase": PHASES,
        "kind": dict(delivery.resources.kinds()), "strength": _strengths(),
    }  # fmt: skip


def _strengths() -> dict[str, str]:
    held = plans.facts.stored("strengths.yaml")["strengths"]
    return {name: each["title"] for name, each in held.items()}


def _words() -> dict[str, Any]:
    return {
        "kinds": delivery.resources.kinds(), "strengths": _strengths(), "causes": root_causes(),
        "licences": delivery.resources.licences(),
    }  # fmt: skip
