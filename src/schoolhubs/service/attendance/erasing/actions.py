"""Erases marks: all of a school's that says so, and every week whose time is over."""

import datetime

import polars as pl
from django.db import transaction

from schoolhubs import attendance, diagnosis
from schoolhubs.attendance import erasing
from schoolhubs.service import clock
from schoolhubs.service.attendance import places
from schoolhubs.service.attendance.bringing import actions as bringing
from schoolhubs.service.attendance.models import Finding
from schoolhubs.service.attendance.queries import keep_finding
from schoolhubs.service.audit import actions as audit


def erase_school(
    urn: str, *, reason: str, by: str, organisation: str, at: datetime.datetime, place: str
) -> erasing.Erased:
    """Erase every mark of a school, what they showed, and what is on its way in."""
    # Stopped before and not after: an import that is being kept would bring its marks back.
    with places.alone_in_store():
        stopped = bringing.stop_all(urn, by=by, organisation=organisation, at=at, place=place)
        done = erasing.erase(attendance.MarksStore(places.store()), urn=urn)
        with transaction.atomic():
            keep_finding(urn, None, at=at)
            audit.record(
                by=by, at=at, action="marks.erase", subject=f"school:{urn}", place=place,
                organisation=organisation, reason=reason, details=_told(done),
            )  # fmt: skip
    for each in stopped:
        places.remove(each)
    return done


def erase_expired(
    *, on: datetime.date, by: str, at: datetime.datetime, place: str
) -> erasing.Erased:
    """Erase every week whose time is over; what a school's marks show is worked out anew."""
    store, since = attendance.MarksStore(places.store()), erasing.kept_since(on)
    with places.alone_in_store():
        expired = store.marks().filter(pl.col("week_on") < since)
        urns = expired.select("urn").unique().collect()["urn"].to_list()
        done = erasing.erase_before(store, before=since)
        findings = {urn: diagnosis.finding.marked.found_in(places.store(), urn) for urn in urns}
        with transaction.atomic():
            for urn, finding in findings.items():
                keep_finding(urn, finding, at=max(at, clock.now()))
            Finding.objects.filter(last_week_on__lt=since).delete()
            if done.n_weeks:
                audit.record(
                    by=by, at=at, action="marks.erase-expired", subject="marks", place=place,
                    details={**_told(done), "before": since.isoformat(), "n_schools": len(urns)},
                )  # fmt: skip
    return done


def kept_since(on: datetime.date) -> datetime.date:
    """Give the day from which marks are kept."""
    return erasing.kept_since(on)


def _told(done: erasing.Erased) -> dict[str, int]:
    return {"n_weeks": done.n_weeks, "n_marks": done.n_marks, "n_counters": done.n_counters}
