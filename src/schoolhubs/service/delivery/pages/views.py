"""A partnership's days and its ledger; plan a day, and record one that took place."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.cohorts.office.forms import day_of, with_days
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.doing import planning, recording
from schoolhubs.service.delivery.models import Kind, Leader, SupportDay
from schoolhubs.service.delivery.pages import doubts, files, forms, paid_for, shown
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership, Side
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem, SchoolhubsError

NOT_SAVED = "Nothing was saved"
TYPED = "support-day-typed"  # in the session: what was typed and is not kept yet
MAY_PLAN = (*HOLDS_A_PLACE,)
MAY_RECORD = (*HOLDS_A_PLACE, "finished")


@allow(*reach.READERS)
@require_safe
def days(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Show what was promised, planned, delivered and agreed, as a picture, figures and a log."""
    partnership = reach.partnership_for(request.actor, partnership_id)
    held, today = list(queries.days_in(partnership)), clock.day()
    ledger = queries.ledger_of(partnership, held)
    paid = paid_for.paid_records([partnership.pk])
    executive = queries.executive_ledger_of(partnership, held)
    rules = queries.rules_of(partnership)
    side = reach.side_of(request.actor, partnership)
    told = about(partnership) | {
        "days": [
            (each, queries.leaders_on(each), shown.mark_of(each, paid) == "paid") for each in held
        ],
        "ledger": ledger,
        "rows": shown.rows_of(ledger),
        "picture": shown.picture_of(
            partnership, held, today=today, is_demo=settings.ENVIRONMENT.is_demo, paid=paid
        ),
        "side": side,
        "waiting": [each for each in held if each.state == "delivered"],
        "next_day": next((e for e in held if e.state == "planned" and e.on >= today), None),
        "may_plan": side == Side.LEAD and partnership.state in MAY_PLAN,
        "may_record": side == Side.LEAD and partnership.state in MAY_RECORD,
        "pathway": rules.pathway(partnership.pathway),
        "has_coaching": bool(rules.support and partnership.pathway in rules.support.coaching),
        "executive": shown.rows_of(executive) if executive else (),
        "definition": rules.definition_version,
    }
    return render(request, "delivery/days.html", told)


