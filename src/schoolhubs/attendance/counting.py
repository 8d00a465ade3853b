"""The kernel: weeks of marks to counts, a cell for each school, year and cut.

Nine days in ten are present all day. So a week is five look-ups for the two numbers that
persistent absence needs of each pupil, and only the other days are counted letter by letter.
"""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.attendance import letters
from schoolhubs.attendance.coding import Codes, regimes, stored
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import COUNTED, SESSIONS_A_WEEK

DAYS = SESSIONS_A_WEEK // 2
MOST_PLACES = 1 << 22  # of a look-up table from mixed keys to cells
TWO_TO_64 = 1 << 64


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Which cell each row is in: ``of_row`` counts from 0; ``example`` is one row of each cell."""

    of_row: NDArray[np.int64]
    example: NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """Days that are not present all day: the row each is of, and its two letters."""

    row: NDArray[np.int64]
    pair: NDArray[np.uint16]


def counted(frame: pl.DataFrame, cuts: Sequence[str]) -> pl.DataFrame:
    """Count whole enrolments: every mark of a pupil in a year must be in ``frame``.

    Parameters
    ----------
    frame
        Columns urn, pupil, year, week_on, marks, has_reason and the cuts; see ``frames.MARKS``.
    cuts
        Columns to cut by; ``weekday`` and ``session`` are made from the marks.

    Returns
    -------
    The cuts, enrolments, persistent absentees and ``COUNTED``, a row for each combination.

    Raises
    ------
    DataProblem
        For a week that is not ten letters, or a letter not in force in its week.
    """
    days = days_of(frame["marks"])
    refuse_unknown(unusual(days), frame["week_on"])
    parts = [
        _slice(frame, part, [name for name in cuts if name not in added], added)
        for part, added in _parts(days, cuts)
    ]
    return summed(pl.concat(parts), cuts)


def summed(counts: pl.DataFrame, cuts: Sequence[str]) -> pl.DataFrame:
    """Add up counts of the same cell."""
    if not cuts:
        return counts.sum()
    return counts.group_by(cuts).agg(pl.all().sum())


def days_of(marks: pl.Series) -> NDArray[np.uint16]:
    """Give the five days of each week, shape (weeks, 5), morning in the low byte.

    >>> days_of(pl.Series([".........."])).shape
    (1, 5)
    """
    packed = marks.cast(pl.Binary)
    days = packed.bin.reinterpret(dtype=pl.Array(pl.UInt16, DAYS), endianness="little")
    if n := days.null_count():
        raise DataProblem(
            [
                Problem(
                    code="not_ten_letters",
                    column="marks",
                    fault=f"{n:,} of {len(days):,} weeks are not ten letters",
                    remedy="Write one letter a session, and . where there was no mark.",
                )
            ]
        )
    found: NDArray[np.uint16] = days.to_numpy()
    return found


def unusual(days: NDArray[np.uint16]) -> Unusual:
    """Find the days that are not present all day."""
    flat = np.ascontiguousarray(days).ravel()
    where = np.flatnonzero(flat != letters.USUAL_DAY)
    return Unusual(row=where // days.shape[1], pair=flat[where])


def refuse_unknown(found: Unusual, weeks: pl.Series) -> None:
    """Refuse letters that are in no table, or not in the table of their week."""
    problems = []
    for table in regimes():
        held = weeks >= table.starts_on
        if table.finishes_on is not None:
            held &= weeks < table.finishes_on
        mine = held.to_numpy()
        if mine.any():
            pairs = found.pair if mine.all() else found.pair[mine[found.row]]
            problems += [_unknown(place, table) for place in _not_allowed(pairs, table.regime)]
    if early := int((weeks < regimes()[0].starts_on).sum()):
        problems.append(
            Problem(
                code="before_every_table",
                column="week_on",
                fault=f"{early:,} rows are of weeks before {regimes()[0].starts_on}",
                remedy="Leave them out: no table of codes is held for them.",
            )
        )
    if problems:
        raise DataProblem(problems)


def _not_allowed(pairs: NDArray[np.uint16], regime: str) -> Iterator[int]:
    """Give the places in ``letters.known()`` of letters that a table does not allow."""
    seen = np.zeros(1 << 16, np.bool_)
    seen[pairs] = True
    both = np.flatnonzero(seen)
    present = np.unique(letters.places()[np.concatenate([both & 255, both >> 8])])
    yield from present[~letters.allowed(regime)[present]].tolist()


def _unknown(place: int, table: Codes) -> Problem:
    is_known = place < len(letters.known())
    letter = letters.known()[place] if is_known else ""
    until = f" before {table.finishes_on}" if table.finishes_on else ""
    named = f"the letter {letter!r}" if is_known else "a sign that is no code"
    return Problem(
        code="unknown_letter",
        column="marks",
        value=letter,
        fault=f"{named} stands in weeks from {table.starts_on}{until}, where it means nothing",
        remedy="Read the file through a column mapping, which names the rows and says what to do.",
    )


def _parts(
    days: NDArray[np.uint16], cuts: Sequence[str]
) -> Iterator[tuple[NDArray[np.uint16], dict[str, object]]]:
    """Give the parts of the week to count apart, with the values of weekday and session."""
    nothing = np.uint16(ord(stored()["no_mark"]))
    halves = {"am": (0x00FF, nothing << 8), "pm": (0xFF00, nothing)}
    for day in range(DAYS) if "weekday" in cuts else (None,):
        part = days if day is None else days[:, [day]]
        of_day: dict[str, object] = {} if day is None else {"weekday": day + 1}
        if "session" not in cuts:
            yield part, of_day
            continue
        for session, (keep, rest) in halves.items():
            yield (part & np.uint16(keep)) | np.uint16(rest), {**of_day, "session": session}


def _slice(
    frame: pl.DataFrame, days: NDArray[np.uint16], cuts: Sequence[str], added: dict[str, object]
) -> pl.DataFrame:
    """Count one part of the week."""
    cells = cells_of(frame, list(dict.fromkeys([*cuts, "urn", "year"])))
    types = {"weekday": pl.Int8(), "session": pl.String()}
    return pl.concat(
        [
            frame[cells.example].select(cuts),
            _absentees(cells, frame["pupil"], days),
            _sessions(cells, frame["has_reason"], days),
        ],
        how="horizontal",
    ).with_columns(pl.lit(value, types[name]).alias(name) for name, value in added.items())


def cells_of(frame: pl.DataFrame, names: Sequence[str]) -> Cells:
    """Number the combinations of some columns, missing as a value of its own."""
    key, span = np.zeros(frame.height, np.int64), 1
    for name in names:
        series = frame[name]
        if not series.null_count() and not (series != series[0]).any():
            continue
        codes, width = _numbered(series)
        key = key * width + codes
        span *= width
        if span > MOST_PLACES:
            key = np.unique(key, return_inverse=True)[1]
            span = int(key.max()) + 1
    present = np.zeros(span, np.bool_)
    present[key] = True
    of_row = (np.cumsum(present) - 1)[key]
    example = np.zeros(int(present.sum()), np.int64)
    example[of_row] = np.arange(frame.height)
    return Cells(of_row=of_row, example=example)


def _numbered(series: pl.Series) -> tuple[NDArray[np.int64], int]:
    """Number the values of a column, missing 0; gives one more than the largest number too."""
    if series.dtype == pl.String:
        runs = series.rle().struct.unnest()  # stored marks are sorted, so runs are long
        few = runs["value"].cast(pl.Categorical(pl.Categories.random()))
        codes, width = _numbered(few.to_physical())
        return np.repeat(codes, runs["len"].to_numpy()), width
    values = series.to_physical().cast(pl.Int64)
    bounds = pl.DataFrame({"v": values}).select(pl.col("v").min(), pl.col("v").max().alias("top"))
    low, top = (0 if each is None else int(each) for each in bounds.row(0))
    return (values - (low - 1)).fill_null(0).to_numpy(), top - low + 2


def _absentees(cells: Cells, pupils: pl.Series, days: NDArray[np.uint16]) -> pl.DataFrame:
    """Count enrolments with a possible session, and those over each share of their own."""
    table = letters.possible_and_missed()
    worth = np.take(table, days[:, 0])
    for day in range(1, days.shape[1]):
        worth += np.take(table, days[:, day])
    # One wide number is a key several times faster than two columns, and as exact.
    key = pl.col("cell").cast(pl.Int128) * TWO_TO_64 + pl.col("pupil")
    rows = pl.LazyFrame({"cell": cells.of_row, "pupil": pupils, "worth": worth})
    each = (
        rows.group_by(key.alias("key"))
        .agg(pl.col("cell").first(), pl.col("worth").sum())
        .collect(engine="streaming")
    )
    cell, worth = each["cell"].to_numpy(), each["worth"].to_numpy().astype(np.int64)
    possible, missed = worth % letters.MISSED_STEP, worth // letters.MISSED_STEP
    counts = {"enrolments": possible > 0}
    for name, percent in stored()["persistent"]["values"].items():
        counts[name] = (possible > 0) & (100 * missed >= percent * possible)
    n_cells = len(cells.example)
    return pl.DataFrame(
        {name: np.bincount(cell[which], minlength=n_cells) for name, which in counts.items()}
    )


def _sessions(cells: Cells, has_reason: pl.Series, days: NDArray[np.uint16]) -> pl.DataFrame:
    """Count each column of ``COUNTED`` in each cell."""
    n_cells, n_letters = len(cells.example), len(letters.known()) + 1
    plain, with_reason = letters.counted_by_letter()
    found = unusual(days)
    cell = cells.of_row[found.row]
    usual = np.bincount(cells.of_row, minlength=n_cells) * days.shape[1]
    usual -= np.bincount(cell, minlength=n_cells)
    if has_reason.any():
        cell = cell + n_cells * has_reason.fill_null(value=False).to_numpy()[found.row]
    first, size = cell * n_letters, 2 * n_cells * n_letters
    count = np.bincount(first + letters.places()[found.pair & 255], minlength=size)
    count += np.bincount(first + letters.places()[found.pair >> 8], minlength=size)
    count = count.reshape(2, n_cells, n_letters)
    for letter in "/\\":
        count[0, :, letters.known().index(letter)] += usual
    sessions = count[0] @ plain + count[1] @ with_reason
    return pl.DataFrame(sessions, schema=dict.fromkeys(COUNTED, pl.Int64))
