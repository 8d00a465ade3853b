"""Columns out of a Parquet file, as text, with a guard against what it claims to hold."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from schoolhubs.files.layouts import key
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import columns_missing
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.published import ReadingLimits

MAGIC = b"PAR1"
_READ_AS_TEXT = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Categorical, pl.Enum, pl.Null)
_EXPORT_AGAIN = "Export it again, each column as text, a number or a date."


def is_parquet(data: bytes) -> bool:
    """Tell by its first bytes whether this is Parquet."""
    return data.startswith(MAGIC)


@contextlib.contextmanager
def refused_if_damaged(path: Path) -> Iterator[None]:
    """Turn whatever a library says of a damaged file into a problem that quotes none of it."""
    text, remedy = "the file is damaged or cut short", "Export it again."
    try:
        yield
    except (DataProblem, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # Libraries written in Rust end some faults with a panic, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise fault(path, "damaged_file", text, remedy) from None
        raise


def parquet_columns(
    path: Path, data: bytes, headings: Sequence[str], limits: ReadingLimits
) -> pl.DataFrame:
    """Give the columns with these headings as text, and ``_row``: the first row of data is 2.

    Raises
    ------
    DataProblem
        If it is damaged, lacks a heading, holds more than the limits or holds nested columns.
    """
    with refused_if_damaged(path):
        lazy = pl.scan_parquet(io.BytesIO(data))
        schema = lazy.collect_schema()
        n_rows = int(lazy.select(pl.len()).collect().item())
    stand = {key(name): name for name in schema.names()}
    lacking = [name for name in headings if key(name) not in stand]
    if lacking:
        raise columns_missing(path, lacking, len(headings))
    if n_rows > limits.rows:
        text = f"the file has {n_rows:,} rows; {limits.rows:,} are read at most"
        raise fault(path, "too_many_rows", text, "Check that it is the file you meant.")
    for name in headings:
        dtype = schema[stand[key(name)]]
        if not (dtype.is_numeric() or isinstance(dtype, _READ_AS_TEXT)):
            text = f"the column {name} holds neither text, numbers nor dates"
            raise fault(path, "nested_column", text, _EXPORT_AGAIN, column=name)
    with refused_if_damaged(path):
        found = lazy.select(pl.col(stand[key(name)]).alias(name) for name in headings).collect()
    return _as_text(path, found, limits).with_row_index(ROW, offset=2).cast({ROW: pl.Int64})


def _as_text(path: Path, found: pl.DataFrame, limits: ReadingLimits) -> pl.DataFrame:
    # A dictionary holds a long text once and repeats it: what counts is what it would fill.
    texts = [name for name, dtype in found.schema.items() if dtype == pl.String]
    filled = sum(int(found[name].str.len_bytes().sum() or 0) for name in texts)
    if filled > limits.unpacked_bytes:
        text = f"its texts fill more than {limits.unpacked_bytes:,} bytes, the most that is read"
        raise fault(path, "unpacks_too_large", text, "Check that it is the file you meant.")
    columns = []
    for name, dtype in found.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.dt.to_string("%Y-%m-%d %H:%M:%S")
        elif dtype.is_float():
            whole = column == column.round()
            column = (
                pl.when(whole)
                .then(column.cast(pl.Int64, strict=False).cast(pl.String))
                .otherwise(column.cast(pl.String))
            )
        columns.append(column.cast(pl.String).str.strip_chars().replace("", None).alias(name))
    return found.select(columns)
