"""What became of a target at year end: met, missed, or too close to call."""

import math
from collections.abc import Sequence

import numpy as np

from schoolhubs.targets.constants import Constants, from_stored
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.targets.model.scale import without_move
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.school.target import AttendanceTarget, Judgement

MET, MISSED, CLOSE, NO_TARGET = "met", "missed", "too close to call", "no target"


def judge(
    target: AttendanceTarget,
    model: TargetModel,
    *,
    actual_percent: float,
    national_percent: float,
    earlier: Sequence[Judgement] = (),
) -> Judgement:
    """Judge a year against its target.

    The national move of the year is taken out first, in log-odds as the model works. Then a gap
    decides nothing that is within the usual: how far such schools end from what was expected of
    them, for all reasons and not by the chance of pupils alone. In a small school one year never
    decides alone: the year before's gap on the same side is wanted too. The pull towards the usual
    after an unusual year is taken out by setting the result beside what was expected with no
    change in practice, not beside last year.

    Parameters
    ----------
    target
        As it was issued (as amended after a challenge).
    model
        The one it was made with: a year is judged by the definition its target was set by.
    actual_percent, national_percent
        The year's absence of the school, and of its phase in England, same series.
    earlier
        Judgements of other years. Only that of the same URN and the very year before counts.

    Returns
    -------
    Judgement
        With the verdict in a sentence.

    Raises
    ------
    UsageError
        If the target does not say how far such schools usually end from their expectation, as
        those made by an earlier version do not.
    """
    if target.margin_below_percent is None or target.margin_above_percent is None:
        raise UsageError(
            f"The target of school {target.urn} does not say what is usual. Work it out again."
        )
    move = national_percent - target.national_percent
    held = from_stored(model.definition)
    rebased = _rebased(actual_percent, national_percent, target.national_percent, held)
    gap = None if target.target_percent is None else rebased - target.target_percent
    is_small = bool(target.is_small)
    used = _year_before(target, earlier) if is_small else []
    gaps = [] if gap is None else [gap, *used]
    is_below = sum(gaps) < 0
    one_year = target.margin_below_percent if is_below else target.margin_above_percent
    margin = one_year / math.sqrt(1 + len(used))
    verdict = _verdict(gaps, margin, is_small=is_small)
    return Judgement(
        urn=target.urn,
        year=target.year,
        verdict=verdict,
        actual_percent=actual_percent,
        rebased_percent=rebased,
        gap_percent=gap,
        unaided_percent=target.expected_percent,
        beyond_unaided_percent=rebased - target.expected_percent,
        margin_percent=margin,
        national_move_percent=move,
        n_years=1 + len(used),
        said=_said(verdict, target, rebased, margin, move, is_small=is_small, n=1 + len(used)),
    )


def _year_before(target: AttendanceTarget, earlier: Sequence[Judgement]) -> list[float]:
    """Give the gap of the same school in the very year before; none where a year is missing."""
    last = AcademicYear.parse(target.year).plus(-1)
    return [
        each.gap_percent
        for each in earlier
        if each.urn == target.urn and each.year == last and each.gap_percent is not None
    ][:1]


def _rebased(actual: float, national: float, before: float, held: Constants) -> float:
    percent, now, then = (np.array([each]) for each in (actual, national, before))
    return float(without_move(percent, national=now, before=then, held=held)[0])


def _verdict(gaps: list[float], margin: float, *, is_small: bool) -> str:
    if not gaps:
        return NO_TARGET
    if is_small and len(gaps) == 1:
        return CLOSE
    mean = sum(gaps) / len(gaps)
    one_sided = all(each < 0 for each in gaps) or all(each > 0 for each in gaps)
    if abs(mean) <= margin or not one_sided:
        return CLOSE
    return MET if mean < 0 else MISSED


def _said(
    verdict: str,
    target: AttendanceTarget,
    rebased: float,
    margin: float,
    move: float,
    *,
    is_small: bool,
    n: int,
) -> str:
    direction = "rose" if move > 0 else "fell"
    parts = []
    if abs(move) >= 0.005:
        parts.append(
            f"Absence of {target.phase} schools {direction} by {abs(move):.2f} points nationally, "
            f"which is taken out: {rebased:.2f} % counts."
        )
    if verdict == NO_TARGET:
        parts.append("There is no automatic target to judge it by.")
    elif verdict == CLOSE:
        parts.append(
            "In a school of this size one year alone decides nothing."
            if is_small and n == 1
            else f"The gap to the target is within the {margin:.2f} points by which such schools "
            "usually end from what is expected of them."
        )
    else:
        parts.append(
            f"The target of {target.target_percent:.2f} % was {verdict} by more than the "
            f"{margin:.2f} points by which such schools usually end from what is expected of them."
        )
    beyond = rebased - target.expected_percent
    side = "below" if beyond < 0 else "above"
    parts.append(
        f"That is {abs(beyond):.2f} points {side} what was to be expected with no change in "
        "practice; the pull back after an unusual year is in that expectation."
    )
    return " ".join(parts)
