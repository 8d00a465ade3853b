"""One round: what it does beside another, in words, in figures, on the map, school by school."""

import urllib.parse
from typing import Any

import polars as pl
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.packs import Comparison
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import OFFICE, Role
from schoolhubs.service.matching import publishing
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.office import effect, queries
from schoolhubs.service.matching.office.effect import KINDS, Narrowed
from schoolhubs.service.matching.office.pictures import difference_map
from schoolhubs.service.matching.office.views import READERS, RUNNERS, page_of, round_or_404
from schoolhubs.service.matching.office.what_if import fixing, knobs
from schoolhubs.service.matching.office.what_if.fixing import Fixed
from schoolhubs.service.matching.page.naming import teller
from schoolhubs.service.matching.queries import rules_of
from schoolhubs.vocabulary.tables import csv_text

ON_A_PAGE = 50


@require_safe
@allow(*READERS)
def one(request: ActedRequest, round_id: int) -> HttpResponse:
    """Show a round beside another; as CSV, the schools or the map's figures."""
    round_ = round_or_404(round_id)
    asked = request.GET.get("beside", "")
    other = effect.beside(round_, asked)
    if asked and other is None:
        raise Http404
    has_pack = effect.is_whole(round_.pk) and (other is None or effect.is_whole(other.pk))
    narrowed = Narrowed(**{name: request.GET.get(name, "") for name in ("kind", "region", "phase")})
    found = effect.compared(other.pk if other else round_.pk, round_.pk) if has_pack else None
    if found and other and request.GET.get("as") in {"schools", "map"}:
        return _csv(request.GET["as"], round_, other, found, narrowed)
    told = {**_about(request, round_, other), "narrowed": narrowed, "asked": asked}
    if found:
        told |= _effect(request, round_, other, found, narrowed)
    return render(request, "matching/round.html", told)


def _about(request: ActedRequest, round_: Round, other: Round | None) -> dict[str, Any]:
    """Give what is known of a round by itself."""
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    record = Round.objects.values_list("record", flat=True).get(pk=round_.pk)
    notes = queries.stated(record, "floor_notes")
    told = teller(notes, round_.snapshot_id)
    published = publishing.published_of(round_)
    people = names_of_people([round_.made_by, published.published_by if published else ""])
    actor = request.actor
    return {
        "round": round_,
        "rules": rules,
        "other": other,
        "others": queries.others_of(round_),
        "published": published,
        "people": people,
        "changes": knobs.told(knobs.groups_of(rules), round_.changes),
        "fixed": fixing.with_names([Fixed(**row) for row in round_.fixed], round_.snapshot),
        "kinds_of_fixed": fixing.KINDS,
        "floor_notes": [told(note) for note in notes],
        # A re-match opens its notes with what fell away since the round it started from.
        "re_match": queries.stated(record, "notes")[:1] if record.get("rematch") else [],
        "may_run": actor.holds(*RUNNERS),
        "may_pack": actor.holds(*OFFICE),
        "may_publish": actor.holds(Role.OFFICE_ADMINISTRATOR),
    }


def _effect(
    request: ActedRequest, round_: Round, other: Round | None, found: Comparison, narrowed: Narrowed
) -> dict[str, Any]:
    """Give the effect: of all schools, by region and phase, and the page of those who differ."""
    told: dict[str, Any] = {
        "totals": found.totals.rows(named=True),
        "by": [("Region", _rows(found.by_region)), ("Phase", _rows(found.by_phase))],
    }
    if other is None:
        return told
    rows = narrowed.of(found.schools)
    page = Paginator(range(rows.height), ON_A_PAGE).get_page(page_of(request))
    shown = rows.slice(page.start_index() - 1 if rows.height else 0, ON_A_PAGE)
    kept = {"beside": request.GET.get("beside", ""), **_asked(narrowed)}
    return told | {
        "sentences": found.sentences,
        "limits": [rules_of(each).matching.preferred_maximum_minutes for each in (other, round_)],
        "picture": difference_map(other.pk, round_.pk),
        "kinds": KINDS,
        "choices": _choices(found.schools),
        "schools": shown.rows(named=True),
        "page": page,
        "kept": urllib.parse.urlencode(kept),
    }


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Give a table by region or phase, its first column under one name."""
    return frame.rename({frame.columns[0]: "group"}).rows(named=True)


def _asked(narrowed: Narrowed) -> dict[str, str]:
    return {name: getattr(narrowed, name) for name in ("kind", "region", "phase")}


def _choices(schools: pl.DataFrame) -> dict[str, list[str]]:
    """Give what the schools that differ can be narrowed by."""
    found = {name: schools[name].drop_nulls().unique().sort() for name in ("region", "phase")}
    return {name: values.to_list() for name, values in found.items()} | {
        "kind": [kind for kind in KINDS if kind in set(schools["kind"])]
    }


def _csv(
    which: str, round_: Round, other: Round, found: Comparison, narrowed: Narrowed
) -> HttpResponse:
    """Give the rows that the page shows, all pages of them."""
    is_map = which == "map"
    table = difference_map(other.pk, round_.pk).table if is_map else narrowed.of(found.schools)
    what = "differences-by-region" if is_map else "differences"
    answer = HttpResponse(csv_text(table), content_type="text/csv; charset=utf-8")
    name = f"rounds-{other.pk}-{round_.pk}-{what}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
