"""Support days read: partnerships with their ledgers, one ledger with its days, one day."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners import cursors, tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.delivering import told
from schoolhubs.service.api.operations.delivering.schemas import (
    LedgerWhole,
    PartnershipOf,
    SupportDayOf,
)
from schoolhubs.service.api.schemas.common import PAGE, URN, Cursor, Limit, Paged
from schoolhubs.service.delivery import queries, reach
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.partnerships.models import Side
from schoolhubs.service.partnerships.pages.seen import names_of

router = Router()
SCOPE = "read:support-days"
LEDGER = "/partnerships/{int:partnership_id}/support-days"
DAY = "/support-days/{int:day_id}"
PartnershipId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]
DayId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the ledger.")]


@router.get(
    "/partnerships", response=Paged[PartnershipOf], url_name="api-partnerships",
    operation_id="list_partnerships", summary="List partnerships with their ledgers of days",
    openapi_extra=behaves(scope=SCOPE, table=told.table_of_partnerships),
)  # fmt: skip
def list_partnerships(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[str, Query(max_length=60, description="Blank for all.")] = "",
    lead_urn: Annotated[str, Query(pattern=rf"{URN}|^$", description="Blank for all.")] = "",
    state: Annotated[str, Query(max_length=20, description="As in answers; blank for all.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the partnerships of the organisation's schools and hubs, in the order proposed."""
    asked = {"programme_id": programme_id, "lead_urn": lead_urn, "state": state}
    rows = told.partnerships_for(request.asking.actor).filter(
        **{name: value for name, value in asked.items() if value}
    )
    found = cursors.page(
        rows, by=("pk",), of="partnerships", asked=asked, cursor=cursor, limit=limit
    )
    held = queries.days_with(found.rows)
    items = [told.partnership(each, held.get(each.pk, ())) for each in found.rows]
    return paging.told(found, request, response, items)


@router.get(
    LEDGER, response=LedgerWhole, url_name="api-support-days", operation_id="read_support_days",
    summary="Read a partnership’s ledger of support days",
    openapi_extra=behaves(scope=SCOPE, table=told.table_of_days),
)  # fmt: skip
def read_support_days(request: AskedRequest, partnership_id: PartnershipId) -> dict[str, Any]:
    """Give what was promised, planned, delivered and agreed, and every day, as the page does."""
    actor = request.asking.actor
    partnership = reach.partnership_for(actor, partnership_id)
    held = list(queries.days_in(partnership))
    is_lead = reach.side_of(actor, partnership) == Side.LEAD
    leaders = queries.leaders_of(partnership.lead_urn) if is_lead else ()
    return {
        **told.partnership(partnership, held),
        "partner": names_of([partnership.partner_urn]).get(
            partnership.partner_urn, partnership.partner_urn
        ),
        "days": [told.day(each) for each in held],
        "lead_leaders": [{"leader_id": each.pk, "name": each.name} for each in leaders],
    }


@router.get(
    DAY, response=SupportDayOf, url_name="api-support-day", operation_id="read_support_day",
    summary="Read one support day", openapi_extra=behaves(scope=SCOPE),
)  # fmt: skip
def read_support_day(
    request: AskedRequest, response: HttpResponse, day_id: DayId
) -> dict[str, Any]:
    """Give one day with who comes and what was written down."""
    return answered(response, found_day(request, day_id))


def found_day(request: AskedRequest, day_id: int) -> SupportDay:
    """Give a day; one of other schools answers as if nothing were there."""
    rows = SupportDay.objects.select_related("partnership", "cycle")
    found = rows.prefetch_related(queries.HELD).filter(pk=day_id).first()
    if found is None:
        raise Http404
    actor = request.asking.actor
    refuse_others(actor, is_own=reach.may_read(actor, found.partnership))
    return found


def name_of(day: SupportDay) -> str:
    """Name a day in its tag."""
    return f"support-day-{day.pk}"


def answered(response: HttpResponse, day: SupportDay) -> dict[str, Any]:
    """Give a day under the tag of its version."""
    tags.put(response, tags.of_version(name_of(day), day.version))
    return told.day(day)
