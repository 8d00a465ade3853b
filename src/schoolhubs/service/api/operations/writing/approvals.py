"""A school's action plan, and its approval through the one door."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Path, Router

from schoolhubs.service.accounts.queries import named_in
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners import tags
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.problems import Refused
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.api.schemas.plans import ApprovalOf, Approve, PlanOf
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import APPROVERS, OWN
from schoolhubs.service.sharing import queries as sharing
from schoolhubs.vocabulary.errors import DataProblem, Problem

router = Router()
NOT_THE_HEAD = Problem(
    code="not_the_head", column="approved_by",
    fault="no headteacher of this school has signed in to the service under this name",
    remedy="Give the name as the service shows it, or have the headteacher approve on the page.",
)  # fmt: skip
Urn = Annotated[str, Path(pattern=URN, description="The school.")]


@router.get(
    "/plans/{urn:urn}", response=PlanOf, url_name="api-plan", operation_id="read_plan",
    summary="Read a school’s action plan and what stands in its way",
    openapi_extra=behaves(scope="read:plans"),
)  # fmt: skip
def read_plan(request: AskedRequest, response: HttpResponse, urn: Urn) -> dict[str, Any]:
    """Give the plan as it stands, with what `plan check` finds in it today.

    A hub's lead is told it where an agreement with the school says so, and that is noted.
    """
    plan = _found(request, urn, by_agreement=True)
    on = timezone.localdate(request.asking.at)
    tags.put(response, tags.of_version(_name(plan), plan.number))
    record = queries.as_it_would_be_approved(plan)
    return {
        "urn": urn, "state": plan.state, "version": plan.number, "digest": record.digest,
        "plan": record.as_dict(),
        "problems": [queries.told(each) for each in queries.problems_of(plan, on=on)],
        "why_not_in_force": [
            queries.told(each) for each in queries.why_not_in_force(plan, on=on)
        ],
    }  # fmt: skip


@router.post(
    "/plans/{urn:urn}/approval", response=ApprovalOf, url_name="api-plan-approval",
    operation_id="approve_plan", summary="Approve a school’s action plan",
    openapi_extra=behaves(scope="write:approvals", changes=True, of_version=True),
)  # fmt: skip
def approve_plan(request: AskedRequest, urn: Urn, given: Approve) -> dict[str, Any]:
    """Approve the version named in If-Match.

    It is refused with every problem while a screen is open, or the audit is not complete before a
    sanction changes; nothing gets round that. The name is that of a headteacher who has signed in
    to the service for this school.
    """
    plan = _found(request, urn)
    asking = request.asking
    if tags.version_named(request, _name(plan)) != plan.number:
        raise Refused("stale")
    on = timezone.localdate(asking.at)
    if not queries.problems_of(plan, on=on) and not named_in(urn, given.approved_by, *APPROVERS):
        raise DataProblem([NOT_THE_HEAD], outcome="The plan was not approved.")
    row = actions.approve(
        plan, number=plan.number, on=on,
        who=actions.Who(**asking.who, at=asking.at, place=asking.place, name=given.approved_by),
    )  # fmt: skip
    return {
        "approved_by": row.name, "approved_on": row.approved_on, "digest": row.digest,
        "definition_version": row.definition_version,
    }  # fmt: skip


def _found(request: AskedRequest, urn: str, *, by_agreement: bool = False) -> Plan:
    """Give a plan of the key's own schools, or one shared with it; any other is not there."""
    asking = request.asking
    is_own = is_own_school(asking.actor, urn, *OWN)
    if by_agreement and not is_own:
        by = sharing.agreement_for(asking.actor, urn, "plan", timezone.localdate(asking.at))
        is_own = by is not None
        if by is not None:
            sharing.note_use(
                by, "plan", how="asked", at=asking.at, place=asking.place, **asking.who
            )
    refuse_others(asking.actor, is_own=is_own)
    plan = queries.plan_of(urn)
    if plan is None:
        raise Http404
    return plan


def _name(plan: Plan) -> str:
    return f"plan-{plan.pk}"
