"""What became of targets of years whose figures are out: judged once, and kept."""

import datetime
from typing import Any

import polars as pl

from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.models import Fit, SchoolTarget, YearEnd
from schoolhubs.service.targets.reading import measures_of, model_of, panel_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.records.school.target import AttendanceTarget, Judgement

MOST_SHOWN = 3


def judged(
    snapshot: RegisterSnapshot, urn: str, *, at: datetime.datetime
) -> list[tuple[Fit, SchoolTarget, dict[str, Any]]]:
    """Judge a school's targets of years that a register has figures of, newest first.

    Returns
    -------
    list
        Fit, target, and the record of :class:`YearEnd`; targets of whose year the register has no
        figure of the school are left out.
    """
    told: list[tuple[Fit, SchoolTarget, dict[str, Any]]] = []
    before: Judgement | None = None
    for fit in _over(snapshot):
        target = queries.target_of(fit, urn)
        if target is None:
            continue
        target.fit = fit
        kept = YearEnd.objects.filter(target=target, snapshot_id=snapshot.pk).first()
        record = kept.record if kept else _judge(snapshot, target, before, at=at)
        if record is None:
            continue
        if not fit.is_hindsight:  # nobody had that one, so no year is held against it
            before = Judgement(**record["judgement"])
        told.append((fit, target, record))
    return told[::-1]


def _over(snapshot: RegisterSnapshot) -> list[Fit]:
    """Give the fit that counts of each year over on a register's day, the earliest first.

    It is the newest that schools had in time; only where they had none, the newest made since.
    """
    this_year = str(AcademicYear.holding(snapshot.on))
    found: dict[str, Fit] = {}
    for fit in reversed(queries.fits()):
        held = found.get(fit.year)
        if fit.year < this_year and (held is None or held.is_hindsight or not fit.is_hindsight):
            found[fit.year] = fit
    return [found[year] for year in sorted(found)][-MOST_SHOWN:]


def _judge(
    snapshot: RegisterSnapshot,
    target: SchoolTarget,
    before: Judgement | None,
    *,
    at: datetime.datetime,
) -> dict[str, Any] | None:
    from schoolhubs import targets  # what computes is not needed to start the service

    panel, year = panel_of(snapshot.pk), target.fit.year
    actual = _one(panel.years.filter((pl.col("urn") == target.urn) & pl.col("is_own")), year)
    national = _one(panel.national.filter(pl.col("phase") == target.phase), year)
    explained = explanation_of(target, at=at)
    if actual is None or national is None or explained is None:
        return None
    is_next = before is not None and before.year == str(AcademicYear.parse(year).plus(-1))
    try:
        model = model_of(target.fit_id)
        found = targets.judge(
            explained.target, model, actual_percent=actual, national_percent=national,
            earlier=(before,) if before and is_next else (),
        )  # fmt: skip
    except SchoolhubsError:  # of an earlier version, which told too little to be judged by
        return None
    record = {"judgement": found.as_dict(), **_watched(snapshot, explained.target, model)}
    row = YearEnd(target=target, snapshot_id=snapshot.pk, record=record, made_at=at)
    YearEnd.objects.bulk_create([row], ignore_conflicts=True)  # two may ask at once
    return record


def _one(rows: pl.DataFrame, year: str) -> float | None:
    found = rows.filter(pl.col("year") == year)["sess_overall_percent"]
    return float(found[0]) if len(found) and found[0] is not None else None


def _watched(snapshot: RegisterSnapshot, target: AttendanceTarget, model: Any) -> dict[str, Any]:
    """Look at what published figures can tell of codes and roll, beside like schools."""
    from schoolhubs import targets

    year = AcademicYear.parse(target.year)
    watched = targets.watch(
        measures_of(snapshot.pk, str(year.plus(-1))),
        measures_of(snapshot.pk, str(year)),
        model,
        urn=target.urn,
        comparable=tuple(each.urn for each in target.comparators),
    )
    return {
        "flags": [each.as_dict() for each in watched.flags],
        "not_looked_at": list(watched.not_looked_at_said),
        "looked_at": sorted(set(watched.mix["measure"]) - set(watched.not_looked_at)),
    }
