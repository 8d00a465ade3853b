"""Letters as numbers: tables that tell what a session, and a day of two, counts as.

A stored week is ten bytes, so five numbers of two bytes, one a day. A table of 65,536 entries
then tells what a day counts, and a week is five look-ups. Letters that two tables of codes share
count the same in both, so one table serves every date; which letters a date allows is held apart.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from schoolhubs.attendance.coding import Codes, regimes, stored
from schoolhubs.vocabulary.frames import COUNTED

BYTES = 256
MISSED_STEP = 1 << 16  # a day's number holds possible sessions below this and missed ones above
USUAL_DAY = int.from_bytes(b"/\\", "little")  # present all day: nine days in ten


@functools.cache
def known() -> str:
    """Give every letter of every table, the sign of no mark last; others come after these."""
    letters = dict.fromkeys("".join(table.all_letters for table in regimes()))
    return "".join(letters) + str(stored()["no_mark"])


@functools.cache
def places() -> NDArray[np.int64]:
    """Give the place in :func:`known` of each byte; bytes that are no letter share one after."""
    found = np.full(BYTES, len(known()), np.int64)
    found[np.frombuffer(known().encode("ascii"), np.uint8)] = np.arange(len(known()))
    return found


@functools.cache
def possible_and_missed() -> NDArray[np.uint32]:
    """Give for each day, a number of two bytes, possible sessions plus 65,536 times missed ones."""
    one = np.zeros(BYTES, np.uint32)
    for column, worth in (("sess_possible", 1), ("sess_overall", MISSED_STEP)):
        letters = "".join(dict.fromkeys("".join(table.letters(column) for table in regimes())))
        one[np.frombuffer(letters.encode("ascii"), np.uint8)] += worth
    return (one[:, None] + one[None, :]).ravel()


@functools.cache
def counted_by_letter() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give which letters each column counts, without and with a recorded reason.

    Each has shape (letters of :func:`known` and one for others, columns of ``COUNTED``) and
    holds 0 or 1.
    """
    plain = np.zeros((len(known()) + 1, len(COUNTED)), np.int64)
    for table in regimes():
        for k, column in enumerate(COUNTED):
            plain[[known().index(letter) for letter in table.letters(column)], k] = 1
    with_reason, protected = plain.copy(), COUNTED.index("sess_protected")
    for table in regimes():
        letters = table.protected_letters(has_reason=True)
        with_reason[[known().index(letter) for letter in letters], protected] = 1
    return plain, with_reason


@functools.cache
def allowed(regime: str) -> NDArray[np.bool_]:
    """Give which of the letters of :func:`known`, and others, a table of codes allows."""
    table: Codes = next(each for each in regimes() if each.regime == regime)
    letters = table.all_letters + str(stored()["no_mark"])
    return np.array([letter in letters for letter in known()] + [False])
