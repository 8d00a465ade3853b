"""One school's page, and how it stands: public for everybody, its stage and tasks by right."""

from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ANYBODY, Actor
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.attendance.queries import may_open
from schoolhubs.service.kept.pages import render_kept
from schoolhubs.service.kept.stamps import is_settled, stamp_of
from schoolhubs.service.matching.models import PublishedRound
from schoolhubs.service.network.models import Hub
from schoolhubs.service.network.queries import hubs_running_on
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.schools import queries
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot, School
from schoolhubs.service.schools.page.facts import facts
from schoolhubs.service.schools.page.stages import stages
from schoolhubs.service.schools.page.trends import absence_trend, with_words
from schoolhubs.service.schools.standing import of_trust
from schoolhubs.service.schools.standing.among import Among, among
from schoolhubs.service.targets.page.reach import may_read
from schoolhubs.service.web.pages import csv_answer
from schoolhubs.service.work.journey.leading import looking


@allow(public=True)
@require_safe
def school(request: HttpRequest, urn: str) -> HttpResponse:
    """Show one school, in the same shape to everyone; stage and tasks only by right."""
    actor: Actor = getattr(request, "actor", ANYBODY)
    if actor.is_signed_in:
        return render(request, "schools/school.html", _told(urn, actor))
    stamp = stamp_of(CurrentRegister, Hub, PublishedRound)
    return render_kept(
        request, "schools/school.html", lambda: _told(urn, ANYBODY),
        of=(urn, *stamp.newest), may_keep=lambda: is_settled(stamp),
    )  # fmt: skip


def _told(urn: str, actor: Actor) -> dict[str, Any]:
    snapshot, one = _found(urn)
    trend = absence_trend(snapshot, one)
    leads = hubs_running_on(snapshot.on).filter(lead_urn=urn).values_list("programme_id", flat=True)
    leading = set(leads)
    run = run_here()
    published = set(PublishedRound.objects.values_list("programme_id", flat=True))
    return {
        "school": one,
        "actor": actor,
        "snapshot": snapshot,
        "facts": facts(one),
        "trend": trend,
        "trend_table": with_words(trend.table) if trend else None,
        "leads": [each for each in run if each.programme_id in leading],
        "maps": [each for each in run if each.programme_id in published],
        "may_see_target": actor.is_signed_in and may_read(actor, urn),
        "may_see_attendance": actor.is_signed_in and may_open(actor, urn),
        "looking": looking(actor, urn, on=clock.day()) if actor.is_signed_in else (),
        "stages": stages(actor, snapshot, one, on=clock.day()),
    }


@allow(public=True)
@require_safe
def absence(request: HttpRequest, urn: str) -> HttpResponse:  # noqa: ARG001
    """Give the figures of the school's absence trend as CSV."""
    trend = absence_trend(*_found(urn))
    if trend is None:
        raise Http404
    return csv_answer(trend.table, f"absence-{urn}.csv")


@allow(public=True)
@require_safe
def among_schools(request: HttpRequest, urn: str) -> HttpResponse:
    """Show how much of a school's absence chance explains, among schools of its size."""
    snapshot, one = _found(urn)
    told = {"school": one, "snapshot": snapshot, "among": among(snapshot, one)}
    return render(request, "schools/among.html", told)


@allow(public=True)
@require_safe
def among_schools_csv(request: HttpRequest, urn: str, what: str) -> HttpResponse:  # noqa: ARG001
    """Give the schools of the picture, or its limits, as CSV."""
    found: Among | None = among(*_found(urn))
    if found is None:
        raise Http404
    table = found.funnel.schools if what == "schools" else found.funnel.limits
    return csv_answer(table, f"absence-by-size-{found.phase.replace(' ', '-')}-{what}.csv")


@allow(public=True)
@require_safe
def trust_absence(request: HttpRequest, trust_id: str) -> HttpResponse:
    """Show the schools of a trust in groups that can be told apart."""
    snapshot, schools = _of_trust(trust_id)
    told = {
        "trust_id": trust_id,
        "name": schools[0].facts.get("trust_name") or f"Trust {trust_id}",
        "snapshot": snapshot,
        "n_schools": len(schools),
        "standings": of_trust.standings(snapshot, schools),
        "in_words": of_trust.with_words,
    }
    return render(request, "schools/trust.html", told)


@allow(public=True)
@require_safe
def trust_absence_csv(request: HttpRequest, trust_id: str) -> HttpResponse:  # noqa: ARG001
    """Give the schools of a trust, with intervals and groups, as CSV."""
    standings = of_trust.standings(*_of_trust(trust_id))
    if not standings:
        raise Http404
    return csv_answer(pl.concat([each.table for each in standings]), "absence-of-a-trust.csv")


def _of_trust(trust_id: str) -> tuple[RegisterSnapshot, list[School]]:
    snapshot = queries.current_snapshot()
    found = (
        list(queries.schools_of(snapshot).filter(trust_id=trust_id, is_open=True).order_by("urn"))
        if snapshot
        else []
    )
    if snapshot is None or not found:
        raise Http404
    return snapshot, found


def _found(urn: str) -> tuple[RegisterSnapshot, School]:
    snapshot = queries.current_snapshot()
    one = queries.schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if snapshot is None or one is None:
        raise Http404
    return snapshot, one
