"""Bookings: listed, read, made, changed, cancelled; those that wait have their place in line."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router
from ninja.responses import Status

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, Role
from schoolhubs.service.api.manners import cursors, tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.visiting import schemas
from schoolhubs.service.api.operations.visiting.events import EventId, found_event
from schoolhubs.service.api.operations.visiting.schemas import BookingOf
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.events import queries, reach
from schoolhubs.service.events.doing import booking as bookings
from schoolhubs.service.events.doing import changing
from schoolhubs.service.events.models import Booking, BookingState, Event, Party
from schoolhubs.service.events.visiting.forms import PeopleForm
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE
from schoolhubs.vocabulary.errors import DataProblem, Problem

router = Router()
READ, WRITE = "read:events", "write:bookings"
ONE = "/bookings/{int:booking_id}"
BookingId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]
COLUMNS = (
    "booking_id", "event_id", "programme_id", "lead_urn", "kind", "on", "state", "in_line", "urn",
    "n_people", "n_came", "roles", "access_needs",
)  # fmt: skip


def table(answer: Mapping[str, Any]) -> Table:
    """Give a row for each school of each booking."""
    return COLUMNS, [{**each, **one} for each in answer["items"] for one in each["schools"]]


def bookings_for(actor: Actor) -> QuerySet[Booking]:
    """Give the bookings with a part of an actor's schools, and those for events of its hubs."""
    rows = Booking.objects.select_related("event__hub").prefetch_related("parties__partnership")
    if actor.holds(*SEE_EVERY_SCHOOL):
        return rows
    ours, led = own_urns(actor, *reach.PARTNERS), own_urns(actor, *LEADS)
    mine = Exists(Party.objects.filter(booking=OuterRef("pk"), urn__in=ours))
    return rows.filter(Q(mine) | Q(event__hub__lead_urn__in=led))


