"""The list of partnerships that are stuck: for the office, and for a hub its own."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.milestones.stuck.narrowing import NarrowForm
from schoolhubs.service.milestones.stuck.rows import (
    WHOSE,
    Stuck,
    may_be_stuck,
    stuck_of,
    table_of,
)
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer, day

READERS = (*SEE_EVERY_SCHOOL, *LEADS)
A_PAGE = 20
REASONS_SHOWN = 2  # the others are a click away


@allow(*READERS)
@require_safe
def stuck(request: ActedRequest) -> HttpResponse:
    """List the partnerships that are stuck, longest first, narrowed as the selects say."""
    rows = _rows(request)
    form = NarrowForm(rows, request.GET.dict())
    page = Paginator(form.fitting(rows), A_PAGE).get_page(request.GET.get("page"))
    told = {
        "page": page, "form": form, "whose": WHOSE, "on": clock.day(), "n": REASONS_SHOWN,
        "n_all": len(rows), "query": urlencode(form.chosen),
    }  # fmt: skip
    return render(request, "milestones/stuck.html", told)


@allow(*READERS)
@require_safe
def stuck_file(request: ActedRequest, kind: str) -> HttpResponse:
    """Give the list, as it is filtered, as CSV or as a workbook."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    rows = _rows(request)
    form = NarrowForm(rows, request.GET.dict())
    table, on = table_of(form.fitting(rows)), clock.day()
    name = f"stuck-partnerships-{on}.{kind}"
    if kind == "csv":
        return csv_answer(table, name)
    about = {
        "What": "Partnerships that are stuck", "Day": day(on), "Source": "the milestones of the "
        "programme's definition, and the ledgers that show what was done",
        "Filter": ", ".join(f"{key}: {value}" for key, value in form.chosen.items()) or "none",
    }  # fmt: skip
    return workbook_answer({"Stuck": table}, name, about=about, at=clock.now())


def _rows(request: ActedRequest) -> list[Stuck]:
    led = None if request.actor.holds(*SEE_EVERY_SCHOOL) else own_urns(request.actor, *LEADS)
    return stuck_of(may_be_stuck(led), on=clock.day(), led=led)
