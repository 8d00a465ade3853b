"""Readers of published files, recognised by their header, and of the programme's own lists."""

from schoolhubs.files.own_lists import read_list
from schoolhubs.files.own_tables import Headings, NamedColumns, read_columns, read_headings
from schoolhubs.files.reading import find, inspect, read

__all__ = [
    "Headings",
    "NamedColumns",
    "find",
    "inspect",
    "read",
    "read_columns",
    "read_headings",
    "read_list",
]