@router.get(
    "/bookings", response=Paged[BookingOf], url_name="api-bookings", operation_id="list_bookings",
    summary="List bookings and the waiting list",
    openapi_extra=behaves(scope=READ, table=table),
)  # fmt: skip
def list_bookings(
    request: AskedRequest,
    response: HttpResponse,
    event_id: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="Of one event.")] = None,
    state: Annotated[str, Query(max_length=20, description="As in answers; blank for all.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List bookings in the order they were made: a partner's own, a lead's those of its events."""
    asked = {"event_id": event_id, "state": state}
    rows = bookings_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    reads = _reader(request.asking.actor)
    found = cursors.page(rows, by=("pk",), of="bookings", asked=asked, cursor=cursor, limit=limit)
    return paging.told(found, request, response, [_told(each, reads) for each in found.rows])


@router.get(
    ONE, response=BookingOf, url_name="api-booking", operation_id="read_booking",
    summary="Read a booking", openapi_extra=behaves(scope=READ),
)  # fmt: skip
def read_booking(
    request: AskedRequest, response: HttpResponse, booking_id: BookingId
) -> dict[str, Any]:
    """Give a booking; one that waits with its place in the line."""
    actor = request.asking.actor
    return _answered(response, actor, _found(actor, booking_id))


@router.post(
    "/events/{int:event_id}/bookings", response={201: BookingOf}, url_name="api-event-bookings",
    operation_id="book", summary="Book an event, or wait for places",
    openapi_extra=behaves(scope=WRITE, changes=True),
)  # fmt: skip
def book(
    request: AskedRequest, response: HttpResponse, event_id: EventId, given: schemas.Book
) -> Status[Any]:
    """Book places for a party of the organisation's schools: all of them, or none (409).

    With `waits` a party for which too few places are free goes on the waiting list.
    """
    asking = request.asking
    event = found_event(asking.actor, event_id)
    wanted = _wanted(asking.actor, event, given)
    held = bookings.hold(
        event, wanted, key=uuid.uuid4(), waits=given.waits, at=asking.at, place=asking.place,
        **asking.who,
    )  # fmt: skip
    if held.state == BookingState.HELD:
        held = bookings.book(held, at=asking.at, place=asking.place, **asking.who)
    response.headers["Location"] = reverse("api-booking", kwargs={"booking_id": held.pk})
    return Status(201, _answered(response, asking.actor, held))


@router.patch(
    ONE, response=BookingOf, url_name="api-booking", operation_id="change_booking",
    summary="Change how many come",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def change_booking(
    request: AskedRequest, response: HttpResponse, booking_id: BookingId,
    given: schemas.ChangeBooking,
) -> dict[str, Any]:  # fmt: skip
    """Change how many come from each school; what comes free goes down the waiting list."""
    held, asking = _as_seen(request, booking_id), request.asking
    parties = {each.urn: each.pk for each in held.together}
    _refuse_schools([each.urn for each in given.schools], parties, "is not in this booking")
    _check_notes(given.roles, given.access_needs)
    kept = changing.change(
        held, {parties[each.urn]: each.n_people for each in given.schools}, version=held.version,
        roles=given.roles, access_needs=given.access_needs, at=asking.at, place=asking.place,
        **asking.who,
    )  # fmt: skip
    return _answered(response, asking.actor, kept)


@router.post(
    f"{ONE}/cancellation", response=BookingOf, url_name="api-booking-cancellation",
    operation_id="cancel_booking", summary="Cancel a booking, or leave the waiting list",
    openapi_extra=behaves(scope=WRITE, changes=True, of_version=True),
)  # fmt: skip
def cancel_booking(
    request: AskedRequest, response: HttpResponse, booking_id: BookingId,
    given: schemas.CancelBooking,
) -> dict[str, Any]:  # fmt: skip
    """Cancel; the places go down the waiting list at once.

    In a booking with schools of others the organisation's own are taken out, and the rest stays.
    """
    held, asking = _as_seen(request, booking_id, whole=False), request.asking
    _check_notes(given.reason)
    own = reach.own_parties(asking.actor, held)
    said: dict[str, Any] = {"version": held.version, "reason": given.reason, "at": asking.at,
            "place": asking.place, **asking.who}  # fmt: skip
    if own and len(own) < len(held.together):
        kept = changing.take_out(held, [each.pk for each in own], **said)
    else:
        kept = changing.cancel(held, **said)
    return _answered(response, asking.actor, kept)


def _wanted(actor: Actor, event: Event, given: schemas.Book) -> bookings.Wanted:
    """Read a party: its schools are the actor's own, with this hub, and agreed."""
    ours = reach.of_event(list(reach.partnerships_of(actor)), event)
    agreed = {each.partner_urn: each for each in ours if each.state in HOLDS_A_PLACE}
    urns = [each.urn for each in given.schools]
    refuse_others(actor, is_own=bool(ours))
    _refuse_schools(urns, agreed, "is not yours, or its partnership with this hub is not agreed")
    _check_notes(given.roles, given.access_needs)
    coming = [
        bookings.Coming(partnership=agreed[e.urn], n_people=e.n_people) for e in given.schools
    ]
    return bookings.Wanted(coming=coming, roles=given.roles, access_needs=given.access_needs)


def _refuse_schools(named: Iterable[str], known: Mapping[str, Any], words: str) -> None:
    faults = [urn for urn in named if urn not in known]
    if faults:
        raise DataProblem(
            [
                Problem(
                    code="school", column="body.schools", fault=f"the school {urn} {words}",
                    value=urn, remedy="Leave it out, or see GET /partnerships. Nothing was booked.",
                )
                for urn in faults
            ],
            outcome="Nothing was booked.",
        )  # fmt: skip


def _check_notes(*notes: str) -> None:
    """Refuse what the page's form would refuse in a note, such as a pupil's number."""
    for note in notes:
        form = PeopleForm([("n", 1)], {"n": "1", "roles": note})
        if not form.is_valid():
            words = "; ".join(str(said) for said in form.errors.get("roles", ()))
            problem = Problem(
                code="note", column="body", fault=words, remedy="Mend it, and send it again."
            )
            raise DataProblem([problem], outcome="Nothing was saved.")


def _found(actor: Actor, booking_id: int) -> Booking:
    """Give a booking; one of others answers as if nothing were there."""
    rows = Booking.objects.select_related("event__hub").prefetch_related("parties__partnership")
    found = rows.filter(pk=booking_id).first()
    if found is None:
        raise Http404
    refuse_others(actor, is_own=bookings_for(actor).filter(pk=found.pk).exists())
    return found


def _as_seen(request: AskedRequest, booking_id: int, *, whole: bool = True) -> Booking:
    """Give one's own booking, or one with a part of one's own, in the version of If-Match."""
    actor = request.asking.actor
    found = _found(actor, booking_id)
    is_own = reach.is_own_booking(actor, found) if whole else reach.has_part_in(actor, found)
    refuse_others(actor, is_own=is_own)
    if tags.version_named(request, _name(found)) != found.version:
        raise Refused("stale")
    return found


def _name(held: Booking) -> str:
    return f"booking-{held.pk}"


def _answered(response: HttpResponse, actor: Actor, held: Booking) -> dict[str, Any]:
    fresh = Booking.objects.select_related("event__hub").get(pk=held.pk)
    tags.put(response, tags.of_version(_name(fresh), fresh.version))
    return _told(fresh, _reader(actor))


def _reader(actor: Actor) -> Callable[[Booking], bool]:
    """Give who may read what visitors need: whoever booked, and those whom the form names."""
    ours, decides = set(own_urns(actor, *reach.PARTNERS)), actor.holds(*DECIDERS)
    led = set(own_urns(actor, Role.LEAD_SCHOOL))

    def reads(held: Booking) -> bool:
        schools = {each.urn for each in held.together or held.parties.all()}
        return decides or held.event.hub.lead_urn in led or schools <= ours

    return reads


def _told(held: Booking, reads: Callable[[Booking], bool]) -> dict[str, Any]:
    waits = held.state == BookingState.WAITING
    schools = sorted(held.together or held.parties.all(), key=lambda each: each.urn)
    return {
        "booking_id": held.pk, "event_id": held.event_id, "kind": held.event.kind,
        "programme_id": held.event.hub.programme_id, "lead_urn": held.event.hub.lead_urn,
        "on": held.event.on, "state": held.state, "n_people": held.n_people, "roles": held.roles,
        "access_needs": held.access_needs if reads(held) else None, "made_at": held.made_at,
        "version": held.version, "in_line": queries.place_in_line(held) if waits else None,
        "schools": [
            {"urn": each.urn, "n_people": each.n_people, "n_came": each.n_came} for each in schools
        ],
    }  # fmt: skip
