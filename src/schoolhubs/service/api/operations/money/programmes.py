"""A programme's budget, and its payment runs; agreeing one stays with two people on the pages."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Path, Query, Router

from schoolhubs.service import clock
from schoolhubs.service.api.manners import cursors
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations import paging
from schoolhubs.service.api.operations.money.schemas import (
    BudgetOf,
    BudgetPartOf,
    PaymentOf,
    RunOf,
)
from schoolhubs.service.api.operations.programmes import ProgrammeId
from schoolhubs.service.api.schemas.common import PAGE, Cursor, Limit, Paged
from schoolhubs.service.funding.budgeting.drawing import budget_of, table_of
from schoolhubs.service.funding.paying.models import PaymentRun

router = Router()
SCOPE = "read:payments"
RUN = "/payment-runs/{int:run_id}"
RunId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number, from the list.")]


def parts_in_table(answer: Mapping[str, Any]) -> Table:
    """Give the parts of a budget as the page's CSV has them."""
    return tuple(BudgetPartOf.model_fields), answer["parts"]


@router.get(
    "/programmes/{slug:programme_id}/budget", response=BudgetOf, url_name="api-budget",
    operation_id="read_budget", summary="Read a programme’s budget",
    openapi_extra=behaves(scope=SCOPE, table=parts_in_table),
)  # fmt: skip
def read_budget(request: AskedRequest, programme_id: ProgrammeId) -> dict[str, Any]:  # noqa: ARG001
    """Give envelope, committed, forecast and paid, by pathway, region and hub."""
    _, found = budget_of(programme_id)
    names = ("programme_id", "envelope_pence", "envelope_source", "envelope_is_assumed")
    return {
        **{name: getattr(found, name) for name in names},
        "on": clock.day(), "free_pence": found.free_pence, "notes": list(found.notes),
        "parts": table_of(found).to_dicts(),
    }  # fmt: skip


@router.get(
    "/payment-runs", response=Paged[RunOf], url_name="api-payment-runs",
    operation_id="list_payment_runs", summary="List payment runs",
    openapi_extra=behaves(scope=SCOPE, table=paging.table_of(RunOf)),
)  # fmt: skip
def list_payment_runs(
    request: AskedRequest,
    response: HttpResponse,
    programme_id: Annotated[str, Query(max_length=60, description="Blank for all.")] = "",
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List payment runs in the order they were prepared."""
    rows, asked = _runs(), {"programme_id": programme_id}
    if programme_id:
        rows = rows.filter(programme_id=programme_id)
    found = cursors.page(rows, by=("pk",), of="runs", asked=asked, cursor=cursor, limit=limit)
    return paging.told(found, request, response, [_run(each) for each in found.rows])


@router.get(
    RUN, response=RunOf, url_name="api-payment-run", operation_id="read_payment_run",
    summary="Read a payment run", openapi_extra=behaves(scope=SCOPE),
)  # fmt: skip
def read_payment_run(request: AskedRequest, run_id: RunId) -> dict[str, Any]:  # noqa: ARG001
    """Give one run with its totals.

    No operation prepares, agrees or hands over a run: that takes two people who have signed in,
    and a key is nobody.
    """
    return _run(_found(run_id))


@router.get(
    f"{RUN}/payments", response=Paged[PaymentOf], url_name="api-payments",
    operation_id="list_payments", summary="List the payments of a run",
    openapi_extra=behaves(scope=SCOPE, table=paging.table_of(PaymentOf)),
)  # fmt: skip
def list_payments(
    request: AskedRequest,
    response: HttpResponse,
    run_id: RunId,
    limit: Limit = PAGE,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the payments of a run in their order."""
    rows = _found(run_id).payments.all()
    found = cursors.page(
        rows, by=("pk",), of=f"payments {run_id}", asked={}, cursor=cursor, limit=limit
    )
    names = set(PaymentOf.model_fields) - {"payment_id"}
    items = [
        {**{name: getattr(each, name) for name in names}, "payment_id": each.pk}
        for each in found.rows
    ]
    return paging.told(found, request, response, items)


def _runs() -> QuerySet[PaymentRun]:
    return PaymentRun.objects.defer("file")


def _found(run_id: int) -> PaymentRun:
    found = _runs().filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


def _run(run: PaymentRun) -> dict[str, Any]:
    names = set(RunOf.model_fields) - {"run_id", "n_exceptions"}
    told = {name: getattr(run, name) for name in names}
    return {**told, "run_id": run.pk, "n_exceptions": len(run.exceptions)}
