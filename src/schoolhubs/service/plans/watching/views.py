"""Pages of who was affected: what comparisons found, and a new one."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import EDITORS, OWN, found, who
from schoolhubs.service.plans.watching import actions
from schoolhubs.service.plans.watching.forms import CompareForm, example
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.service.plans.watching.shown import shown
from schoolhubs.service.plans.watching.touching import touched_by
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem

WIDENED = "A gap widened by more than chance explains: screens are open again, see the plan."
NOT_WIDENED = "The comparison is kept. No gap widened by more than chance explains."


@allow(*OWN)
@require_safe
def affected(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what every comparison found, newest first."""
    school, plan = found(request, urn, *OWN)
    told = {
        "school": school, "plan": plan, "is_approved": plan.approvals.exists(),
        "may_compare": is_own_school(request.actor, urn, *EDITORS),
        "touched": touched_by(queries.newest(plan).record, urn),
        "returns": [
            shown(row, queries.newest(plan).record)
            for row in AffectedReturn.objects.filter(plan=plan).order_by("-number")
        ],
    }  # fmt: skip
    return render(request, "plans/affected.html", told)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: ActedRequest, urn: str) -> HttpResponse:
    """Compare who was affected after the plan began with the time before."""
    school, plan = found(request, urn, *EDITORS)
    record = queries.newest(plan).record
    about: dict[str, Any] = {
        "actions": [(each.action_id, each.title or each.action_id) for each in record.actions],
        "on": clock.day(),
    }
    is_sent = request.method == "POST"
    form: Any = CompareForm.read(request.POST, **about) if is_sent else CompareForm(**about)
    told = {"school": school, "plan": plan, "form": form, "has_errors": is_sent,
            "example": example()}  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "plans/compare.html", told)
    return _kept(request, plan, form, told)


def _kept(request: ActedRequest, plan: Plan, form: Any, told: dict[str, Any]) -> HttpResponse:
    back = reverse("plan-affected", kwargs={"urn": plan.urn})
    try:
        row = actions.compare(
            plan, form.table, form.periods, about=form.cleaned_data["about"],
            concerns=form.cleaned_data.get("concerns", ()), on=form.on, who=who(request),
        )  # fmt: skip
    except DataProblem as error:
        form.refuse(error)
        return render(request, "plans/compare.html", told)
    except Conflict as error:
        return conflict(request, "Nothing was kept", error, back)
    say_once(request, WIDENED if row.is_widening else NOT_WIDENED)
    return HttpResponseRedirect(back)
