"""The kernel: weeks of marks to counts, a cell for each school, year and cut.

Nine days in ten are present all day. So a week is five look-ups for the two numbers that
persistent absence needs of each pupil, and only the other days are counted letter by letter.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.attendance import letters
from schoolhubs.attendance.coding import Codes, regimes, stored
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import COUNTED, KEPT_APART, SESSIONS_A_WEEK

DAYS = SESSIONS_A_WEEK // 2
MOST_PLACES = 1 << 22  # of a look-up table from mixed keys to cells
TWO_TO_64 = 1 << 64


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Which cell each row is in: ``of_row`` counts from 0; ``example`` is one row of each cell."""

    of_row: NDArray[np.int32]
    example: NDArray[np.int32]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the week that is counted apart, with its values of weekday and session.

    Attributes
    ----------
    n_days, worth
        For each row of the frame: its days, and what they come to in the numbers of
        ``letters.possible_and_missed``.
    row, pair
        Of each day that is not present all day: its row, and its two letters.
    """

    n_days: NDArray[np.int64]
    worth: NDArray[np.uint32]
    row: NDArray[np.int64]
    pair: NDArray[np.uint16]
    added: Mapping[str, int | str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows of as many days each: their places in the frame, and letters of shape (rows, days)."""

    row: NDArray[np.int64] | slice
    days: NDArray[np.uint16]


def counted(frame: pl.DataFrame, cuts: Sequence[str], *, is_packed: bool = False) -> pl.DataFrame:
    """Count whole enrolments: every mark of a pupil in a year must be in ``frame``.

    Parameters
    ----------
    frame
        Columns urn, pupil, year, week_on, marks, has_reason and the cuts; see ``frames.MARKS``.
    cuts
        Columns to cut by; ``weekday`` and ``session`` are made from the marks.
    is_packed
        Rows hold several weeks one after another, which were checked when they were packed;
        there is no ``week_on``.

    Returns
    -------
    The cuts, enrolments, persistent absentees and ``COUNTED``, a row for each combination.

    Raises
    ------
    DataProblem
        For a week that is not ten letters, or a letter not in force in its week.
    """
    blocks = blocks_of(frame["marks"], is_packed=is_packed)
    whole = _part(blocks, frame.height)
    if not is_packed:
        refuse_unknown(whole, frame["week_on"])
    is_cut = bool({"weekday", "session"} & set(cuts))
    parts = _parts(blocks, frame.height, cuts) if is_cut else (whole,)
    return summed(pl.concat([_slice(frame, part, cuts) for part in parts]), cuts)


def counters_in(frame: pl.DataFrame) -> pl.DataFrame:
    """Count each pupil's half-term: ``frames.MARKS`` to ``frames.COUNTERS``."""
    part = refuse_broken(frame)
    cells = cells_of(frame, KEPT_APART)
    counts = sessions_of(cells, frame["has_reason"], part).cast(pl.UInt16)
    return pl.concat([frame[cells.example].select(KEPT_APART), counts], how="horizontal")


def summed(counts: pl.DataFrame, cuts: Sequence[str]) -> pl.DataFrame:
    """Add up counts of the same cell."""
    if not cuts:
        return counts.sum()
    return counts.group_by(cuts).agg(pl.all().sum())


