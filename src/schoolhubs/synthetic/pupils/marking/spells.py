"""From a number of missed sessions to a year of marks: spells, one after another.

A pupil is well or in a spell of absence. At each session on which a well pupil may fall out, the
chance is what is still to be missed over what is still to come, so that exactly the pupil's
sessions are missed by the end of the year: a two-state chain that knows where it must end.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from schoolhubs.synthetic.pupils.constants import Letters, Numbers

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53
# Numbers that drawing a reason uses up.
_OF_A_REASON = np.uint64(3)
MOST_LEFT = 96


class SpellTables(NamedTuple):
    """What spells are drawn from; k kinds of pupil, r reasons, s sessions, 3 phase groups.

    Parameters
    ----------
    start
        Shape (3, s): how likely a spell starts at a session, 1 on average.
    ahead
        Shape (3, s + 1): sum of ``start`` from a session on.
    reached
        Shape (3, k, 4, 2, r): cumulative chance of each reason, by moment (morning or afternoon,
        before or within the weeks of study leave) and by whether it is authorised.
    unauthorised
        Shape (3, k, 4): chance that a spell's reason is an unauthorised one.
    half, goes_on, long
        Shape (r,), (r,), (k, r): see ``pupils.yaml``.
    days
        Shape (r,): fewest whole days.
    long_goes_on
        Shape (k,).
    mean
        Shape (3, k, ``MOST_LEFT``): mean length of a spell, in sessions, of a pupil who has so
        many sessions still to miss.
    letter
        Shape (r,): one-byte letters.
    session_of_week
        Shape (s,): 0 (Monday morning) to 9.
    study_from
        Session from which study leave is given.
    tie, afternoon_goes_on, weekend_ends
        See ``pupils.yaml``.
    """

    start: Numbers
    ahead: Numbers
    reached: Numbers
    unauthorised: Numbers
    half: Numbers
    goes_on: Numbers
    long: Numbers
    days: NDArray[np.int64]
    long_goes_on: Numbers
    mean: Numbers
    letter: Letters
    session_of_week: NDArray[np.int32]
    study_from: int
    tie: float
    afternoon_goes_on: float
    weekend_ends: float


@njit(cache=True, nogil=True, inline="always")
def next_state(state: np.uint64) -> np.uint64:
    """Move a stream of chance on by one (SplitMix64)."""
    return np.uint64(state + _GOLDEN)


@njit(cache=True, nogil=True, inline="always")
def unit(state: np.uint64) -> float:
    """Give the number from 0 to 1 that belongs to a state."""
    z = state
    z = np.uint64((z ^ (z >> _S30)) * _MIX_1)
    z = np.uint64((z ^ (z >> _S27)) * _MIX_2)
    z = z ^ (z >> _S31)
    return float(z >> _S11) * _TO_UNIT


@njit(cache=True, nogil=True)
def _length(
    state: np.uint64, kind: int, reason: int, session: int, left: int, tables: SpellTables
) -> int:
    """Draw how many sessions a spell lasts; ``left`` sessions are to come with this one."""
    is_afternoon = tables.session_of_week[session] % 2 == 1
    state = next_state(state)
    if unit(state) < tables.half[reason]:
        return 1
    state = next_state(state)
    if is_afternoon and unit(state) >= tables.afternoon_goes_on:
        return 1
    state = next_state(state)
    is_long = unit(state) < tables.long[kind, reason]
    goes_on = tables.long_goes_on[kind] if is_long else tables.goes_on[reason]
    days, fewest = 1, tables.days[reason]
    at = session + (1 if is_afternoon else 2)
    while at - session < left:
        state = next_state(state)
        if days >= fewest and unit(state) >= goes_on:
            break
        state = next_state(state)
        ends_week = tables.session_of_week[at - 1] > tables.session_of_week[at]
        if ends_week and not is_long and unit(state) < tables.weekend_ends:
            break
        days += 1
        at += 2
    state = next_state(state)
    whole = at - session
    if whole > 1 and unit(state) >= tables.tie:
        whole -= 1
    return min(whole, left)


@njit(cache=True, nogil=True)
def _reason(
    state: np.uint64,
    group: int,
    kind: int,
    session: int,
    may_study: bool,
    tilt: float,
    tables: SpellTables,
) -> int:
    """Draw the reason of a spell that starts at a session."""
    moment = tables.session_of_week[session] % 2
    if may_study and session >= tables.study_from:
        moment += 2
    chance = tables.unauthorised[group, kind, moment]
    chance = chance * tilt / (1 - chance + chance * tilt)
    state = next_state(state)
    without_leave = 1 if unit(state) < chance else 0
    state = next_state(state)
    drawn = unit(state)
    reached = tables.reached[group, kind, moment, without_leave]
    for reason in range(len(reached)):
        if drawn < reached[reason]:
            return reason
    return len(reached) - 1


@njit(cache=True, nogil=True)
def spell_lengths(
    seed: int, group: int, kind: int, n: int, tables: SpellTables
) -> NDArray[np.int64]:
    """Draw the lengths of n spells that start at any session, for the table of their means."""
    out = np.empty(n, dtype=np.int64)
    state = next_state(np.uint64(seed))
    n_sessions = tables.start.shape[1]
    most = tables.start[group].max()
    done = 0
    while done < n:
        state = next_state(state)
        session = int(unit(state) * (n_sessions // 2))
        state = next_state(state)
        if unit(state) * most >= tables.start[group, session]:
            continue
        reason = _reason(state, group, kind, session, False, 1.0, tables)
        state = np.uint64(state + _OF_A_REASON * _GOLDEN)
        out[done] = _length(state, kind, reason, session, n_sessions - session, tables)
        state = np.uint64(state + np.uint64(2 * out[done] + 6) * _GOLDEN)
        done += 1
    return out


@njit(cache=True, nogil=True)
def mark_absence(
    out: Letters,
    column: NDArray[np.int32],
    seed: NDArray[np.uint64],
    group: NDArray[np.int64],
    kind: NDArray[np.int64],
    first: NDArray[np.int32],
    until: NDArray[np.int32],
    missed: NDArray[np.int32],
    may_study: NDArray[np.bool_],
    tilt: Numbers,
    tables: SpellTables,
) -> None:
    """Write the letters of every missed session into the marks of n pupils.

    Parameters
    ----------
    out
        Shape (n, 10 w): marks, filled with those of pupils who are always there.
    column
        Shape (s,): where each session stands in a row of ``out``.
    seed
        Shape (n,): one stream of chance a pupil, so that nobody's marks depend on others'.
    tilt
        Shape (n,): odds of unauthorised reasons in the pupil's school, over the country's.
    """
    for i in range(len(seed)):
        g, k, last = group[i], kind[i], until[i]
        state, to_miss = np.uint64(seed[i]), missed[i]
        ahead_of_last = tables.ahead[g, last]
        session = first[i]
        # After a spell a pupil is well for a session at least, if there is one to spare.
        while to_miss > 0 and session < last:
            left = last - session
            if to_miss < left:
                state = next_state(state)
                ahead = tables.ahead[g, session] - ahead_of_last
                # Sessions that will be missed are none on which a spell can start.
                ahead *= (left - to_miss) / left
                mean = tables.mean[g, k, min(to_miss, MOST_LEFT) - 1]
                if unit(state) * mean * ahead >= tables.start[g, session] * to_miss:
                    session += 1
                    continue
            reason = _reason(state, g, k, session, may_study[i], tilt[i], tables)
            state = np.uint64(state + _OF_A_REASON * _GOLDEN)
            length = min(_length(state, k, reason, session, left, tables), to_miss)
            state = np.uint64(state + np.uint64(2 * length + 6) * _GOLDEN)
            if to_miss >= left:
                length = left
            for at in range(session, session + length):
                out[i, column[at]] = tables.letter[reason]
            to_miss -= length
            session += length
            if last - session > to_miss:
                session += 1
