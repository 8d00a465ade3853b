"""Declarations that wait for the office: a list, and the page on which each is checked."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS
from schoolhubs.service.funding import payees, queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.awarding.actions import worked_out
from schoolhubs.service.funding.awarding.facts import facts_among
from schoolhubs.service.funding.declaring import actions, lapsing, places
from schoolhubs.service.funding.models import Declaration, DeclarationState, DeclaredDay, KeptAward
from schoolhubs.service.funding.office.forms import LONGEST, CheckForm, ReasonForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.reach import OVERSEE, who
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.funding import Award

ON_A_PAGE = 50
SHOWN_FIRST = DeclarationState.DECLARED.value
CHANGED = "changed"


@allow(*OVERSEE)
@require_safe
def declarations(request: HttpRequest) -> HttpResponse:
    """List declarations of one state, those that wait for the office where none is chosen."""
    state = request.GET.get("state", "")
    state = state if state in (*DeclarationState.values, CHANGED) else SHOWN_FIRST
    rows = _changed() if state == CHANGED else Declaration.objects.filter(state=state)
    rows = rows.select_related("partnership")
    page = Paginator(rows.order_by("declared_at", "pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    found = list(page)
    urns = {urn for each in found for urn in (each.partnership.partner_urn,
                                              each.partnership.lead_urn)}  # fmt: skip
    told = {
        "page": page, "declarations": found, "names": names_of(urns), "state": state,
        "states": [*DeclarationState.choices, (CHANGED, "Changed since checked")],
        "wording": wording,
        "payees": payees.names_of({payees.payee_of(e.partnership, e.side) for e in found}),
        "payee_of": payees.payee_of,
    }  # fmt: skip
    return render(request, "funding/declarations.html", told)


def _changed() -> QuerySet[Declaration]:
    """Give the checked declarations of which something is not as it was checked."""
    awards = queries.newest_awards(
        KeptAward.objects.filter(declaration__state=DeclarationState.CHECKED)
    )
    changes = since.changes_of(awards)
    ours = {each.declaration_id for each in awards if since.is_to_check(changes.get(each.pk, ()))}
    return Declaration.objects.filter(pk__in=ours)


@allow(*OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: ActedRequest, declaration_id: int) -> HttpResponse:
    """Show a declaration with what it would come to; check it, once more too, or give it back."""
    held, told = _found(request, declaration_id)
    is_sent = request.method == "POST"
    if is_sent and not told["may_decide"]:
        raise PermissionDenied
    is_open = told["is_again"] or not told["is_closed"]
    if is_sent and (not is_open or held.state == DeclarationState.STARTED):
        typed = request.POST.get("reason", "")[:LONGEST]
        error = Conflict(told["closed_why"] or actions.CHANGED)
        return conflict(request, "Nothing was changed", error, told["here"], typed)
    is_again = told["is_again"] or held.state == DeclarationState.LAPSED
    form = CheckForm(request.POST if is_sent else None, is_again=is_again)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/declaration_check.html", told)
    said = form.cleaned_data
    try:
        told_so = _decide(request, held, told, said)
    except Conflict as error:
        return conflict(request, "Nothing was changed", error, told["here"], said["reason"])
    say_once(request, told_so)
    return HttpResponseRedirect(reverse("declarations"))


def _decide(
    request: ActedRequest, held: Declaration, told: dict[str, Any], said: dict[str, Any]
) -> str:
    """Do what was decided of a declaration, and say it."""
    by, version, reason = who(request), version_of(request), said["reason"]
    if held.state == DeclarationState.LAPSED:
        lapsing.reopen(held, told["facts"], reason=reason, version=version, who=by)
        return "It is open again, and the school is told."
    if said["verdict"] != "yes":
        actions.return_(held, reason=reason, version=version, who=by)
        return "It is given back."
    if told["is_again"]:
        actions.work_out_again(held, why=reason, version=version, who=by)
    else:
        actions.check(held, version=version, who=by)
    return "It is checked, and its award is kept."


@allow(*DECIDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: ActedRequest, declaration_id: int, declared_day_id: int) -> HttpResponse:
    """Ask why a day given by hand does not count; strike it out."""
    held, told = _found(request, declaration_id)
    day = get_object_or_404(DeclaredDay.objects.select_related("declaration"), pk=declared_day_id,
                            declaration=held)  # fmt: skip
    is_sent = request.method == "POST"
    form = ReasonForm("Enter why the day does not count", request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent, "day_": day}
    if not is_sent or not form.is_valid():
        return render(request, "funding/declaration_strike.html", told)
    reason = form.cleaned_data["reason"]
    try:
        actions.strike_day(day, reason=reason, version=version_of(request), who=who(request))
    except Conflict as error:
        return conflict(request, "Nothing was changed", error, told["here"], reason)
    say_once(request, "The day is struck out. An award that was kept is worked out again.")
    return HttpResponseRedirect(told["here"])


def _found(request: ActedRequest, declaration_id: int) -> tuple[Declaration, dict[str, Any]]:
    asked = get_object_or_404(Declaration.objects.select_related("partnership"), pk=declaration_id)
    (facts,) = facts_among([asked.partnership])
    # The same declaration, with its days, which are not asked for again.
    held = facts.declarations[asked.side, asked.milestone]
    held.partnership = asked.partnership
    on = clock.day()
    partnership, kept = held.partnership, list(held.awards.order_by("number"))
    is_closed = held.pk in {each.pk for each in facts.closed(held.side)}
    award = worked_out(facts, held.side, held.milestone, on=on, of=held)
    if award is None and kept:
        award = Award.from_dict(kept[-1].record)
    changes = since.changes_in(kept[-1], facts.record.days) if kept else []
    told: dict[str, Any] = {
        "declared": held, "facts": facts, "award": award, "wording": wording,
        "names": names_of([partnership.partner_urn, partnership.lead_urn]),
        "days": [e for e in facts.record.days if award is None or e.on < award.due_on],
        "may_decide": request.actor.holds(*DECIDERS), "is_closed": is_closed,
        "takes_over": is_closed and places.successor(facts, held.side) is not None,
        "closed_why": places.cut_short(facts, held.side) if is_closed else "",
        "kept": kept, "changes": changes, "is_again": since.is_to_check(changes),
        "here": reverse("declaration-check", kwargs={"declaration_id": held.pk}),
    }  # fmt: skip
    return held, told
