"""Apply: task list, one question a page, and what was sent, once it was."""

import dataclasses

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import OrganisationKind, Role
from schoolhubs.service.cohorts import queries as windows
from schoolhubs.service.eligibility import actions, states
from schoolhubs.service.eligibility import queries as eligibility
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.applying.answering import AnswerForm
from schoolhubs.service.eligibility.applying.leaving import LEAVING
from schoolhubs.service.eligibility.applying.saying import in_words, said, standing
from schoolhubs.service.eligibility.forms import shown_version
from schoolhubs.service.eligibility.models import OUT, Application
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.rules import RulesAsAt

WRITERS = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_TRUST)
READERS = (*WRITERS, Role.PARTNER_SCHOOL_LEADER, Role.PARTNER_SCHOOL_GOVERNOR)
DECLARERS = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_TRUST)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every page of an application needs: who, for which school, in which programme."""

    actor: Actor
    rules: RulesAsAt
    snapshot: RegisterSnapshot
    school: School
    application: Application | None

    @property
    def who(self) -> dict[str, str]:
        """The words the audit log keeps of the person."""
        return {"by": self.actor.by, "organisation": self.actor.organisation_key}


def asked(request: HttpRequest, programme_id: str, urn: str) -> Asked:
    """Find the school and its application; one of another organisation is not there.

    Raises
    ------
    Http404
        For a programme the service does not run, or a school that is not the actor's own.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    snapshot = schools.current_snapshot()
    if programme_id not in settings.ENVIRONMENT.programme_ids or snapshot is None:
        raise Http404
    refuse_others(actor, is_own=own_schools(actor, snapshot).filter(urn=urn).exists())
    rules = programmes.load(programme_id).as_at(snapshot.on)
    ours = Application.objects.filter(programme_id=programme_id, urn=urn).order_by("-pk")
    return Asked(
        actor=actor,
        rules=rules,
        snapshot=snapshot,
        school=schools.schools_of(snapshot).get(urn=urn),
        application=ours.exclude(state__in=OUT).first() or ours.first(),
    )


def own_schools(actor: Actor, snapshot: RegisterSnapshot):  # type: ignore[no-untyped-def]
    """Give the schools an actor may apply for: its own, or those of its trust."""
    organisation = actor.organisation
    own = Q(pk__in=[])
    if organisation and organisation.kind == OrganisationKind.SCHOOL:
        own = Q(urn=organisation.urn)
    if organisation and organisation.kind == OrganisationKind.TRUST:
        own = Q(trust_id=organisation.uid, is_open=True)
    return schools.schools_of(snapshot).filter(own).order_by("name")


@require_safe
@allow(*READERS)
def mine(request: HttpRequest) -> HttpResponse:
    """List the actor's schools and how far each has come in every programme."""
    snapshot = schools.current_snapshot()
    if snapshot is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ours = list(own_schools(actor, snapshot).defer("facts", "words"))
    applications = Application.objects.filter(urn__in=[each.urn for each in ours])
    rules = [
        programmes.load(each).as_at(snapshot.on) for each in settings.ENVIRONMENT.programme_ids
    ]
    told = {
        "schools": ours,
        "programmes": rules,
        "applications": {
            (each.programme_id, each.urn): each for each in applications.order_by("pk")
        },
        "may_write": actor.holds(*WRITERS),
    }
    return render(request, "eligibility/mine.html", told)


@require_safe
@allow(*READERS)
def tasks(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Show what an application asks, what is done and what is left; of a sent one what was sent."""
    found = asked(request, programme_id, urn)
    application = found.application
    if application is not None and application.state != "draft":
        return _what_was_sent(request, found, application)
    kept = application.answers if application else {}
    wished = application.pathways if application else []
    steps = [
        (step, applying.is_answered(step, kept))
        for step in applying.steps(found.rules, wished, phase=found.school.phase)
    ]
    told = {
        "asked": found,
        "steps": steps,
        "window": window_of(found),
        "may_not_join": application is None
        and eligibility.is_shut_out(found.rules, found.snapshot, found.school),
        "may_write": found.actor.holds(*WRITERS),
        "may_declare": found.actor.holds(*DECLARERS),
        "added": applying.added(found.rules, wished, phase=found.school.phase),
        "is_complete": all(done for _, done in steps),
    }
    return render(request, "eligibility/tasks.html", told)


def _what_was_sent(request: HttpRequest, found: Asked, application: Application) -> HttpResponse:
    may_write = found.actor.holds(*WRITERS)
    told = {
        "asked": found,
        "window": window_of(found),
        "next": states.next_words()[application.state],
        # Who never could open the questions is not shown the names in their answers either.
        "answers": in_words(found.rules, application, phase=found.school.phase)
        if may_write
        else None,
        "may_write": may_write,
        "is_over": application.state in OUT,
        "leaving": [
            to
            for to in LEAVING
            if found.actor.holds(*DECLARERS) and states.can_move(application.state, to, by="school")
        ],
    }
    return render(request, "eligibility/application.html", told)


def stands(
    request: HttpRequest, found: Asked, application: Application, **told: object
) -> HttpResponse:
    """Show that an application is no draft any more, so that nothing was kept or sent."""
    about = {"asked": found, "standing": standing(application), **told}
    status = 409 if request.method == "POST" else 200
    return render(request, "eligibility/stands.html", about, status=status)


@require_POST
@allow(*WRITERS)
def start(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Begin the application, and open its first page."""
    found = asked(request, programme_id, urn)
    try:
        actions.begin(urn=urn, rules=found.rules, at=clock.now(), place=request.path, **found.who)
    except Conflict as error:
        back = reverse("application", kwargs={"programme_id": programme_id, "urn": urn})
        told = {"title": "Applications are closed", "text": str(error), "back": back}
        return render(request, "web/conflict.html", told, status=409)
    first = applying.steps(found.rules, [])[0]
    return HttpResponseRedirect(_page(found, first.name))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*WRITERS)
