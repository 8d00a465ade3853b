"""The map of hubs, and one hub's page."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import polars as pl
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
from schoolhubs.vocabulary.words import plain


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
    if request.GET.get("as") == "hubs":
        return csv_answer(_listed(_by_hub(_shown(loads, asked), _names(round_))), "hubs.csv")
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
    shown = _shown(list(matching.loads_kept(round_.pk)), asked)
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    by_hub = _by_hub(shown, _names(round_))
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


def _shown(loads: list[HubLoad], asked: Mapping[str, str]) -> list[HubLoad]:
    return [
        load
        for load in loads
        if asked["phase"] in {"", load.phase} and asked["region"] in {"", load.region}
    ]


def _names(round_: Round) -> dict[str, str]:
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    return {each.pathway: each.name for each in rules.pathways}


def _listed(hubs: list[_Hub]) -> pl.DataFrame:
    """Give the list beside the map as a table: the same hubs, in the same order."""
    rows = [
        (each.load.lead_urn, each.load.name, plain(each.load.phase), each.load.region,
         ", ".join(each.pathways))
        for each in hubs
    ]  # fmt: skip
    heads = ("URN", "Lead school", "Phase", "Region", "Offers")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String()), orient="row")


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
