"""Intakes by term; open, change and close a window; let a school in late; who waits."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, OFFICE, Role
from schoolhubs.service.cohorts import actions
from schoolhubs.service.cohorts.models import Intake, LatePermission
from schoolhubs.service.cohorts.office import queries
from schoolhubs.service.cohorts.office.forms import LateForm, WindowForm, with_days
from schoolhubs.service.cohorts.queries import intake_of
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict

READERS = (*OFFICE, Role.AUDITOR)


@require_safe
@allow(*READERS)
def intakes(request: HttpRequest) -> HttpResponse:
    """List the intakes of every programme with what stands in each."""
    on = clock.day()
    ours = settings.ENVIRONMENT.programme_ids
    rows = queries.rows_of(ours)
    told = {
        "groups": [
            (
                programmes.load(each).as_at(on),
                [row for row in rows if row.intake.programme_id == each],
            )
            for each in ours
        ],
        "stranded": queries.stranded(ours, on=on),
        "on": on,
        "may_decide": _may_decide(request),
    }
    return render(request, "cohorts/intakes.html", told)


@require_POST
@allow(*DECIDERS)
def propose(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Put the intakes of the terms ahead on the list; their windows wait to be confirmed."""
    if programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actions.propose_intakes(
        programme_id, on=clock.day(), by=actor.by, at=clock.now(), place=request.path
    )
    return HttpResponseRedirect(reverse("intakes"))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*READERS)
def intake(request: HttpRequest, programme_id: str, cohort_id: str) -> HttpResponse:
    """Show one intake; confirm or change its window."""
    one = _found(programme_id, cohort_id)
    form = WindowForm(with_days(request.POST, "opens_on", "last_on"))
    told = _told(request, one) | {"form": form, "put_off": queries.put_off_to(one)}
    if request.method != "POST":
        return render(request, "cohorts/intake.html", told)
    if not told["may_decide"]:
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
    if not form.is_valid():
        return render(request, "cohorts/intake.html", told | {"has_errors": True})
    said = request.POST.get("version", "")
    try:
        actions.set_window(
            one, opens_on=form.cleaned_data["opens_on"], closes_on=form.closes_on,
            reason=form.cleaned_data["reason"],
            version=int(said) if said.isdecimal() and len(said) < 10 else 0, **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        back = reverse("intake", kwargs={"programme_id": programme_id, "cohort_id": cohort_id})
        typed = form.cleaned_data["reason"]
        shown = {"title": "Not saved", "text": str(error), "back": back, "typed": typed}
        return render(request, "web/conflict.html", shown, status=409)
    return HttpResponseRedirect(reverse("intakes"))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*DECIDERS)
def late(request: HttpRequest, programme_id: str, cohort_id: str) -> HttpResponse:
    """Let one school apply outside the window."""
    one = _found(programme_id, cohort_id)
    form = LateForm(with_days(request.POST, "until_on"))
    told = _told(request, one) | {"form": form}
    if request.method != "POST":
        return render(request, "cohorts/late.html", told)
    is_right = form.is_valid()
    urn = form.cleaned_data.get("urn")
    if urn and not School.objects.filter(snapshot=current_snapshot(), urn=urn).exists():
        form.add_error("urn", "No school in the register has this URN")
        is_right = False
    if not is_right:
        return render(request, "cohorts/late.html", told | {"has_errors": True})
    actions.let_in_late(one, **form.cleaned_data, **done_by(request))
    address = reverse("intake", kwargs={"programme_id": programme_id, "cohort_id": cohort_id})
    return HttpResponseRedirect(address)


@require_safe
@allow(*READERS)
def waiting(request: HttpRequest, programme_id: str, cohort_id: str) -> HttpResponse:
    """List who waits for a place, most need first, and what stood in the way."""
    one = _found(programme_id, cohort_id)
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 7 else 1
    rows, shown = queries.waiting_list(one, page=number)
    told = _told(request, one) | {"rows": rows, "page": shown}
    return render(request, "cohorts/waiting.html", told)


def _found(programme_id: str, cohort_id: str) -> Intake:
    one = intake_of(programme_id, cohort_id)
    if one is None or programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    return one


def _told(request: HttpRequest, one: Intake) -> dict[str, Any]:
    return {
        "intake": one,
        "rules": programmes.load(one.programme_id).as_at(one.starts_on),
        "late": list(LatePermission.objects.filter(intake=one)),
        "on": clock.day(),
        "may_decide": _may_decide(request),
    }


def _may_decide(request: HttpRequest) -> bool:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.holds(*DECIDERS)
