"""A school's statement of a period, on the page, as CSV, as a workbook and as a PDF."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.pages.views import school_for
from schoolhubs.service.funding.reach import OVERSEE, READERS
from schoolhubs.service.funding.statements import printing, records
from schoolhubs.service.funding.statements.drawing import OfPayee, draw_up, table_of
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem


@allow(*READERS, after_a_hub=True)
@require_safe
def statement(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what a school was awarded and paid in a period, and what is due."""
    school = school_for(request, urn)
    told = {
        "school": school, "found": _found(request, urn), "wording": wording, "on": clock.day(),
    }  # fmt: skip
    return render(request, "funding/statement.html", told)


@allow(*READERS, after_a_hub=True)
@require_safe
def statement_csv(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the lines of a statement as CSV, in pence."""
    school_for(request, urn)
    found = _found(request, urn)
    return csv_answer(table_of(found.all_lines), f"statement-{urn}-{_plain(found.period)}.csv")


@allow(*READERS, after_a_hub=True)
@require_safe
def statement_xlsx(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the lines of a statement as a workbook, in pence."""
    school = school_for(request, urn)
    found = _found(request, urn)
    about = {
        "What": f"Statement of {school.name}, {found.period}", "Amounts": "in whole pence",
        "Drawn up": found.drawn_on.isoformat(), "Source": settings.ENVIRONMENT.service_name,
        **{f"Note {n}": note for n, note in enumerate(found.notes, start=1)},
    }  # fmt: skip
    name = f"statement-{urn}-{_plain(found.period)}.xlsx"
    return workbook_answer(
        {"Statement": table_of(found.all_lines)}, name, about=about, at=clock.now()
    )


@allow(*READERS, after_a_hub=True)
@require_safe
def statement_pdf(request: ActedRequest, urn: str) -> HttpResponse:
    """Give a statement as an accessible PDF."""
    school = school_for(request, urn)
    found = _found(request, urn)
    printed = printing.pdf(
        printing.told(found, school_name=school.name), on=found.drawn_on,
        issued_by=settings.ENVIRONMENT.service_name,
    )  # fmt: skip
    answer = HttpResponse(printed, content_type="application/pdf")
    name = f"statement-{urn}-{_plain(found.period)}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@allow(*OVERSEE)
@require_safe
def folder(request: HttpRequest, programme_id: str) -> HttpResponse:  # noqa: ARG001
    """Give the records of a programme as files that ``schoolhubs funding`` reads."""
    if programme_id not in programmes.list_ids():
        raise Http404
    found = records.zipped(records.of_programme(programme_id))
    answer = HttpResponse(found, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{programme_id}-records.zip"'
    return answer


def _found(request: ActedRequest, urn: str) -> OfPayee:
    """Draw up the statement of the period asked for: the academic year of today unless said.

    Raises
    ------
    Http404
        If the period is no academic year.
    """
    on = clock.day()
    asked = request.GET.get("period") or str(AcademicYear.holding(on))
    try:
        period = str(AcademicYear.parse(asked))
    except DataProblem:
        raise Http404 from None
    return draw_up(request.actor, urn, period, on=on)


def _plain(period: str) -> str:
    return period.replace("/", "-")
