"""The training record of a school, what partners of a hub owe, and all hubs side by side."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import polars as pl
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs import delivery, programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.queries import of_the_day, year_words
from schoolhubs.service.partnerships.telling import names_of as names_with_trusts
from schoolhubs.service.training import queries
from schoolhubs.service.training.models import DUTIES, SignUp
from schoolhubs.service.training.queries import Trained
from schoolhubs.service.training.reach import OWN, READERS, TEACHES, may_act, may_read
from schoolhubs.service.training.sessions.views import titles_of
from schoolhubs.service.training.shown.tables import former, rows_of, table_of, urns_in
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer, day

MOST_SESSIONS = 50
DONE = delivery.training.Standing.DONE
# What fits a telephone: a hub with open days alone has seventy partners.
PARTNERS_ON_A_PAGE, DECLARED_ON_A_PAGE, HUBS_ON_A_PAGE = 20, 10, 25
SOURCE = (
    "The training record of the service: modules of the programme’s definition, completions as "
)
SOURCE += "recorded by whoever taught or declared by the school"


@allow(*OWN)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the training of one's school; of a trust, list its schools."""
    urns = own_urns(request.actor, *OWN)
    if len(urns) == 1:
        there = reverse("school-training", kwargs={"urn": urns[0]})
        return HttpResponseRedirect(there)
    on = clock.day()
    rows = Partnership.objects.filter(
        partner_urn__in=urns, state__in=HOLDS_A_PLACE, partner_trust_id=""
    ).order_by("partner_urn", "programme_id")
    held = of_the_day(rows, on)
    told = {"schools": list(queries.trained(held, on=on).values()), "names": names_of(urns)}
    return render(request, "training/schools.html", told)


@allow(*READERS)
@require_safe
def school(request: ActedRequest, urn: str) -> HttpResponse:
    """Show who leads, what each owes and has done, and the sessions to come."""
    refuse_others(request.actor, is_own=may_read(request.actor, urn))
    on, at = clock.day(), clock.now()
    ours = queries.partnerships_of(urn, on)
    partnership = _asked_for(ours, request.GET.get("programme", ""))
    trained = None
    if partnership is not None:
        trained = queries.trained([partnership], on=on, only=[urn]).get(partnership.pk)
    told: dict[str, Any] = {
        "urn": urn, "name": names_of([urn]).get(urn, f"URN {urn}"), "duties": DUTIES, "on": on,
        "may_act": may_act(request.actor, urn), "may_strike": request.actor.holds(*DECIDERS),
        "trained": trained, "partnership": partnership,
        "others": [
            (each.programme_id, programmes.load(each.programme_id).title)
            for each in ours if each != partnership
        ],
        "year": year_words(partnership) if partnership else "",
        "may_see_sessions": request.actor.holds(*SEE_EVERY_SCHOOL, *LEADS),
    }  # fmt: skip
    if trained is not None and partnership is not None:
        rows = rows_of(trained)
        dates = queries.with_counts(queries.sessions_for(partnership)).filter(
            queries.planned_from(at)
        )
        taught = {each.module for each in trained.modules}
        sessions = [each for each in dates[:MOST_SESSIONS] if each.module in taught]
        told |= {
            "owed": [each for each in rows if each.owed.standing != DONE],
            "done": [each for each in rows if each.owed.standing == DONE],
            "former": former(trained, on), "there": trained.there(on),
            "sessions": sessions, "titles": titles_of(sessions), "coming": _coming(urn, sessions),
            "programme": programmes.load(partnership.programme_id).title,
            "n_wanted": programmes.load(partnership.programme_id).as_at(on).senior_leaders_named,
        }  # fmt: skip
    return render(request, "training/school.html", told)


def _asked_for(ours: list[Partnership], programme_id: str) -> Partnership | None:
    """Give the school's partnership of a programme that was asked for; else the first."""
    wanted = [each for each in ours if each.programme_id == programme_id]
    return next(iter(wanted or ours), None)


def _coming(urn: str, sessions: list[Any]) -> dict[int, list[str]]:
    """Name the school's leaders who have a place, by session."""
    rows = SignUp.objects.filter(session__in=sessions, is_live=True, leader__urn=urn)
    found: dict[int, list[str]] = defaultdict(list)
    for each in rows.select_related("leader").order_by("leader__name", "pk"):
        found[each.session_id].append(each.leader.name)
    return found


@allow(*READERS)
@require_safe
def school_file(request: ActedRequest, urn: str, ending: str) -> HttpResponse:
    """Give a school's training record as CSV or XLSX."""
    refuse_others(request.actor, is_own=may_read(request.actor, urn))
    on = clock.day()
    found = queries.trained(queries.partnerships_of(urn, on), on=on, only=[urn]).values()
    table = table_of(found, names_of([urn]))
    return _file(table, f"training-{urn}", ending)


