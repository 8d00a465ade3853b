"""Marks to the Department's own measures, cut by whatever the marks hold."""

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from schoolhubs.attendance.coding import stored
from schoolhubs.attendance.counting import counted, summed
from schoolhubs.attendance.weeks import NEEDED, columns_for, read_marks
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.frames import COUNTED, CUTS, MARKS, MEASURES

# Rows in a batch: a share of all, as every batch opens every file, but no more than memory takes.
SHARE, FEWEST_ROWS, MOST_ROWS = 64, 1 << 18, 1 << 22
WEEKS_PACKED = 3  # what a packed row weighs: its letters are those of six or seven, its keys of one
AT_ONCE = 2  # batches of schools: one is read while another is counted
PERCENTS = {
    "sess_overall_percent": ("sess_overall", "sess_possible"),
    "sess_authorised_percent": ("sess_authorised", "sess_possible"),
    "sess_unauthorised_percent": ("sess_unauthorised", "sess_possible"),
    "enrolments_pa_10_exact_percent": ("enrolments_pa_10_exact", "enrolments"),
    "enrolments_pa_50_exact_percent": ("enrolments_pa_50_exact", "enrolments"),
    "sess_late_percent": ("sess_late", "sess_possible"),
    "sess_auth_part_time_percent": ("sess_auth_part_time", "sess_possible"),
    "time_in_school_percent": ("sess_attended", "sess_open"),
}


def measure(marks: pl.DataFrame | pl.LazyFrame | Path, *, by: Sequence[str] = ()) -> pl.DataFrame:
    r"""Measure absence as the Department does, a row for each combination of ``by``.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS``, in any order, or a file or folder of them.
    by
        Words of ``frames.CUTS``: school, year, term, half_term, week, weekday, session,
        year_group, fsm, sen, ehc, sex. None gives one row for all.

    Returns
    -------
    The cuts, then ``frames.MEASURES``, sorted by the cuts, missing first. A pupil who joined or
    left counts over their own possible sessions; sessions at the other school of a dual
    registration are not possible here. Whoever changes group within the year, such as becoming
    eligible for free school meals, is an enrolment of both, over the sessions in each. By week,
    weekday or session nobody is called persistently absent: ``persistent_absence_mark`` is z.

    Raises
    ------
    UsageError
        For a word that is no cut.
    DataProblem
        For marks that lack a column, are not ten letters or hold a code not then in force.

    Examples
    --------
    >>> import datetime
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "/\\/\\/\\/\\/I"}
    >>> measure(MARKS.fill(pl.DataFrame([week])), by=["school"]).select(
    ...     "urn", "sess_possible", "sess_overall", "enrolments_pa_10_exact").rows()
    [('900001', 10, 1, 1)]
    """
    with readable():
        lazy = read_marks(marks) if isinstance(marks, Path) else marks.lazy()
        return measured(lazy, by=by)


def measured(marks: pl.LazyFrame, *, by: Sequence[str], is_packed: bool = False) -> pl.DataFrame:
    """Measure a few schools at a time, so that memory does not grow with the country.

    ``is_packed`` says that rows are those of a store's packed cache: several weeks each.
    """
    cuts = columns_of(by)
    lazy, none = _chosen(marks, cuts, is_packed=is_packed), nothing(cuts)

    def count(schools: tuple[str, str]) -> pl.DataFrame:
        first, last = schools
        held = pl.col("urn").is_between(pl.lit(first), pl.lit(last))
        frame = lazy.filter(held).collect(engine="streaming")
        return counted(frame, cuts, is_packed=is_packed).select(none.columns)

    with ThreadPoolExecutor(AT_ONCE) as workers:
        counts = [
            none,
            *workers.map(count, batches(lazy, n_weeks=WEEKS_PACKED if is_packed else 1)),
        ]
    return finished(summed(pl.concat(counts), cuts), by=by)


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Say that marks cannot be read, without the library's words, which may quote a pupil."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        kind = type(error).__name__
        raise DataProblem(
            [
                Problem(
                    code="unreadable_marks",
                    fault=f"the marks cannot be read as their contract says ({kind})",
                    remedy="Compare columns and types with marks in docs/reference/frames.md.",
                )
            ]
        ) from None


