"""One day: what it is and was, and what each side can do with it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.delivery import days as pure
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.doing import planning, recording
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages import files, forms
from schoolhubs.service.delivery.pages.views import NOT_SAVED, about, with_lists
from schoolhubs.service.partnerships.models import Side
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem


@allow(*reach.READERS)
@require_safe
def day(request: ActedRequest, day_id: int) -> HttpResponse:
    """Show one day, and what the actor can do with it."""
    held = _read(request, day_id)
    side = reach.side_of(request.actor, held.partnership)
    is_office = request.actor.holds(*reach.SETTLERS)
    could = {to for start, to, by in pure.states.moves() if (start, by) == (held.state, side)}
    # What has not come is taken back; what is over was held or missed.
    could -= {"missed"} if held.on > clock.day() else set()
    could -= {"cancelled"} if held.on < clock.day() else set()
    decides = {to for start, to, by in pure.states.moves() if (start, by) == (held.state, "office")}
    told = _told(held) | {
        "side": side, "could": could, "may_settle": is_office and bool(decides),
        "meaning": pure.states.meanings()[held.state],
        "may_move": side == Side.LEAD and held.state == "planned",
    }  # fmt: skip
    return render(request, "delivery/day.html", told)


@allow(*LEADS)
@require_safe
def recorded(request: ActedRequest, day_id: int) -> HttpResponse:
    """Say that a day is recorded, and what happens next."""
    held = _read(request, day_id)
    refuse_others(request.actor, is_own=_is_lead(request, held))
    return render(request, "delivery/recorded.html", _told(held))


@allow(*reach.READERS)
@require_safe
def file(request: ActedRequest, day_id: int) -> HttpResponse:
    """Give a day as a file for calendars."""
    held = _read(request, day_id)
    return files.calendar_file(held, _names(held), by=request.actor, at=clock.now())


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActedRequest, day_id: int) -> HttpResponse:
    """Ask for another date or other leaders, and why."""
    held = _read(request, day_id)
    refuse_others(request.actor, is_own=_is_lead(request, held))
    is_sent = request.method == "POST"
    leaders = queries.leaders_of(held.partnership.lead_urn)
    form = forms.MoveForm(leaders, with_lists(request, "on") if is_sent else None)
    form.initial = {
        "on": held.on, "part": held.part, "held_at": held.held_at,
        "leaders": [each.pk for each in queries.leaders_on(held)],
    }  # fmt: skip
    is_good = is_sent and form.is_valid()
    schools = planning.calendars_of(held.partnership)
    if is_good:
        today = clock.day()
        wanted = form.wanted()
        faults = planning.faults_of(held.partnership, wanted, schools, today)
        for field, fault in [*faults, *planning.taken(wanted, day=held)]:
            form.add_error(field, fault)
        is_good = form.is_valid()
    if not is_good:
        told = _told(held) | {"form": form, "has_errors": is_sent, "leaders": list(leaders)}
        return render(request, "delivery/move.html", told)
    reason = form.cleaned_data["reason"]
    return _done(
        request, held, "The day is moved. Both schools are written to.", reason,
        lambda: planning.move(
            held, form.wanted(), reason=reason, version=version_of(request), today=clock.day(),
            schools=schools, **done_by(request),
        ),
    )  # fmt: skip


@allow(*reach.EITHER)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ActedRequest, day_id: int) -> HttpResponse:
    """Ask why a planned day is taken back."""
    held, side = _of_a_side(request, day_id)
    return _with_reason(
        request, held, "cancel", "The day is cancelled. Both schools are written to.",
        lambda reason: planning.cancel(
            held, side=side, reason=reason, version=version_of(request), **done_by(request)
        ),
    )  # fmt: skip


@allow(*reach.EITHER)
@require_http_methods(["GET", "HEAD", "POST"])
def miss(request: ActedRequest, day_id: int) -> HttpResponse:
    """Ask why a day did not take place."""
    held, side = _of_a_side(request, day_id)
    return _with_reason(
        request, held, "miss", "The day is recorded as missed. Both schools are written to.",
        lambda reason: recording.miss(
            held, side=side, reason=reason, version=version_of(request), **done_by(request)
        ),
    )  # fmt: skip


@allow(*reach.ANSWERERS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActedRequest, day_id: int) -> HttpResponse:
    """Ask the partner whether a day took place as it was recorded."""
    held, side = _of_a_side(request, day_id)
    refuse_others(request.actor, is_own=side == Side.PARTNER)
    is_sent = request.method == "POST"
    form = forms.AnswerForm(request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        told = _told(held) | {"form": form, "has_errors": is_sent}
        return render(request, "delivery/answer.html", told)
    agrees, reason = form.cleaned_data["verdict"] == "yes", form.cleaned_data["reason"]
    said = (
        "You agreed the day." if agrees else "You said how it was. The lead school is written to."
    )
    return _done(
        request, held, said, reason,
        lambda: recording.answer(
            held, agrees=agrees, reason=reason, version=version_of(request), **done_by(request)
        ),
    )  # fmt: skip


@allow(*reach.SETTLERS)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ActedRequest, day_id: int) -> HttpResponse:
    """Ask what the office decides of a disputed day, or why an agreed one is open again."""
    held = _read(request, day_id)
    could = [
        (to, pure.states.meanings()[to])
        for start, to, by in pure.states.moves()
        if (start, by) == (held.state, "office")
    ]
    is_sent = request.method == "POST"
    form = forms.SettleForm(could, request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        told = _told(held) | {"form": form, "has_errors": is_sent, "choices": could}
        return render(request, "delivery/settle.html", told)
    said = form.cleaned_data
    return _done(
        request, held, "Your decision is kept.", said["reason"],
        lambda: recording.settle(
            held, to=said["to"], reason=said["reason"], version=version_of(request),
            **done_by(request),
        ),
    )  # fmt: skip


def _read(request: ActedRequest, day_id: int) -> SupportDay:
    found = SupportDay.objects.filter(pk=day_id).prefetch_related(queries.HELD)
    held = found.select_related("partnership", "cycle__coach").first()
    if held is None:
        raise Http404
    refuse_others(request.actor, is_own=reach.may_read(request.actor, held.partnership))
    return held


def _of_a_side(request: ActedRequest, day_id: int) -> tuple[SupportDay, str]:
    held = _read(request, day_id)
    side = reach.side_of(request.actor, held.partnership)
    refuse_others(request.actor, is_own=bool(side))
    return held, side


def _is_lead(request: ActedRequest, held: SupportDay) -> bool:
    return reach.side_of(request.actor, held.partnership) == Side.LEAD


def _names(held: SupportDay) -> dict[str, str]:
    return names_of([held.partnership.partner_urn, held.partnership.lead_urn])


def _told(held: SupportDay) -> dict[str, Any]:
    return about(held.partnership) | {"day": held, "coming": queries.leaders_on(held)}


def _with_reason(
    request: ActedRequest, held: SupportDay, what: str, said: str,
    do: Callable[[str], SupportDay],
) -> HttpResponse:  # fmt: skip
    is_sent = request.method == "POST"
    form = forms.ReasonForm(request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        told = _told(held) | {"form": form, "has_errors": is_sent, "what": what}
        return render(request, "delivery/reason.html", told)
    reason = form.cleaned_data["reason"]
    return _done(request, held, said, reason, lambda: do(reason))


def _done(
    request: ActedRequest, held: SupportDay, said: str, typed: str, do: Callable[[], SupportDay]
) -> HttpResponse:
    back = reverse("support-day", args=[held.pk])
    try:
        do()
    except (Conflict, DataProblem) as error:
        return conflict(request, NOT_SAVED, Conflict(str(error)), back, typed)
    say_once(request, said)
    return HttpResponseRedirect(back)
