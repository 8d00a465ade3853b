"""Sentences of the attendance lead's page, said of what is shown alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs.attendance import patterns
from schoolhubs.service.attendance.lead.labels import label, titles, words
from schoolhubs.vocabulary.words import signed

ONE_YEAR_GROUP_AND_ANOTHER = (
    "Each cause as a share of possible sessions. "
    "A small difference between year groups may be chance."
)


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
    if row["same_pupils_points"] is None:
        text += (
            " None of these pupils, or too few of them, were there at both times, so it may be "
            "that other pupils were counted and nothing changed."
        )
    elif row["is_parted"]:
        text += (
            f" Of the pupils who were there at both times it is "
            f"{signed(row['same_pupils_points'])} points: pupils who came or left moved the rate."
        )
    return text


def said_of_rounding(off_by: tuple[float, float] | None) -> str:
    """Say how far rounding can put a rate, so that nobody reads more into it."""
    if off_by is None:
        return ""
    whole, most = (f"{max(each, 0.1):.1f}" for each in off_by)
    return (
        "Rates are made of rounded numbers, so that no pupil can be found: the school’s can be off "
        f"by {whole} points, that of the smallest group shown by {most}."
    )


def said_of_days(cells: pl.DataFrame, standing_out: Sequence[Mapping[str, Any]] | None) -> str:
    """Say how high absence was, and which days and year groups differ beyond chance.

    ``standing_out`` is None of marks that were looked at before this was worked out.
    """
    whole = cells.filter(pl.col("row") == "All years", pl.col("column") == "Week")
    told = []
    if whole.height and whole["value"][0] is not None:
        told.append(f"Absence was {whole['value'][0]:.1f} % in all.")
    if standing_out is None:
        return " ".join(told)
    told += [_said_of_standing(each) for each in standing_out]
    rest = "The other weekdays" if standing_out else "Weekdays"
    told.append(f"{rest} and year groups cannot be told apart: what differs may be chance.")
    return " ".join(told)


def _said_of_standing(found: Mapping[str, Any]) -> str:
    if found["kind"] == "weekday":
        day = patterns.causes.said()["weekdays"][int(found["name"])]
        of, others = f"on {day}s", "on other days"
    else:
        of, others = f"in {label('year_group', found['name'])}", "in other year groups"
    low, high = (f"{found[name]:.1f}" for name in ("low", "high"))
    return (
        f"{found['finding'].capitalize()} was missed {of} than {others}, likely by {low} to "
        f"{high} points."
    )


def said_of_causes(cells: pl.DataFrame, column: str) -> str:
    """Give the share of each cause that is shown, in the order causes are told: none is ranked."""
    whole = cells.filter(pl.col("column") == column, pl.col("value") > 0)
    of_short = {cause.short: cause.title for cause in patterns.causes.causes()}
    told = [
        f"{of_short[row['row']].lower()} {row['value']:.1f} %" for row in whole.rows(named=True)
    ]
    if not told:
        return "There are too few pupils to tell causes apart."
    return f"Of possible sessions: {', '.join(told)}."


def said_of_prompt(prompt: Mapping[str, Any]) -> str:
    """Say one place to look first: a share, never a count, and never a pupil."""
    share = f"About {100 * prompt['share']:.0f} % of the unauthorised absence looked at here"
    if prompt["kind"] == "cause":
        marked = titles()[prompt["name"]].lower()
        return f"{share} is marked {marked}: more than any other kind, beyond chance."
    if prompt["kind"] == "weekday":
        day = patterns.causes.said()["weekdays"][int(prompt["name"])]
        return f"{share} falls on {day}s: a larger part of the day’s sessions than on other days."
    return (
        f"{share} is in {label('year_group', prompt['name'])}: a larger part of its sessions than "
        "in other year groups."
    )
