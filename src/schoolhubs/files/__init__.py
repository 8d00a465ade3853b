"""Readers of published files, recognised by their header, and of the programme's own lists."""

from schoolhubs.files.own_lists import read_list
from schoolhubs.files.reading import find, inspect, read

__all__ = ["find", "inspect", "read", "read_list"]
