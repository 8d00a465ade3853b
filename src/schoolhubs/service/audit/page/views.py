"""The audit log: who did what, when and why, and whether the record is whole."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit import queries
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.audit.page.forms import FindEntries
from schoolhubs.service.audit.tasks import CHECK
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.models import Work
from schoolhubs.vocabulary.tables import csv_line

READERS = (Role.AUDITOR, Role.OFFICE_ADMINISTRATOR)


@require_safe
@allow(*READERS)
def log(request: ActedRequest) -> HttpResponseBase:
    """List the entries looked for, newest first, and say whether the chain was found whole."""
    form = FindEntries(request.GET)
    is_understood = form.is_valid()
    rows = queries.found(**form.wanted()) if is_understood else queries.found().none()
    if is_understood and request.GET.get("as") == "csv":
        return _csv(rows)
    page = [row.as_record() for row in rows[: queries.ON_A_PAGE + 1]]
    shown = page[: queries.ON_A_PAGE]
    has_older = len(page) > len(shown)
    kept = {
        name: value
        for name in form.fields
        if name != "before" and (value := request.GET.get(name, ""))
    }
    told = {
        "form": form,
        "has_errors": not is_understood,
        "entries": queries.told(shown),
        "n_entries": queries.n_entries(),
        "kept": urlencode(kept),
        "is_narrowed": bool(kept),
        "is_first_page": not request.GET.get("before"),
        "older": urlencode({**kept, "before": shown[-1].number}) if has_older else "",
        "check": Work.objects.filter(kind=CHECK).order_by("-pk").first(),
    }
    return render(request, "audit/log.html", told)


@require_POST
@allow(*READERS)
def check(request: ActedRequest) -> HttpResponse:
    """Ask for the whole record to be checked; a check under way is not asked for twice."""
    newest = Work.objects.filter(kind=CHECK).order_by("-pk").first()
    if newest is None or newest.is_finished:
        actor = request.actor
        jobs.ask(
            CHECK, {}, by=actor.by, organisation=actor.organisation_key, at=clock.now(),
            place=request.path,
        )  # fmt: skip
    return HttpResponseRedirect(reverse("audit"))


def _csv(rows: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    """Give every entry looked for, however many, a line at a time."""

    def lines() -> Iterator[str]:
        for row in queries.csv_rows(rows):
            yield csv_line(row)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return answer