@allow(*reach.READERS)
@require_safe
def download(request: ActedRequest, partnership_id: int, form: str) -> HttpResponse:
    """Give a partnership's days as a table, a workbook or a calendar."""
    partnership = reach.partnership_for(request.actor, partnership_id)
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    held = queries.days_in(partnership).select_related("partnership")
    return files.taken_away(
        form, held, names, name=f"support-days-{partnership.partner_urn}", at=clock.now(),
        title=f"Support days of {names.get(partnership.partner_urn, partnership.partner_urn)}",
    )  # fmt: skip


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Ask for a date and who comes; both schools are written to."""
    partnership = of_lead(request, partnership_id)
    back = address(partnership)
    if partnership.state not in MAY_PLAN:
        return not_together(request, partnership)
    is_sent = request.method == "POST"
    leaders = queries.leaders_of(partnership.lead_urn)
    posted = with_lists(request, "on") if is_sent else None
    form = forms.PlanForm(leaders, kinds_for(partnership), posted)
    is_good = is_sent and form.is_valid()
    schools = planning.calendars_of(partnership)
    told = about(partnership) | {"form": form, "has_errors": is_sent, "leaders": list(leaders)}
    if is_good:
        wanted, kind = form.wanted(), form.cleaned_data["kind"]
        faults = planning.faults_of(partnership, wanted, schools, clock.day())
        doubtful = doubts.beyond(partnership, wanted, kind=kind)
        is_good = _weighed(form, [*faults, *planning.taken(wanted)], doubtful)
    if not is_good:
        return render(request, "delivery/plan.html", told)
    said = form.cleaned_data
    try:
        planning.plan(
            partnership, form.wanted(), focus=said["focus"], today=clock.day(), schools=schools,
            cycle=cycle_for(partnership, said["kind"]), kind=said["kind"], **done_by(request),
        )  # fmt: skip
    except (Conflict, DataProblem) as error:
        return _with_what_was_typed(request, "delivery/plan.html", told, form, error)
    say_once(request, "The day is planned. Both schools are written to.")
    return HttpResponseRedirect(back)


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Ask what was done on a day, show the answers to be checked, then keep them."""
    partnership = of_lead(request, partnership_id)
    if partnership.state not in MAY_RECORD:
        return not_together(request, partnership)
    is_sent = request.method == "POST"
    given = request.POST if is_sent else request.GET
    day = _day_of(partnership, given.get("day", ""))
    leaders = leaders_for(partnership, day)
    posted = with_lists(request, "on") if is_sent else None
    form = forms.RecordForm(leaders, kinds_for(partnership), posted)
    if not is_sent and day:
        form.initial = _held_by(day)
    elif not is_sent and "change" in request.GET and request.session.get(TYPED):
        waiting = QueryDict(request.session[TYPED]["said"], mutable=True)
        waiting["on"] = day_of(waiting, "on")
        form = forms.RecordForm(leaders, kinds_for(partnership), waiting)
        day = _day_of(partnership, waiting.get("day", ""))
    is_good = is_sent and form.is_valid() and may_be_recorded(partnership, form, day)
    if is_good:
        # Between this page and the next the answers wait with whoever is signed in, unsaved.
        request.session[TYPED] = {"partnership": partnership.pk, "said": request.POST.urlencode()}
        return HttpResponseRedirect(reverse("support-day-check", args=[partnership.pk]))
    told = _to_record(request, partnership, form, day) | {"has_errors": is_sent}
    return render(request, "delivery/record.html", told)


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Show what was typed to be checked; keep it."""
    partnership = of_lead(request, partnership_id)
    waits = request.session.get(TYPED) or {}
    posted = QueryDict(waits.get("said", ""), mutable=True)
    posted["on"] = day_of(posted, "on")
    day = _day_of(partnership, posted.get("day", ""))
    form = forms.RecordForm(leaders_for(partnership, day), kinds_for(partnership), posted)
    if waits.get("partnership") != partnership.pk or not form.is_valid():
        return HttpResponseRedirect(reverse("support-day-record", args=[partnership.pk]))
    if request.method != "POST":
        told = about(partnership) | {"form": form, "chosen": form.wanted()}
        return render(request, "delivery/check.html", told)
    said = form.cleaned_data
    version = posted.get("version", "")
    try:
        kept = recording.record(
            partnership, form.done(), today=clock.day(), day=day,
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            cycle=day.cycle if day else cycle_for(partnership, said["kind"]), kind=said["kind"],
            **done_by(request),
        )  # fmt: skip
    except (Conflict, DataProblem) as error:
        told = _to_record(request, partnership, form, day) | {"posted": posted}
        return _with_what_was_typed(request, "delivery/record.html", told, form, error)
    del request.session[TYPED]
    return HttpResponseRedirect(reverse("support-day-recorded", args=[kept.pk]))


def leaders_for(partnership: Partnership, day: SupportDay | None) -> list[Leader]:
    """Give the leaders who may have come: those of now, and who stands on the day already."""
    ours = list(queries.leaders_of(partnership.lead_urn))
    known = {each.pk for each in ours}
    return ours + [each for each in (queries.leaders_on(day) if day else ())
                   if each.pk not in known]  # fmt: skip


def may_be_recorded(
    partnership: Partnership, form: forms.RecordForm, day: SupportDay | None
) -> bool:
    """Tell of a day at its fields what would be refused later, and ask about what is unusual."""
    held = form.wanted()
    faults = recording.faults_of(partnership, held, clock.day())
    kind = day.kind if day else form.cleaned_data["kind"]
    doubtful = [
        *doubts.closed(held, planning.calendars_of(partnership)),
        *doubts.beyond(partnership, held, day=day, kind=kind),
    ]
    return _weighed(form, [*faults, *planning.taken(held, day=day)], doubtful)


def _weighed(
    form: forms.DateForm, faults: Sequence[tuple[str, str]], doubtful: list[str]
) -> bool:  # fmt: skip
    for field, fault in faults:
        form.add_error(field, fault)
    if form.is_valid():
        form.doubt(doubtful)
    return form.is_valid()


def _to_record(
    request: ActedRequest, partnership: Partnership, form: forms.RecordForm, day: SupportDay | None
) -> dict[str, Any]:
    return about(partnership) | {
        "form": form, "leaders": list(form.known.values()), "day": day,
        "coaching": queries.open_cycle(partnership), "posted": request.POST,
    }  # fmt: skip


def _with_what_was_typed(
    request: ActedRequest, template: str, told: dict[str, Any], form: forms.DateForm,
    error: SchoolhubsError,
) -> HttpResponse:  # fmt: skip
    """Show the form once more with all that was typed, and why it was not kept."""
    if isinstance(error, DataProblem):
        for each in error.problems:
            form.add_error(each.column or None, each.fault)
    else:
        form.add_error("leaders" if "leaders" in str(error) else "on", str(error))
    return render(request, template, told | {"has_errors": True}, status=409)


def about(partnership: Partnership) -> dict[str, Any]:
    """Give what every page of a partnership's days shows."""
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    return {
        "partnership": partnership,
        "partner": names.get(partnership.partner_urn, f"URN {partnership.partner_urn}"),
        "lead": names.get(partnership.lead_urn, f"URN {partnership.lead_urn}"),
    }


