"""Tables of one school's marks, each with every total, as counts that `disclosure` can protect.

A table holds pupils and sessions: sessions are hidden with the pupils they are of. Totals are
counted, not added up, since one pupil stands in several rows.
"""

import itertools
from collections.abc import Sequence

import polars as pl

from schoolhubs.attendance.patterns.causes import Kind, causes, letters, mix, said

ALL, NOT_KNOWN = "all", "not known"


def possible(sessions: pl.DataFrame) -> pl.DataFrame:
    """Count possible sessions by year group and weekday.

    Parameters
    ----------
    sessions
        Rows of :func:`sessions_of` of one school and the weeks wanted.

    Returns
    -------
    ``year_group`` and ``weekday`` as text, ``all`` at their totals; ``pupils`` and ``sessions``.
    """
    held = sessions.filter(pl.col("letter").is_in(list(letters("sess_possible"))))
    return with_totals(_labelled(held), ("year_group", "weekday"))


def missed(sessions: pl.DataFrame) -> pl.DataFrame:
    """Count sessions missed by year group, weekday and cause; as :func:`possible`.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.attendance.patterns.sessions import sessions_of
    >>> from schoolhubs.vocabulary.frames import MARKS
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "IIO......."}
    >>> found = missed(sessions_of(MARKS.fill(pl.DataFrame([week]))))
    >>> found.filter(pl.col("year_group") == "all", pl.col("weekday") == "Monday").rows()
    [('all', 'Monday', 'all', 1, 2), ('all', 'Monday', 'illness', 1, 2)]
    """
    found = _labelled(_of_kinds(sessions, causes(), "cause"))
    return with_totals(found, ("year_group", "weekday", "cause"))


def first_weeks(sessions: pl.DataFrame) -> pl.DataFrame:
    """Count sessions missed and possible in the first weeks of each term, and in the rest of it.

    Returns
    -------
    ``term``, ``part`` (first weeks, rest), ``what`` (missed, possible), ``pupils``, ``sessions``.
    """
    n = int(said()["first_weeks"]["value"])
    # A week in which the school was closed throughout is none of its first.
    is_open = pl.col("letter").is_in(list(letters("sess_open")))
    weeks = sessions.filter(is_open).select("year", "term", "week_on").unique()
    place = pl.col("week_on").rank("dense").over("year", "term")
    part = pl.when(place <= n).then(pl.lit("first weeks")).otherwise(pl.lit("rest"))
    weeks = weeks.with_columns(part=part)
    held = sessions.join(weeks, on=["year", "term", "week_on"], maintain_order="left")
    return pl.concat(
        with_totals(
            held.filter(pl.col("letter").is_in(list(letters(column)))).with_columns(
                what=pl.lit(name)
            ),
            ("term", "part", "what"),
            total=(),
        )
        for name, column in (("missed", "sess_overall"), ("possible", "sess_possible"))
    ).sort("term", "part", "what")


def code_mix(sessions: pl.DataFrame) -> pl.DataFrame:
    """Count the watched kinds of marks by half-term: ``half_term``, ``kind``, pupils, sessions.

    ``all`` counts every mark of a pupil while the school was open.
    """
    held = _of_kinds(sessions, mix(), "kind")
    whole = sessions.filter(pl.col("letter").is_in(list(letters("sess_open"))))
    both = pl.concat([held, whole.with_columns(kind=pl.lit(ALL))], how="diagonal")
    both = both.with_columns(pl.col("half_term").cast(pl.String))
    return with_totals(both, ("half_term", "kind"), total=())


def with_totals(
    rows: pl.DataFrame, by: Sequence[str], *, total: Sequence[str] | None = None
) -> pl.DataFrame:
    """Count pupils and sessions by every selection of some columns.

    Parameters
    ----------
    rows
        A row a session.
    by
        Columns, as text.
    total
        Those of them that get a total; all of them unless said.
    """
    totalled = tuple(by) if total is None else tuple(total)
    figures = [
        pl.col("pupil").n_unique().cast(pl.Int64).alias("pupils"),
        pl.len().cast(pl.Int64).alias("sessions"),
    ]
    found = []
    for n in range(len(totalled) + 1):
        for summed in itertools.combinations(totalled, n):
            labelled = rows.with_columns(pl.lit(ALL).alias(name) for name in summed)
            found.append(labelled.group_by(by).agg(figures))
    return pl.concat(found).select(*by, "pupils", "sessions").sort(by)


def _of_kinds(sessions: pl.DataFrame, kinds: Sequence[Kind], name: str) -> pl.DataFrame:
    """Take the sessions whose letter is of one of some kinds, and say of which."""
    of_letter = {letter: kind.name for kind in kinds for letter in kind.letters}
    named = pl.col("letter").replace_strict(of_letter, default=None, return_dtype=pl.String)
    return sessions.with_columns(named.alias(name)).drop_nulls(name)


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Write year group and weekday as text."""
    days = {int(number): day for number, day in said()["weekdays"].items()}
    return rows.with_columns(
        pl.col("year_group").cast(pl.String).fill_null(NOT_KNOWN),
        pl.col("weekday").replace_strict(days, return_dtype=pl.String),
    )
