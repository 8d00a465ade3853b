"""Sentences of the attendance lead's page, said of what is shown alone."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from schoolhubs.attendance import patterns
from schoolhubs.service.attendance.lead.labels import full_day, label, titles, words
from schoolhubs.vocabulary.words import signed


def said_of_change(row: Mapping[str, Any]) -> str:
    """Say how all absence changed, or that nobody can tell."""
    spell = words()["compared"][row["compared"]]
    if row["points"] is None:
        return f"Whether absence changed {spell} cannot be told: there are too few pupils."
    was = f"It was {row['before_percent']:.1f} % then and is {row['now_percent']:.1f} % now"
    between = f"likely between {signed(row['low'])} and {signed(row['high'])} points"
    if row["finding"] == "cannot_tell":
        return (
            f"Whether absence rose or fell {spell} cannot be told. {was}; the change is {between}."
        )
    text = f"Absence {row['finding']} {spell}. {was}; the change is {between}."
    if row["is_parted"] and row["same_pupils_points"] is not None:
        text += (
            f" Of the pupils who were there at both times it is "
            f"{signed(row['same_pupils_points'])} points: pupils who came or left moved the rate."
        )
    return text


def said_of_days(cells: pl.DataFrame) -> str:
    """Say where and when absence is highest and lowest, of the cells that are shown."""
    shown = cells.filter(
        pl.col("value").is_not_null(), pl.col("row") != "All years", pl.col("column") != "Week"
    ).sort("value")
    whole = cells.filter(pl.col("row") == "All years", pl.col("column") == "Week")
    start = ""
    if whole.height and whole["value"][0] is not None:
        start = f"Absence was {whole['value'][0]:.1f} % in all. "
    if shown.height < 2:
        return f"{start}There are too few pupils to tell year groups and weekdays apart."
    low, high = shown.row(0, named=True), shown.row(-1, named=True)
    return (
        f"{start}It was highest in {high['row']} on {full_day(high['column'])}s, "
        f"{high['value']:.1f} %, and lowest in {low['row']} on {full_day(low['column'])}s, "
        f"{low['value']:.1f} %."
    )


def said_of_causes(cells: pl.DataFrame, column: str) -> str:
    """Name the causes most is missed for, of the cells that are shown."""
    whole = cells.filter(pl.col("column") == column, pl.col("value").is_not_null())
    of_short = {cause.short: cause.title for cause in patterns.causes.causes()}
    most = whole.sort("value", descending=True).head(2).rows(named=True)
    if not most:
        return "There are too few pupils to tell causes apart."
    told = " and ".join(f"{of_short[row['row']].lower()} ({row['value']:.1f} %)" for row in most)
    return f"Most is missed for {told} of possible sessions."


def said_of_prompt(prompt: Mapping[str, Any]) -> str:
    """Say one place to look first: a share, never a count, and never a pupil."""
    share = f"About {100 * prompt['share']:.0f} % of the unauthorised absence looked at here"
    if prompt["kind"] == "cause":
        marked = titles()[prompt["name"]].lower()
        return f"{share} is marked {marked}: more than any other kind."
    if prompt["kind"] == "weekday":
        day = patterns.causes.said()["weekdays"][int(prompt["name"])]
        return f"{share} falls on {day}s: a larger part of the day’s sessions than on other days."
    return (
        f"{share} is in {label('year_group', prompt['name'])}: a larger part of its sessions than "
        "in other year groups."
    )
