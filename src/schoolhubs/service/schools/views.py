"""One school's page: public facts for everybody, its stage and tasks by right."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.matching.models import PublishedRound
from schoolhubs.service.network.queries import hubs_running_on
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.schools import queries
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.facts import facts
from schoolhubs.service.schools.page.stages import stages
from schoolhubs.service.schools.page.trends import absence_trend, with_words
from schoolhubs.service.web.pages import csv_answer


@allow(public=True)
@require_safe
def school(request: HttpRequest, urn: str) -> HttpResponse:
    """Show one school, in the same shape to everyone; stage and tasks only by right."""
    snapshot, one = _found(urn)
    actor: Actor = getattr(request, "actor", ANYBODY)
    trend = absence_trend(snapshot, one)
    leads = hubs_running_on(snapshot.on).filter(lead_urn=urn).values_list("programme_id", flat=True)
    leading = set(leads)
    run = run_here()
    published = set(PublishedRound.objects.values_list("programme_id", flat=True))
    told = {
        "school": one,
        "snapshot": snapshot,
        "facts": facts(one),
        "trend": trend,
        "trend_table": with_words(trend.table) if trend else None,
        "leads": [each for each in run if each.programme_id in leading],
        "maps": [each for each in run if each.programme_id in published],
        "stages": stages(actor, snapshot, one, on=timezone.localdate()),
    }
    return render(request, "schools/school.html", told)


@allow(public=True)
@require_safe
def absence(request: HttpRequest, urn: str) -> HttpResponse:  # noqa: ARG001
    """Give the figures of the school's absence trend as CSV."""
    trend = absence_trend(*_found(urn))
    if trend is None:
        raise Http404
    return csv_answer(trend.table, f"absence-{urn}.csv")


def _found(urn: str) -> tuple[RegisterSnapshot, School]:
    snapshot = queries.current_snapshot()
    one = queries.schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if snapshot is None or one is None:
        raise Http404
    return snapshot, one
