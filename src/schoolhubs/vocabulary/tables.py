"""Tables on their way out: CSV that no spreadsheet runs, files that are never half written."""

import contextlib
import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def other_separator(line: str) -> str:
    """Name what stands between the cells of a line where it is not commas; empty if nothing does.

    >>> other_separator("reference;payee_id;amount_pounds"), other_separator("reference,payee_id")
    ('semicolons', '')
    """
    found = (name for mark, name in OTHER_SEPARATORS.items() if line.count(mark) > 1)
    return next(found, "")


def csv_text(frame: pl.DataFrame, *, line_terminator: str = "\n") -> str:
    r"""Write a frame as CSV (RFC 4180, UTF-8, header row).

    Text that a spreadsheet would run as a formula has an apostrophe put before it. Lists are
    joined by ``"; "``, missing values are empty, numbers stay numbers.

    >>> csv_text(pl.DataFrame({"name": ["@home"], "minutes": [-1.5]}))
    "name,minutes\n'@home,-1.5\n"
    """
    return neutralised(frame).write_csv(line_terminator=line_terminator)


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run; lists become text.

    >>> neutralised(pl.DataFrame({"name": ["=1+1", "Hill"], "pupils": [-1, 2]})).rows()
    [("'=1+1", -1), ('Hill', 2)]
    """
    columns = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List):
            column, dtype = column.cast(pl.List(pl.String)).list.join("; "), pl.String()
        if dtype in (pl.String, pl.Categorical, pl.Enum):
            text = column.cast(pl.String)
            risky = pl.any_horizontal([text.str.starts_with(start) for start in RISKY_STARTS])
            column = pl.when(risky).then("'" + text).otherwise(text)
        columns.append(column.alias(name))
    return frame.select(columns)


def csv_line(cells: Iterable[str]) -> str:
    r"""Write one row of CSV, for tables too long to be held whole; formulas as in :func:`csv_text`.

    >>> csv_line(["1", "=1+1", "a, b"])
    '1,\'=1+1,"a, b"\n'
    """
    held = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(RISKY_STARTS) else cell for cell in cells]
    csv.writer(held, lineterminator="\n").writerow(safe)
    return held.getvalue()


@contextlib.contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Have an error of what is made beside ``path`` name the path that was asked for.

    >>> with told_of(Path("round")):
    ...     Path("no-such-folder/.round.part").mkdir()
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'round'
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to, renamed onto it only if nothing went wrong.

    Works for a file; the folder is made if need be. On an error or Ctrl-C the half-written
    file is removed and ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield beside
        os.replace(beside, path)  # noqa: PTH105 - the same call on every platform
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    with written_whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="")
