"""Pages of the equality screen: answer it, and have it reviewed by somebody who wrote nothing."""

import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs import plans
from schoolhubs.plans import facts
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Kind, Plan
from schoolhubs.service.plans.reach import EDITORS, REVIEWERS
from schoolhubs.service.plans.screening.forms import ScreenForm
from schoolhubs.service.plans.writing.fields import words
from schoolhubs.service.plans.writing.parts import part_of, with_part
from schoolhubs.service.plans.writing.saving import Opened, Page, answer, keep, opened, to_plan
from schoolhubs.service.plans.writing.views import CONSULTED
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.plan import ActionPlan, Screen, ScreenAnswer

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
    done: Screen = part_of(held.record, "screens", action_id) or Screen(action_id=action_id)
    asked = plans.screen(action, done)
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
            "to_confirm": asked.contradicts if _is_unconfirmed(why) else (),
            "consultations": held.record.consultations, "consulted": CONSULTED,
            "is_ready": not [each for each in why if each.code not in UNREVIEWED],
        },
    )  # fmt: skip
    return answer(request, held, page)


UNCONFIRMED = "consequence_unconfirmed"
UNREVIEWED = {"screen_not_reviewed", "screen_reopened", UNCONFIRMED}
SAY_WHY = (
    "The action reads like a consequence for pupils and is answered to bring none. Say in the box "
    "why you agree, or have the answer changed. Nothing was saved."
)


def _why_open(record: ActionPlan, action_id: str) -> list[Any]:
    action = part_of(record, "actions", action_id)
    return list(facts.why_open(action, part_of(record, "screens", action_id), record.authors))


def _is_unconfirmed(why: list[Any]) -> bool:
    return any(each.code == UNCONFIRMED for each in why)


def _reason(request: ActedRequest) -> str:
    """Give what a reviewer wrote; nothing where it is too long or cannot be kept."""
    try:
        said: str = words("Why").clean(request.POST.get("confirmed", ""))
    except ValidationError:
        return ""
    return said.strip()


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
    why = _why_open(held.record, action_id)
    left = [each for each in why if each.code not in UNREVIEWED]
    if left:
        said = "It is not finished: " + "; ".join(each.fault for each in left) + "."
        return conflict(request, "The screen was not reviewed", Conflict(said), back)
    confirmed: tuple[ScreenAnswer, ...] = ()
    if _is_unconfirmed(why):
        reason = _reason(request)
        if not reason:
            return conflict(request, "The screen was not reviewed", Conflict(SAY_WHY), back)
        confirmed = (ScreenAnswer(question=facts.CONFIRMED, answer=facts.NONE, reason=reason),)
    kept = [each for each in done.answers if not confirmed or each.question != facts.CONFIRMED]
    signed = dataclasses.replace(
        done,
        answers=(*kept, *confirmed),
        reviewer=str(request.actor.person),
        reviewed_on=clock.day(),
    )
    return keep(
        request, held, with_part(held.record, "screens", signed), told="A screen, reviewed",
        back=f"{to_plan(urn)}#board", kind=Kind.SCREEN, reviewed=action_id,
    )  # fmt: skip
