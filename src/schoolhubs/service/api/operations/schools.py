"""Schools of the register: found, listed, and one with its figures."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.api.schemas.schools import SchoolBrief, SchoolWhole
from schoolhubs.service.network.queries import hubs_running_on
from schoolhubs.service.schools import queries
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page import facts
from schoolhubs.service.schools.page.stages import stages

router = Router()


def register() -> RegisterSnapshot:
    """Give the register that answers are read from.

    Raises
    ------
    Http404
        Before the first import.
    """
    snapshot = queries.current_snapshot()
    if snapshot is None:
        raise Http404
    return snapshot


def school_of(snapshot: RegisterSnapshot, urn: str) -> School:
    """Give one school.

    Raises
    ------
    Http404
        If the register has none of that URN.
    """
    one = queries.schools_of(snapshot).filter(urn=urn).first()
    if one is None:
        raise Http404
    return one


@router.get(
    "/schools", response=Paged[SchoolBrief], url_name="api-schools", operation_id="list_schools",
    summary="Find or list schools",
    openapi_extra=behaves(table=paging.table_of(SchoolBrief)),
)  # fmt: skip
def list_schools(
    request: HttpRequest,
    response: HttpResponse,
    q: Annotated[
        str, Query(max_length=120, description="URN, postcode or words of the name; blank for all.")
    ] = "",
    region: Annotated[
        str, Query(max_length=120, description="Region, as in answers; blank for all.")
    ] = "",
    phase: Annotated[
        str, Query(max_length=120, description="Phase, as in answers; blank for all.")
    ] = "",
    is_open: Annotated[
        bool | None, Query(description="Only open, or only closed, schools.")
    ] = None,
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List schools in order of URN."""
    snapshot = register()
    asked = {"q": q, "region": region, "phase": phase, "is_open": is_open}
    rows = queries.called(snapshot, q) if q.strip() else queries.schools_of(snapshot)
    for name in ("region", "phase", "is_open"):
        if asked[name] not in ("", None):
            rows = rows.filter(**{name: asked[name]})
    found = cursors.page(
        rows.defer("facts", "words"), by=("urn",), of=f"schools {snapshot.pk}", asked=asked,
        cursor=cursor, limit=limit,
    )  # fmt: skip
    return paging.told(found, request, response, found.rows)


@router.get(
    "/schools/{urn:urn}", response=SchoolWhole, url_name="api-school", operation_id="read_school",
    summary="Read one school", openapi_extra=behaves(extra_scope="read:schools"),
)  # fmt: skip
def read_school(request: AskedRequest, urn: str) -> dict[str, Any]:
    """Give one school: its figures with series and year, and by right how far it has come."""
    snapshot = register()
    one = school_of(snapshot, urn)
    hubs = hubs_running_on(snapshot.on).filter(lead_urn=urn)
    known = one.facts
    brief = {name: getattr(one, name) for name in SchoolBrief.model_fields}
    return {
        **brief,
        "school_register": snapshot,
        "trust_name": known.get("trust_name") or "",
        "n_pupils": known.get("n_pupils"),
        "figures": [*_intake(one), *_absence(one)],
        "inspection": _inspection(one),
        "leads": list(hubs.values_list("programme_id", flat=True)),
        "stages": _stages(request.asking.actor, snapshot, one, request),
    }


def _stages(
    actor: Actor, snapshot: RegisterSnapshot, one: School, request: AskedRequest
) -> tuple[Any, ...]:
    return stages(actor, snapshot, one, on=timezone.localdate(request.asking.at))


def _intake(one: School) -> list[dict[str, Any]]:
    known = one.facts
    return [
        {
            "figure": column,
            "title": title,
            "value": known.get(column),
            "unit": "percent" if unit == "%" else "pupils",
            "series": known.get("context_series") or "",
            "year": known.get("context_year") or "",
            "published_for_urn": "",
            "mark": "",
            "phase_value": None,
        }
        for column, title, unit, _, _ in facts.INTAKE
    ]


def _absence(one: School) -> list[dict[str, Any]]:
    known = one.facts
    urn = known.get("absence_urn")
    return [
        {
            "figure": column,
            "title": title,
            "value": known.get(column),
            "unit": "percent",
            "series": known.get("absence_series") or "",
            "year": known.get("absence_year") or "",
            "published_for_urn": urn if urn and urn != one.urn else "",
            "mark": known.get(column.replace("_percent", "_mark")) or "",
            "phase_value": known.get(phase_column),
        }
        for column, title, phase_column, _ in facts.ABSENCE
    ]


def _inspection(one: School) -> dict[str, Any]:
    known = one.facts
    return {
        "framework": known.get("inspection_framework") or "",
        "overall_grade": known.get("overall_grade"),
        "attendance_and_behaviour": known.get("attendance_and_behaviour") or "",
        "inspected_on": known.get("inspected_on"),
        "of_urn": known.get("inspection_urn") or "",
    }
