"""A school's statement of a period, on the page, as CSV, as a workbook and as a PDF."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

import polars as pl
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import funding, programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.pages.shown import Money, money_of
from schoolhubs.service.funding.pages.views import school_for
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.reach import OVERSEE, READERS
from schoolhubs.service.funding.statements import printing, records
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.funding import Statement, StatementLine

COLUMNS = {
    "payee_id": pl.String, "partnership_id": pl.String, "programme_id": pl.String,
    "pathway": pl.String, "milestone": pl.String, "period": pl.String, "due_on": pl.Date,
    "state": pl.String, "awarded_pence": pl.Int64, "paid_pence": pl.Int64,
    "clawed_back_pence": pl.Int64, "due_pence": pl.Int64,
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfPayee:
    """A statement of one period, with only the lines that a reader may see.

    Parameters
    ----------
    lines
        Of every programme, in the order of programme and due date.
    notes
        Sentences that every answer carries.
    """

    period: str
    drawn_on: datetime.date
    payees: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...]
    payments: tuple[Payment, ...]

    def total(self, name: str) -> int:
        """Add up one amount of the lines."""
        return sum(getattr(line, name) for line in self.lines)


@allow(*READERS)
@require_safe
def statement(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what a school was awarded and paid in a period, and what is due."""
    school = school_for(request, urn)
    told = {
        "school": school, "found": _found(request, urn), "wording": wording, "on": clock.day(),
    }  # fmt: skip
    return render(request, "funding/statement.html", told)


@allow(*READERS)
@require_safe
def statement_csv(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the lines of a statement as CSV, in pence."""
    school_for(request, urn)
    found = _found(request, urn)
    return csv_answer(table_of(found.lines), f"statement-{urn}-{_plain(found.period)}.csv")


@allow(*READERS)
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
    return workbook_answer({"Statement": table_of(found.lines)}, name, about=about, at=clock.now())


@allow(*READERS)
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


def table_of(lines: tuple[StatementLine, ...]) -> pl.DataFrame:
    """Give a row for each line."""
    rows = [
        {**funding.line_of(line), "due_on": line.award.due_on,
         "programme_id": line.award.programme_id}
        for line in lines
    ]  # fmt: skip
    return pl.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], schema=COLUMNS)


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
    money = money_of(request.actor, urn, on=on)
    mine = {(each.payee_id, str(each.partnership.pk)) for each in money}
    lines: list[StatementLine] = []
    notes: dict[str, None] = {}
    for one in _statements(money, period, on):
        notes.update(dict.fromkeys(one.notes))
        lines += [e for e in one.lines if (e.award.payee_id, e.award.partnership_id) in mine]
    payments = [
        payment
        for each in money
        for line in each.lines
        if line.award.period == period
        for payment in line.payments
    ]
    return OfPayee(
        period=period, drawn_on=on, payees=tuple(sorted({each.payee_id for each in money})),
        lines=tuple(lines), notes=tuple(notes), payments=tuple(payments),
    )  # fmt: skip


def _statements(money: Sequence[Money], period: str, on: datetime.date) -> Iterator[Statement]:
    """Draw up a statement of each programme that some money is of."""
    facts = {each.partnership.pk: each.facts for each in money}
    payments = {each.pk: each for one in money for line in one.lines for each in line.payments}
    given = records.of_facts(list(facts.values()), [payments[pk] for pk in sorted(payments)])
    for programme_id in sorted({each.partnership.programme_id for each in money}):
        ours = given.of_programme(programme_id)
        yield funding.statement(
            ours.records, programmes.load(programme_id), period, on=on,
            declarations=ours.declarations, payments=ours.payments, clawbacks=ours.clawbacks,
        )  # fmt: skip


def _plain(period: str) -> str:
    return period.replace("/", "-")