@allow(*SEE_EVERY_SCHOOL, *LEADS)
@require_safe
def hub(request: ActedRequest, lead_urn: str) -> HttpResponse:
    """Show what each partner of a hub owes, and what waits to be confirmed."""
    trained = _of_hub(request, lead_urn)
    trained.sort(key=lambda each: (
        -each.tally.n_late, -each.tally.n_outstanding, each.partnership.partner_urn))  # fmt: skip
    page = Paginator(trained, PARTNERS_ON_A_PAGE).get_page(request.GET.get("page", "1"))
    waits = Paginator(queries.declared_to([lead_urn]), DECLARED_ON_A_PAGE)
    declared = waits.get_page(request.GET.get("waits", "1"))
    urns = {each.partnership.partner_urn for each in page.object_list}
    told = {
        "lead_urn": lead_urn, "on": clock.day(), "page": page, "declared": declared,
        "names": names_with_trusts(
            {lead_urn, *urns, *(each.leader.urn for each in declared.object_list)}
        ),
        "all": _together(each.tally for each in trained),
        "n_behind": sum(each.tally.n_late > 0 for each in trained),
        "may_settle": request.actor.holds(*TEACHES),
    }  # fmt: skip
    return render(request, "training/hub.html", told)


@allow(*SEE_EVERY_SCHOOL, *LEADS)
@require_safe
def hub_file(request: ActedRequest, lead_urn: str, ending: str) -> HttpResponse:
    """Give what partners of a hub owe and have done as CSV or XLSX."""
    trained = _of_hub(request, lead_urn)
    names = names_of({urn for each in trained for urn in urns_in(each)})
    return _file(table_of(trained, names), f"training-hub-{lead_urn}", ending)


def _of_hub(request: ActedRequest, lead_urn: str) -> list[Trained]:
    actor = request.actor
    is_own = actor.holds(*SEE_EVERY_SCHOOL) or lead_urn in own_urns(actor, *LEADS)
    refuse_others(actor, is_own=is_own)
    on = clock.day()
    return list(queries.trained(queries.partners_of(lead_urn, on), on=on).values())


@allow(*SEE_EVERY_SCHOOL)
@require_safe
def office(request: ActedRequest) -> HttpResponse:
    """Show all hubs side by side: what is owed, done, overdue, and waits to be confirmed."""
    hubs = _hubs()
    page = Paginator(hubs, HUBS_ON_A_PAGE).get_page(request.GET.get("page", "1"))
    told = {
        "page": page, "names": names_of(urn for urn, _, _ in page.object_list),
        "all": _together(tally for _, _, tally in hubs), "on": clock.day(),
    }  # fmt: skip
    return render(request, "training/office.html", told)


@allow(*SEE_EVERY_SCHOOL)
@require_safe
def office_file(request: ActedRequest, ending: str) -> HttpResponse:  # noqa: ARG001
    """Give all hubs side by side as CSV or XLSX."""
    hubs = _hubs()
    names = names_of(urn for urn, _, _ in hubs)
    rows = [
        (urn, names.get(urn), n, counts.n_required, counts.n_done, counts.n_late,
         counts.n_open, counts.n_declared, counts.n_nobody)
        for urn, n, counts in hubs
    ]  # fmt: skip
    counted = ("partners", "required", "done", "overdue", "to_do", "declared", "nobody")
    schema = {"lead_urn": pl.String, "lead": pl.String, **dict.fromkeys(counted, pl.Int64)}
    return _file(pl.DataFrame(rows, schema=schema, orient="row"), "training-hubs", ending)


def _hubs() -> list[tuple[str, int, delivery.training.Tally]]:
    """Give each hub with how many partners it has and what they owe, most overdue first."""
    on = clock.day()
    running = Partnership.objects.filter(state__in=HOLDS_A_PLACE)
    rows: dict[str, list[delivery.training.Owed]] = defaultdict(list)
    n_partners: dict[str, int] = defaultdict(int)
    for each in queries.trained(of_the_day(running, on), on=on).values():
        rows[each.partnership.lead_urn] += each.owed
        n_partners[each.partnership.lead_urn] += 1
    found = [(urn, n_partners[urn], delivery.training.tally(owed)) for urn, owed in rows.items()]
    return sorted(found, key=lambda each: (-each[2].n_late, each[0]))


def _together(found: Iterable[delivery.training.Tally]) -> delivery.training.Tally:
    """Add tallies up."""
    each_of = [dataclasses.asdict(each) for each in found]
    counts = [each.name for each in dataclasses.fields(delivery.training.Tally)]
    return delivery.training.Tally(**{n: sum(one[n] for one in each_of) for n in counts})


def _file(table: pl.DataFrame, name: str, ending: str) -> HttpResponse:
    if ending == "csv":
        return csv_answer(table, f"{name}.csv")
    if ending != "xlsx":
        raise Http404
    about = {"Source": SOURCE, "As at": day(clock.day())}
    return workbook_answer({"Training": table}, f"{name}.xlsx", about=about, at=clock.now())
