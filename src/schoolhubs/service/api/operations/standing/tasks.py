"""Tasks of a partnership term by term, and the partnerships that are stuck."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Query, Router

from schoolhubs.service import clock
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.delivering.support_days import PartnershipId
from schoolhubs.service.api.operations.standing.schemas import StuckOf, TaskOf, TasksOf
from schoolhubs.service.api.schemas.common import PAGE, URN, Cursor, Limit, Paged
from schoolhubs.service.milestones.page import told as seen
from schoolhubs.service.milestones.page.views import partnership_read
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.milestones.stuck.rows import WHOSE, Stuck, may_be_stuck, stuck_of
from schoolhubs.service.partnerships.models import Partnership

router = Router()
SCOPE = "read:tasks"


def tasks_in_table(answer: Mapping[str, Any]) -> Table:
    """Give a row a task."""
    return tuple(TaskOf.model_fields), answer["tasks"]


@router.get(
    "/partnerships/{int:partnership_id}/tasks", response=TasksOf, url_name="api-tasks",
    operation_id="read_tasks", summary="Read a partnership’s tasks, term by term",
    openapi_extra=behaves(scope=SCOPE, table=tasks_in_table),
)  # fmt: skip
def read_tasks(request: AskedRequest, partnership_id: PartnershipId) -> dict[str, Any]:
    """Give who does what by when, how long it takes, and what is done."""
    partnership = partnership_read(request.asking.actor, partnership_id)
    on = clock.day()
    found = next(iter(together([partnership], on=on)), None)
    if found is None:
        raise Http404
    return {
        "partnership_id": partnership.pk, "partner_urn": partnership.partner_urn,
        "lead_urn": partnership.lead_urn, "on": on, "is_resting": found.is_resting,
        "half_days_left": seen.half_days_left(found), "tasks": list(_tasks(found)),
        "totals": [
            {"role": of.role.value, "term_number": each.term.number, **_numbers(each)}
            for of in seen.role_totals(found)
            for each in of.totals
        ],
    }  # fmt: skip


def _numbers(total: Any) -> dict[str, Any]:
    told = dataclasses.asdict(total)
    return {name: told[name] for name in ("minutes", "days", "low_days", "high_days")}


def _tasks(found: Together) -> Iterator[dict[str, Any]]:
    for due in found.dues:
        yield {
            "milestone": due.milestone.milestone, "title": due.milestone.title,
            "term": due.term.name, "term_number": due.term.number,
            "roles": list(due.milestone.roles), "minutes": due.milestone.expected_minutes,
            "standing": due.standing.value, "due_on": due.due_on, "done_on": due.done_on,
            "asked_half_days": due.asked, "agreed_half_days": due.so_far,
        }  # fmt: skip


@router.get(
    "/stuck", response=Paged[StuckOf], url_name="api-stuck", operation_id="list_stuck",
    summary="List partnerships that are stuck",
    openapi_extra=behaves(scope=SCOPE, table=paging.table_of(StuckOf)),
)  # fmt: skip
def list_stuck(
    request: AskedRequest,
    response: HttpResponse,
    lead_urn: Annotated[str, Query(pattern=rf"{URN}|^$", description="Blank for all hubs.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List in the order proposed those that are stuck, with reasons: of a lead its own hub's.

    The page lists the same, those stuck longest first.
    """
    actor = request.asking.actor
    led = None if actor.holds(*SEE_EVERY_SCHOOL) else own_urns(actor, *LEADS)
    running = may_be_stuck(led)
    if lead_urn:
        running = running.filter(lead_urn=lead_urn)
    rows = stuck_of(running, on=clock.day(), led=led)
    by_number = {row.partnership.pk: row for row in rows}
    found = cursors.page(
        Partnership.objects.filter(pk__in=by_number), by=("pk",), of="stuck",
        asked={"lead_urn": lead_urn}, cursor=cursor, limit=limit,
    )  # fmt: skip
    items = [_stuck(by_number[each.pk]) for each in found.rows]
    return paging.told(found, request, response, items)


def _stuck(row: Stuck) -> dict[str, Any]:
    one = row.partnership
    names = ("partner", "lead", "pathway", "since", "is_resting", "concern_id")
    return {
        **{name: getattr(row, name) for name in names},
        "partnership_id": one.pk, "programme_id": one.programme_id,
        "reasons": [each.words for each in row.reasons],
        "partner_urn": one.partner_urn, "lead_urn": one.lead_urn, "whose_turn": WHOSE[row.whose],
        "next_step": row.following,
    }  # fmt: skip
