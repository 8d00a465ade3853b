"""Takes a programme's list of leads into the database."""

import datetime

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.network.lists.plans import Plan, planned
from schoolhubs.service.network.models import Hub
from schoolhubs.vocabulary.errors import Conflict

CHANGED = "The hubs of this programme were changed meanwhile, so nothing was kept. Look again."


def plan_hubs(programme_id: str, leads: pl.DataFrame, *, on: datetime.date) -> Plan:
    """Work out what a list would change among a programme's hubs as they stand.

    Raises
    ------
    DataProblem
        Where the list cannot be one of this programme.
    """
    return _planned(list(Hub.objects.filter(programme_id=programme_id)), programme_id, leads, on)


def keep_hubs(
    programme_id: str,
    leads: pl.DataFrame,
    *,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    shown: str | None = None,
) -> Plan:
    """Make and change a programme's hubs as a list of leads says, all or none; it ends no hub.

    Parameters
    ----------
    leads
        frames.LEADS; rows of another programme are left aside.
    shown
        Digest of the plan that somebody agreed to; None where nobody was shown one.

    Returns
    -------
    Plan
        What was done. Nothing is recorded where the list changes nothing.

    Raises
    ------
    Conflict
        If it would do something else by now than what was shown.
    DataProblem
        Where the list cannot be one of this programme.
    """
    try:
        with transaction.atomic():
            ours = Hub.objects.select_for_update().filter(programme_id=programme_id)
            hubs = {hub.lead_urn: hub for hub in ours.order_by("pk")}
            plan = _planned(list(hubs.values()), programme_id, leads, timezone.localdate(at))
            if shown is not None and shown != plan.digest():
                raise Conflict(CHANGED)
            if plan.changes_something:
                _keep(plan, hubs, programme_id)
                audit.record(
                    by=by, organisation=organisation, at=at, action="hubs.bring-in",
                    subject=f"hubs:{programme_id}", place=place, reason=reason,
                    details={"new": str(len(plan.new)), "changed": str(len(plan.changed))},
                )  # fmt: skip
    except IntegrityError as error:
        # Two lists at once, each with a hub that was not there for the other to lock.
        raise Conflict(CHANGED) from error
    return plan


def _planned(hubs: list[Hub], programme_id: str, leads: pl.DataFrame, on: datetime.date) -> Plan:
    rules = programmes.load(programme_id).as_at(on)
    pathways = [each.pathway for each in rules.pathways]
    return planned(hubs, leads, programme_id=programme_id, pathways=pathways, on=on)


def _keep(plan: Plan, hubs: dict[str, Hub], programme_id: str) -> None:
    for change in (*plan.new, *plan.changed):
        hub = hubs.get(change.urn) or Hub(programme_id=programme_id, lead_urn=change.urn)
        hub.started_on, hub.finished_on = change.after.started_on, change.after.finished_on
        hub.places = dict(change.after.places)
        hub.save()
