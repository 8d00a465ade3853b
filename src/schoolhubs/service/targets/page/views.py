"""A school's attendance target, explained, and its figures as files."""

from typing import Any

import polars as pl
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.attendance.queries import may_see
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


@allow(*READERS)
@require_safe
def school_target(request: ActedRequest, urn: str) -> HttpResponse:
    """Show a school its target: figures, why, how sure, beside whom, what to mind."""
    snapshot, school = found(request, urn)
    fit, target = queries.standing(urn)
    told: dict[str, Any] = {
        "school": school, "snapshot": snapshot, "fit": fit, "row": target,
        "may_speak": may_speak(request.actor, urn),
    }  # fmt: skip
    told["gets_a_goal"] = gets_a_goal(school, target)
    if fit and not target and told["gets_a_goal"]:
        told["known"] = known_of(fit.snapshot_id, urn)
        told |= _by_people(request, fit, urn)
    if fit and target:
        explained = explanation_of(target, at=timezone.now())
        told["shown"] = shown(explained, fit) if explained else None
        told |= _beside(request, fit, target)
        told["judged"] = judged(snapshot, urn, at=timezone.now())
        challenges = queries.challenges_of(urn)
        told["stopped"] = queries.stopped_amending(challenges)
        told["challenges"] = [
            (each, _capital(words_of(each.kind, each.name))) for each in challenges
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
        "versions": queries.versions_of(fit, urn) if target.version > 1 else [target],
    }


def _by_people(
    request: ActedRequest, fit: Fit, urn: str, *, has_goal: bool = True
) -> dict[str, Any]:
    """Give what people set beside a target or in its stead, and whether the reader may."""
    return {
        "goal": queries.goal_of(fit, urn) if has_goal else None,
        "issued": queries.issued_to(fit, urn),
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
    explained = explanation_of(target, at=timezone.now()) if target and what in FILES else None
    if explained is None:
        raise Http404
    table = FILES[what](explained).with_columns(pl.col(pl.Float64).round(DIGITS))
    return csv_answer(table, f"attendance-target-{urn}-{what}.csv")
