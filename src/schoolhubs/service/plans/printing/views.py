"""A plan on one page, to print or as a PDF, and its actions as CSV."""

import polars as pl
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.printing import pdf as printing
from schoolhubs.service.plans.printing.one_page import ROOM, in_every_room, one_page
from schoolhubs.service.plans.reach import READERS, found
from schoolhubs.service.web.pages import csv_answer
from schoolhubs.vocabulary.records.plan import ActionPlan

COLUMNS = (
    "action_id", "objective_id", "objective", "kind", "title", "for_whom", "owner", "state",
    "due_on", "staff_hours", "cost_pence", "library_id", "is_screened",
)  # fmt: skip


@allow(*READERS)
@require_safe
def page(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the plan on one page, to print; it says all that the PDF says."""
    school, plan = found(request, urn, *READERS)
    told = one_page(
        queries.record_of(plan), school_name=school.name, is_in_force=_in_force(plan), room=ROOM[0]
    )
    return render(request, "plans/one_page.html", {"school": school, "plan": plan, "page": told})


@allow(*READERS)
@require_safe
def pdf(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the plan on one page as an accessible PDF."""
    school, plan = found(request, urn, *READERS)
    lengths = in_every_room(
        queries.record_of(plan), school_name=school.name, is_in_force=_in_force(plan)
    )
    printed = printing.pdf(lengths, on=clock.day(), issued_by=settings.ENVIRONMENT.service_name)
    answer = HttpResponse(printed, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="action-plan-{urn}.pdf"'
    return answer


@allow(*READERS)
@require_safe
def actions_csv(request: ActedRequest, urn: str) -> HttpResponse:
    """Give every action with its objective, owner, state, day, hours and cost."""
    _, plan = found(request, urn, *READERS)
    return csv_answer(actions_of(plan, queries.record_of(plan)), f"action-plan-{urn}.csv")


def actions_of(plan: Plan, record: ActionPlan) -> pl.DataFrame:
    """Give a row for each action, in the order of the plan; what nobody wrote is missing."""
    objectives = {each.objective_id: each for each in record.objectives}
    cards, screens = queries.cards_of(plan), queries.screens_of(plan)
    rows = []
    for action in record.actions:
        card, serves = cards.get(action.action_id), objectives.get(action.objective_id)
        screen = screens.get(action.action_id)
        rows.append(
            (
                action.action_id, action.objective_id or None, serves and serves.title,
                action.kind, action.title, action.for_whom or None,
                (card and card.owner) or (serves and serves.owner) or None,
                card.state if card else "to_do",
                card.due_on if card else None, action.staff_hours, action.cost_pence,
                action.library_id or None, screen is not None and not screen.open_because,
            )
        )  # fmt: skip
    schema = {
        **dict.fromkeys(COLUMNS, pl.String), "due_on": pl.Date, "staff_hours": pl.Float64,
        "cost_pence": pl.Int64, "is_screened": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _in_force(plan: Plan) -> bool:
    return not queries.why_not_in_force(plan, on=clock.day())
