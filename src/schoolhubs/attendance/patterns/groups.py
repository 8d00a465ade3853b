"""Measures of one school by one cut, with how many pupils each sum is of, from counters alone."""

import polars as pl

from schoolhubs.attendance.coding import stored
from schoolhubs.attendance.patterns.tables import ALL, NOT_KNOWN
from schoolhubs.vocabulary.frames import COUNTED

# Pupils counted beside the sessions that they have of a kind.
PUPILS_OF = {
    "protected": "sess_protected",
    "late": "sess_late",
    "part_time": "sess_auth_part_time",
}
SUMS = (
    "sess_possible", "sess_overall", "sess_authorised", "sess_unauthorised", "sess_protected",
    "sess_late", "sess_auth_part_time", "sess_open", "sess_attended",
)  # fmt: skip


def by_group(counters: pl.DataFrame, cut: str) -> pl.DataFrame:
    """Measure by one cut and in all.

    Parameters
    ----------
    counters
        Rows of ``frames.COUNTERS`` of one school, such as one year of it.
    cut
        A column of it: year_group, half_term, fsm, sen, ehc or sex.

    Returns
    -------
    The cut as text, ``all`` at its total; ``enrolments``, the persistent and severe absentees, the
    pupils with sessions of a kind (``protected``, ``late``, ``part_time``), and sums of
    sessions. A pupil who changed group is in both and once in all.

    Examples
    --------
    >>> from schoolhubs.vocabulary.frames import COUNTERS
    >>> row = {name: 0 for name in COUNTED} | {"urn": "900001", "pupil": 7, "year": "2024/25",
    ...        "term": "spring", "half_term": 3, "fsm": True, "sess_possible": 10,
    ...        "sess_overall": 1}
    >>> found = by_group(COUNTERS.fill(pl.DataFrame([row])), "fsm")
    >>> found["fsm", "enrolments", "sess_overall"].rows()
    [('all', 1, 1), ('yes', 1, 1)]
    """
    own = _as_text(counters, cut)
    return pl.concat(
        [_counted(counters.with_columns(pl.lit(ALL).alias(cut)), cut), _counted(own, cut)]
    )


def _as_text(counters: pl.DataFrame, cut: str) -> pl.DataFrame:
    column = pl.col(cut)
    if counters.schema[cut] == pl.Boolean:
        column = column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    return counters.with_columns(column.cast(pl.String).fill_null(NOT_KNOWN))


def _counted(counters: pl.DataFrame, cut: str) -> pl.DataFrame:
    each = counters.group_by(cut, "pupil", "year").agg(pl.col(COUNTED).cast(pl.Int64).sum())
    possible, missed = pl.col("sess_possible"), pl.col("sess_overall")
    over = [
        ((possible > 0) & (100 * missed >= percent * possible)).sum().cast(pl.Int64).alias(name)
        for name, percent in stored()["persistent"]["values"].items()
    ]
    return (
        each.group_by(cut)
        .agg(
            (possible > 0).sum().cast(pl.Int64).alias("enrolments"),
            *over,
            *(
                (pl.col(column) > 0).sum().cast(pl.Int64).alias(name)
                for name, column in PUPILS_OF.items()
            ),
            *(pl.col(name).sum() for name in SUMS),
        )
        .sort(cut)
    )
