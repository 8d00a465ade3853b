"""Looks targets up: the fit that stands, a school's target in it, and all of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from pghistory.core import event_models

from schoolhubs.service.jobs.models import STOPPED, State, Work
from schoolhubs.service.targets.models import (
    KEPT,
    Challenge,
    ChallengeState,
    Fit,
    Goal,
    IssuedElsewhere,
    SchoolTarget,
)

LIGHT = ("artefact", "card")
AMEND = "targets_amend"  # the kind of work that works a target out again


def fits() -> QuerySet[Fit]:
    """Give every fit without its artefact, the latest year first, of one year the newest."""
    return Fit.objects.defer(*LIGHT).select_related("snapshot").defer(
        *LIGHT, "snapshot__archive", "snapshot__sources", "snapshot__quality"
    ).order_by("-year", "-pk")  # fmt: skip


def current_fit() -> Fit | None:
    """Give the fit whose targets stand, that of the latest year; None before the first."""
    return fits().first()


def fit_for(year: str) -> Fit | None:
    """Give the fit whose targets for a year stand: the newest of that year."""
    return fits().filter(year=year).first()


def target_of(fit: Fit, urn: str) -> SchoolTarget | None:
    """Give the version of a school's target that stands; None where the fit has none of it."""
    return SchoolTarget.objects.filter(fit_id=fit.pk, urn=urn).order_by("version").last()


def standing(urn: str) -> tuple[Fit | None, SchoolTarget | None]:
    """Give the fit that stands and the school's target in it; None where there is none."""
    fit = current_fit()
    target = target_of(fit, urn) if fit else None
    if fit and target:
        target.fit = fit  # read already, with its register
    return fit, target


def versions_of(fit: Fit, urn: str) -> list[SchoolTarget]:
    """Give every version of a school's target, the one that stands last."""
    return list(SchoolTarget.objects.filter(fit_id=fit.pk, urn=urn).order_by("version"))


def targets_of(fit: Fit) -> QuerySet[SchoolTarget]:
    """Give the version that stands of every school of a fit, by URN."""
    rows = SchoolTarget.objects.filter(fit_id=fit.pk)
    return rows.order_by("urn", "-version").distinct("urn")


def figures_of(target: SchoolTarget) -> dict[str, object]:
    """Give a target as a row of frames.TARGETS."""
    return {"urn": target.urn, **{name: getattr(target, name) for name in KEPT}}


def open_challenges() -> QuerySet[Challenge]:
    """Give what waits for the office."""
    return Challenge.objects.filter(state=ChallengeState.OPEN)


def challenges_of(urn: str) -> list[Challenge]:
    """Give what a school has challenged, of whatever fit, newest first, with the year."""
    found = Challenge.objects.filter(urn=urn).select_related("target__fit")
    return list(found.defer(*(f"target__fit__{name}" for name in LIGHT)).order_by("-pk"))


def stopped_amending(challenges: Iterable[Challenge]) -> dict[int, Work]:
    """Give the work that stopped, by challenge, of those upheld that amended nothing yet."""
    waiting = [each.pk for each in challenges if _waits(each)]
    if not waiting:
        return {}
    works = Work.objects.filter(kind=AMEND, state__in=STOPPED, order__challenge__in=waiting)
    return {work.order["challenge"]: work for work in works}


def waits_to_amend(urn: str, kind: str, name: str) -> bool:
    """Tell whether a challenge of a thing is upheld, and the target still to follow from it."""
    same = Challenge.objects.filter(urn=urn, kind=kind, name=name, state=ChallengeState.UPHELD)
    waiting = list(same.filter(amended=None))
    stopped = stopped_amending(waiting)
    return any(
        each.pk not in stopped or stopped[each.pk].state != State.SET_ASIDE for each in waiting
    )


def _waits(each: Challenge) -> bool:
    return each.state == ChallengeState.UPHELD and each.amended_id is None


def counted_no_more() -> list[Challenge]:
    """Give what amended a target once and is not in the one that stands, oldest first.

    The register that targets were fitted to since has that figure otherwise.
    """
    fit = current_fit()
    upheld = Challenge.objects.filter(state=ChallengeState.UPHELD, amended__isnull=False)
    newest = {(each.urn, each.kind, each.name): each for each in upheld.order_by("pk")}
    if fit is None or not newest:
        return []
    rows = targets_of(fit).filter(urn__in={urn for urn, _, _ in newest})
    stand = {
        row.urn: {(each["kind"], each["name"]) for each in row.replaced} for row in rows
    }  # fmt: skip
    return [
        each
        for (urn, *thing), each in newest.items()
        if urn in stand and tuple(thing) not in stand[urn]
    ]


def goal_of(fit: Fit, urn: str) -> Goal | None:
    """Give the goal a person set for a school in the year of a fit."""
    return Goal.objects.filter(urn=urn, year=fit.year).first()


def before_it(held: Goal | IssuedElsewhere | None) -> list[Any]:
    """Give what a person had set before what stands, newest first, from its history."""
    if held is None or held.version < 2:
        return []
    (events,) = event_models(tracks_model=type(held))
    told = events._default_manager.filter(pgh_obj_id=held.pk, version__lt=held.version)
    return list(told.order_by("-pgh_id"))


def issued_to(fit: Fit, urn: str) -> IssuedElsewhere | None:
    """Give what somebody else expects of a school in the year of a fit."""
    return IssuedElsewhere.objects.filter(urn=urn, year=fit.year).first()
