"""The leaders who go to partners, and a school's own term dates."""

import datetime

from django import forms as django_forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.delivery import days as pure
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.doing import people
from schoolhubs.service.delivery.models import Leader, OwnCalendar
from schoolhubs.service.delivery.pages import forms
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.calendar import AcademicYear, Term
from schoolhubs.vocabulary.errors import Conflict, DataProblem

HalfTerm = pure.school_days.HalfTerm
NOT_SAVED = "Nothing was saved"


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def leaders(request: ActedRequest, lead_urn: str) -> HttpResponse:
    """Show the leaders of a lead school who go to partners, and ask for another."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, lead_urn, *LEADS))
    is_sent = request.method == "POST"
    form = forms.LeaderForm(request.POST if is_sent else None)
    back = reverse("hub-leaders", args=[lead_urn])
    if not is_sent or not form.is_valid():
        told = {
            "lead_urn": lead_urn, "form": form, "has_errors": is_sent,
            "lead": names_of([lead_urn]).get(lead_urn, f"URN {lead_urn}"),
            "leaders": list(queries.leaders_of(lead_urn)),
        }  # fmt: skip
        return render(request, "delivery/leaders.html", told)
    try:
        people.add(lead_urn, **form.cleaned_data, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back, form.cleaned_data["name"])
    say_once(request, "The leader is on the list.")
    return HttpResponseRedirect(back)


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def leader(request: ActedRequest, lead_urn: str, leader_id: int) -> HttpResponse:
    """Change what a leader does and cannot, or take the leader off the list."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, lead_urn, *LEADS))
    held = Leader.objects.filter(pk=leader_id, lead_urn=lead_urn).first()
    if held is None or held.stopped_on:
        raise Http404
    is_sent = request.method == "POST"
    cannot, odd = forms.typed_days(request.POST.get("cannot", ""))
    form = forms.LeaderForm({**request.POST.dict(), "name": held.name} if is_sent else None)
    form.initial = {"job": held.job, "most_minutes": held.most_minutes}
    back = reverse("hub-leaders", args=[lead_urn])
    if not is_sent or odd or not form.is_valid():
        told = {
            "lead_urn": lead_urn, "form": form, "leader": held, "has_errors": is_sent, "odd": odd,
            "typed": request.POST.get("cannot") if is_sent else _days_typed(held.cannot),
        }  # fmt: skip
        return render(request, "delivery/leader.html", told)
    try:
        version = version_of(request)
        if "stop" in request.POST:
            people.stop(held, on=clock.day(), version=version, **done_by(request))
        else:
            said = form.cleaned_data
            people.change(
                held, job=said["job"], most_minutes=said["most_minutes"], cannot=list(cannot),
                version=version, **done_by(request),
            )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back)
    say_once(request, f"{held.name} is off the list." if "stop" in request.POST else "Kept.")
    return HttpResponseRedirect(back)


class TermDatesForm(django_forms.Form):
    """A school's half terms and the days on which it takes nobody, a line each."""

    half_terms = FreeText(required=False, max_length=2_000)
    cannot = FreeText(required=False, max_length=4_000)

    def clean_half_terms(self) -> list[HalfTerm]:
        """Read "1 9 2026 to 23 10 2026", a half term a line, in order."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["half_terms"].splitlines())):
            first, _, last = line.partition(" to ")
            held = [*forms.typed_days(first)[0], *forms.typed_days(last)[0]]
            if len(held) != 2:
                raise django_forms.ValidationError(
                    f"“{line[:60]}” is no half term. Write it such as 1 9 2026 to 23 10 2026"
                )
            term = Term.holding(held[0])
            found.append(HalfTerm(term=term, first_on=held[0], last_on=held[1]))
        return found

    def clean_cannot(self) -> dict[datetime.date, str]:
        """Read days with a reason, one a line."""
        found, odd = forms.typed_days(self.cleaned_data["cannot"])
        if odd:
            raise django_forms.ValidationError(
                f"“{odd[0][:60]}” begins with no date. Write it such as 20 11 2026 staff training"
            )
        return found


@allow(*reach.EITHER)
@require_http_methods(["GET", "HEAD", "POST"])
def term_dates(request: ActedRequest, urn: str) -> HttpResponse:
    """Show a school's term dates of this year and the two that follow, and ask for its own."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, urn, *reach.EITHER))
    this = AcademicYear.holding(clock.day())
    asked = request.POST.get("year") or request.GET.get("year", "")
    years = (this, this.plus(1), this.plus(2))
    year = next((each for each in years if each == asked), this)
    kept = OwnCalendar.objects.filter(urn=urn, year=year).first()
    stands = queries.school_year(kept) if kept else pure.school_days.usual_year(year)
    is_sent = request.method == "POST"
    form = TermDatesForm(request.POST if is_sent else None)
    form.initial = {
        "half_terms": "\n".join(
            f"{_typed(each.first_on)} to {_typed(each.last_on)}" for each in stands.half_terms
        ),
        "cannot": "\n".join(f"{_typed(on)} {why}".strip() for on, why in stands.cannot.items()),
    }
    told = {
        "urn": urn, "name": names_of([urn]).get(urn, f"URN {urn}"), "year": year, "kept": kept,
        "years": years, "stands": stands, "form": form, "has_errors": is_sent,
        "usual": pure.school_days.usual_terms_words(),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "delivery/term_dates.html", told)
    said = form.cleaned_data
    own = said["half_terms"]
    is_usual = tuple(own) == pure.school_days.usual_year(year).half_terms
    try:
        people.set_calendar(
            urn, year, half_terms=[] if is_usual else own, cannot=said["cannot"],
            version=version_of(request), **done_by(request),
        )  # fmt: skip
    except DataProblem as error:
        form.add_error("half_terms", "; ".join(each.fault for each in error.problems))
        return render(request, "delivery/term_dates.html", told)
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, reverse("term-dates", args=[urn]))
    say_once(request, f"Your term dates of {year} are kept.")
    return HttpResponseRedirect(f"{reverse('term-dates', args=[urn])}?year={year}")


def _typed(on: datetime.date) -> str:
    return f"{on.day} {on.month} {on.year}"


def _days_typed(days: list[datetime.date]) -> str:
    return "\n".join(map(_typed, days))
