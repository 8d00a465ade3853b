"""What changed between two spells of time, with an interval, or that nobody can tell.

Pupils are the units: the sessions of one are much alike. A rate is the sum of missed over the sum
of possible sessions, so its change is a difference of two ratios; its variance is that of the sum
of each pupil's influence on it (the linearisation, or sandwich, of a ratio), which holds a pupil
who is in both spells together with themselves.
"""

import dataclasses
import math
from typing import Literal

import numpy as np
import polars as pl

from schoolhubs.attendance.patterns.causes import letters, said

Finding = Literal["rose", "fell", "cannot_tell"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a rate changed, in percentage points.

    Parameters
    ----------
    before_percent, now_percent
        The rates; None without a possible session.
    points, low, high
        Change and its interval; None where either side has too few pupils.
    n_pupils
        Pupils with a possible session in either spell.
    same_pupils_points
        Change of those with possible sessions in both; None where there are none.
    finding
        ``rose`` or ``fell`` where the interval leaves nought out, else ``cannot_tell``.
    """

    before_percent: float | None
    now_percent: float | None
    points: float | None
    low: float | None
    high: float | None
    n_pupils: int
    same_pupils_points: float | None
    finding: Finding

    @property
    def is_parted(self) -> bool:
        """Pupils who came or left moved the rate: all pupils and the same ones part."""
        if self.points is None or self.same_pupils_points is None:
            return False
        gap = abs(self.points - self.same_pupils_points)
        return bool(gap >= said()["cohort_gap_points"]["value"])


def counted_by_pupil(sessions: pl.DataFrame, counting: str = "") -> pl.DataFrame:
    """Count each pupil's possible sessions and those missed, or marked with some letters.

    Parameters
    ----------
    sessions
        Rows of :func:`sessions_of` of one school.
    counting
        Letters; blank counts every session missed.
    """
    possible, missed = letters("sess_possible"), counting or letters("sess_overall")
    return sessions.group_by("pupil").agg(
        pl.col("letter").is_in(list(possible)).sum().cast(pl.Int64).alias("possible"),
        pl.col("letter").is_in(list(missed)).sum().cast(pl.Int64).alias("missed"),
    )


def changed(before: pl.DataFrame, now: pl.DataFrame, *, n_compared: int = 1) -> Change:
    """Compare two spells, or two groups, each as :func:`counted_by_pupil` gives it.

    Parameters
    ----------
    before, now
        ``pupil``, ``possible``, ``missed``.
    n_compared
        How many comparisons are made beside each other: the interval is widened (Bonferroni), so
        that all of them together are wrong no more often than one.

    Examples
    --------
    >>> some = pl.DataFrame({"pupil": range(40), "possible": [60] * 40, "missed": [3] * 40})
    >>> more = some.with_columns(missed=pl.lit(6) + pl.col("pupil") % 2)
    >>> found = changed(some, more)
    >>> found.finding, round(found.points, 2)
    ('rose', 5.83)
    """
    both = now.join(before, on="pupil", how="full", coalesce=True, suffix="_before").fill_null(0)
    both = both.filter((pl.col("possible") > 0) | (pl.col("possible_before") > 0))
    rates = [_rate(both, suffix) for suffix in ("_before", "")]
    same = both.filter((pl.col("possible") > 0) & (pl.col("possible_before") > 0))
    interval = _interval(both, n_compared)
    return Change(
        before_percent=rates[0],
        now_percent=rates[1],
        points=interval[0] if interval else None,
        low=interval[1] if interval else None,
        high=interval[2] if interval else None,
        n_pupils=both.height,
        same_pupils_points=_points(same),
        finding=_finding(interval),
    )


def _rate(both: pl.DataFrame, suffix: str) -> float | None:
    possible = int(both[f"possible{suffix}"].sum())
    return 100 * int(both[f"missed{suffix}"].sum()) / possible if possible else None


def _points(both: pl.DataFrame) -> float | None:
    before, now = _rate(both, "_before"), _rate(both, "")
    return None if before is None or now is None else now - before


def _interval(both: pl.DataFrame, n_compared: int) -> tuple[float, float, float] | None:
    from scipy.special import stdtrit  # takes as long to import as all else that counts marks

    points = _points(both)
    # The side of fewer pupils is what the change is known by: one of one pupil seems to have none.
    fewest = min(int((both[f"possible{each}"] > 0).sum()) for each in ("", "_before"))
    if points is None or fewest < said()["least_pupils_for_an_interval"]["value"]:
        return None
    influence = _influence(both, "") - _influence(both, "_before")
    n = both.height
    error = 100 * math.sqrt(n / (n - 1) * float((influence**2).sum()))
    missing = (1 - said()["interval"]["value"]) / 2 / n_compared
    reach = float(stdtrit(fewest - 1, 1 - missing))
    return points, points - reach * error, points + reach * error


def _influence(both: pl.DataFrame, suffix: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    missed = both[f"missed{suffix}"].to_numpy().astype(np.float64)
    possible = both[f"possible{suffix}"].to_numpy().astype(np.float64)
    total = possible.sum()
    return np.asarray((missed - missed.sum() / total * possible) / total)


def _finding(interval: tuple[float, float, float] | None) -> Finding:
    if interval is None or interval[1] <= 0 <= interval[2]:
        return "cannot_tell"
    return "rose" if interval[0] > 0 else "fell"
