"""Readers of the programme's own lists, which are told by their column names alone."""

from schoolhubs.files.own_lists.readers import read_list

__all__ = ["read_list"]
