"""The pages of a self-assessment: begin, answer by section, finish, side by side, begin anew."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import diagnosis
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.diagnosis.assessing import actions, forms, queries, shown
from schoolhubs.service.diagnosis.assessing.models import AssessmentState, SelfAssessment
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.sharing import queries as sharing
from schoolhubs.service.web.pages import csv_answer, say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

READERS = (*queries.TEAM, *queries.LOOK_ON)
SHARED_AS = "self_assessment"
NOT_SAVED = "Your answers were not saved"
# What the team knows somebody as until they say otherwise.
LABELS = {
    Role.PARTNER_SCHOOL_HEAD: "Headteacher",
    Role.PARTNER_SCHOOL_ATTENDANCE: "Attendance lead",
    Role.PARTNER_SCHOOL_LEADER: "Leadership team",
    Role.PARTNER_TRUST: "Trust",
}


def label_of(actor: Actor) -> str:
    """Give what the team knows an actor as before they say so."""
    return next((words for role, words in LABELS.items() if actor.holds(role)), "Leadership team")


@allow(*PARTNER_SCHOOL)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the self-assessments of one's school."""
    urns = own_urns(request.actor, *PARTNER_SCHOOL)
    if not urns:
        raise Http404
    return HttpResponseRedirect(reverse("self-assessments", kwargs={"urn": urns[0]}))


@allow(*READERS, *LEADS)
@require_safe
def overview(request: ActedRequest, urn: str) -> HttpResponse:
    """Show a school's self-assessments: what can be begun, what is open, what is finished."""
    refuse_others(request.actor, is_own=_may_look(request, urn))
    school = queries.school_now(urn)
    every = list(queries.assessments_of([urn]))
    is_open = {each.instrument_id: each for each in every if each.is_open}
    told = {
        "school": school,
        "editions": [
            (each, is_open.get(each.instrument_id)) for each in queries.editions_for(school.phase)
        ],
        "finished": [
            (each, queries.as_kept(each.asked))
            for each in every
            if each.state == AssessmentState.FINISHED
        ],
        "may_answer": queries.may_answer(request.actor, urn),
        "is_ours": queries.may_look(request.actor, urn),
    }
    return render(request, "diagnosis/self_assessments.html", told)


def _may_look(request: ActedRequest, urn: str) -> bool:
    """Tell whether a person may look: the school's own, or its lead's by an agreement."""
    is_ours = queries.may_look(request.actor, urn)
    return is_ours or sharing.may_see(request, urn, SHARED_AS)


@allow(*queries.TEAM)
@require_POST
def begin(request: ActedRequest, urn: str, instrument_id: str) -> HttpResponse:
    """Begin one; where somebody of the team has meanwhile, lead to that."""
    refuse_others(request.actor, is_own=queries.may_answer(request.actor, urn))
    editions = {each.instrument_id: each for each in queries.editions_for(_phase(urn))}
    if instrument_id not in editions:
        raise Http404
    try:
        made = actions.begin(urn, editions[instrument_id], **done_by(request))
    except Conflict as error:
        back = reverse("self-assessments", kwargs={"urn": urn})
        return conflict(request, "Nothing was begun", error, back)
    return _to(made)


def _phase(urn: str) -> str:
    return queries.school_now(urn).phase


@allow(*READERS, *LEADS)
@require_safe
def one(request: ActedRequest, urn: str, assessment_id: int) -> HttpResponse:
    """Show one: my own answers by section while it is open, all side by side once it is not."""
    held, instrument, told = _found(request, urn, assessment_id)
    actor = request.actor
    told["may_finish"] = actor.holds(*queries.FINISHERS) and held.is_open
    told["may_answer"] = queries.may_answer(actor, urn)
    if held.state == AssessmentState.FINISHED:
        differing, alike = shown.side_by_side(
            queries.answer_set_of(held), instrument, with_names=told["may_answer"]
        )
        told |= {"differing": differing, "alike": alike}
        return render(request, "diagnosis/side_by_side.html", told)
    if not queries.may_look(actor, urn):
        raise Http404  # the lead sees what is finished, and nothing of what is being answered
    mine = queries.own_answers(held, actor.by)
    told |= {
        "sections": shown.sections_of(instrument, set(mine)),
        "team": queries.n_answered(held),
        "me": queries.member_of(held, actor.by),
        "label": label_of(actor),
        "changed": queries.changed_since(held),
        "next": SelfAssessment.objects.filter(replaces=held).first(),
    }
    return render(request, "diagnosis/self_assessment.html", told)


def _found(
    request: ActedRequest, urn: str, assessment_id: int, *, to_answer: bool = False
) -> tuple[SelfAssessment, Instrument, dict[str, Any]]:
    may = queries.may_answer(request.actor, urn) if to_answer else _may_look(request, urn)
    refuse_others(request.actor, is_own=may)
    held = queries.assessment(urn, assessment_id)
    instrument = queries.as_kept(held.asked)
    told = {"school": queries.school_now(urn), "held": held, "instrument": instrument}
    return held, instrument, told


