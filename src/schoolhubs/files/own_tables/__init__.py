"""Named columns out of a table that some other system wrote: CSV, Excel workbook or Parquet."""

from schoolhubs.files.own_tables.columns import NamedColumns, read_columns
from schoolhubs.files.own_tables.headings import Headings, read_headings

__all__ = ["Headings", "NamedColumns", "read_columns", "read_headings"]
