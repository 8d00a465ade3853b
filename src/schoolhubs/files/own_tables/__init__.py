"""Named columns out of a table that some other system wrote: CSV, Excel workbook or Parquet."""

from schoolhubs.files.own_tables.columns import NamedColumns, read_columns

__all__ = ["NamedColumns", "read_columns"]
