"""Readers of published files, recognised by their header, and of the programme's own lists."""

from schoolhubs.files.own_lists import (
    read_applications,
    read_leads,
    read_overrides,
    read_partnerships,
    read_points,
    read_rulings,
)
from schoolhubs.files.reading import find, inspect, read

__all__ = [
    "find",
    "inspect",
    "read",
    "read_applications",
    "read_leads",
    "read_overrides",
    "read_partnerships",
    "read_points",
    "read_rulings",
]
