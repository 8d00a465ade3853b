"""A school's awards and its statement."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Query, Router

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations.money.schemas import AwardOf, AwardsOf, StatementOf
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.funding.pages.shown import Line, Money, money_of
from schoolhubs.service.funding.reach import sides_of
from schoolhubs.service.funding.statements.drawing import COLUMNS, draw_up, table_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem

router = Router()
SCOPE = "read:money"
TOTALS = ("awarded_pence", "paid_pence", "clawed_back_pence", "due_pence")
Urn = Annotated[str, Path(pattern=URN, description="The school, as partner, as lead, or both.")]


def awards_in_table(answer: Mapping[str, Any]) -> Table:
    """Give a row an award."""
    return tuple(AwardOf.model_fields), answer["awards"]


def lines_in_table(answer: Mapping[str, Any]) -> Table:
    """Give the lines of a statement as the page's CSV has them."""
    return tuple(COLUMNS), answer["lines"]


@router.get(
    "/money/{urn:urn}", response=AwardsOf, url_name="api-awards", operation_id="read_awards",
    summary="Read a school’s awards, with the working",
    openapi_extra=behaves(scope=SCOPE, table=awards_in_table),
)  # fmt: skip
def read_awards(request: AskedRequest, urn: Urn) -> dict[str, Any]:
    """Give what each milestone comes to, why, and what of it was paid."""
    actor, on = request.asking.actor, clock.day()
    refuse_others(actor, is_own=bool(sides_of(actor, urn)))
    found = money_of(actor, urn, on=on)
    return {
        "urn": urn, "on": on, "amount_pence": sum(each.total_pence for each in found),
        "paid_pence": sum(each.paid_pence for each in found),
        "awards": [_award(each, line) for each in found for line in each.lines],
    }  # fmt: skip


def _award(money: Money, line: Line) -> dict[str, Any]:
    return {
        "partnership_id": money.partnership.pk, "programme_id": money.partnership.programme_id,
        "side": money.side, "payee_id": money.payee_id, "milestone": line.milestone.milestone,
        "title": line.words, "period": line.award.period, "due_on": line.milestone.due_on,
        "state": line.state, "is_kept": line.kept is not None,
        "amount_pence": line.award.amount_pence, "paid_pence": line.paid_pence,
        "owed_back_pence": line.owed_back_pence,
        "working": [each.as_dict() for each in line.award.lines],
    }  # fmt: skip


@router.get(
    "/money/{urn:urn}/statement", response=StatementOf, url_name="api-statement",
    operation_id="read_statement", summary="Read a school’s statement of an academic year",
    openapi_extra=behaves(scope=SCOPE, table=lines_in_table),
)  # fmt: skip
def read_statement(
    request: AskedRequest,
    urn: Urn,
    period: Annotated[
        str, Query(max_length=7, description="Such as 2026/27; blank for the year of today.")
    ] = "",
) -> dict[str, Any]:
    """Give the lines that the page, its files and `schoolhubs funding statement` give."""
    actor, on = request.asking.actor, clock.day()
    refuse_others(actor, is_own=bool(sides_of(actor, urn)))
    try:
        year = AcademicYear.parse(period) if period else AcademicYear.holding(on)
    except DataProblem:
        raise Http404 from None
    found = draw_up(actor, urn, str(year), on=on)
    return {
        "urn": urn, "period": found.period, "drawn_on": found.drawn_on,
        "payees": list(found.payees), **{name: found.total(name) for name in TOTALS},
        "paid_in_place_pence": found.paid_in_place_pence,
        "lines": table_of(found.all_lines).to_dicts(), "notes": list(found.notes),
    }  # fmt: skip
