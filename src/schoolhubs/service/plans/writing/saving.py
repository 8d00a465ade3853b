"""Shows a part of a plan as a form, saves it, and lets people choose where two edits clash.

Every form carries the version it was opened on. What somebody else saved meanwhile is merged; where
both changed the same place, a page shows both and carries all that was typed until it is saved.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import EDITORS, found, who
from schoolhubs.service.plans.writing.clashes import shown
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.plan import ActionPlan
from schoolhubs.vocabulary.words import plain

CHOICE = "choice:"
MERGED = "Somebody else saved the plan while you had it open. Both edits are kept."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A plan somebody has open: the version it was opened on, and what that says."""

    school: School
    plan: Plan
    base: int
    record: ActionPlan


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with one form of a plan's part.

    Parameters
    ----------
    edit
        Puts what was typed into a plan.
    told
        What was changed, in words without anybody's name.
    back
        Where to go once it is saved.
    without
        Takes the part out; None where it cannot be.
    template, more
        What shows it, and what else that shows.
    """

    title: str
    form: ShownForm
    edit: Callable[[ActionPlan], ActionPlan]
    told: str
    back: str
    without: Callable[[ActionPlan], ActionPlan] | None = None
    template: str = "plans/form.html"
    more: dict[str, Any] = dataclasses.field(default_factory=dict)


def opened(request: ActedRequest, urn: str, *roles: Any) -> Opened:
    """Find a plan in the version that somebody has open: the newest, or the one a form carries.

    Raises
    ------
    Http404
        Where the plan is not there for the actor.
    """
    school, plan = found(request, urn, *(roles or EDITORS))
    base = version_of(request) if request.method == "POST" else plan.number
    version = queries.version_of(plan, base)
    if version is None:
        base, version = 0, queries.newest(plan)
    return Opened(school=school, plan=plan, base=base, record=version.record)


def answer(request: ActedRequest, held: Opened, page: Page) -> HttpResponse:
    """Show the page; save what was sent; ask where two edits clash."""
    is_sent = request.method == "POST"
    wants_out = is_sent and "out" in request.POST
    if is_sent and not held.base:
        error = Conflict(actions.CHANGED)
        return conflict(request, "Nothing was saved", error, page.back, typed_in(request))
    is_right = is_sent and (wants_out or page.form.is_valid())
    if not is_right or "use" in request.POST:
        context = {
            "school": held.school, "plan": held.plan, "base": held.base, "page": page,
            "form": page.form, "has_errors": page.form.is_bound and not page.form.is_valid(),
        }  # fmt: skip
        return render(request, page.template, {**context, **page.more})
    if wants_out and page.without is None:
        raise Http404
    edit = page.without if wants_out and page.without else page.edit
    told = f"{page.told}, taken out" if wants_out else page.told
    return keep(request, held, edit(held.record), told=told, back=page.back)


def keep(
    request: ActedRequest, held: Opened, edited: ActionPlan, *, told: str, back: str, **more: Any
) -> HttpResponse:
    """Save an edit and go on; a clash is asked about, on a page that carries what was typed."""
    chosen = {
        name.removeprefix(CHOICE): str(value)
        for name, value in request.POST.items()
        if name.startswith(CHOICE)
    }
    against = request.POST.get("against", "")
    try:
        saved = actions.save(
            held.plan, edited, base=held.base, told=told, who=who(request), chosen=chosen,
            against=int(against) if against.isdecimal() and len(against) < 10 else 0, **more,
        )  # fmt: skip
    except actions.Clashed as clashed:
        return _clash(request, held, clashed, back, was_asked=bool(chosen or against))
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, back, typed_in(request))
    say_once(request, f"Saved: {told}." + (f" {MERGED}" if saved.is_merged else ""))
    return HttpResponseRedirect(back)


def typed_in(request: ActedRequest) -> str:
    """Give all that was typed, a field a line, for a page that cannot keep it in its form."""
    hidden = {"csrfmiddlewaretoken", "version", "against"}
    return "\n".join(
        f"{plain(name)}: {value}"
        for name, value in request.POST.items()
        if str(value).strip() and name not in hidden and not name.startswith(CHOICE)
    )


def _clash(
    request: ActedRequest, held: Opened, clashed: actions.Clashed, back: str, *, was_asked: bool
) -> HttpResponse:
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "against"} and not name.startswith(CHOICE)
    ]
    told = {
        "school": held.school, "plan": held.plan, "typed": typed, "back": back,
        "against": clashed.against, "was_asked": was_asked,
        "clashes": [shown(each, held.record) for each in clashed.merged.clashes],
    }  # fmt: skip
    return render(request, "plans/clash.html", told, status=409)


def to_plan(urn: str) -> str:
    """Give the address of a school's plan."""
    return reverse("school-plan", kwargs={"urn": urn})
