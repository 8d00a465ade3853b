"""Sets a goal for a school without a target by rule; enters a figure issued elsewhere."""

import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.models import Goal, IssuedElsewhere, SetByPeople
from schoolhubs.vocabulary.errors import Conflict

BY_RULE = "This school has a target already, so no goal is set beside it. Nothing was saved."
CHANGED = (
    "Somebody else changed this figure while you had it open. Nothing of yours was saved; look at "
    "what stands now."
)
Figure = TypeVar("Figure", bound=SetByPeople)


def set_goal(
    urn: str,
    year: str,
    *,
    percent: float,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Goal:
    """Set or change the goal of a school that has no target for a year.

    Parameters
    ----------
    version
        Of the goal that stood when it was looked at; 0 where none did.

    Raises
    ------
    Conflict
        If somebody set another goal meanwhile, or the school has a target.
    """
    fit = queries.fit_for(year)
    target = queries.target_of(fit, urn) if fit else None
    if target is not None and target.target_percent is not None:
        raise Conflict(BY_RULE)
    return _keep(
        Goal, urn, year, {"percent": percent, "reason": reason}, version, action="target.set-goal",
        by=by, organisation=organisation, at=at, place=place, reason=reason,
    )  # fmt: skip


def enter_issued(
    urn: str,
    year: str,
    *,
    percent: float,
    issued_by: str,
    issued_on: datetime.date,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> IssuedElsewhere:
    """Enter, or correct, what somebody else expects of a school in the year of its target.

    Raises
    ------
    Conflict
        If somebody entered another figure meanwhile.
    """
    told = {"percent": percent, "issued_by": issued_by, "issued_on": issued_on}
    return _keep(
        IssuedElsewhere, urn, year, told, version, action="target.enter-issued", by=by,
        organisation=organisation, at=at, place=place, reason="",
    )  # fmt: skip


def _keep(
    kind: type[Figure],
    urn: str,
    year: str,
    told: dict[str, Any],
    version: int,
    *,
    action: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str,
) -> Figure:
    of = {"urn": urn, "year": year}
    told = {**told, "set_at": at, "set_by": by, "organisation": organisation}
    try:
        with transaction.atomic():
            held = kind._default_manager.select_for_update().filter(**of).first()
            if (held.version if held else 0) != version:
                raise Conflict(CHANGED)
            kept = held or kind(**of, version=0)
            for name, value in {**told, "version": version + 1}.items():
                setattr(kept, name, value)
            kept.save()
            audit.record(
                by=by, organisation=organisation, at=at, action=action,
                subject=f"target:{urn}", place=place, reason=reason,
                details={"year": year, "percent": told["percent"]},
            )  # fmt: skip
    except IntegrityError as error:  # two enter the first one at once
        raise Conflict(CHANGED) from error
    return kept
