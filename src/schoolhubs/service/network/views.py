"""The map of hubs, and one hub's page."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.kept.pages import render_kept
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import HubLoad, Round
from schoolhubs.service.network.forms import HubFilter
from schoolhubs.service.network.pictures import hub_map
from schoolhubs.service.web.pages import csv_answer


@allow(public=True)
@require_safe
def hubs(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Show a programme's hubs on a map of England, and beside it as a list of the same."""
    round_ = matching.newest_published(programme_id)
    if round_ is None:
        raise Http404
    loads = list(matching.loads_kept(round_.pk))
    form = HubFilter(request.GET or None, loads=loads)
    asked = form.cleaned_data if form.is_valid() else {"phase": "", "region": ""}
    if request.GET.get("as") == "csv":
        picture = hub_map(round_.pk, asked["phase"], asked["region"], shows_need=False)
        return csv_answer(picture.table, "hubs-by-region.csv")
    if form.is_bound and not form.is_valid():
        return render(request, "network/hubs.html", _told(round_, form, asked))
    return render_kept(
        request, "network/hubs.html", lambda: _told(round_, form, asked),
        of=(round_.pk, *asked.values()),
    )  # fmt: skip


def _told(round_: Round, form: HubFilter, asked: Mapping[str, str]) -> dict[str, Any]:
    shown = [
        load
        for load in matching.loads_kept(round_.pk)
        if asked["phase"] in {"", load.phase} and asked["region"] in {"", load.region}
    ]
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    by_hub = _by_hub(shown, {each.pathway: each.name for each in rules.pathways})
    offers = {hub.pathways for hub in by_hub}
    return {
        "round": round_,
        "rules": rules,
        "form": form,
        "picture": hub_map(round_.pk, asked["phase"], asked["region"], shows_need=False),
        "hubs": by_hub,
        "same_offer": offers.pop() if len(offers) == 1 else (),
    }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Hub:
    """One hub of the list, with the pathways it offers."""

    load: HubLoad
    pathways: tuple[str, ...]


def _by_hub(loads: list[HubLoad], names: dict[str, str]) -> list[_Hub]:
    """Gather the pathways of each hub, in order of region and name."""
    of: dict[str, list[HubLoad]] = {}
    for load in loads:
        of.setdefault(load.lead_urn, []).append(load)
    hubs = [
        _Hub(load=rows[0], pathways=tuple(names.get(each.pathway, each.pathway) for each in rows))
        for rows in of.values()
    ]
    return sorted(hubs, key=lambda hub: (hub.load.region, hub.load.name))