def _to(held: SelfAssessment) -> HttpResponse:
    return HttpResponseRedirect(_address(held))


def _address(held: SelfAssessment) -> str:
    return reverse("self-assessment", kwargs={"urn": held.urn, "assessment_id": held.pk})


@allow(*queries.TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: ActedRequest, urn: str, assessment_id: int, section: str) -> HttpResponse:
    """Ask one section; what was answered is kept when it is sent, nobody else sees it."""
    held, instrument, told = _found(request, urn, assessment_id, to_answer=True)
    names = [each.name for each in instrument.sections]
    if section not in names:
        raise Http404
    if not held.is_open:
        return _to(held)
    at = names.index(section)
    is_sent = request.method == "POST"
    form = forms.ItemsForm(
        instrument, instrument.of_section(section), request.POST if is_sent else None,
        kept=queries.own_answers(held, request.actor.by),
    )  # fmt: skip
    told |= {
        "section": instrument.sections[at], "form": form, "has_errors": is_sent,
        "n": at + 1, "n_sections": len(names),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/section.html", told)
    try:
        if given := form.given():
            actions.answer(held, given, label=label_of(request.actor), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _address(held), form.typed())
    if at + 1 == len(names):
        return _to(held)
    ahead = {"urn": urn, "assessment_id": held.pk, "section": names[at + 1]}
    return HttpResponseRedirect(reverse("self-assessment-section", kwargs=ahead))


@allow(*queries.TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: ActedRequest, urn: str, assessment_id: int) -> HttpResponse:
    """Ask what the team knows somebody as."""
    held, _, told = _found(request, urn, assessment_id, to_answer=True)
    me = queries.member_of(held, request.actor.by)
    is_sent = request.method == "POST"
    form = forms.NameForm(request.POST if is_sent else None)
    told |= {
        "form": form, "has_errors": is_sent, "label": me.person if me else label_of(request.actor),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/name.html", told)
    try:
        actions.rename(held, form.cleaned_data["person"], **done_by(request))
    except Conflict as error:
        typed = form.cleaned_data["person"]
        return conflict(request, "Your name was not saved", error, _address(held), typed)
    return _to(held)


@allow(*queries.FINISHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: ActedRequest, urn: str, assessment_id: int) -> HttpResponse:
    """Say what finishing means and who has answered how much; finish, for good."""
    held, instrument, told = _found(request, urn, assessment_id, to_answer=True)
    if not held.is_open:
        return _to(held)
    told |= {"team": queries.n_answered(held), "n_items": len(instrument.items)}
    if request.method == "POST":
        try:
            actions.finish(held, on=clock.day(), **done_by(request))
        except Conflict as error:
            return conflict(request, "It was not finished", error, _address(held))
        except DataProblem as error:
            told |= {"problems": [_open_item(instrument, each.column) for each in error.problems]}
            return render(request, "diagnosis/finish.html", told)
        say_once(request, "The self-assessment is finished. Your answers stand side by side below.")
        return _to(held)
    return render(request, "diagnosis/finish.html", told)


def _open_item(instrument: Instrument, name: str | None) -> tuple[str, str]:
    """Give the words of an item nobody answered, and the section it stands in."""
    item = instrument.item(name or "")
    return item.words, item.section


@allow(*queries.TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def restart(request: ActedRequest, urn: str, assessment_id: int) -> HttpResponse:
    """Show what changed in the instrument since the set was begun; begin anew, knowingly."""
    held, instrument, told = _found(request, urn, assessment_id, to_answer=True)
    now = queries.changed_since(held)
    if request.method == "POST":
        knowing = request.POST.get("knowing", "")
        try:
            made = actions.restart(held, knowing=knowing, **done_by(request))
        except Conflict as error:
            return conflict(request, "Nothing was begun anew", error, _address(held))
        say_once(request, f"You began anew with version {made.asked.version}.")
        return _to(made)
    if now is None:
        return _to(held)
    told |= {"now": now, "changes": diagnosis.answers.changes(instrument, now)}
    return render(request, "diagnosis/restart.html", told)


@allow(*queries.TEAM)
@require_safe
def answers_csv(request: ActedRequest, urn: str, assessment_id: int) -> HttpResponse:
    """Give a finished set as the file that ``diagnosis`` reads; one that is open is not there."""
    held, _, _ = _found(request, urn, assessment_id, to_answer=True)
    if held.state != AssessmentState.FINISHED:
        raise Http404
    table = diagnosis.answers.to_frame([queries.answer_set_of(held)])
    return csv_answer(table, f"self-assessment-{urn}-{held.instrument_id}.csv")
