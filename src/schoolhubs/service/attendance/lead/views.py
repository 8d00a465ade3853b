"""The attendance lead's page: where, when and why absence is, and what changed; no pupil on it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import is_own_school, own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS
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


@allow(*queries.STAFF, *queries.SEE_TOTALS, *LEADS)
@require_safe
def attendance(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what a school's marks show: all to its staff, totals to governors and trust.

    Its lead sees what its staff see, by an agreement on attendance; no pupil is in either.
    """
    snapshot, school = queries.school_seen(request, urn, *queries.STAFF, *queries.SEE_TOTALS)
    is_staff = is_own_school(request.actor, urn, *queries.STAFF)
    sees_all = is_staff or not queries.may_see(request.actor, urn)
    finding = queries.finding_of(urn)
    about: dict[str, Any] = {
        "school": school, "finding": finding, "is_staff": is_staff, "sees_all": sees_all,
    }  # fmt: skip
    if finding:
        about["headline"] = told.headline(finding.content)
        about["rounding"] = sentences.said_of_rounding(told.off_by(finding.content))
        if sees_all:
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


@allow(*queries.STAFF, *LEADS)
@require_safe
def table(request: ActedRequest, urn: str, table: str) -> HttpResponse:
    """Give one table of the page as CSV, to those who see it there."""
    queries.school_seen(request, urn, *queries.STAFF, how="downloaded")
    finding = queries.finding_of(urn)
    found = pictures.tables(finding.content).get(table) if finding else None
    if found is None:
        raise Http404
    return csv_answer(found, f"attendance-{urn}-{table}.csv")
