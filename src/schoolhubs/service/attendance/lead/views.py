"""The attendance lead's page: where, when and why absence is, and what changed; no pupil on it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.attendance import queries
from schoolhubs.service.attendance.lead import changed, pictures, sentences, told
from schoolhubs.service.attendance.lead.labels import Content, words
from schoolhubs.service.web.pages import csv_answer


@allow(*queries.STAFF, *queries.SEE_TOTALS)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Lead to the page of one's school; of a trust, list its schools that have marks."""
    urns = own_urns(request.actor, *queries.STAFF, *queries.SEE_TOTALS)  # type: ignore[attr-defined]
    if len(urns) == 1:
        return HttpResponseRedirect(reverse("attendance", kwargs={"urn": urns[0]}))
    return render(request, "attendance/schools.html", {"schools": queries.with_marks(urns)})


@allow(*queries.STAFF, *queries.SEE_TOTALS)
@require_safe
def attendance(request: HttpRequest, urn: str) -> HttpResponse:
    """Show what a school's marks show: all to its staff, totals to governors and trust."""
    actor = request.actor  # type: ignore[attr-defined]
    snapshot, school = queries.own_school(actor, urn, *queries.STAFF, *queries.SEE_TOTALS)
    is_staff = actor.holds(*queries.STAFF)
    finding = queries.finding_of(urn)
    about: dict[str, Any] = {"school": school, "finding": finding, "is_staff": is_staff}
    if finding:
        about["headline"] = told.headline(finding.content)
        about["rounding"] = sentences.said_of_rounding(told.off_by(finding.content))
        if is_staff:
            about |= _all_of_it(finding.content, is_synthetic=snapshot.is_synthetic)
    return render(request, "attendance/lead.html", about)


def _all_of_it(content: Content, *, is_synthetic: bool) -> dict[str, Any]:
    cuts = {cut: told.measures(content, cut) for cut in words()["cuts"]}
    whole = [row for row in content["changes"] if row["kind"] == "all"]
    return {
        "content": content,
        "grids": pictures.grids(content, is_synthetic=is_synthetic),
        "measures": {cut: table for cut, table in cuts.items() if table is not None},
        "cut_words": words()["cuts"],
        "first_weeks": told.first_weeks(content),
        "code_mix": told.code_mix(content),
        "changes": [
            (
                row["compared"],
                sentences.said_of_change(row),
                changed.changes(content, row["compared"]),
            )
            for row in whole
        ],
        "all_three": told.all_three(content),
        "prompts": [(each, sentences.said_of_prompt(each)) for each in content["prompts"]],
    }


@allow(*queries.STAFF)
@require_safe
def table(request: HttpRequest, urn: str, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    queries.own_school(request.actor, urn, *queries.STAFF)  # type: ignore[attr-defined]
    finding = queries.finding_of(urn)
    found = pictures.tables(finding.content).get(table) if finding else None
    if found is None:
        raise Http404
    return csv_answer(found, f"attendance-{urn}-{table}.csv")
