"""Pages of the equality screen: answer it, and have it reviewed by somebody who wrote nothing."""

import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs import plans
from schoolhubs.plans import facts
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Kind, Plan
from schoolhubs.service.plans.reach import EDITORS, REVIEWERS
from schoolhubs.service.plans.screening.forms import ScreenForm
from schoolhubs.service.plans.writing.parts import part_of, with_part
from schoolhubs.service.plans.writing.saving import Opened, Page, answer, keep, opened, to_plan
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.plan import ActionPlan, Screen

AUTHOR = "You wrote part of this plan, so somebody who did not has to review its screens."
CHANGED = (
    "The plan was changed while you had this screen open. Nothing was saved; look at the screen as "
    "it is now, then review it."
)


@allow(*REVIEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: ActedRequest, urn: str, action_id: str) -> HttpResponse:
    """Show what the gate asks of an action; keep the answers of those who write the plan."""
    held = opened(request, urn, *REVIEWERS)
    may_edit = is_own_school(request.actor, urn, *EDITORS)
    action = part_of(held.record, "actions", action_id)
    if action is None:
        raise Http404
    asked = plans.screen(action)
    done: Screen = part_of(held.record, "screens", action_id) or Screen(action_id=action_id)
    is_sent = request.method == "POST"
    if is_sent and not may_edit:
        raise PermissionDenied
    form: Any = (
        ScreenForm.read(request.POST, asked=asked, done=done)
        if is_sent
        else ScreenForm(asked=asked, done=done)
    )
    why = _why_open(held.record, action_id)
    page = Page(
        title="Equality screen", form=form,
        edit=lambda record: with_part(record, "screens", form.screen()),
        told="Answers of an equality screen",
        back=reverse("plan-screen", kwargs={"urn": urn, "action_id": action_id}),
        template="plans/screen.html",
        more={
            "action": action, "asked": asked, "done": done, "why": why, "may_edit": may_edit,
            "is_author": _is_author(request, held.plan, held.record),
            "rows": range(form.n_rows), "shown": {each.name: each for each in form.shown()},
            "is_ready": not [each for each in why if each.code not in UNREVIEWED],
        },
    )  # fmt: skip
    return answer(request, held, page)


UNREVIEWED = {"screen_not_reviewed", "screen_reopened"}


def _why_open(record: ActionPlan, action_id: str) -> list[Any]:
    action = part_of(record, "actions", action_id)
    return list(facts.why_open(action, part_of(record, "screens", action_id), record.authors))


def _is_author(request: ActedRequest, plan: Plan, record: ActionPlan) -> bool:
    is_named = str(request.actor.person) in record.authors
    return is_named or request.actor.by in queries.authors_of(plan)


@allow(*REVIEWERS)
@require_POST
def review(request: ActedRequest, urn: str, action_id: str) -> HttpResponse:
    """Put the reviewer's name under a screen: of the very version that was shown."""
    held: Opened = opened(request, urn, *REVIEWERS)
    back = reverse("plan-screen", kwargs={"urn": urn, "action_id": action_id})
    done = part_of(held.record, "screens", action_id)
    if held.base != held.plan.number or done is None:
        return conflict(request, "The screen was not reviewed", Conflict(CHANGED), back)
    if _is_author(request, held.plan, held.record):
        return conflict(request, "The screen was not reviewed", Conflict(AUTHOR), back)
    left = [each for each in _why_open(held.record, action_id) if each.code not in UNREVIEWED]
    if left:
        said = "It is not finished: " + "; ".join(each.fault for each in left) + "."
        return conflict(request, "The screen was not reviewed", Conflict(said), back)
    signed = dataclasses.replace(
        done, reviewer=str(request.actor.person), reviewed_on=timezone.localdate()
    )
    return keep(
        request, held, with_part(held.record, "screens", signed), told="A screen, reviewed",
        back=f"{to_plan(urn)}#board", kind=Kind.SCREEN, reviewed=action_id,
    )  # fmt: skip
