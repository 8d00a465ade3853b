"""Training: what schools owe and have done."""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs import delivery
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.standing.schemas import TrainingOf, TrainingOwed
from schoolhubs.service.api.schemas.common import PAGE, URN, Cursor, Limit, Paged
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.training import queries, reach
from schoolhubs.service.training.shown import tables

router = Router()
SCOPE = "read:training"
NAMES = ("partnership_id", "urn", "programme_id", "pathway", "lead_urn")


def owed_in_table(answer: Mapping[str, Any]) -> Table:
    """Give a row a school, with its counts."""
    rows = [{**each, **each["tally"]} for each in answer["items"]]
    return (*NAMES, *(answer["items"][0]["tally"] if answer["items"] else ())), rows


def rows_in_table(answer: Mapping[str, Any]) -> Table:
    """Give the rows of a record as the page's CSV has them."""
    return tuple(tables.COLUMNS), answer["rows"]


def taught_for(actor: Actor) -> QuerySet[Partnership]:
    """Give the partnerships whose training an actor reads in lists: those that hold a place."""
    rows = Partnership.objects.filter(state__in=HOLDS_A_PLACE, partner_trust_id="")
    if actor.holds(*SEE_EVERY_SCHOOL):
        return rows
    ours, led = own_urns(actor, *reach.OWN), own_urns(actor, *LEADS)
    return rows.filter(Q(partner_urn__in=ours) | Q(lead_urn__in=led))


@router.get(
    "/training", response=Paged[TrainingOwed], url_name="api-training",
    operation_id="list_training", summary="List what schools owe of training",
    openapi_extra=behaves(scope=SCOPE, table=owed_in_table),
)  # fmt: skip
def list_training(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[str, Query(max_length=60, description="Blank for all.")] = "",
    lead_urn: Annotated[str, Query(pattern=rf"{URN}|^$", description="Blank for all hubs.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the partners of the organisation's hubs, or its own schools, with their counts.

    A programme that teaches nothing has all counts at 0.
    """
    asked = {"programme_id": programme_id, "lead_urn": lead_urn}
    rows = taught_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(rows, by=("pk",), of="training", asked=asked, cursor=cursor, limit=limit)
    trained = queries.trained(found.rows, on=clock.day())
    items = [_owed(each, trained.get(each.pk)) for each in found.rows]
    return paging.told(found, request, response, items)


@router.get(
    "/training/{urn:urn}", response=TrainingOf, url_name="api-school-training",
    operation_id="read_training", summary="Read a school’s training record",
    openapi_extra=behaves(scope=SCOPE, table=rows_in_table),
)  # fmt: skip
def read_training(
    request: AskedRequest, urn: Annotated[str, Path(pattern=URN, description="The school.")]
) -> dict[str, Any]:
    """Give what each leader owes and has done, most pressing first, as the page does."""
    refuse_others(request.asking.actor, is_own=reach.may_read(request.asking.actor, urn))
    on = clock.day()
    partnership = queries.partnership_of(urn, on)
    trained = queries.trained([partnership], on=on).get(partnership.pk) if partnership else None
    if partnership is None or trained is None:
        raise Http404
    table = tables.table_of([trained], names_of([urn]))
    return {**_owed(partnership, trained), "on": on, "rows": table.to_dicts()}


def _owed(partnership: Partnership, trained: queries.Trained | None) -> dict[str, Any]:
    tally = trained.tally if trained else delivery.training.tally(())
    return {
        "partnership_id": partnership.pk, "urn": partnership.partner_urn,
        "programme_id": partnership.programme_id, "pathway": partnership.pathway,
        "lead_urn": partnership.lead_urn,
        "tally": {**dataclasses.asdict(tally), "n_outstanding": tally.n_outstanding},
    }  # fmt: skip
