"""A lead names the leaders who go to partners, and a school tells its own term dates."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs.delivery import days
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.delivery.models import CoachingCycle, Leader, LeaderHalfDay, OwnCalendar
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict, DataProblem

HalfTerm = days.school_days.HalfTerm


def add(
    lead_urn: str, *, name: str, job: str = "", most_minutes: int | None = None, **who: Any
) -> Leader:
    """Name a leader of a lead school who goes to partners.

    Raises
    ------
    Conflict
        If there is one of that name.
    """
    try:
        with transaction.atomic():
            made = Leader.objects.create(
                lead_urn=lead_urn, name=name, job=job, most_minutes=most_minutes,
                added_at=who["at"], added_by=who["by"],
            )  # fmt: skip
            _record("leader.add", lead_urn, {"leader": made.pk}, who)
    except IntegrityError as error:
        raise Conflict("There is a leader of that name already. Nothing was saved.") from error
    return made


def change(
    leader: Leader, *, job: str, most_minutes: int | None, cannot: Sequence[datetime.date],
    version: int, **who: Any,
) -> Leader:  # fmt: skip
    """Change what a leader does and when the leader cannot.

    Raises
    ------
    Conflict
        If somebody changed it meanwhile.
    """
    with transaction.atomic():
        held = _held(leader, version)
        held.job, held.most_minutes, held.cannot = job, most_minutes, sorted(set(cannot))
        held.save()
        _record("leader.change", held.lead_urn, {"leader": held.pk}, who)
    return held


def stop(leader: Leader, *, on: datetime.date, version: int, **who: Any) -> Leader:
    """Take a leader off the list; days that were held keep the name.

    Raises
    ------
    Conflict
        If days with the leader lie ahead, or a coaching cycle runs: those go to somebody else, or
        end, first.
    """
    with transaction.atomic():
        held = _held(leader, version)
        ahead = LeaderHalfDay.objects.filter(leader=held, is_held=True, day__state="planned")
        n = ahead.values("day").distinct().count()
        if n:
            raise Conflict(
                f"{held.name} is planned for {n} {'day' if n == 1 else 'days'}. Move these to "
                "another leader first. Nothing was changed."
            )
        if CoachingCycle.objects.filter(coach=held, ended_at__isnull=True).exists():
            raise Conflict(
                f"{held.name} coaches a partner in a cycle that runs. End the cycle first. Nothing "
                "was changed."
            )
        held.stopped_on = on
        held.save()
        _record("leader.stop", held.lead_urn, {"leader": held.pk}, who)
    return held


def set_calendar(
    urn: str, year: str, *, half_terms: Sequence[HalfTerm], cannot: Mapping[datetime.date, str],
    version: int, **who: Any,
) -> OwnCalendar:  # fmt: skip
    """Keep a school's own dates of one year; without half terms the usual ones are its own.

    Parameters
    ----------
    version
        Of what stood when it was looked at; 0 where nothing did.

    Raises
    ------
    Conflict
        If somebody told others meanwhile.
    DataProblem
        If half terms overlap, or lie outside of the year.
    """
    if problems := days.school_days.check_half_terms(AcademicYear.parse(year), half_terms):
        raise DataProblem(problems, outcome="Nothing was saved.")
    try:
        with transaction.atomic():
            held = OwnCalendar.objects.select_for_update().filter(urn=urn, year=year).first()
            if (held.version if held else 0) != version:
                raise Conflict(
                    "Somebody changed these dates while you had them open. Nothing of yours was "
                    "saved; look at what stands now."
                )
            kept = held or OwnCalendar(urn=urn, year=year)
            kept.half_terms = [
                [each.term.value, each.first_on.isoformat(), each.last_on.isoformat()]
                for each in half_terms
            ]
            kept.cannot = {on.isoformat(): why for on, why in sorted(cannot.items())}
            kept.set_at, kept.set_by, kept.version = who["at"], who["by"], version + 1
            kept.save()
            _record("term_dates.set", urn, {"year": year, "n_cannot": len(cannot)}, who)
    except IntegrityError as error:  # two tell the first ones at once
        raise Conflict("Somebody told these dates a moment ago. Nothing was saved.") from error
    return kept


def _held(leader: Leader, version: int) -> Leader:
    held = Leader.objects.select_for_update().get(pk=leader.pk)
    if held.version != version:
        raise Conflict("Somebody changed this leader meanwhile. Nothing of yours was saved.")
    held.version += 1
    return held


def _record(action: str, urn: str, details: dict[str, Any], who: Mapping[str, Any]) -> None:
    audit.record(action=action, subject=f"school:{urn}", details=details, **who)
