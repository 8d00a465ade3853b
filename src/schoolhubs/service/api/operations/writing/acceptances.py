"""Saying yes to a proposed match, or why it does not work."""

from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.api.manners import cursors, tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.api.schemas.matches import AcceptanceOf, Answer
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import STANDS, Partnership, Side

router = Router()
READ, WRITE = "read:matches", "write:acceptances"
PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
ONE = "/acceptances/{int:acceptance_id}"
AcceptanceId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]


def acceptances_for(actor: Actor) -> QuerySet[Partnership]:
    """Give the matches put to the actor's schools; all of them to those who see every school.

    To a hub, a school that declined, left or was proposed to another is none of its own.
    """
    every = Partnership.objects.all()
    if actor.holds(*reach.SEE_EVERY_SCHOOL):
        return every
    ours, led = reach.own_urns(actor, *PARTNERS), reach.own_urns(actor, *LEADS)
    return every.filter(Q(partner_urn__in=ours) | Q(lead_urn__in=led, state__in=STANDS))


@router.get(
    "/acceptances", response=Paged[AcceptanceOf], url_name="api-acceptances",
    operation_id="list_acceptances", summary="List proposed matches and what was said",
    openapi_extra=behaves(scope=READ, table=paging.table_of(AcceptanceOf)),
)  # fmt: skip
def list_acceptances(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[str, Query(max_length=60, description="Blank for all.")] = "",
    state: Annotated[str, Query(max_length=20, description="As in answers; blank for all.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the matches put to the organisation's schools and hubs, in the order proposed."""
    asked = {"programme_id": programme_id, "state": state}
    rows = acceptances_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(
        rows, by=("pk",), of="acceptances", asked=asked, cursor=cursor, limit=limit
    )
    return paging.told(found, request, response, [_told(each) for each in found.rows])


@router.get(
    ONE, response=AcceptanceOf, url_name="api-acceptance", operation_id="read_acceptance",
    summary="Read what was said of a match", openapi_extra=behaves(scope=READ),
)  # fmt: skip
def read_acceptance(
    request: AskedRequest, response: HttpResponse, acceptance_id: AcceptanceId
) -> dict[str, Any]:
    """Give one proposed match with what both schools said."""
    return _answered(response, _found(request.asking.actor, acceptance_id))


@router.post(
    ONE, response=AcceptanceOf, url_name="api-acceptance", operation_id="answer_acceptance",
    summary="Accept a match, or say why it does not work",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def answer_acceptance(
    request: AskedRequest, response: HttpResponse, acceptance_id: AcceptanceId, given: Answer
) -> dict[str, Any]:
    """Answer for the key's own school: as partner, or else as lead.

    Once both accept, the hub's place is taken. Of several that accept a hub's last place at once,
    one gets it and the others are told so (409).
    """
    asking = request.asking
    found = _found(asking.actor, acceptance_id)
    if tags.version_named(request, _name(found)) != found.version:
        raise Refused("stale")
    is_partner = found.partner_urn in reach.own_urns(asking.actor, *PARTNERS)
    answered = actions.answer(
        found, side=Side.PARTNER if is_partner else Side.LEAD, says=given.says,
        reason=given.words.strip(), reasons=given.reasons, version=found.version, at=asking.at,
        place=asking.place, **asking.who,
    )  # fmt: skip
    answered.refresh_from_db()
    return _answered(response, answered)


def _found(actor: Actor, acceptance_id: int) -> Partnership:
    """Give a match; one of other schools answers as if nothing were there."""
    found = Partnership.objects.filter(pk=acceptance_id).first()
    if found is None:
        raise Http404
    refuse_others(actor, is_own=acceptances_for(actor).filter(pk=found.pk).exists())
    return found


def _name(found: Partnership) -> str:
    return f"match-{found.pk}"


def _answered(response: HttpResponse, found: Partnership) -> dict[str, Any]:
    tags.put(response, tags.of_version(_name(found), found.version))
    return _told(found)


def _told(found: Partnership) -> dict[str, Any]:
    names = set(AcceptanceOf.model_fields) - {"acceptance_id", "answer_by"}
    told = {name: getattr(found, name) for name in names}
    last = answer_by(found) if found.state == "proposed" else None
    return {**told, "acceptance_id": found.pk, "answer_by": last}