def columns_of(by: Sequence[str]) -> list[str]:
    """Give the column of each word that marks can be cut by.

    >>> columns_of(["school", "term"])
    ['urn', 'term']
    """
    strange = [word for word in by if word not in CUTS]
    if strange or len(set(by)) < len(by):
        asked = ", ".join(strange) or "the same word twice"
        raise UsageError(f"Marks cannot be cut by {asked}. Choose of: {', '.join(CUTS)}.")
    return [CUTS[word].name for word in by]


def finished(counts: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Make ``frames.MEASURES`` of counts: rates, order of columns and rows, what is too short.

    Parameters
    ----------
    counts
        The columns of the cuts, ``enrolments``, ``COUNTED`` and the persistent absentees.
    by
        As in :func:`measure`.
    """
    short = stored()["too_short_for_persistent"]
    persistent = list(stored()["persistent"]["values"])
    mark = pl.lit(None, pl.String)
    if set(by) & set(short["cuts"]):
        counts = counts.with_columns(pl.lit(None, pl.Int64).alias(name) for name in persistent)
        mark = pl.lit(short["mark"])
    cuts = columns_of(by)
    found = counts.with_columns(
        mark.alias("persistent_absence_mark"),
        *(_percent(pl.col(top), pl.col(of)).alias(name) for name, (top, of) in PERCENTS.items()),
        _percent(pl.col("sess_attended") + pl.col("sess_approved"), pl.col("sess_possible")).alias(
            "attended_percent"
        ),
        _percent(pl.col("sess_overall") - pl.col("sess_protected"), pl.col("sess_possible")).alias(
            "addressable_percent"
        ),
    )
    found = found.select(*cuts, *(pl.col(n).cast(t) for n, t in MEASURES.schema.items()))
    return MEASURES.check(found.sort(cuts) if cuts else found)


def _percent(top: pl.Expr, of: pl.Expr) -> pl.Expr:
    return pl.when(of > 0).then(100 * top / of)


def nothing(cuts: Sequence[str]) -> pl.DataFrame:
    """Give the counts of no marks: one row of noughts, or none where there is a cut."""
    counts = ["enrolments", *COUNTED, *stored()["persistent"]["values"]]
    if not cuts:
        return pl.DataFrame({name: [0] for name in counts})
    types = {column.name: column.dtype for column in CUTS.values()}
    return pl.DataFrame(
        schema={name: types[name] for name in cuts} | dict.fromkeys(counts, pl.Int64())
    )


def _chosen(lazy: pl.LazyFrame, cuts: Sequence[str], *, is_packed: bool) -> pl.LazyFrame:
    """Take the columns that are needed, each of its contract's type."""
    held = lazy.collect_schema()
    needed = [name for name in NEEDED if not (is_packed and name == "week_on")]
    wanted = columns_for(cuts, held.names(), needed=needed)
    reason = pl.col("has_reason") if "has_reason" in held else pl.lit(None, pl.Boolean)
    types = MARKS.schema
    return lazy.select(
        *(
            pl.col(name) if held[name] == types[name] else pl.col(name).cast(types[name])
            for name in wanted
        ),
        reason.alias("has_reason"),
    )


def batches(lazy: pl.LazyFrame, *, n_weeks: int = 1) -> list[tuple[str, str]]:
    """Give the first and last of a few schools each, as many as make up a batch of rows.

    ``n_weeks`` is how many weeks a row weighs in memory.
    """
    sizes = lazy.group_by("urn").len().sort("urn").collect(engine="streaming")
    rows = min(max(sizes["len"].sum() // SHARE, FEWEST_ROWS // n_weeks), MOST_ROWS // n_weeks)
    batch = ((sizes["len"].cum_sum() - 1) // max(rows, 1)).alias("batch")
    edges = sizes.group_by(batch, maintain_order=True).agg(
        pl.col("urn").first().alias("first"), pl.col("urn").last().alias("last")
    )
    return edges.select("first", "last").rows()
