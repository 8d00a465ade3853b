"""The marks of pupils who are always there: late, on a visit, at a match, taught elsewhere."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from schoolhubs.synthetic.pupils.constants import NO_MARK, Letters, Numbers
from schoolhubs.synthetic.pupils.marking.spells import next_state, unit

LATE, OFF_SITE, SPORT, VISIT, WORK, ARRANGED = range(6)


class AttendedTables(NamedTuple):
    """How attended sessions are marked; 3 phase groups, s sessions, six codes.

    Parameters
    ----------
    share
        Shape (3, 6): of possible sessions, by ``LATE`` to ``ARRANGED``.
    late_tilt
        Shape (3,): by kind of pupil.
    letter
        Shape (6,).
    work_year_group, work_from, work_until
        Who is at work, and in which sessions.
    work_share
        Shape (3,): of schools that send their pupils to work.
    off_site_days, arranged_sessions
        How long codes B and K last.
    """

    share: Numbers
    late_tilt: Numbers
    letter: Letters
    session_of_week: NDArray[np.int32]
    work_year_group: int
    work_from: int
    work_until: int
    work_share: Numbers
    off_site_days: int
    arranged_sessions: int


@njit(cache=True, nogil=True)
def _stream(of: np.uint64, first: int, second: int) -> np.uint64:
    """Give the stream of chance of something that many pupils share."""
    return np.uint64(of ^ (np.uint64(first * 100_003 + second) * np.uint64(0xD6E8FEB86659FD93)))


@njit(cache=True, nogil=True)
def _mark_sessions_elsewhere(
    row: Letters,
    column: NDArray[np.int32],
    state: np.uint64,
    g: int,
    first: int,
    until: int,
    tables: AttendedTables,
) -> np.uint64:
    """Mark provision elsewhere and matches of one pupil; give the stream where it has got to."""
    n = len(column)
    on_roll = until - first
    state = next_state(state)
    span = 2 * tables.off_site_days
    if unit(state) < tables.share[g, OFF_SITE] * n / span:
        state = next_state(state)
        at = first + 2 * int(unit(state) * on_roll / 2)
        weekday, left = tables.session_of_week[min(at, n - 1)] // 2, tables.off_site_days
        while at < until and left > 0:
            if tables.session_of_week[at] // 2 == weekday:
                row[column[at]] = tables.letter[OFF_SITE]
                if at + 1 < until:
                    row[column[at + 1]] = tables.letter[OFF_SITE]
                left -= 1
            at += 2
    state = next_state(state)
    if unit(state) < tables.share[g, ARRANGED] * n / tables.arranged_sessions:
        state = next_state(state)
        at = first + 2 * int(unit(state) * on_roll / 2)
        for session in range(at, min(at + tables.arranged_sessions, until)):
            row[column[session]] = tables.letter[ARRANGED]
    state = next_state(state)
    for _ in range(int(tables.share[g, SPORT] * on_roll + unit(state))):
        state = next_state(state)
        at = first + 2 * int(unit(state) * on_roll / 2) + 1
        if at < until:
            row[column[at]] = tables.letter[SPORT]
    return state


@njit(cache=True, nogil=True)
def _mark_year_group(
    row: Letters,
    column: NDArray[np.int32],
    school: np.uint64,
    year_group: int,
    g: int,
    first: int,
    until: int,
    tables: AttendedTables,
) -> None:
    """Mark visits and work experience, which take a whole year group."""
    for at in range(first - first % 2, until, 2):
        if unit(_stream(school, year_group, at)) < tables.share[g, VISIT]:
            for session in range(max(at, first), min(at + 2, until)):
                row[column[session]] = tables.letter[VISIT]
    goes = unit(_stream(school, year_group, 9_999)) < tables.work_share[g]
    if year_group == tables.work_year_group and goes:
        for session in range(max(first, tables.work_from), min(until, tables.work_until)):
            row[column[session]] = tables.letter[WORK]


@njit(cache=True, nogil=True)
def mark_attendance(
    out: Letters,
    column: NDArray[np.int32],
    seed: NDArray[np.uint64],
    school: NDArray[np.uint64],
    group: NDArray[np.int64],
    kind: NDArray[np.int64],
    year_group: NDArray[np.int8],
    first: NDArray[np.int32],
    until: NDArray[np.int32],
    tables: AttendedTables,
) -> None:
    """Write a year of attended sessions for n pupils into ``out``, shape (n, 10 w).

    Parameters
    ----------
    seed, school
        Shape (n,): streams of chance, of the pupil and of the pupil's school.
    """
    present = np.array([ord("/"), ord("\\")], dtype=np.uint8)
    out[:] = NO_MARK
    for i in range(len(seed)):
        g, row = group[i], out[i]
        for session in range(first[i], until[i]):
            row[column[session]] = present[tables.session_of_week[session] % 2]
        state = np.uint64(seed[i] ^ np.uint64(0x5851F42D4C957F2D))
        # Lateness falls on mornings, which are half of all sessions; gaps between them are drawn.
        chance = min(2 * tables.share[g, LATE] * tables.late_tilt[kind[i]], 0.9)
        at = first[i] + first[i] % 2
        while chance > 0:
            state = next_state(state)
            at += 2 * int(np.log(1 - unit(state)) / np.log(1 - chance))
            if at >= until[i]:
                break
            row[column[at]] = tables.letter[LATE]
            at += 2
        _mark_sessions_elsewhere(row, column, state, g, first[i], until[i], tables)
        _mark_year_group(row, column, school[i], year_group[i], g, first[i], until[i], tables)
