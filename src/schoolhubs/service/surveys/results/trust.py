"""One's school's surveys; of a trust, those of all its schools, by name and never by rank."""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs import pictures
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.models import KeptScores, Respondents, Survey
from schoolhubs.service.surveys.results import drawn, labels
from schoolhubs.service.surveys.results.labels import ALL

CANNOT_RANK = (
    "Schools stand by name. Where two intervals overlap, the two schools cannot be told apart, and "
    "schools with other pupils are not rivals."
)


@allow(*reach.READERS)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Lead to the surveys of one's school; of a trust, show those of its schools."""
    urns = own_urns(request.actor, *reach.READERS)  # type: ignore[attr-defined]
    if len(urns) == 1:
        return HttpResponseRedirect(reverse("surveys", kwargs={"urn": urns[0]}))
    snapshot = current_snapshot()
    schools = (
        list(schools_of(snapshot).filter(urn__in=urns).order_by("name", "urn")) if snapshot else []
    )
    newest = _newest([each.urn for each in schools])
    kept = {each.survey_id: each for each in KeptScores.objects.filter(survey__in=newest.values())}
    is_synthetic = bool(snapshot and snapshot.is_synthetic)
    told = {
        "rows": [_row(each, newest, kept) for each in schools],
        "drawn": list(_drawn(schools, newest, kept, is_synthetic=is_synthetic)),
        "cannot_rank": CANNOT_RANK,
    }
    return render(request, "surveys/trust.html", told)


def _newest(urns: list[str]) -> dict[tuple[str, str], Survey]:
    """Give each school's newest survey of pupils and of staff."""
    held = Survey.objects.filter(urn__in=urns).exclude(state="withdrawn")
    rows = held.order_by("urn", "respondents", "-wave", "key").distinct("urn", "respondents")
    return {(each.urn, each.respondents): each for each in rows}


def _row(
    school: School, newest: dict[tuple[str, str], Survey], kept: dict[Any, KeptScores]
) -> dict[str, Any]:
    sides = []
    for respondents in Respondents.values:
        survey = newest.get((school.urn, respondents))
        held = kept.get(survey.pk) if survey else None
        response = next(iter(held.record["response"]), None) if held else None
        sides.append(
            {
                "survey": survey,
                "month": labels.month(survey.wave) if survey else "",
                "state": survey.get_state_display() if survey else "No survey yet",
                "response": response,
                "is_scored": held is not None,
            }
        )
    return {"school": school, "sides": sides}


def _drawn(
    schools: list[School], newest: dict[tuple[str, str], Survey], kept: dict[Any, KeptScores], *,
    is_synthetic: bool,
) -> list[tuple[pictures.Picture, pl.DataFrame]]:  # fmt: skip
    """Draw each scale of pupils over the schools that may show it, in order of name."""
    pairs = [(each, newest.get((each.urn, Respondents.PUPILS))) for each in schools]
    held = [(school, survey, kept[survey.pk]) for school, survey in pairs
            if survey and survey.pk in kept]  # fmt: skip
    if len(held) < 2:
        return []
    titles: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for school, survey, scores in held:
        titles |= {each.name: each.title for each in queries.instrument_of(survey).scales}
        rows += [
            {"scale": row["measure"], "label": f"{school.name}, {labels.month(survey.wave)}",
             **{name: row[name] for name in ("value", "low", "high")}}
            for row in scores.record["scores"]
            if row["kind"] == "scale" and row["cut"] == ALL and row["value"] is not None
        ]  # fmt: skip
    weighting = drawn.weighting(
        row["weighted_to"] for _, _, each in held for row in each.record["response"]
    )  # fmt: skip
    found = []
    for scale, title in titles.items():
        mine = [{name: value for name, value in row.items() if name != "scale"}
                for row in rows if row["scale"] == scale]  # fmt: skip
        caption = pictures.Caption(
            key=f"trust-{scale}", title=f"{title}: what pupils said", sentence=CANNOT_RANK,
            source="surveys of pupils, each school’s newest; mean score, 0 to 100, "
            f"{weighting}. The interval holds the truth nine times in ten",
            is_synthetic=is_synthetic,
        )  # fmt: skip
        numbers = dict.fromkeys(("value", "low", "high"), pl.Float64)
        table = pl.DataFrame(mine, schema={"label": pl.String, **numbers})
        picture = pictures.charts.estimates(table, caption, axis=drawn.AXIS, decimals=0)
        found.append((picture, drawn.read(table, "School and wave")))
    return found
