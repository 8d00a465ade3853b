"""The five pages of an import of marks."""

import datetime
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.attendance import queries
from schoolhubs.service.attendance.bringing import actions, columns, forms
from schoolhubs.service.attendance.lead.told import headline
from schoolhubs.service.attendance.models import Mapping, MarksImport, SchoolYear, Step
from schoolhubs.service.imports.uploads import FileOnDisk, takes_files_from
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict, DataProblem, SchoolhubsError

MOST_LISTED = 20
YEARS_OFFERED = 4
# The page on which an import goes on, by how far it is.
GOES_ON = {
    Step.BROUGHT: "marks-columns",
    Step.MAPPED: "marks-terms",
    Step.KEPT: "marks-result",
}


@allow(*queries.STAFF)
@takes_files_from(*queries.STAFF, is_sealed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, urn: str) -> HttpResponse:
    """Take a file of marks, and look at its headings."""
    _, school = _own(request, urn)
    if request.method != "POST":
        return _bring_page(request, school, None)
    given = next((each for each in request.FILES.values() if isinstance(each, FileOnDisk)), None)
    suffix = PurePath(given.name or "").suffix.lower() if given else None
    form = forms.BringMarks(
        request.POST, suffix=suffix, refused=getattr(request, "refused_upload", "")
    )
    if not form.is_valid() or given is None or suffix is None:
        return _bring_page(request, school, form)
    try:
        held = actions.bring(
            given, urn=urn, layout=form.cleaned_data["layout"], suffix=suffix,
            sheet=form.cleaned_data["sheet"], **done_by(request),
        )  # fmt: skip
    except DataProblem as error:
        for each in error.problems:
            form.add_error(None, f"{each.fault[:1].upper()}{each.fault[1:]}. {each.remedy}")
        return _bring_page(request, school, form)
    except SchoolhubsError as error:
        form.add_error(None, str(error))
        return _bring_page(request, school, form)
    return _to("marks-columns", held)


def _bring_page(
    request: HttpRequest, school: School, form: forms.BringMarks | None
) -> HttpResponse:
    imports = MarksImport.objects.filter(urn=school.urn).order_by("-pk")[:MOST_LISTED]
    told = {
        "school": school,
        "form": form,
        "layouts": columns.said()["layouts"],
        "imports": list(imports),
        "errors": _errors(form, {"__all__": "file"}),
    }
    status = 413 if form and form.refused == "size" else 200
    return render(request, "attendance/bring.html", told, status=status)


