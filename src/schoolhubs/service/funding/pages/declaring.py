"""The pages of one declaration: what stands, a day by hand, the use of the money, declare it."""

import functools
from collections.abc import Callable
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.funding.awarding.facts import facts_among
from schoolhubs.service.funding.declaring import actions, places
from schoolhubs.service.funding.models import Declaration, DeclarationState
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.pages.forms import LONGEST_TEXT, DayForm, SureForm, UseForm
from schoolhubs.service.funding.pages.shown import Line, Money, with_lines
from schoolhubs.service.funding.pages.views import school_for
from schoolhubs.service.funding.reach import (
    DECLARERS,
    PREPARERS,
    READERS,
    Reached,
    reached,
    who,
)
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import plain

NOT_SAVED = "Nothing was saved"
TYPED = ("what", "by_whom", "evidence", "excused_because", "travel", "backfill", "plan")


class _CutShort(Exception):
    """The milestone of a declaration is none any more; carries what the page shows of it."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self.told = told


class _View(Protocol):
    def __call__(
        self, request: ActedRequest, urn: str, money_id: int, milestone: str, **more: int
    ) -> HttpResponse: ...


def _or_cut_short(view: Callable[..., HttpResponse]) -> _View:
    """Show a declaration as closed where the partnership was cut short before its milestone.

    What was sent to it is not saved, and shown to whoever wrote it.
    """

    @functools.wraps(view)
    def shown(
        request: ActedRequest, urn: str, money_id: int, milestone: str, **more: int
    ) -> HttpResponse:
        try:
            return view(request, urn, money_id, milestone, **more)
        except _CutShort as error:
            if request.method != "POST":
                return render(request, "funding/declaration_closed.html", error.told)
            said = Conflict(error.told["why"])
            typed = "\n".join(request.POST[each] for each in TYPED if request.POST.get(each))
            return conflict(request, NOT_SAVED, said, error.told["here"], typed[:LONGEST_TEXT])

    return shown


@allow(*READERS, after_a_hub=True)
@require_http_methods(["GET", "HEAD", "POST"])
@_or_cut_short
def declaration(request: ActedRequest, urn: str, money_id: int, milestone: str) -> HttpResponse:
    """Show a declaration with the days of the ledgers in it; begin it."""
    found, _, told = _found(request, urn, money_id, milestone)
    if request.method == "POST":
        if not found.may_prepare:
            raise PermissionDenied
        actions.begin(found.partnership, side=found.side, milestone=milestone, who=who(request))
        return HttpResponseRedirect(told["here"])
    return render(request, "funding/declaration.html", told)


@allow(*PREPARERS, after_a_hub=True)
@require_http_methods(["GET", "HEAD", "POST"])
@_or_cut_short
def day(request: ActedRequest, urn: str, money_id: int, milestone: str) -> HttpResponse:
    """Ask for time that no ledger holds, and what shows it."""
    found, line, told = _found(request, urn, money_id, milestone)
    held = _writable(found, line)
    is_sent = request.method == "POST"
    first, before = found.partnership.starts_on, line.milestone.due_on
    form = DayForm(first, before, request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/declaration_day.html", told)
    said = form.cleaned_data
    try:
        actions.add_day(
            held, on=said["on"], half_days=said["half_days"], what=said["what"],
            by_whom=said["by_whom"], evidence=said["evidence"], version=version_of(request),
            who=who(request), excused_because=said["excused_because"],
        )  # fmt: skip
    except Conflict as error:
        typed = "\n".join(said[name] for name in TYPED if said.get(name))
        return conflict(request, NOT_SAVED, error, told["here"], typed)
    say_once(request, "The day is added.")
    return HttpResponseRedirect(told["here"])


@allow(*PREPARERS, after_a_hub=True)
@require_POST
@_or_cut_short
def day_out(
    request: ActedRequest, urn: str, money_id: int, milestone: str, declared_day_id: int
) -> HttpResponse:
    """Take out a day that was added by hand."""
    found, line, told = _found(request, urn, money_id, milestone)
    held = _writable(found, line)
    try:
        actions.take_out_day(held, declared_day_id, version=version_of(request), who=who(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, told["here"])
    say_once(request, "The day is taken out.")
    return HttpResponseRedirect(told["here"])


@allow(*PREPARERS, after_a_hub=True)
@require_http_methods(["GET", "HEAD", "POST"])
@_or_cut_short
def use(request: ActedRequest, urn: str, money_id: int, milestone: str) -> HttpResponse:
    """Ask what the money was used for: travel, backfill, the plan."""
    found, line, told = _found(request, urn, money_id, milestone)
    held = _writable(found, line)
    is_sent = request.method == "POST"
    kept = {
        "travel": plain(held.travel_pence), "backfill": plain(held.backfill_pence),
        "plan": plain(held.plan_pence),
    }  # fmt: skip
    form = UseForm(request.POST if is_sent else None, initial=kept)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/declaration_use.html", told)
    said = form.cleaned_data
    try:
        actions.report_use(
            held, travel_pence=said["travel"], backfill_pence=said["backfill"],
            plan_pence=said["plan"], version=version_of(request), who=who(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, told["here"])
    say_once(request, "What the money was used for is saved.")
    return HttpResponseRedirect(told["here"])


@allow(*DECLARERS, after_a_hub=True)
@require_http_methods(["GET", "HEAD", "POST"])
@_or_cut_short
def declare(request: ActedRequest, urn: str, money_id: int, milestone: str) -> HttpResponse:
    """Say what declaring means; declare."""
    found, line, told = _found(request, urn, money_id, milestone)
    held = _writable(found, line)
    if not found.may_declare:
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = SureForm(request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/declaration_declare.html", told)
    try:
        actions.declare(held, version=version_of(request), who=who(request))
    except Conflict as error:
        return conflict(request, "Nothing was declared", error, told["here"])
    say_once(request, "It is declared. The programme office looks at it next.")
    return HttpResponseRedirect(told["here"])


def _found(
    request: ActedRequest, urn: str, money_id: int, milestone: str
) -> tuple[Reached, Line, dict[str, Any]]:
    """Give the partnership, the milestone's line, and what every page shows of them.

    Raises
    ------
    Http404
        Where either is not there for the actor.
    _CutShort
        Where there is a declaration for it, begun before the partnership was cut short.
    """
    found = reached(request, urn, money_id)
    (facts,) = facts_among([found.partnership])
    money = with_lines([(facts, found.side)], on=clock.day())[0]
    line = next((each for each in money.lines if each.milestone.milestone == milestone), None)
    address = {"urn": urn, "money_id": money_id, "milestone": milestone}
    if line is None:
        _refuse_cut_short(request, found, money, milestone, reverse("declaration", kwargs=address))
        raise Http404
    days = [each for each in facts.record.days if each.on < line.milestone.due_on]
    told = {
        "school": school_for(request, urn), "reached": found, "money": money, "line": line,
        "declared": line.declaration, "days": days, "wording": wording, "address": address,
        "here": reverse("declaration", kwargs=address),
        "may_write": found.may_prepare
        and line.declaration is not None
        and line.declaration.state == DeclarationState.STARTED,
    }  # fmt: skip
    return found, line, told


def _refuse_cut_short(
    request: ActedRequest, found: Reached, money: Money, milestone: str, here: str
) -> None:
    """Leave for the page of a closed declaration, where there is one of that name."""
    for each in money.closed:
        if each.milestone == milestone:
            raise _CutShort({
                "school": school_for(request, money.urn), "money": money, "declared": each,
                "reached": found, "wording": wording, "here": here,
                "why": places.cut_short(money.facts, found.side),
                "now": places.successor(money.facts, found.side),
            })  # fmt: skip


def _writable(found: Reached, line: Line) -> Declaration:
    """Give the declaration for somebody who may write it; whether it still can be, actions say."""
    if not found.may_prepare:
        raise PermissionDenied
    if line.declaration is None:
        raise Http404
    return line.declaration
