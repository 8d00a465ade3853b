"""The page that takes a behaviour return and shows what the newest one said."""

import io
from pathlib import PurePath
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.attendance import behaviour
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.diagnosis.assessing.queries import TEAM, school_now
from schoolhubs.service.diagnosis.models import BehaviourReturn
from schoolhubs.service.diagnosis.returning import actions
from schoolhubs.service.diagnosis.returning.forms import LAYOUTS, ReturnForm, headings
from schoolhubs.service.imports.uploads import FileOnDisk, takes_files_from
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import DataProblem, SchoolhubsError


@allow(*TEAM)
@takes_files_from(*TEAM, is_sealed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def behaviour_return(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask for the list and its columns; count it at once, keep what may be shown."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, urn, *TEAM))
    if request.method != "POST":
        return _page(request, urn, None)
    given = next((each for each in request.FILES.values() if isinstance(each, FileOnDisk)), None)
    suffix = PurePath(given.name or "").suffix.lower() if given else None
    form = ReturnForm(request.POST, suffix=suffix, refused=getattr(request, "refused_upload", ""))
    if not form.is_valid() or given is None or suffix is None:
        return _page(request, urn, form)
    try:
        actions.bring(
            given, form.mapping(), urn=urn, year=form.cleaned_data["year"], suffix=suffix,
            **done_by(request),
        )  # fmt: skip
    except DataProblem as error:
        for each in error.problems:
            form.add_error(None, f"{_placed(each)}. {each.remedy}")
        return _page(request, urn, form)
    except SchoolhubsError as error:
        form.add_error(None, str(error))
        return _page(request, urn, form)
    say_once(request, "The return is counted. The list itself is not kept.")
    return HttpResponseRedirect(reverse("behaviour-return", kwargs={"urn": urn}))


def _placed(problem: Any) -> str:
    rows = (problem.row, *problem.other_rows) if problem.row else ()
    said = f"{problem.fault[:1].upper()}{problem.fault[1:]}"
    if not rows:
        return said
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"{said} (row {', '.join(map(str, rows[:5]))}{more})"


def _page(request: ActedRequest, urn: str, form: ReturnForm | None) -> HttpResponse:
    held = BehaviourReturn.objects.filter(urn=urn).last()
    kept = held.mapping if held else {}
    typed = {name: kept.get("columns", {}).get(name, "") for name in headings()}
    typed |= {"layout": kept.get("layout", ""), "year": held.year if held else ""}
    if form is not None:
        typed = {name: str(form.data.get(name, "")) for name in typed}
    errors = []
    for name, words in form.errors.items() if form else ():
        errors += [{"text": each, "href": f"#{'file' if name == '__all__' else name}"}
                   for each in words]  # fmt: skip
    told = {
        "school": school_now(urn), "form": form, "typed": typed, "errors": errors,
        "headings": headings(), "layouts": LAYOUTS, "held": held,
        "measures": behaviour.said()["measures"],
        "rows": _table(held).to_dicts() if held else [],
    }  # fmt: skip
    status = 413 if form and form.refused == "size" else 200
    return render(request, "diagnosis/behaviour_return.html", told, status=status)


def _table(held: BehaviourReturn) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(held.content), infer_schema=False).filter(
        pl.col("cut").is_in(["all", "sen", "fsm"])
    )


@allow(*TEAM)
@require_safe
def behaviour_csv(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the newest return as the file that a diagnosis is drafted from."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, urn, *TEAM))
    held = BehaviourReturn.objects.filter(urn=urn).last()
    if held is None:
        raise Http404
    answer = HttpResponse(held.content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{urn}-behaviour.csv"'
    return answer
