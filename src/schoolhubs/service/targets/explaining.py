"""Explains a school's target: worked out when first asked for, kept, and the same ever since."""

import datetime

from schoolhubs.service.targets.models import Explanation, SchoolTarget
from schoolhubs.service.targets.reading import minutes_around, model_of, panel_of
from schoolhubs.vocabulary.records.school.target import AttendanceTarget

# A version of this service that works out otherwise must not explain a target it did not set.
NEARLY = 0.0005  # points


def explanation_of(target: SchoolTarget, *, at: datetime.datetime) -> AttendanceTarget | None:
    """Give all that explains a target.

    Parameters
    ----------
    target
        A school's target, of any version.
    at
        When it is asked for; the first asking keeps the answer.

    Returns
    -------
    AttendanceTarget or None
        None where this version of the service works out another figure than the one that was
        kept: nobody is given reasons for a figure they were not given.
    """
    kept = Explanation.objects.filter(pk=target.pk).values_list("record", flat=True).first()
    if kept is not None:
        return AttendanceTarget.from_dict(kept)
    found = _worked_out(target)
    if not _is_same(found, target):
        return None
    row = Explanation(target=target, record=found.as_dict(), made_at=at)
    Explanation.objects.bulk_create([row], ignore_conflicts=True)  # two may ask at once
    return found


def _worked_out(target: SchoolTarget) -> AttendanceTarget:
    from schoolhubs import targets  # what computes is not needed to start the service

    panel = panel_of(target.fit.snapshot_id)
    return targets.explain(
        model_of(target.fit_id),
        panel,
        urn=target.urn,
        year=target.fit.year,
        minutes=minutes_around(panel, target.urn),
    )


def _is_same(found: AttendanceTarget, target: SchoolTarget) -> bool:
    pairs = (
        (getattr(found, name), getattr(target, name))
        for name in ("expected_percent", "target_percent", "low_percent", "high_percent")
    )
    return all(
        ours is theirs if None in (ours, theirs) else abs(ours - theirs) < NEARLY
        for ours, theirs in pairs
    )
