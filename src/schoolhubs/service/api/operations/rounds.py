"""Rounds, and what each gave the schools that the key may know of."""

from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.api.schemas.rounds import PlacementOf, RoundBrief, RoundWhole
from schoolhubs.service.matching.models import Outcome, Placement, PublishedRound, Round
from schoolhubs.service.partnerships.models import STANDS, Partnership

router = Router()
SCOPE = "read:rounds"
RoundId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]


def rounds_for(actor: Actor) -> QuerySet[Round]:
    """Give every round to those who see every school, and the published ones to others."""
    published = PublishedRound.objects.filter(round=OuterRef("pk"))
    every = Round.objects.annotate(is_published=Exists(published)).select_related("snapshot")
    every = every.defer("pack", "record", "snapshot__archive")
    return every if actor.holds(*reach.SEE_EVERY_SCHOOL) else every.filter(is_published=True)


@router.get(
    "/rounds", response=Paged[RoundBrief], url_name="api-rounds", operation_id="list_rounds",
    summary="List rounds",
    openapi_extra=behaves(scope=SCOPE, table=paging.table_of(RoundBrief)),
)  # fmt: skip
def list_rounds(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[
        str, Query(max_length=60, description="Blank for all programmes.")
    ] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List rounds in the order they were made: all to the office, published ones to others."""
    rows = rounds_for(request.asking.actor)
    if programme_id:
        rows = rows.filter(programme_id=programme_id)
    asked = {"programme_id": programme_id}
    found = cursors.page(rows, by=("pk",), of="rounds", asked=asked, cursor=cursor, limit=limit)
    return paging.told(found, request, response, [_told(each) for each in found.rows])


@router.get(
    "/rounds/{int:round_id}", response=RoundWhole, url_name="api-round",
    operation_id="read_round", summary="Read one round", openapi_extra=behaves(scope=SCOPE),
)  # fmt: skip
def read_round(request: AskedRequest, round_id: RoundId) -> dict[str, Any]:
    """Give one round with its totals."""
    found = _found(request.asking.actor, round_id)
    whole = {"definition_version": found.definition_version, "summary": found.summary}
    return {**_told(found), **whole}


@router.get(
    "/rounds/{int:round_id}/placements", response=Paged[PlacementOf],
    url_name="api-placements", operation_id="list_placements",
    summary="List what a round gave each school",
    openapi_extra=behaves(scope=SCOPE, table=paging.table_of(PlacementOf)),
)  # fmt: skip
def list_placements(
    request: AskedRequest,
    response: HttpResponse,
    round_id: RoundId,
    outcome: Annotated[str, Query(max_length=20, description="As in answers; blank for all.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List placements in order of URN.

    The office and auditors see every school, a school its own, and a hub those matched with it
    that have not parted from it since.
    """
    actor = request.asking.actor
    round_ = _found(actor, round_id)
    rows = Placement.objects.filter(round=round_).defer("record")
    if outcome:
        rows = rows.filter(outcome=outcome if outcome in Outcome.values else "")
    if not actor.holds(*reach.SEE_EVERY_SCHOOL):
        rows = rows.filter(_theirs(actor, round_))
    found = cursors.page(
        rows, by=("urn",), of=f"placements {round_id}", asked={"outcome": outcome},
        cursor=cursor, limit=limit,
    )  # fmt: skip
    return paging.told(found, request, response, found.rows)


def _theirs(actor: Actor, round_: Round) -> Q:
    """Choose an actor's own schools, and those with its hub by a partnership that stands."""
    together = Partnership.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id, state__in=STANDS,
        partner_urn=OuterRef("urn"), lead_urn=OuterRef("lead_urn"),
    )  # fmt: skip
    ours = reach.own_urns(actor, *PARTNER_SCHOOL, Role.PARTNER_TRUST)
    led = reach.own_urns(actor, *LEADS)
    return Q(urn__in=ours) | Q(Exists(together), lead_urn__in=led)


def _found(actor: Actor, round_id: int) -> Round:
    found = rounds_for(actor).filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def _told(round_: Round) -> dict[str, Any]:
    return {
        "round_id": round_.pk,
        "programme_id": round_.programme_id,
        "cohort_id": round_.cohort_id,
        "on": round_.on,
        "register_on": round_.snapshot.on,
        "made_at": round_.made_at,
        "is_synthetic": round_.is_synthetic,
        "is_published": round_.is_published,  # type: ignore[attr-defined]
        "is_what_if": round_.base_id is not None,
    }
