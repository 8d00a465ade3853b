"""Programmes, and the rules in force on a day with their sources."""

import datetime
import json
from collections.abc import Mapping
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Path, Query, Router

from schoolhubs import programmes as definitions
from schoolhubs.service import clock
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.eligibility import rules_of
from schoolhubs.service.api.schemas.programmes import ProgrammeBrief, Programmes, ProgrammeWhole
from schoolhubs.service.programmes import queries
from schoolhubs.vocabulary.records.settings import DatedValue

router = Router()
COLUMNS = (
    "programme_id", "definition_version", "on", "path", "description", "unit", "rule", "value",
    "from_on", "status", "source", "source_read_on", "source_url", "why",
)  # fmt: skip
EARLIEST, LATEST = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)

ProgrammeId = Annotated[
    str, Path(description="Such as rise-hubs-2025.", pattern=r"^[-a-zA-Z0-9_]+$", max_length=60)
]


@router.get(
    "/programmes", response=Programmes, url_name="api-programmes", operation_id="list_programmes",
    summary="List programmes", openapi_extra=behaves(table=paging.table_of(ProgrammeBrief)),
)  # fmt: skip
def list_programmes(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    """List the programmes: those the service runs, then those it only tells of."""
    return {"items": [_brief(each) for each in (*queries.run_here(), *queries.others())]}


def values(answer: Mapping[str, Any]) -> Table:
    """Give a row for each value in force."""
    told = {name: answer[name] for name in ("programme_id", "definition_version", "on")}
    rows = [
        {
            **told,
            **setting,
            **(held := setting["in_force"] or {}),
            "value": _in_cell(held.get("value")),
            "source": held.get("source", {}).get("title"),
            "source_read_on": held.get("source", {}).get("read_on"),
            "source_url": held.get("source", {}).get("url"),
        }
        for setting in answer["settings"]
    ]
    return COLUMNS, rows


def _in_cell(value: Any) -> str:
    """Write a value of whatever kind in a column of text: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@router.get(
    "/programmes/{slug:programme_id}", response=ProgrammeWhole, url_name="api-programme",
    operation_id="read_programme", summary="Read a programme’s rules",
    openapi_extra=behaves(table=values),
)  # fmt: skip
def read_programme(
    request: HttpRequest,  # noqa: ARG001
    programme_id: ProgrammeId,
    on: Annotated[
        datetime.date | None,
        Query(
            ge=EARLIEST,
            le=LATEST,
            description="The day whose rules are asked for; today if not given.",
        ),
    ] = None,
) -> dict[str, Any]:
    """Give every value in force on a day, with unit, source and status.

    As CSV, a row for each value.
    """
    found = queries.programme(programme_id)
    if found is None:
        raise Http404
    rules = found.as_at(on or clock.day())
    return {
        **_brief(found),
        **rules_of(rules),
        "title": found.title,
        "summary": found.tree["programme"]["summary"],
        "pathways": rules.pathways,
        "rules": rules.eligibility,
        "questions": rules.questions,
        "settings": [
            {
                "path": each.path,
                "description": each.description,
                "unit": each.unit,
                "rule": each.rule,
                "in_force": _value(found.in_force(path, rules.rules_on)),
            }
            for path, each in found.settings.items()
        ],
    }


def _brief(found: definitions.Programme) -> dict[str, Any]:
    return {
        "programme_id": found.programme_id,
        "title": found.title,
        "definition_version": found.definition_version,
        "began_on": found.began_on,
        "is_run_here": found.programme_id in settings.ENVIRONMENT.programme_ids,
    }


def _value(entry: DatedValue | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "value": entry.value,
        "from_on": entry.from_on,
        "status": entry.status.value,
        "source": entry.source,
        "why": entry.why,
    }
