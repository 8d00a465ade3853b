"""What every published figure keeps beside it: series, year, half terms and file."""

from pathlib import PurePath

import polars as pl

from schoolhubs.vocabulary.records.published import PublishedTable


def file_of(table: PublishedTable) -> str:
    """Name a table's file without its folder."""
    return PurePath(table.path).name


def added_up(*names: str) -> list[pl.Expr]:
    """Add up columns, each missing where any of its figures is: one withheld is not zero.

    >>> pl.DataFrame({"a": [1, 2], "b": [1, None]}).select(added_up("a", "b")).row(0)
    (3, None)
    """
    return [
        pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)
        for name in names
    ]


def rate(part: str, of: str) -> pl.Expr:
    """Give a rate (0-100) of two columns; missing where either is, and where nothing is counted.

    >>> frame = pl.DataFrame({"a": [1, 1, None], "n": [4, 0, 4]})
    >>> frame.select(rate("a", "n")).to_series().to_list()
    [25.0, None, None]
    """
    return pl.when(pl.col(of) > 0).then(100 * pl.col(part) / pl.col(of))


def dated(table: PublishedTable) -> pl.DataFrame:
    """Give a table's rows with year, series, half terms and file beside each."""
    frame = table.frame
    if "year" not in frame.columns:
        year = table.years[0] if table.years else None
        frame = frame.with_columns(pl.lit(year, pl.String).alias("year"))
    if "half_terms" not in frame.columns:
        frame = frame.with_columns(pl.lit(table.half_terms, pl.Int64).alias("half_terms"))
    return frame.with_columns(
        pl.lit(table.series).alias("series"), pl.lit(file_of(table)).alias("source_file")
    )
