"""Counts of pupils and marks that every check needs, added up part by part."""

import dataclasses
from typing import Self

import numpy as np
from numba import njit
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import GROUPS
from schoolhubs.synthetic.pupils.constants import (
    ELIGIBILITIES,
    N_YEAR_GROUPS,
    NO_MARK,
    Letters,
    Numbers,
)
from schoolhubs.synthetic.pupils.marks import Marked, MarkMaker
from schoolhubs.synthetic.pupils.term_dates import SESSIONS_A_WEEK

Counts = NDArray[np.int64]
N_BANDS = 11  # of 5 percentage points, the last from 50
LONGEST = 20  # spells of so many sessions and more are counted together
_NEEDS = 4
_BYTES = 256


@dataclasses.dataclass(slots=True, kw_only=True)
class Tally:
    """Counts over some schools; those of other schools are added with ``+``.

    Parameters
    ----------
    bands
        Enrolments, shape (3, 3, 4, 12, 2, 11): phase group, eligibility, need, year group, girl,
        band of absence.
    letters
        Marks, shape (3, w, 10, 256): phase group, week, session of the week, letter.
    spells
        Spells of each length in sessions, shape (3, 21).
    schools
        Rows (group, enrolments, sum of pupils' rates, sum of their squares, sessions missed,
        sessions possible, persistent absentees, what the absence file says they miss in percent,
        its persistent absentees), one a school.
    """

    bands: Counts
    letters: Counts
    spells: Counts
    schools: list[tuple[float, ...]]
    subregions: list[str]

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            bands=self.bands + other.bands,
            letters=self.letters + other.letters,
            spells=self.spells + other.spells,
            schools=self.schools + other.schools,
            subregions=self.subregions + other.subregions,
        )


def tally(marked: Marked, maker: MarkMaker) -> Tally:
    """Count the marks themselves, whatever was meant to stand in them."""
    pupils, w = marked.pupils, len(maker.laid.week_on)
    absent_letters = np.zeros(_BYTES, dtype=np.bool_)
    absent_letters[maker.spells.letter] = True
    group = marked.schools["group"].to_numpy()[pupils.school]
    letters = np.zeros((len(GROUPS), w * SESSIONS_A_WEEK, _BYTES), dtype=np.int64)
    spells = np.zeros((len(GROUPS), LONGEST + 1), dtype=np.int64)
    missed, possible = _count(marked.marks, group, absent_letters, letters, spells)
    rate = missed / np.maximum(possible, 1)
    band = np.minimum(missed * 20 // np.maximum(possible, 1), N_BANDS - 1)
    shape = (len(GROUPS), len(ELIGIBILITIES), _NEEDS, N_YEAR_GROUPS, 2, N_BANDS)
    bands = np.zeros(shape, dtype=np.int64)
    where = (group, pupils.eligibility, pupils.need, pupils.year_group)
    np.add.at(bands, (*where, pupils.is_girl.astype(int), band), 1)
    n = marked.schools.height
    sums = [
        np.bincount(pupils.school, of, minlength=n)
        for of in (np.ones(len(pupils)), rate, rate**2, missed, possible, 10 * missed >= possible)
    ]
    said = 100 * marked.schools["absent_share"].to_numpy()
    return Tally(
        bands=bands,
        letters=letters.reshape(len(GROUPS), w, SESSIONS_A_WEEK, _BYTES),
        spells=spells,
        schools=list(zip(marked.schools["group"].to_list(), *sums, said, strict=True)),
        subregions=marked.schools["subregion"].to_list(),
    )


@njit(cache=True, nogil=True)
def _count(
    marks: Letters,
    group: Counts,
    is_absent: NDArray[np.bool_],
    letters: Counts,
    spells: Counts,
) -> tuple[Counts, Counts]:
    """Give sessions missed and possible of each pupil; every mark is of a possible session."""
    n, length = marks.shape
    missed, possible = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for i in range(n):
        g, run = group[i], 0
        for at in range(length):
            letter = marks[i, at]
            if letter == NO_MARK:
                continue
            letters[g, at, letter] += 1
            possible[i] += 1
            if is_absent[letter]:
                missed[i] += 1
                run += 1
            elif run:
                spells[g, min(run, LONGEST)] += 1
                run = 0
        if run:
            spells[g, min(run, LONGEST)] += 1
    return missed, possible


def school_columns(counted: Tally) -> dict[str, Numbers]:
    """Give the schools of a tally as columns, shape (n,) each."""
    names = (
        "group",
        "enrolments",
        "rate",
        "rate_squared",
        "missed",
        "possible",
        "persistent",
        "said_percent",
    )
    return dict(zip(names, np.array(counted.schools).T, strict=True))
