"""The office's hubs: every programme, the map with unmet need, and one hub with its partners."""

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, Role
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.network.office import queries
from schoolhubs.service.network.office.forms import OfficeHubFilter
from schoolhubs.service.network.pictures import hub_map
from schoolhubs.service.programmes.queries import run_here
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import csv_answer

ASKED = ("phase", "region", "pathway")


@require_safe
@allow(*SEE_EVERY_SCHOOL)
def overview(request: HttpRequest) -> HttpResponse:
    """List the programmes that have a published round: hubs, places, and who is left without."""
    rows = []
    for programme in run_here():
        round_ = matching.newest_published(programme.programme_id)
        if round_ is not None:
            hubs, reach = queries.hubs(round_), queries.reach(round_.pk)
            rules = programme.as_at(round_.on)
            rows.append({"rules": rules, "round": round_, **_sums(hubs), **_sums(reach)})
    told = {
        "rows": rows,
        "lists": queries.lists(clock.day()),
        "may_bring": request.actor.holds(Role.OFFICE_ADMINISTRATOR),  # type: ignore[attr-defined]
    }
    return render(request, "network/office_overview.html", told)


@require_safe
@allow(*SEE_EVERY_SCHOOL)
def hubs(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Show a programme's hubs and the schools without one, on a map and as the same lists."""
    round_ = _round(programme_id)
    rules = programmes.load(programme_id).as_at(round_.on)
    loads = list(matching.loads_kept(round_.pk))
    form = OfficeHubFilter(request.GET or None, loads=loads, pathways=rules.pathways)
    asked = form.cleaned_data if form.is_valid() else dict.fromkeys(ASKED, "")
    picture = hub_map(round_.pk, **asked, shows_need=True)
    tables = {
        "map": picture.table,
        "hubs": queries.hubs(round_, **asked),
        "without": queries.reach(round_.pk, **asked).filter(pl.col("n_unmatched") > 0),
    }
    wanted = request.GET.get("as", "")
    if wanted in tables:
        return csv_answer(tables[wanted], f"{wanted}-round-{round_.pk}.csv")
    told = {
        "round": round_,
        "rules": rules,
        "form": form,
        "picture": picture,
        "hubs": tables["hubs"],
        "sums": _sums(tables["hubs"]),
        "without": tables["without"],
        "elsewhere": queries.free_elsewhere(
            tables["hubs"], queries.reach(round_.pk), rules.matching
        ),
        "may_bring": request.actor.holds(Role.OFFICE_ADMINISTRATOR),  # type: ignore[attr-defined]
    }
    return render(request, "network/office_hubs.html", told)


@require_safe
@allow(*SEE_EVERY_SCHOOL)
def hub(request: HttpRequest, programme_id: str, lead_urn: str) -> HttpResponse:
    """Show one hub: its places on each pathway, and its partners with minutes and stage."""
    round_ = _round(programme_id)
    loads = queries.loads_of_hub(round_, lead_urn)
    if not loads:
        raise Http404
    partners = queries.partners(round_, lead_urn)
    if request.GET.get("as") == "csv":
        return csv_answer(partners, f"hub-{lead_urn}-round-{round_.pk}.csv")
    rules = programmes.load(programme_id).as_at(round_.on)
    told = {
        "round": round_,
        "rules": rules,
        "names": {each.pathway: each.name for each in rules.pathways},
        "loads": loads,
        "hub": Hub.objects.filter(programme_id=programme_id, lead_urn=lead_urn).first(),
        "on": clock.day(),
        "school": School.objects.filter(snapshot_id=round_.snapshot_id, urn=lead_urn)
        .defer("facts", "words")
        .first(),
        "partners": partners,
        "sums": _sums(queries.hubs(round_).filter(pl.col("urn") == lead_urn)),
        "may_end": request.actor.holds(*DECIDERS),  # type: ignore[attr-defined]
    }
    return render(request, "network/office_hub.html", told)


def _round(programme_id: str) -> Round:
    found = matching.newest_published(programme_id)
    if found is None:
        raise Http404
    return found


def _sums(frame: pl.DataFrame) -> dict[str, int]:
    """Add up the counts of a frame."""
    counts = [name for name, kind in frame.schema.items() if kind.is_integer()]
    return {name: int(frame[name].sum()) for name in counts}
