"""Asks for work; asks again for work that was parked, or sets it aside."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.vocabulary.errors import Conflict


def ask(
    kind: str,
    order: Mapping[str, Any],
    *,
    by: str,
    at: datetime.datetime,
    place: str,
    organisation: str = "",
) -> Work:
    """Ask for a piece of work; it is queued if and only if the transaction around it stands."""
    with transaction.atomic():
        work = Work.objects.create(
            kind=kind, order=dict(order), asked_at=at, seen_at=at, asked_by=by, place=place,
            organisation=organisation,
        )  # fmt: skip
        queue(work)
        audit.record(
            by=by, at=at, action=f"{kind}.ask", subject=f"work:{work.pk}", place=place,
            organisation=organisation, details=dict(order),
        )  # fmt: skip
    return work


def try_again(
    work: Work, *, by: str, at: datetime.datetime, place: str, organisation: str = ""
) -> None:
    """Take up parked work again, with all its tries before it.

    Raises
    ------
    Conflict
        If it is not parked: somebody else took it up, or it is done.
    """
    with transaction.atomic():
        held = Work.objects.select_for_update().get(pk=work.pk)
        if held.state != State.FAILED:
            raise Conflict("It is not stopped any more, so there was nothing to take up again.")
        held.state, held.attempt, held.finished_at = State.WAITING, 0, None
        held.save(update_fields=["state", "attempt", "finished_at"])
        queue(held)
        audit.record(
            by=by, at=at, action=f"{held.kind}.try-again", subject=f"work:{held.pk}", place=place,
            organisation=organisation,
        )  # fmt: skip


def set_aside(
    work: Work, *, by: str, at: datetime.datetime, place: str, organisation: str = ""
) -> None:
    """Take parked work off the list of what waits for the office; nothing else changes.

    Raises
    ------
    Conflict
        If it is not parked: somebody took it up or set it aside, or it is done.
    """
    with transaction.atomic():
        held = Work.objects.select_for_update().get(pk=work.pk)
        if held.state != State.FAILED:
            raise Conflict("It is not stopped any more, so there was nothing to set aside.")
        held.state = State.SET_ASIDE
        held.save(update_fields=["state"])
        audit.record(
            by=by, at=at, action=f"{held.kind}.set-aside", subject=f"work:{held.pk}", place=place,
            organisation=organisation,
        )  # fmt: skip


def queue(work: Work) -> None:
    """Put a piece of work into the queue."""
    from schoolhubs.service.jobs.tasks import do  # the queue knows its tasks once Django is ready

    do.defer(work_id=work.pk)
