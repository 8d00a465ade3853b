"""Which schools can be told apart: groups in place of a ranking."""

import itertools

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from schoolhubs.standing.constants import stored
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.phases import pupil_sd_percent

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def told_apart(schools: pl.DataFrame, *, year: AcademicYear) -> pl.DataFrame:
    """Put schools into groups: any two of different groups differ.

    Two schools differ where their figures are further apart than chance explains, the chance of
    calling any pair different that is not held down over all pairs together (Bonferroni). A new
    group begins only where every school before it differs from every school after it; within a
    group some pairs may differ too, but no line can be drawn.

    Parameters
    ----------
    schools
        ``urn``, ``phase``, ``size`` (enrolments), ``value`` (percent of sessions missed in
        ``year``).

    Returns
    -------
    polars.DataFrame
        The schools with a figure, lowest first: with ``low``, ``high`` (95 % interval of each,
        percent), ``n_lower`` and ``n_higher`` (schools that certainly have less and more) and
        ``group`` (``a``, ``b``, ...). Schools whose figure, size or pupils' spread is not known
        come last, with all of these missing.

    Examples
    --------
    >>> rows = {"urn": ["900001", "900002", "900003"], "phase": ["primary"] * 3}
    >>> rows |= {"size": [400, 400, 400], "value": [4.0, 4.3, 9.0]}
    >>> told_apart(pl.DataFrame(rows), year=AcademicYear("2018/19"))["group"].to_list()
    ['a', 'a', 'b']
    """
    sds = {
        phase: held
        for phase in schools["phase"].unique().drop_nulls()
        if (held := pupil_sd_percent(phase, year)[0]) is not None
    }
    sd = pl.col("phase").replace_strict(sds, default=None, return_dtype=pl.Float64)
    size = pl.when(pl.col("size") > 0).then(pl.col("size"))
    sized = schools.with_columns(_se=sd / size.sqrt())
    is_known = pl.col("_se").is_not_null() & pl.col("value").is_not_null()
    known = sized.filter(is_known).sort("value", "urn")
    z = float(ndtri(0.975))
    apart = _apart(known)
    placed = known.with_columns(
        low=(pl.col("value") - z * pl.col("_se")).clip(0, 100),
        high=(pl.col("value") + z * pl.col("_se")).clip(0, 100),
        n_lower=pl.Series(np.tril(apart).sum(axis=1), dtype=pl.Int64),
        n_higher=pl.Series(np.triu(apart).sum(axis=1), dtype=pl.Int64),
        group=pl.Series(_groups(apart), dtype=pl.String),
    )
    rest = sized.filter(~is_known).sort("urn")
    return pl.concat([placed, rest], how="diagonal").drop("_se")


def _apart(known: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell of each pair whether it differs; ``known`` is sorted by value."""
    n = known.height
    value, se = known["value"].to_numpy(), known["_se"].to_numpy()
    error = stored()["family_error_share"]["value"] / max(n * (n - 1) / 2, 1)
    chance = ndtri(1 - error / 2) * np.hypot(se[:, None], se)
    found: NDArray[np.bool_] = np.abs(value[:, None] - value) > chance
    return found


def _groups(apart: NDArray[np.bool_]) -> list[str]:
    """Name the group of each school."""
    n = len(apart)
    breaks = [bool(apart[:at, at:].all()) for at in range(1, n)]
    return [_letters(at) for at in itertools.accumulate(breaks, initial=0)][:n]


def _letters(at: int) -> str:
    """Name a group: a to z, then aa, ab and so on.

    >>> _letters(0), _letters(25), _letters(26)
    ('a', 'z', 'aa')
    """
    before, last = divmod(at, len(LETTERS))
    return (_letters(before - 1) if before else "") + LETTERS[last]
