"""Events of hubs: listed, read, and who came written down."""

import datetime
from collections import Counter
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.visiting.schemas import CheckedIn, CheckIn, EventOf
from schoolhubs.service.api.schemas.common import PAGE, URN, Cursor, Limit, Paged
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import attending
from schoolhubs.service.events.models import Event, EventState, Party
from schoolhubs.service.partnerships.models import LIVE, Partnership
from schoolhubs.vocabulary.errors import DataProblem, Problem

router = Router()
READ, CHECK_IN = "read:events", "write:check-ins"
EARLIEST, LATEST = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)
EventId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]


def events_for(actor: Actor) -> QuerySet[Event]:
    """Give the events an actor may know of: drafts only to their lead and the office.

    A partner sees those of the hubs it is with on the day, as the page lists them.
    """
    rows = Event.objects.select_related("hub")
    if actor.holds(*SEE_EVERY_SCHOOL):
        return rows
    of_day = Partnership.objects.filter(
        partner_urn__in=own_urns(actor, *reach.PARTNERS), state__in=LIVE, partner_trust_id="",
        programme_id=OuterRef("hub__programme_id"), lead_urn=OuterRef("hub__lead_urn"),
        starts_on__lte=OuterRef("on"), finishes_on__gt=OuterRef("on"),
    )  # fmt: skip
    ours = Q(Exists(of_day)) & ~Q(state=EventState.DRAFT)
    return rows.filter(ours | Q(hub__lead_urn__in=own_urns(actor, *LEADS)))


@router.get(
    "/events", response=Paged[EventOf], url_name="api-events", operation_id="list_events",
    summary="List open days and networking events",
    openapi_extra=behaves(scope=READ, table=paging.table_of(EventOf)),
)  # fmt: skip
def list_events(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[str, Query(max_length=60, description="Blank for all.")] = "",
    lead_urn: Annotated[str, Query(pattern=rf"{URN}|^$", description="Blank for all hubs.")] = "",
    kind: Annotated[str, Query(max_length=20, description="As in answers; blank for all.")] = "",
    from_on: Annotated[
        datetime.date | None, Query(ge=EARLIEST, le=LATEST, description="On this day or later.")
    ] = None,
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List events in the order they were made."""
    asked = {
        "hub__programme_id": programme_id, "hub__lead_urn": lead_urn, "kind": kind,
        "on__gte": from_on,
    }  # fmt: skip
    rows = events_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(rows, by=("pk",), of="events", asked=asked, cursor=cursor, limit=limit)
    return paging.told(found, request, response, [told(each) for each in found.rows])


@router.get(
    "/events/{int:event_id}", response=EventOf, url_name="api-event", operation_id="read_event",
    summary="Read one event", openapi_extra=behaves(scope=READ),
)  # fmt: skip
def read_event(request: AskedRequest, event_id: EventId) -> dict[str, Any]:
    """Give one event with its places."""
    return told(found_event(request.asking.actor, event_id))


@router.post(
    "/events/{int:event_id}/check-in", response=CheckedIn, url_name="api-event-check-in",
    operation_id="check_in", summary="Write down who came",
    openapi_extra=behaves(scope=CHECK_IN, changes=True),
)  # fmt: skip
def check_in(request: AskedRequest, event_id: EventId, given: CheckIn) -> dict[str, Any]:
    """Write down for the lead how many came from each school; 0 for one of which nobody came.

    Every school that has places is named. It can be put right afterwards.
    """
    asking = request.asking
    event = found_event(asking.actor, event_id)
    refuse_others(asking.actor, is_own=reach.may_keep(asking.actor, event.hub))
    rows = Party.objects.filter(event=event, stands="takes", booking__state="booked")
    parties = {each.urn: each for each in rows}
    came = {each.urn: each.n_came for each in given.came}
    _refuse_others_than(parties, [each.urn for each in given.came])
    held = attending.check_in(
        event, {parties[urn].pk: n for urn, n in came.items()}, on=clock.day(), at=asking.at,
        place=asking.place, **asking.who,
    )  # fmt: skip
    schools = [
        {"urn": urn, "n_people": each.n_people, "n_came": came[urn]}
        for urn, each in sorted(parties.items())
    ]
    return {"event_id": held.pk, "state": held.state, "came": schools}


def _refuse_others_than(parties: dict[str, Party], named: list[str]) -> None:
    """Refuse a list that is not the one of the schools that have places, each once."""
    twice = sorted(urn for urn, n in Counter(named).items() if n > 1)
    faults = [
        *((urn, "has no places at this event") for urn in sorted(set(named) - set(parties))),
        *((urn, "has places and is not named") for urn in sorted(set(parties) - set(named))),
        *((urn, "is named twice") for urn in twice),
    ]
    if faults:
        raise DataProblem(
            [
                Problem(
                    code="check_in", column="body.came", fault=f"the school {urn} {words}",
                    value=urn, remedy="Name every school that has places once. Nothing was saved.",
                )
                for urn, words in faults
            ],
            outcome="Nothing was saved.",
        )  # fmt: skip


def found_event(actor: Actor, event_id: int) -> Event:
    """Give an event; one that is not the actor's to know of answers as if nothing were there."""
    found = Event.objects.select_related("hub").filter(pk=event_id).first()
    if found is None:
        raise Http404
    refuse_others(actor, is_own=events_for(actor).filter(pk=found.pk).exists())
    return found


def told(event: Event) -> dict[str, Any]:
    """Give an event in the shape of answers."""
    names = set(EventOf.model_fields) - {"event_id", "programme_id", "lead_urn", "is_open"}
    return {
        **{name: getattr(event, name) for name in names},
        "event_id": event.pk,
        "programme_id": event.hub.programme_id,
        "lead_urn": event.hub.lead_urn,
        "is_open": event.is_open_on(clock.day()),
        "starts_at": f"{event.starts_at:%H:%M}",
        "finishes_at": f"{event.finishes_at:%H:%M}",
    }
