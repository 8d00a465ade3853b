"""Columns out of a Parquet file, as text, with a guard against what it claims to hold.

Read by Arrow and not by polars: where a file is damaged, polars tells the terminal so itself.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.files.layouts import key
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import columns_missing
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.published import ReadingLimits

MAGIC = b"PAR1"
# Written so, each text may repeat the one before and add nothing: no size says what comes out.
UNBOUNDED = "DELTA_BYTE_ARRAY"
_READ_AS_TEXT = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Categorical, pl.Enum, pl.Null)
_EXPORT_AGAIN = "Export it again, each column as text, a number or a date."
_CHECK = "Check that it is the file you meant."


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
    import pyarrow as pa
    import pyarrow.parquet as pq

    with refused_if_damaged(path):
        held = pq.read_metadata(pa.BufferReader(data))
        names = [held.schema.column(n).path for n in range(held.num_columns)]
    stand = {key(name): name for name in names}
    lacking = [name for name in headings if key(name) not in stand]
    if lacking:
        raise columns_missing(path, lacking, len(headings))
    wanted = [stand[key(name)] for name in headings]
    _refuse_sizes(path, held, set(wanted), limits)
    with refused_if_damaged(path):
        # Texts stay in their dictionary, however often it repeats one.
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=wanted)
        table = file.read(columns=wanted, use_threads=False).select(wanted)
        table.validate(full=True)
        found = pl.DataFrame(pl.from_arrow(table))
    found = found.select(
        pl.col(stands).alias(name) for stands, name in zip(wanted, headings, strict=True)
    )
    for name, dtype in found.schema.items():
        if not (dtype.is_numeric() or isinstance(dtype, _READ_AS_TEXT)):
            text = f"the column {name} holds neither text, numbers nor dates"
            raise fault(path, "nested_column", text, _EXPORT_AGAIN, column=name)
    return _as_text(path, found, limits).with_row_index(ROW, offset=2).cast({ROW: pl.Int64})


def _refuse_sizes(path: Path, held: Any, wanted: set[str], limits: ReadingLimits) -> None:
    """Refuse a file that says it holds more than is read."""
    if held.num_rows > limits.rows:
        text = f"the file has {held.num_rows:,} rows; {limits.rows:,} are read at most"
        raise fault(path, "too_many_rows", text, _CHECK)
    with refused_if_damaged(path):
        groups = (held.row_group(n) for n in range(held.num_row_groups))
        columns = [group.column(n) for group in groups for n in range(group.num_columns)]
        read = [column for column in columns if column.path_in_schema in wanted]
        n_bytes = sum(column.total_uncompressed_size for column in read)
        is_unbounded = any(UNBOUNDED in column.encodings for column in read)
    if n_bytes > limits.unpacked_bytes:
        raise _too_large(path, limits)
    if is_unbounded:
        text = "its texts are written in a way that is not read"
        raise fault(path, "unread_encoding", text, "Export it as CSV UTF-8 or Excel (.xlsx).")


def _too_large(path: Path, limits: ReadingLimits) -> DataProblem:
    text = f"it unpacks to more than {limits.unpacked_bytes:,} bytes, the most that is read"
    return fault(path, "unpacks_too_large", text, _CHECK)


def _as_text(path: Path, found: pl.DataFrame, limits: ReadingLimits) -> pl.DataFrame:
    # A dictionary holds a long text once and repeats it: what counts is what it would fill.
    found = found.with_columns(pl.col(pl.Categorical).cast(pl.String))
    texts = [name for name, dtype in found.schema.items() if dtype == pl.String]
    if sum(int(found[name].str.len_bytes().sum() or 0) for name in texts) > limits.unpacked_bytes:
        raise _too_large(path, limits)
    columns = []
    for name, dtype in found.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.dt.to_string("%Y-%m-%d %H:%M:%S")
        elif dtype.is_float():
            whole = column.cast(pl.Int64, strict=False)
            text = column.cast(pl.String)
            column = pl.when(column == column.round()).then(whole.cast(pl.String)).otherwise(text)
        columns.append(column.cast(pl.String).str.strip_chars().replace("", None).alias(name))
    return found.select(columns)
