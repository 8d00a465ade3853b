"""A school's attendance target, explained, and its figures as files."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.attendance.queries import may_see
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges.disputable import words_of
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.models import Fit, SchoolTarget
from schoolhubs.service.targets.page.apart import gets_a_goal, known_of
from schoolhubs.service.targets.page.asked import own_case, rule_of, rule_said
from schoolhubs.service.targets.page.judged import judged
from schoolhubs.service.targets.page.marks import own_marks
from schoolhubs.service.targets.page.reach import READERS, may_read, may_set_goal, may_speak
from schoolhubs.service.targets.page.shown import FILES, shown
from schoolhubs.service.targets.page.upheld import upheld_in, versions
from schoolhubs.service.web.pages import csv_answer

DIGITS = 4


def found(request: ActedRequest, urn: str) -> tuple[RegisterSnapshot, School]:
    """Find a school of the register in use whose target the actor may read.

    Raises
    ------
    Http404
        Where there is none, or it is no school of the actor's.
    """
    snapshot = current_snapshot()
    school = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    refuse_others(request.actor, is_own=may_read(request.actor, urn))
    if snapshot is None or school is None:
        raise Http404
    return snapshot, school


@allow(*PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the target of one's school; of a trust, list its schools."""
    urns = own_urns(request.actor, *PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS)
    if len(urns) == 1:
        return HttpResponseRedirect(reverse("school-target", kwargs={"urn": urns[0]}))
    snapshot = current_snapshot()
    schools = schools_of(snapshot).filter(urn__in=urns).order_by("name", "urn") if snapshot else ()
    return render(request, "targets/schools.html", {"schools": schools})


@allow(*READERS)
@require_safe
def school_target(request: ActedRequest, urn: str, version: int | None = None) -> HttpResponse:
    """Show a school its target: figures, why, how sure, beside whom, what to mind.

    Of an earlier ``version`` all that explained it then stands on a page of its own.
    """
    snapshot, school = found(request, urn)
    fit, stands = queries.standing(urn)
    every = queries.versions_of(fit, urn) if fit and stands and stands.version > 1 else [stands]
    target = stands if version is None else _version(every, version)
    if fit and target:
        target.fit = fit  # read already, with its register
    told: dict[str, Any] = {
        "school": school, "snapshot": snapshot, "fit": fit, "row": target,
        "may_speak": may_speak(request.actor, urn),
        "newest": stands, "is_newest": target is stands or target == stands,
    }  # fmt: skip
    told["gets_a_goal"] = gets_a_goal(school, target)
    if fit and not target and told["gets_a_goal"]:
        told["known"] = known_of(fit.snapshot_id, urn)
        told |= _by_people(request, fit, urn)
    if fit and target:
        explained = explanation_of(target, at=clock.now())
        told["shown"] = shown(explained, fit, target) if explained else None
        told |= _beside(request, fit, target)
        told["judged"] = judged(snapshot, urn, at=clock.now())
        challenges = queries.challenges_of(urn)
        told["versions"] = versions([each for each in every if each], challenges)
        told["stopped"] = queries.stopped_amending(challenges)
        names = names_of({each.name for each in challenges})
        told["challenges"] = [
            (each, _capital(words_of(each.kind, each.name, names.get(each.name))))
            for each in challenges
        ]
    return render(request, "targets/target.html", told)


def _beside(request: ActedRequest, fit: Fit, target: SchoolTarget) -> dict[str, Any]:
    """Give what stands beside a target: its rule, what people set, its versions, own marks."""
    rule, urn = rule_of(fit), target.urn
    return {
        "asked": rule and {"rule": rule_said(rule), "here": own_case(rule, target)},
        "may_see_marks": may_see(request.actor, urn),
        "marks": own_marks(request.actor, urn),
        **_by_people(request, fit, urn, has_goal=target.target_percent is None),
    }


def _version(every: Sequence[SchoolTarget | None], version: int) -> SchoolTarget:
    for each in every:
        if each is not None and each.version == version:
            return each
    raise Http404


def _by_people(
    request: ActedRequest, fit: Fit, urn: str, *, has_goal: bool = True
) -> dict[str, Any]:
    """Give what people set beside a target or in its stead, and whether the reader may."""
    goal, issued = queries.goal_of(fit, urn) if has_goal else None, queries.issued_to(fit, urn)
    return {
        "goal": goal,
        "goals_before": queries.before_it(goal),
        "issued": issued,
        "issued_before": queries.before_it(issued),
        "may_set": may_set_goal(request.actor, urn),
    }


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


@allow(*READERS)
@require_safe
def school_target_csv(request: ActedRequest, urn: str, what: str) -> HttpResponse:
    """Give a table of the page as CSV."""
    found(request, urn)
    _, target = queries.standing(urn)
    explained = explanation_of(target, at=clock.now()) if target and what in FILES else None
    if explained is None:
        raise Http404
    assert target is not None, "what is explained is a target"
    table = FILES[what](explained, upheld_in(target)).with_columns(pl.col(pl.Float64).round(DIGITS))
    return csv_answer(table, f"attendance-target-{urn}-{what}.csv")