def blocks_of(marks: pl.Series, *, is_packed: bool = False) -> list[Block]:
    """Give the letters as numbers of two bytes, a day each, morning in the low byte.

    >>> blocks_of(pl.Series(["..........", ".........."]))[0].days.shape
    (2, 5)
    """
    if not is_packed:
        return [Block(row=slice(None), days=_days(marks, DAYS))]
    sizes = marks.str.len_bytes().to_numpy()
    where = {int(size): np.flatnonzero(sizes == size) for size in np.unique(sizes)}
    return [
        Block(row=rows, days=_days(marks[rows] if len(where) > 1 else marks, size // 2))
        for size, rows in where.items()
    ]


def _days(marks: pl.Series, n_days: int) -> NDArray[np.uint16]:
    packed = marks.cast(pl.Binary)
    days = packed.bin.reinterpret(dtype=pl.Array(pl.UInt16, n_days), endianness="little")
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


def refuse_broken(marks: pl.DataFrame) -> Part:
    """Refuse rows of ``frames.MARKS`` that cannot be counted, or are of no Monday."""
    whole = _part(blocks_of(marks["marks"]), marks.height)
    refuse_unknown(whole, marks["week_on"])
    if n := int((marks["week_on"].dt.weekday() != 1).sum()):
        raise DataProblem(
            [
                Problem(
                    code="no_monday",
                    column="week_on",
                    fault=f"{n:,} of {marks.height:,} weeks begin on another day than Monday",
                    remedy="Give the Monday of each week.",
                )
            ]
        )
    return whole


def refuse_unknown(part: Part, weeks: pl.Series) -> None:
    """Refuse letters that are in no table, or not in the table of their week."""
    problems = []
    for table in regimes():
        held = weeks >= table.starts_on
        if table.finishes_on is not None:
            held &= weeks < table.finishes_on
        mine = held.to_numpy()
        if mine.any():
            pairs = part.pair if mine.all() else part.pair[mine[part.row]]
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


def _parts(blocks: Sequence[Block], n_rows: int, cuts: Sequence[str]) -> Iterator[Part]:
    """Give the parts of the week to count apart: all of it unless cut by weekday or session."""
    nothing = ord(stored()["no_mark"])
    halves: dict[str, tuple[int, int]] = {"": (0xFFFF, 0)}
    if "session" in cuts:
        halves = {"am": (0x00FF, nothing << 8), "pm": (0xFF00, nothing)}
    for day in range(DAYS) if "weekday" in cuts else (None,):
        of_day: dict[str, int | str] = {} if day is None else {"weekday": day + 1}
        for session, (keep, rest) in halves.items():
            chosen = blocks
            if day is not None or session:
                chosen = [_chosen(block, day, keep, rest) for block in blocks]
            added = {**of_day, "session": session} if session else of_day
            yield _part(chosen, n_rows, added)


def _chosen(block: Block, day: int | None, keep: int, rest: int) -> Block:
    """Leave one day of each week, or one half of each day."""
    days = block.days if day is None else block.days[:, day::DAYS]
    return Block(row=block.row, days=(days & np.uint16(keep)) | np.uint16(rest))


def _part(
    blocks: Sequence[Block], n_rows: int, added: Mapping[str, int | str] | None = None
) -> Part:
    n_days, worth = np.empty(n_rows, np.int64), np.empty(n_rows, np.uint32)
    table, rows, pairs = letters.possible_and_missed(), [], []
    for block in blocks:
        days = block.days
        n_days[block.row] = days.shape[1]
        total = np.take(table, days[:, 0])
        for day in range(1, days.shape[1]):
            total += np.take(table, days[:, day])
        worth[block.row] = total
        flat = np.ascontiguousarray(days).ravel()
        where = np.flatnonzero(flat != letters.USUAL_DAY)
        pairs.append(flat[where])
        where //= days.shape[1]
        rows.append(where if isinstance(block.row, slice) else block.row[where])
    return Part(
        n_days=n_days, worth=worth, row=_joined(rows), pair=_joined(pairs), added=added or {}
    )


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _slice(frame: pl.DataFrame, part: Part, cuts: Sequence[str]) -> pl.DataFrame:
    """Count one part of the week."""
    held = [name for name in cuts if name not in part.added]
    cells = cells_of(frame, list(dict.fromkeys([*held, "urn", "year"])))
    types = {"weekday": pl.Int8(), "session": pl.String()}
    return pl.concat(
        [
            frame[cells.example].select(held),
            _absentees(cells, frame["pupil"], part.worth),
            sessions_of(cells, frame["has_reason"], part),
        ],
        how="horizontal",
    ).with_columns(pl.lit(value, types[name]).alias(name) for name, value in part.added.items())


def cells_of(frame: pl.DataFrame, names: Sequence[str]) -> Cells:
    """Number the combinations of some columns, missing as a value of its own."""
    key, span = np.zeros(frame.height, np.int32), 1
    for name in names:
        codes, width = _numbered(frame[name])
        if span * width > MOST_PLACES:
            key = np.unique(key, return_inverse=True)[1].astype(np.int32)
            span = int(key.max()) + 1
        if span * width > MOST_PLACES:
            codes = np.unique(codes, return_inverse=True)[1]
            width = int(codes.max()) + 1
        if width > 1:
            key *= np.int32(width)
            key += codes.astype(np.int32, copy=False)
            span *= width
    present = np.zeros(span, np.bool_)
    present[key] = True
    of_row = (np.cumsum(present, dtype=np.int32) - 1)[key]
    example = np.zeros(int(present.sum()), np.int32)
    example[of_row] = np.arange(frame.height, dtype=np.int32)
    return Cells(of_row=of_row, example=example)


def _numbered(series: pl.Series) -> tuple[NDArray[Any], int]:
    """Number the values of a column from 0, missing last; gives how many numbers there may be."""
    if series.dtype == pl.String:
        runs = series.rle().struct.unnest()  # stored marks are sorted, so runs are long
        few, widths = _numbered(runs["value"].rank("dense"))
        return np.repeat(few, runs["len"].to_numpy()), widths
    values = series.to_physical()
    if values.dtype in (pl.Boolean, pl.Int8):
        values = values.cast(pl.Int32)
    low, top = _bounds(values)
    if top - low > MOST_PLACES:
        return _numbered(values.rank("dense"))
    width = top - low + 1 + bool(values.null_count())
    if values.null_count():
        values = values.cast(pl.Int64).fill_null(top + 1)
    numbers = values.to_numpy()
    return (numbers - numbers.dtype.type(low)).astype(np.int32), width


def _bounds(values: pl.Series) -> tuple[int, int]:
    """Give the least and greatest value, noughts where there is none."""
    found = values.to_frame("v").select(pl.col("v").min(), pl.col("v").max().alias("top")).row(0)
    low, top = (0 if each is None else int(each) for each in found)
    return low, top


def _absentees(cells: Cells, pupils: pl.Series, worth: NDArray[np.uint32]) -> pl.DataFrame:
    """Count enrolments with a possible session, and those over each share of their own."""
    # One wide number is a key several times faster than two columns, and as exact.
    key = pl.col("cell").cast(pl.Int128) * TWO_TO_64 + pl.col("pupil")
    rows = pl.LazyFrame({"cell": cells.of_row, "pupil": pupils, "worth": worth})
    each = (
        rows.group_by(key.alias("key"))
        .agg(pl.col("cell").first(), pl.col("worth").sum())
        .collect(engine="streaming")
    )
    cell, total = each["cell"].to_numpy(), each["worth"].to_numpy().astype(np.int64)
    possible, missed = total % letters.MISSED_STEP, total // letters.MISSED_STEP
    counts = {"enrolments": possible > 0}
    for name, percent in stored()["persistent"]["values"].items():
        counts[name] = (possible > 0) & (100 * missed >= percent * possible)
    n_cells = len(cells.example)
    return pl.DataFrame(
        {name: np.bincount(cell[which], minlength=n_cells) for name, which in counts.items()}
    )


def sessions_of(cells: Cells, has_reason: pl.Series, part: Part) -> pl.DataFrame:
    """Count each column of ``COUNTED`` in each cell."""
    n_cells, n_letters = len(cells.example), len(letters.known()) + 1
    plain, with_reason = letters.counted_by_letter()
    cell = cells.of_row[part.row].astype(np.int64)
    usual = np.bincount(cells.of_row, weights=part.n_days, minlength=n_cells).astype(np.int64)
    usual -= np.bincount(cell, minlength=n_cells)
    n_halves = 1
    if has_reason.any():
        cell = cell + n_cells * has_reason.fill_null(value=False).to_numpy()[part.row]
        n_halves = 2
    first, size = cell * n_letters, n_halves * n_cells * n_letters
    count = np.bincount(first + letters.places()[part.pair & 255], minlength=size)
    count += np.bincount(first + letters.places()[part.pair >> 8], minlength=size)
    count = count.reshape(n_halves, n_cells, n_letters)
    for letter in "/\\":
        count[0, :, letters.known().index(letter)] += usual
    sessions = count[0] @ plain
    if n_halves > 1:
        sessions += count[1] @ with_reason
    return pl.DataFrame(sessions, schema=dict.fromkeys(COUNTED, pl.Int64))
