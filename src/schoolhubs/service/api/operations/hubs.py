"""Hubs of a programme's published round; their places by right."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Query, Router

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.api.schemas.hubs import HubOf
from schoolhubs.service.matching import queries
from schoolhubs.service.matching.models import HubLoad

router = Router()


@router.get(
    "/hubs", response=Paged[HubOf], url_name="api-hubs", operation_id="list_hubs",
    summary="List a programme’s hubs",
    openapi_extra=behaves(extra_scope="read:hubs", table=paging.table_of(HubOf)),
)  # fmt: skip
def list_hubs(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[
        str,
        Query(min_length=1, max_length=60, description="Such as rise-hubs-2025."),
    ],
    region: Annotated[
        str, Query(max_length=120, description="Region, as in answers; blank for all.")
    ] = "",
    phase: Annotated[
        str, Query(max_length=120, description="Phase, as in answers; blank for all.")
    ] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the hubs of the published round in order of the lead's URN."""
    round_ = queries.newest_published(programme_id)
    if round_ is None:
        raise Http404
    asked = {"region": region, "phase": phase}
    loads = queries.loads_of(round_).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(
        loads.order_by("lead_urn").distinct("lead_urn"), by=("lead_urn",),
        of=f"hubs {round_.pk}", asked=asked, cursor=cursor, limit=limit,
    )  # fmt: skip
    urns = [each.lead_urn for each in found.rows]
    by_lead: dict[str, list[HubLoad]] = {}
    for load in queries.loads_of(round_).filter(lead_urn__in=urns):
        by_lead.setdefault(load.lead_urn, []).append(load)
    seen = _seen(request.asking.actor, urns)
    rows = [
        {
            "programme_id": programme_id,
            "lead_urn": each.lead_urn,
            "name": each.name,
            "phase": each.phase,
            "region": each.region,
            "offers": [load.pathway for load in by_lead[each.lead_urn]],
            "round_id": round_.pk,
            "on": round_.on,
            "loads": by_lead[each.lead_urn] if each.lead_urn in seen else [],
        }
        for each in found.rows
    ]
    return paging.told(found, request, response, rows)


def _seen(actor: Actor, urns: list[str]) -> set[str]:
    """Give the hubs whose places an actor may see."""
    if actor.holds(*reach.SEE_EVERY_SCHOOL):
        return set(urns)
    return set(urns) & set(reach.own_urns(actor, *LEADS))
