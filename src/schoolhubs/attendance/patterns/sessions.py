"""From weeks of ten letters to a row for each mark, so that patterns can be counted by day."""

import numpy as np
import polars as pl

from schoolhubs.attendance.coding import stored
from schoolhubs.vocabulary.frames import SESSIONS_A_WEEK

KEPT = (
    "urn", "pupil", "year", "term", "half_term", "week_on", "year_group", "fsm", "sen", "ehc",
    "sex", "has_reason",
)  # fmt: skip


def sessions_of(marks: pl.DataFrame) -> pl.DataFrame:
    r"""Give a row for each session that has a mark.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS``.

    Returns
    -------
    The columns of ``frames.MARKS`` but the marks, then ``weekday`` (1 is Monday), ``slot`` (0 is
    Monday morning, 9 Friday afternoon) and ``letter``.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.vocabulary.frames import MARKS
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "/I........"}
    >>> sessions_of(MARKS.fill(pl.DataFrame([week])))["weekday", "letter"].rows()
    [(1, '/'), (1, 'I')]
    """
    text = marks["marks"].str.join("").item() if marks.height else ""
    letters = np.frombuffer(text.encode("ascii"), np.uint8)
    at = np.flatnonzero(letters != ord(stored()["no_mark"]))
    slot = at % SESSIONS_A_WEEK
    return marks[at // SESSIONS_A_WEEK].select(
        *KEPT,
        pl.Series("weekday", slot // 2 + 1, dtype=pl.Int8),
        pl.Series("slot", slot, dtype=pl.Int8),
        pl.Series("letter", letters[at].view("S1"), dtype=pl.Binary).cast(pl.String),
    )
