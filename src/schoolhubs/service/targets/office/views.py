"""Attendance targets for the office: what stands, fitting anew, all targets as a file."""

from typing import Any

import polars as pl
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges.office import READERS as OF_CHALLENGES
from schoolhubs.service.targets.models import Fit
from schoolhubs.service.targets.office.forms import FitForm, year_offered, years_ahead
from schoolhubs.service.targets.reading import years_of
from schoolhubs.service.web.pages import csv_answer
from schoolhubs.vocabulary import frames

DIGITS = 4
MOST_LISTED = 20


@allow(*SEE_EVERY_SCHOOL)
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: ActedRequest) -> HttpResponse:
    """Say which model stands; an administrator has another fitted."""
    snapshot = current_snapshot()
    if snapshot is None:
        raise Http404
    may_fit = request.actor.holds(Role.OFFICE_ADMINISTRATOR)
    is_sent = request.method == "POST"
    if is_sent and not may_fit:
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
    years = years_of(snapshot)
    form = FitForm(years, request.POST if is_sent else None)
    if is_sent and form.is_valid():
        order = {"snapshot": snapshot.pk, **form.cleaned_data}
        work = ask("targets_fit", order, **done_by(request))
        return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))
    kept = list(queries.fits()[:MOST_LISTED])
    told: dict[str, Any] = {
        "snapshot": snapshot, "fits": kept, "fit": kept[0] if kept else None, "years": years,
        "years_ahead": years_ahead(years),
        "year_offered": year_offered(years, on=clock.day()),
        "n_open": queries.open_challenges().count(),
        "may_read_challenges": request.actor.holds(*OF_CHALLENGES),
        "form": form, "has_errors": is_sent, "may_fit": may_fit,
        "errors": {name: said[0] for name, said in form.errors.items()},
    }  # fmt: skip
    return render(request, "targets/office.html", told)


@allow(*SEE_EVERY_SCHOOL)
@require_safe
def targets_csv(request: ActedRequest) -> HttpResponse:  # noqa: ARG001
    """Give every school's target with its interval, by URN: no ranking."""
    fit = queries.current_fit()
    if fit is None:
        raise Http404
    table = table_of(fit).with_columns(pl.col(pl.Float64).round(DIGITS))
    return csv_answer(table, f"attendance-targets-{fit.year.replace('/', '-')}.csv")


def table_of(fit: Fit) -> pl.DataFrame:
    """Give every target that stands as frames.TARGETS, with its version."""
    names = [*frames.TARGETS.schema, "version"]
    rows = list(queries.targets_of(fit).values_list(*names))
    return pl.DataFrame(rows, schema={**frames.TARGETS.schema, "version": pl.Int64}, orient="row")
