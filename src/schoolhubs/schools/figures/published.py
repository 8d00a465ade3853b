"""What every published figure keeps beside it: series, year, half terms and file."""

from pathlib import PurePath

import polars as pl

from schoolhubs.vocabulary.records.published import PublishedTable


def file_of(table: PublishedTable) -> str:
    """Name a table's file without its folder."""
    return PurePath(table.path).name


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