def question(request: HttpRequest, programme_id: str, urn: str, step: str) -> HttpResponse:
    """Ask one question; keep the answer, or show it again with what is to be mended."""
    found = asked(request, programme_id, urn)
    application = found.application
    if application is None:
        raise Http404
    steps = applying.steps(found.rules, application.pathways, phase=found.school.phase)
    page = next((each for each in steps if each.name == step), None)
    if page is None:
        raise Http404
    form = AnswerForm(
        page,
        found.rules.pathways,
        request.POST if request.method == "POST" else None,
        kept=application.answers.get(step),
    )
    if application.state != "draft":
        return _question_stands(request, found, application, form)
    told = {"asked": found, "page": page, "form": form, "conflict": None}
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.answer(
                application, page, form.answer, version=shown_version(request), at=clock.now(),
                place=request.path, **found.who,
            )  # fmt: skip
        except Conflict as error:
            application.refresh_from_db()  # the page shows what stands, and asks about that
            if application.state != "draft":
                return _question_stands(request, found, application, form)
            told |= {
                "conflict": str(error),
                "theirs": said(found.rules, application.answers.get(step)),
                "yours": said(found.rules, form.answer),
            }
            return render(request, "eligibility/question.html", told, status=409)
        return HttpResponseRedirect(_next(request, found, saved, page))
    told["has_errors"] = bool(form.is_bound and form.errors)
    return render(request, "eligibility/question.html", told)


def _question_stands(
    request: HttpRequest, found: Asked, application: Application, form: AnswerForm
) -> HttpResponse:
    """Show what was sent to one page and, where somebody sent another answer, what they typed."""
    page = form.step
    told = {"page": page, "stands": said(found.rules, application.answers.get(page.name))}
    if form.is_bound and form.is_valid():
        told["typed"] = said(found.rules, form.answer)
    elif form.is_bound:
        told["typed"] = [each for name in form.fields for each in request.POST.getlist(name)]
    return stands(request, found, application, **told)


def window_of(found: Asked) -> dict[str, object]:
    """Say which intake an application is for, or would be, and when the next one opens."""
    programme_id, on = found.rules.programme_id, clock.day()
    ours = found.application
    return {
        "open": windows.intake_to_send(ours, on=on)
        if ours and ours.state == "draft"
        else windows.intake_for(programme_id, found.school.urn, on=on),
        "ours": windows.intake_of(programme_id, ours.cohort_id) if ours else None,
        "later": windows.intake_of(programme_id, ours.deferred_to) if ours else None,
        "when_next": windows.when_next(programme_id, on=on),
    }


def _page(found: Asked, step: str) -> str:
    named = {"programme_id": found.rules.programme_id, "urn": found.school.urn}
    return reverse("application-question", kwargs={**named, "step": step})


def _next(request: HttpRequest, found: Asked, saved: Application, page: applying.Step) -> str:
    """Go to the next page without an answer; once all have one to checking, else to the list.

    A page that was opened from checking goes back there, unless it added pages to be answered.
    """
    named = {"programme_id": found.rules.programme_id, "urn": found.school.urn}
    phase, from_check = found.school.phase, request.GET.get("back") == "check"
    steps = [each.name for each in applying.steps(found.rules, saved.pathways, phase=phase)]
    empty = applying.unanswered(found.rules, saved.pathways, saved.answers, phase=phase)
    ahead = [each.name for each in empty if steps.index(each.name) > steps.index(page.name)]
    if ahead and (page.kind == "pathways" or not from_check):
        return _page(found, ahead[0])
    if from_check or not empty:
        may_check = found.actor.holds(*DECLARERS)
        return reverse("application-check" if may_check else "application", kwargs=named)
    return reverse("application", kwargs=named)
