"""What became of a target at year end: met, missed, or too close to call."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from schoolhubs.targets.constants import Constants, constants
from schoolhubs.targets.model.scale import without_move
from schoolhubs.vocabulary.records.school.target import AttendanceTarget, Judgement

MET, MISSED, CLOSE, NO_TARGET = "met", "missed", "too close to call", "no target"


def judge(
    target: AttendanceTarget,
    *,
    actual_percent: float,
    national_percent: float,
    earlier: Sequence[Judgement] = (),
) -> Judgement:
    """Judge a year against its target.

    The national move of the year is taken out first, in log-odds as the model works. Then a gap
    smaller than what chance does in a school of its size decides nothing, and in a small school
    one year never decides alone: an earlier year's gap on the same side is wanted too. The pull
    towards the usual after an unusual year is taken out by setting the result beside what was
    expected with no change in practice, not beside last year.

    Parameters
    ----------
    target
        As it was issued (as amended after a challenge).
    actual_percent, national_percent
        The year's absence of the school, and of its phase in England, same series.
    earlier
        Judgements of years before, newest first.

    Returns
    -------
    Judgement
        With the verdict in a sentence.
    """
    held = constants()
    move = national_percent - target.national_percent
    rebased = _rebased(actual_percent, national_percent, target.national_percent, held)
    beyond = rebased - target.expected_percent
    years = [each.gap_percent for each in earlier[:1] if each.gap_percent is not None]
    is_small = target.chance_size_percent > held.one_year_chance_percent
    used = years if is_small else []
    tail = (1 - held.judging_share) / 2
    margin = float(ndtri(1 - tail)) * target.chance_size_percent / math.sqrt(1 + len(used))
    gap = None if target.target_percent is None else rebased - target.target_percent
    verdict = _verdict(gap, margin, used, is_small=is_small)
    return Judgement(
        urn=target.urn,
        year=target.year,
        verdict=verdict,
        actual_percent=actual_percent,
        rebased_percent=rebased,
        gap_percent=gap,
        unaided_percent=target.expected_percent,
        beyond_unaided_percent=beyond,
        margin_percent=margin,
        national_move_percent=move,
        n_years=1 + len(used),
        said=_said(verdict, target, rebased, margin, move, is_small=is_small, n=1 + len(used)),
    )


def _rebased(actual: float, national: float, before: float, held: Constants) -> float:
    percent, now, then = (np.array([each]) for each in (actual, national, before))
    return float(without_move(percent, national=now, before=then, held=held)[0])


def _verdict(gap: float | None, margin: float, earlier: list[float], *, is_small: bool) -> str:
    if gap is None:
        return NO_TARGET
    gaps = [gap, *earlier]
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
            else f"The gap to the target is within the {margin:.2f} points that chance does."
        )
    else:
        parts.append(
            f"The target of {target.target_percent:.2f} % was {verdict} by more than the "
            f"{margin:.2f} points that chance does."
        )
    beyond = rebased - target.expected_percent
    side = "below" if beyond < 0 else "above"
    parts.append(
        f"That is {abs(beyond):.2f} points {side} what was to be expected with no change in "
        "practice; the pull back after an unusual year is in that expectation."
    )
    return " ".join(parts)
