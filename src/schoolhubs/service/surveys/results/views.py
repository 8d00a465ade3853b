"""The results of a survey before and after, by group, staff beside pupils; and their files."""

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import diagnosis
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.models import KeptScores, Survey
from schoolhubs.service.surveys.results import asked, drawn, labels, sentences, told
from schoolhubs.service.surveys.results.labels import words
from schoolhubs.service.surveys.results.told import Seen
from schoolhubs.service.surveys.scores import scoring
from schoolhubs.service.web.pages import csv_answer

REPORT = "report"


@allow(*reach.READERS)
@require_safe
def results(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Show what a closed survey found, for everybody or one group that is large enough."""
    snapshot, school = asked.school_read(request, urn)
    survey = asked.survey_or_404(urn, survey_key)
    kept = queries.scores_of(survey)
    page: dict[str, Any] = {"school": school, "survey": survey, "month": labels.month(survey.wave)}
    if kept is None:
        return render(request, "surveys/results.html", page)
    group, errors = request.GET.get("group", ""), []
    try:
        seen = asked.seen(survey, kept, group)
    except ValueError as error:
        seen, errors = asked.seen(survey, kept), [{"text": str(error), "href": "#group"}]
    page |= {"errors": errors, "kept": kept, "seen": seen}
    may_read = reach.may_read(request.actor, urn)  # type: ignore[attr-defined]
    page |= _shown(
        survey, kept, seen, is_synthetic=snapshot.is_synthetic, may_read=may_read
    )  # fmt: skip
    return render(request, "surveys/results.html", page)


def _shown(
    survey: Survey, kept: KeptScores, seen: Seen, *, is_synthetic: bool, may_read: bool
) -> dict[str, Any]:
    found = seen.scores
    row = next(found.response.iter_rows(named=True), None)
    both = asked.sides(survey, kept)
    is_empty = found.scores.is_empty()
    return {
        "warnings": sentences.warned(found.warnings, survey.urn, seen.wave),
        "response": row,
        "responded": sentences.said_of_response(row),
        "weighted": sentences.said_of_weights(row) if row else "",
        "groups": [(f"{c}:{n}", labels.group(c, n)) for c, n in told.groups(found)],
        "group_words": labels.group(seen.cut, seen.label),
        "scales": None if is_empty else drawn.of_scales(seen, is_synthetic=is_synthetic),
        "questions": [] if is_empty else drawn.of_questions(seen, is_synthetic=is_synthetic),
        "changes": told.changes(seen),
        "seasons": sentences.SEASONS,
        "sides": drawn.of_sides(both, seen, labels.measures(seen.instrument),
                                is_synthetic=is_synthetic) if both else None,
        "reliability": sentences.said_of_reliability(seen),
        "files": words()["files"],
        "gaps_words": words()["gaps"],
        "has_words": may_read and survey.respondents == "staff" and survey.asks_text,
    }  # fmt: skip


@allow(*reach.READERS)
@require_safe
def file(request: HttpRequest, urn: str, survey_key: uuid.UUID, what: str) -> HttpResponse:
    """Give one file of the results, as ``schoolhubs survey score`` writes it."""
    asked.school_read(request, urn, how="downloaded")
    survey = asked.survey_or_404(urn, survey_key)
    kept = queries.scores_of(survey)
    if kept is None:
        raise Http404
    name = f"survey-{urn}-{survey.instrument_id}-{survey.wave}-{what}"
    if what == "gaps":
        both = asked.sides(survey, kept)
        if both is None:
            raise Http404
        return csv_answer(both.gaps, f"{name}.csv")
    if what not in words()["files"]:
        raise Http404
    suffix = ".md" if what == REPORT else ".csv"
    kind = "text/markdown" if what == REPORT else "text/csv"
    answer = HttpResponse(_written(survey, kept, f"{what}{suffix}"), f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{suffix}"'
    return answer


def _written(survey: Survey, kept: KeptScores, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        found, instrument = scoring.read(kept), queries.instrument_of(survey)
        diagnosis.scoring.write_scores(found, instrument, Path(folder))
        return (Path(folder) / name).read_bytes()