def of_lead(request: ActedRequest, partnership_id: int) -> Partnership:
    """Find a partnership for whose lead the actor acts."""
    partnership = reach.partnership_for(request.actor, partnership_id)
    side = reach.side_of(request.actor, partnership)
    refuse_others(request.actor, is_own=side == Side.LEAD)
    return partnership


def address(partnership: Partnership) -> str:
    """Give the page of a partnership's days."""
    return reverse("support-days", args=[partnership.pk])


def not_together(request: ActedRequest, partnership: Partnership) -> HttpResponse:
    """Answer that days begin once both schools have accepted."""
    error = Conflict("Days can be planned once both schools have accepted their partnership.")
    answer = conflict(request, "No day can be planned yet", error, address(partnership))
    answer.status_code = 409 if request.method == "POST" else 200
    return answer


def with_lists(request: ActedRequest, *days: str) -> Any:
    """Give what was posted, lists as lists, each day in one piece."""
    posted = request.POST.copy()
    for name, said in with_days(request.POST, *days).items():
        if name in days:
            posted[name] = said
    return posted


def kinds_for(partnership: Partnership) -> list[str]:
    """Give the kinds of days that a partnership has: coaching while a cycle runs."""
    kinds = [Kind.SUPPORT_DAY.value]
    support = queries.support_of(partnership)
    if support and partnership.pathway in support.coaching and queries.open_cycle(partnership):
        kinds.append(Kind.COACHING.value)
    if queries.executive_days(partnership):
        kinds.append(Kind.EXECUTIVE.value)
    return kinds


def cycle_for(partnership: Partnership, kind: str) -> Any:
    """Give the cycle that a coaching session is of; None for other days."""
    return queries.open_cycle(partnership) if kind == Kind.COACHING else None


def _day_of(partnership: Partnership, said: str) -> SupportDay | None:
    """Find the day that is recorded, where it was planned, missed or disputed."""
    if not said.isdecimal() or len(said) > 9:
        return None
    return queries.days_in(partnership).filter(pk=int(said)).select_related("cycle").first()


def _held_by(day: SupportDay) -> dict[str, Any]:
    return {
        "on": day.on, "part": day.part, "held_at": day.held_at, "focus": day.focus,
        "kind": day.kind, "leaders": [each.pk for each in queries.leaders_on(day)],
        "evidence": day.evidence, "n_partner_leaders": day.n_partner_leaders,
        "travel_minutes": day.travel_minutes, "observation": day.observation,
        "next_step": day.next_step,
    }  # fmt: skip
