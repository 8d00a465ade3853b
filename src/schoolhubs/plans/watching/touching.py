"""Which sessions a sanction may count: never a protected one, never a flagged pupil's."""

import datetime

import polars as pl

from schoolhubs import attendance
from schoolhubs.vocabulary.records.plan import PlannedAction


def touched(action: PlannedAction, sessions: pl.DataFrame, *, on: datetime.date) -> pl.DataFrame:
    """Give the sessions that a planned sanction would count.

    Whatever an action asks for, only the codes that a sanction may name on that day are counted
    (unauthorised absence), and no pupil with an EHC plan, SEN support or a medical flag. A pupil
    whose flag is not known is taken for flagged.

    Parameters
    ----------
    action
        A sanction; of any other kind nothing is counted.
    sessions
        ``code`` as written in the register, ``is_flagged``, and any columns besides.
    on
        A day on which the sessions were marked.

    Returns
    -------
    Rows of ``sessions``.

    Notes
    -----
    House rule of protected absence, kept by codes as data (``attendance/codes.yaml``).

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.plan import Conditions
    >>> wide = Conditions(turns_on="attendance", counts_codes=("O", "I", "M"))
    >>> action = PlannedAction(action_id="a1", kind="sanction", conditions=wide)
    >>> rows = pl.DataFrame({"code": ["O", "I", "O"], "is_flagged": [False, False, True]})
    >>> touched(action, rows, on=datetime.date(2026, 11, 2)).rows()
    [('O', False)]
    """
    asked = action.conditions.counts_codes if action.conditions else ()
    table = attendance.coding.codes(on)
    allowed = {code.code for code in table.codes if code.may_prompt_sanction}
    counted = sorted(allowed & set(asked)) if action.kind == "sanction" else []
    is_free = ~pl.col("is_flagged").fill_null(value=True)
    return sessions.filter(pl.col("code").is_in(counted) & is_free)
