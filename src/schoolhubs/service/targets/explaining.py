"""Explains a school's target: worked out when first asked for, kept, and the same ever since."""

import dataclasses
import datetime
import logging
from collections.abc import Mapping, Sequence

from schoolhubs.service.targets.models import Explanation, SchoolTarget
from schoolhubs.service.targets.reading import minutes_around, model_of, panel_of
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.records.school.target import AttendanceTarget

log = logging.getLogger("schoolhubs.targets")
# A version of this service that works out otherwise must not explain a target it did not set.
NEARLY = 0.0005  # points


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A target with all that explains it, and its sentences as targets.said writes them.

    ``said`` has sentences by section, ``titles`` what each kind of piece is called.
    """

    target: AttendanceTarget
    said: Mapping[str, Sequence[str]]
    titles: Mapping[str, str]


def explanation_of(target: SchoolTarget, *, at: datetime.datetime) -> Explained | None:
    """Give all that explains a target.

    Parameters
    ----------
    target
        A school's target, of any version.
    at
        When it is asked for; the first asking keeps the answer.

    Returns
    -------
    Explained or None
        None where this version of the service works out another figure than the one that was
        kept, or reads that model no more: nobody is given reasons that are not of their figure.
    """
    kept = Explanation.objects.filter(pk=target.pk).first()
    if kept is None:
        found = _worked_out(target)
        if found is None or not _is_same(found, target):
            return None
        kept = row_of(target, found, at=at)
        Explanation.objects.bulk_create([kept], ignore_conflicts=True)  # two may ask at once
    found = AttendanceTarget.from_dict(kept.record)
    # Rows of the first version of the table hold no words.
    return Explained(target=found, **(kept.said or row_of(target, found, at=at).said))


def row_of(target: SchoolTarget, found: AttendanceTarget, *, at: datetime.datetime) -> Explanation:
    """Make the row that keeps an explanation, its words with it."""
    from schoolhubs import targets

    said = {"said": targets.said.parts(found), "titles": targets.said.ADDRESSED}
    return Explanation(target=target, record=found.as_dict(), said=said, made_at=at)


def _worked_out(target: SchoolTarget) -> AttendanceTarget | None:
    from schoolhubs import targets  # what computes is not needed to start the service

    panel = panel_of(target.fit.snapshot_id)
    try:
        return targets.explain(
            model_of(target.fit_id),
            panel,
            urn=target.urn,
            year=target.fit.year,
            minutes=minutes_around(panel, target.urn),
        )
    except SchoolhubsError as error:
        log.warning("a target cannot be explained", extra={"event": type(error).__name__})
        return None


def _is_same(found: AttendanceTarget, target: SchoolTarget) -> bool:
    pairs = (
        (getattr(found, name), getattr(target, name))
        for name in ("expected_percent", "target_percent", "low_percent", "high_percent")
    )
    return all(
        ours is theirs if None in (ours, theirs) else abs(ours - theirs) < NEARLY
        for ours, theirs in pairs
    )