@allow(*queries.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def say_columns(request: HttpRequest, urn: str, marks_import_id: int) -> HttpResponse:
    """Say which heading is what, or take a mapping that was saved before."""
    _, school = _own(request, urn)
    held = queries.import_of(urn, marks_import_id)
    if held.step not in {Step.BROUGHT, Step.MAPPED}:
        return _goes_on(request, held)
    saved = [
        each
        for each in Mapping.objects.filter(urn=urn)
        if columns.fits(each.content, held.headings)
    ]
    guessed = columns.guessed(held.layout, held.headings)
    form = forms.ChooseColumns(
        request.POST if request.method == "POST" else None, held=held, saved=saved,
        initial={f"column_{name}": heading for name, heading in guessed.items()}
        | {"saved": str(saved[0].pk) if saved else ""},
    )  # fmt: skip
    told = {"school": school, "held": held, "form": form, "saved": saved}
    if request.method == "POST" and form.is_valid():
        answer = _or_conflict(
            request, held,
            lambda version: actions.say_columns(
                held, form.cleaned_data["content"], name=form.cleaned_data["name"],
                version=version, **done_by(request),
            ),
        )  # fmt: skip
        return answer or _to("marks-terms", held)
    return render(
        request, "attendance/columns.html", told | {"errors": _errors(form, {"__all__": "name"})}
    )


@allow(*queries.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def say_terms(request: HttpRequest, urn: str, marks_import_id: int) -> HttpResponse:
    """Say the term dates of a year; saved ones are there already."""
    _, school = _own(request, urn)
    held = queries.import_of(urn, marks_import_id)
    if held.step != Step.MAPPED:
        return _goes_on(request, held)
    this_year = AcademicYear.holding(clock.day())
    years = [str(this_year.plus(-n)) for n in range(YEARS_OFFERED)]
    year = request.GET.get("year", years[0])
    year = year if year in years else years[0]
    known = {each.year: each for each in SchoolYear.objects.filter(urn=urn)}
    form = forms.SayTerms(
        request.POST if request.method == "POST" else None, year=AcademicYear(year),
        initial=_days_of(known[year].content) if year in known else {},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            answer = _or_conflict(
                request, held,
                lambda version: actions.say_terms(
                    held, form.cleaned_data["content"], year=year, version=version,
                    **done_by(request),
                ),
            )  # fmt: skip
            return answer or _to("marks-found", held)
        except DataProblem as error:
            form.add_error(None, columns.words_of(error))
    told = {
        "school": school, "held": held, "form": form, "year": year, "years": years,
        "known": sorted(known), "terms": forms.HALF_TERMS,
        "errors": _errors(form, {"__all__": "first_1"}),
    }  # fmt: skip
    return render(request, "attendance/terms.html", told)


@allow(*queries.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest, urn: str, marks_import_id: int) -> HttpResponse:
    """Show what was found in the file, and let its bringer choose what to keep."""
    _, school = _own(request, urn)
    held = queries.import_of(urn, marks_import_id)
    if held.step in GOES_ON:
        return _goes_on(request, held)
    work = held.keep_work or held.read_work
    is_stuck = bool(work and work.is_stopped)
    form = None
    if held.step == Step.FOUND or (is_stuck and held.step != Step.STOPPED):
        form = forms.ChooseMarks(request.POST if request.method == "POST" else None, held=held)
        if is_stuck:
            form.fields["choice"].choices = [(forms.STOP, "Stop, and keep nothing")]  # type: ignore[attr-defined]
    if request.method == "POST":
        if form is None:
            return _conflict(request, held)
        if form.is_valid():
            return _chosen(request, held, form.cleaned_data)
    told = {
        "first_on": _date(held.report.get("first_week_on")),
        "last_on": _date(held.report.get("last_week_on")),
        "school": school, "held": held, "work": work, "is_stuck": is_stuck, "form": form,
        "offered": form.fields["choice"].choices if form else [],  # type: ignore[attr-defined]
        "errors": _errors(form, {}),
    }  # fmt: skip
    return render(request, "attendance/found.html", told)


def _chosen(request: HttpRequest, held: MarksImport, said: dict[str, Any]) -> HttpResponse:
    if said["choice"] == forms.STOP:
        answer = _or_conflict(request, held, lambda _: actions.stop(held, **done_by(request)))
        return answer or _to("marks-found", held)
    answer = _or_conflict(
        request, held,
        lambda version: actions.choose(
            held, replaces=bool(said["agrees"]), version=version, **done_by(request)
        ),
    )  # fmt: skip
    return answer or _to("marks-found", held)


@allow(*queries.STAFF)
@require_safe
def result(request: HttpRequest, urn: str, marks_import_id: int) -> HttpResponse:
    """Show what was kept, and the measures of the school as they are now."""
    _, school = _own(request, urn)
    held = queries.import_of(urn, marks_import_id)
    if held.step != Step.KEPT:
        return _goes_on(request, held)
    finding = queries.finding_of(urn)
    told = {
        "school": school, "held": held, "finding": finding,
        "headline": headline(finding.content) if finding else [],
    }  # fmt: skip
    return render(request, "attendance/result.html", told)


def _own(request: HttpRequest, urn: str) -> Any:
    return queries.own_school(request.actor, urn, *queries.STAFF)  # type: ignore[attr-defined]


def _or_conflict(
    request: HttpRequest, held: MarksImport, act: Callable[[int], Any]
) -> HttpResponse | None:
    """Do something to the version that was looked at; 409 where somebody was quicker."""
    said = request.POST.get("version", "")
    try:
        act(int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0)
    except Conflict:
        return _conflict(request, held)
    return None


def _conflict(request: HttpRequest, held: MarksImport) -> HttpResponse:
    held.refresh_from_db()
    told = {"held": held, "href": _address(GOES_ON.get(Step(held.step), "marks-found"), held)}
    return render(request, "attendance/moved_on.html", told, status=409)


def _goes_on(request: HttpRequest, held: MarksImport) -> HttpResponse:
    """Lead to the page on which the import goes on; what was sent meanwhile is refused."""
    if request.method == "POST":
        return _conflict(request, held)
    return _to(GOES_ON.get(Step(held.step), "marks-found"), held)


def _address(name: str, held: MarksImport) -> str:
    return reverse(name, kwargs={"urn": held.urn, "marks_import_id": held.pk})


def _to(name: str, held: MarksImport) -> HttpResponse:
    return HttpResponseRedirect(_address(name, held))


def _errors(form: Any, places: dict[str, str]) -> list[dict[str, str]]:
    """Give each message once, with the field it leads to."""
    if form is None or not form.is_bound:
        return []
    return [
        {"text": str(error), "href": f"#{places.get(name, name)}"}
        for name, errors in form.errors.items()
        for error in errors
    ]


def _date(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


def _days_of(content: dict[str, Any]) -> dict[str, str]:
    found = {"closed_on": "\n".join(_day(each) for each in content.get("closed_on", ()))}
    for each in content["half_terms"]:
        n = each["half_term"]
        found |= {f"first_{n}": _day(each["first_on"]), f"last_{n}": _day(each["last_on"])}
    return found


def _day(iso: str) -> str:
    year, month, day = (int(part) for part in iso.split("-"))
    return f"{day}/{month}/{year}"
