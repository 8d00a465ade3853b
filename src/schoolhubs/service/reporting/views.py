"""Pages of local authorities and evaluators: no need list, no application, no small number."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.matching.queries import published_rounds
from schoolhubs.service.reporting import queries
from schoolhubs.service.reporting.small_numbers import small_numbers
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.service.web.pages import csv_answer


@require_safe
@allow(Role.LOCAL_AUTHORITY)
def own_authority(request: ActedRequest) -> HttpResponse:
    """Lead a person of an authority to its page."""
    assert request.actor.organisation is not None
    code = request.actor.organisation.la_code
    return HttpResponseRedirect(reverse("authority", kwargs={"la_code": code}))


@require_safe
@allow(Role.LOCAL_AUTHORITY)
def authority(request: ActedRequest, la_code: str) -> HttpResponse:
    """Show who is with which hub in an authority's own area."""
    organisation = request.actor.organisation
    is_own = organisation is not None and organisation.la_code == la_code
    refuse_others(request.actor, is_own=is_own)
    snapshot = current_snapshot()
    found = queries.area(snapshot, la_code) if snapshot else None
    if snapshot is None or found is None:
        raise Http404
    if request.GET.get("as") == "csv":
        return csv_answer(found.with_a_hub, f"schools-with-a-hub-{la_code}.csv")
    told = {"area": found, "snapshot": snapshot, "small": small_numbers(), "la_code": la_code}
    return render(request, "reporting/authority.html", told)


@require_safe
@allow(Role.EVALUATOR)
def figures(request: HttpRequest) -> HttpResponse:
    """Show counts of outcomes by cohort, region and phase, which name nobody."""
    tables = {"outcomes": queries.outcomes(), "places": queries.loads()}
    wanted = request.GET.get("as", "")
    if wanted in tables:
        return csv_answer(tables[wanted], f"{wanted}.csv")
    told = {**tables, "published": list(published_rounds()), "small": small_numbers()}
    return render(request, "reporting/figures.html", told)
