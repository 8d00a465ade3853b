"""Readers of the programme's own lists, which are told by their column names alone."""

from schoolhubs.files.own_lists.readers import (
    read_applications,
    read_leads,
    read_overrides,
    read_partnerships,
    read_points,
    read_rulings,
)

__all__ = [
    "read_applications",
    "read_leads",
    "read_overrides",
    "read_partnerships",
    "read_points",
    "read_rulings",
]
