"""What changed between half-terms, as tables: for people to read, and for files."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from schoolhubs.service.attendance.lead.labels import Content, label, titles, words
from schoolhubs.vocabulary.words import signed


def changes(content: Content, compared: str) -> pl.DataFrame | None:
    """Give what changed since another half-term; None where there is none to compare with."""
    rows = [row for row in content["changes"] if row["compared"] == compared]
    if not rows:
        return None
    return pl.DataFrame(
        {
            "Absence": [_line(row) for row in rows],
            "Before (%)": [_figure(row["before_percent"]) for row in rows],
            "Now (%)": [_figure(row["now_percent"]) for row in rows],
            "Change (points)": [
                "–" if row["points"] is None else signed(row["points"]) for row in rows
            ],
            "Likely between": [
                "–" if row["low"] is None else f"{signed(row['low'])} and {signed(row['high'])}"
                for row in rows
            ],
            "Finding": [words()["findings"][row["finding"]] for row in rows],
        }
    )


def changes_in_numbers(content: Content, compared: str) -> pl.DataFrame | None:
    """Give :func:`changes` for a file: a number a cell, empty where it cannot be told."""
    rows = [row for row in content["changes"] if row["compared"] == compared]
    if not rows:
        return None
    figures = {
        "Before (%)": "before_percent", "Now (%)": "now_percent", "Change (points)": "points",
        "Likely from (points)": "low", "Likely to (points)": "high",
    }  # fmt: skip
    return pl.DataFrame(
        {
            "Absence": [_line(row) for row in rows],
            **{
                head: pl.Series([row[name] for row in rows], dtype=pl.Float64)
                for head, name in figures.items()
            },
            "Finding": [words()["findings"][row["finding"]] for row in rows],
        }
    )


def _line(row: Mapping[str, Any]) -> str:
    if row["kind"] == "year_group":
        return label("year_group", row["what"])
    return "All" if row["kind"] == "all" else titles()[row["what"]]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
