"""Prepares a diagnostic day, writes down what was seen, records what lies outside the school."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.diagnosis.models import DiagnosticDay, OutsideBarrier, Seen, SeenDraft
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Somebody changed this while you had it open. Nothing of yours was saved; look at what stands "
    "now."
)
CONFIRMED = (
    "The findings of this day are confirmed meanwhile, and nothing is added to it. Nothing of "
    "yours was saved."
)
NOT_YOURS = "It is gone already, or somebody else wrote it down. Nothing was taken back."


def prepare(
    urn: str, told: Mapping[str, Any], *, version: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> DiagnosticDay:  # fmt: skip
    """Set a school's day, or change it.

    Parameters
    ----------
    told
        ``held_on``, ``agenda``, ``who``, ``to_see``.
    version
        Of the day that was looked at; 0 where there was none.

    Raises
    ------
    Conflict
        If somebody set or changed it meanwhile.
    """
    try:
        with transaction.atomic():
            rows = DiagnosticDay.objects.select_for_update()
            held = rows.filter(urn=urn, confirmed_at=None).first()
            if (held.version if held else 0) != version:
                raise Conflict(CHANGED)
            kept = held or DiagnosticDay(
                urn=urn, made_at=at, made_by=by, organisation=organisation, version=0
            )
            for name, value in {**told, "version": version + 1}.items():
                setattr(kept, name, value)
            kept.save()
            _record("diagnostic_day.prepare", urn, by, organisation, at, place, day=kept.pk)
    except IntegrityError as error:  # two set the first one at once
        raise Conflict(CHANGED) from error
    return kept


def see(
    day: DiagnosticDay, told: Mapping[str, str], *, side: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Seen:  # fmt: skip
    """Write down one thing that was seen; the person's draft goes.

    Raises
    ------
    Conflict
        If the findings of the day are confirmed.
    """
    with transaction.atomic():
        held = DiagnosticDay.objects.select_for_update().get(pk=day.pk)
        if held.confirmed_at:
            raise Conflict(CONFIRMED)
        made = Seen.objects.create(day=held, side=side, made_at=at, made_by=by, **told)
        SeenDraft.objects.filter(day=held, by=by).delete()
        _record(
            "diagnostic_day.see", day.urn, by, organisation, at, place, day=day.pk,
            root_cause=made.root_cause, side=side,
        )  # fmt: skip
    return made


def take_back(
    day: DiagnosticDay, seen: int, *, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> None:  # fmt: skip
    """Take back one thing that the same person wrote down; the history keeps that it was there.

    Raises
    ------
    Conflict
        If the findings of the day are confirmed, it is gone already, or somebody else wrote it.
    """
    with transaction.atomic():
        held = DiagnosticDay.objects.select_for_update().get(pk=day.pk)
        if held.confirmed_at:
            raise Conflict(CONFIRMED)
        mine = Seen.objects.filter(day=held, pk=seen, made_by=by).first()
        if mine is None:
            raise Conflict(NOT_YOURS)
        told = {"root_cause": mine.root_cause, "side": mine.side}
        mine.delete()
        audit.record(
            by=by, organisation=organisation, at=at, action="diagnostic_day.take_back",
            subject=f"school:{day.urn}", place=place, reason=reason,
            details={"day": day.pk, **told},
        )  # fmt: skip


def keep_draft(
    day: DiagnosticDay, typed: Mapping[str, str], *, by: str, at: datetime.datetime
) -> None:
    """Keep what somebody began to write, so that nothing typed is lost; nobody else sees it."""
    SeenDraft.objects.update_or_create(
        day=day, by=by, defaults={"content": dict(typed), "saved_at": at}
    )


def record_barrier(
    urn: str, root_cause: str, told: Mapping[str, Any], *, version: int, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> OutsideBarrier:  # fmt: skip
    """Record what lies outside the school, or what became of it.

    Raises
    ------
    Conflict
        If somebody recorded or changed it meanwhile.
    """
    try:
        with transaction.atomic():
            rows = OutsideBarrier.objects.select_for_update()
            held = rows.filter(urn=urn, root_cause=root_cause).first()
            if (held.version if held else 0) != version:
                raise Conflict(CHANGED)
            kept = held or OutsideBarrier(urn=urn, root_cause=root_cause)
            now = {"changed_at": at, "changed_by": by, "version": version + 1}
            for name, value in {**told, **now}.items():
                setattr(kept, name, value)
            kept.save()
            _record("barrier.record", urn, by, organisation, at, place, root_cause=root_cause)
    except IntegrityError as error:
        raise Conflict(CHANGED) from error
    return kept


def _record(
    action: str, urn: str, by: str, organisation: str, at: datetime.datetime, place: str,
    **details: object,
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, subject=f"school:{urn}",
        place=place, details=details,
    )  # fmt: skip
