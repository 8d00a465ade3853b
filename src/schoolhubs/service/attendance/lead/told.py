"""What a school's marks show: named figures, tables and sentences, of what is kept alone."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from schoolhubs.attendance import patterns

DAYS = tuple(patterns.causes.said()["weekdays"].values())
ALL = "all"
MINUS = "\u2212"
Content = Mapping[str, Any]


@functools.cache
def words() -> dict[str, Any]:
    """Read ``words.yaml``."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return read


def headline(content: Content) -> list[dict[str, str]]:
    """Give the figures of the whole school, each with its name and what it is."""
    row = with_addressable(_total(content))
    return [
        {"key": key, "name": each["name"], "value": percent(row, key), "hint": each["hint"]}
        for key, each in words()["figures"].items()
    ]


def with_addressable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Add the addressable rate to a row, of the figures that are shown."""
    told = dict(row)
    overall, protected, possible = (
        row.get(name) for name in ("sess_overall", "sess_protected", "sess_possible")
    )
    is_known = overall is not None and protected is not None and bool(possible)
    told["addressable_percent"] = (
        round(100 * (overall - protected) / possible, 1) if is_known else None  # type: ignore[operator]
    )
    told["addressable_percent_mark"] = None if is_known else row.get("sess_protected_mark") or "c"
    return told


def percent(row: Mapping[str, Any], name: str) -> str:
    """Write a rate, or why it is not shown."""
    value = row.get(name)
    if value is None:
        return str(words()["marks"].get(row.get(f"{name}_mark") or "c"))
    return f"{value:.1f} %"


def measures(content: Content, cut: str) -> pl.DataFrame | None:
    """Give the measures by one cut as a table; None where the marks do not say it."""
    rows = content["tables"].get(cut)
    if not rows:
        return None
    shown = [with_addressable(row) for row in sorted(rows, key=lambda row: _place(row[cut]))]
    figures = words()["figures"]
    return pl.DataFrame(
        {
            words()["cuts"][cut]: [label(cut, row[cut]) for row in shown],
            "Pupils": [_count(row, "enrolments") for row in shown],
            **{
                f"{each['name']} (%)": [_in_table(percent(row, key)) for row in shown]
                for key, each in figures.items()
            },
        }
    )


def by_day(content: Content) -> pl.DataFrame:
    """Give absence by year group and weekday: ``row``, ``column``, ``value``, ``value_mark``."""
    missed = {(row["year_group"], row["weekday"]): row for row in content["tables"]["missed"]}
    groups = sorted({group for group, _ in _possible(content)}, key=_place)
    return _cells(
        [
            (label("year_group", group), _day(day), missed.get((group, day)), (group, day))
            for group in groups
            for day in (*DAYS, ALL)
        ],
        content,
    )


def by_cause_and_day(content: Content) -> pl.DataFrame:
    """Give absence by cause and weekday, as :func:`by_day`."""
    rows = content["tables"]["days_causes"]
    missed = {(row["cause"], row["weekday"]): row for row in rows}
    return _cells(
        [
            (cause.short, _day(day), missed.get((cause.name, day)), (ALL, day))
            for cause in (patterns.causes.causes() if rows else ())
            for day in (*DAYS, ALL)
        ],
        content,
    )


def by_cause_and_group(content: Content) -> pl.DataFrame:
    """Give absence by cause and year group, as :func:`by_day`."""
    rows = content["tables"]["groups_causes"]
    missed = {(row["cause"], row["year_group"]): row for row in rows}
    groups = sorted({group for group, _ in _possible(content)}, key=_place)
    return _cells(
        [
            (cause.short, _short(group), missed.get((cause.name, group)), (group, ALL))
            for cause in (patterns.causes.causes() if rows else ())
            for group in groups
        ],
        content,
    )


def all_three(content: Content) -> pl.DataFrame:
    """Give absence by year group, weekday and cause, in sessions; empty where few have any."""
    titles = {cause.name: cause.title for cause in patterns.causes.causes()} | {ALL: "All"}
    rows = sorted(
        content["tables"]["all_three"],
        key=lambda row: (_place(row["year_group"]), (*DAYS, ALL).index(row["weekday"])),
    )
    return pl.DataFrame(
        {
            "Year group": [label("year_group", row["year_group"]) for row in rows],
            "Weekday": ["All" if row["weekday"] == ALL else row["weekday"] for row in rows],
            "Cause": [titles[row["cause"]] for row in rows],
            "Pupils": [_count(row, "pupils") for row in rows],
            "Sessions missed": [_count(row, "sessions") for row in rows],
        }
    )


def first_weeks(content: Content) -> pl.DataFrame:
    """Give absence in the first weeks of each term beside the rest of it."""
    cells = {
        (row["term"], row["part"], row["what"]): row for row in content["tables"]["first_weeks"]
    }
    n = patterns.causes.said()["first_weeks"]["value"]
    terms = [
        term
        for term in ("autumn", "spring", "summer")
        if (term, "first weeks", "possible") in cells
    ]
    parts = {f"First {n} weeks (%)": "first weeks", "Rest of the term (%)": "rest"}
    return pl.DataFrame(
        {"Term": [term.capitalize() for term in terms]}
        | {
            head: [
                _rate(cells.get((term, part, "missed")), cells.get((term, part, "possible")))
                for term in terms
            ]
            for head, part in parts.items()
        }
    )


def code_mix(content: Content) -> pl.DataFrame:
    """Give the share of watched codes by half-term, of all sessions the school was open."""
    cells = {(row["half_term"], row["kind"]): row for row in content["tables"]["mix"]}
    half_terms = sorted({half_term for half_term, _ in cells})
    return pl.DataFrame(
        {"Half-term": half_terms}
        | {
            f"{kind.title} (%)": [
                _rate(cells.get((each, kind.name)), cells.get((each, ALL)), places=2)
                for each in half_terms
            ]
            for kind in patterns.causes.mix()
        }
    )


def changes(content: Content, compared: str, *, minus: str = MINUS) -> pl.DataFrame | None:
    """Give what changed since another half-term; None where there is none to compare with.

    ``minus`` is for people to read; files have a hyphen, which spreadsheets take as a number's.
    """
    rows = [row for row in content["changes"] if row["compared"] == compared]
    if not rows:
        return None
    return pl.DataFrame(
        {
            "Absence": [_line(row) for row in rows],
            "Before (%)": [_figure(row["before_percent"]) for row in rows],
            "Now (%)": [_figure(row["now_percent"]) for row in rows],
            "Change (points)": [
                "–" if row["points"] is None else signed(row["points"], minus) for row in rows
            ],
            "Likely between": [
                "–"
                if row["low"] is None
                else f"{signed(row['low'], minus)} and {signed(row['high'], minus)}"
                for row in rows
            ],
            "Finding": [FINDINGS[row["finding"]] for row in rows],
        }
    )


FINDINGS = {
    "rose": "Rose", "fell": "Fell", "cannot_tell": "Cannot tell",
    "too_few": "Hidden",
}  # fmt: skip


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
        f"{start}It was highest in {high['row']} on {_full(high['column'])}s, "
        f"{high['value']:.1f} %, and lowest in {low['row']} on {_full(low['column'])}s, "
        f"{low['value']:.1f} %."
    )


def said_of_causes(cells: pl.DataFrame, column: str) -> str:
    """Name the causes most is missed for, of the cells that are shown."""
    whole = cells.filter(pl.col("column") == column, pl.col("value").is_not_null())
    titles = {cause.short: cause.title for cause in patterns.causes.causes()}
    most = whole.sort("value", descending=True).head(2).rows(named=True)
    if not most:
        return "There are too few pupils to tell causes apart."
    told = " and ".join(f"{titles[row['row']].lower()} ({row['value']:.1f} %)" for row in most)
    return f"Most is missed for {told} of possible sessions."


def said_of_prompt(prompt: Mapping[str, Any]) -> str:
    """Say one place to look first: a share, never a count, and never a pupil."""
    share = f"About {100 * prompt['share']:.0f} % of the unauthorised absence looked at here"
    if prompt["kind"] == "cause":
        titles = {cause.name: cause.title.lower() for cause in patterns.causes.causes()}
        return f"{share} is marked {titles[prompt['name']]}: more than any other kind."
    if prompt["kind"] == "weekday":
        day = patterns.causes.said()["weekdays"][int(prompt["name"])]
        return f"{share} falls on {day}s: a larger part of the day’s sessions than on other days."
    return (
        f"{share} is in {label('year_group', prompt['name'])}: a larger part of its sessions than "
        "in other year groups."
    )


def label(cut: str, value: str) -> str:
    """Write a label of a cut as people read it.

    >>> label("year_group", "7"), label("year_group", "0"), label("fsm", "yes")
    ('Year 7', 'Reception', 'Yes')
    """
    if value == ALL:
        return "All years" if cut == "year_group" else "All"
    if value == "not known":
        return "Not known"
    if cut == "year_group":
        number = int(value)
        return f"Year {number}" if number > 0 else "Reception" if number == 0 else "Nursery"
    if cut == "sex":
        return {"F": "Girls", "M": "Boys"}.get(value, value)
    return value.capitalize()


def _total(content: Content) -> dict[str, Any]:
    rows = content["tables"].get("year_group", [])
    return next((dict(row) for row in rows if row["year_group"] == ALL), {})


def _possible(content: Content) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["year_group"], row["weekday"]): row for row in content["tables"]["possible"]}


def _cells(
    wanted: Sequence[tuple[str, str, dict[str, Any] | None, tuple[str, str]]], content: Content
) -> pl.DataFrame:
    """Divide sessions missed by possible ones; a cell that nobody is in is nought."""
    possible = _possible(content)
    rows = []
    for row, column, missed, of in wanted:
        whole = possible.get(of)
        value, mark = None, "–"
        if whole is not None:
            sessions = 0 if missed is None else missed["sessions"]
            if sessions is None or whole["sessions"] is None:
                mark = "c"
            elif whole["sessions"]:
                value = round(100 * sessions / whole["sessions"], 1)
        rows.append({"row": row, "column": column, "value": value, "value_mark": mark})
    schema = {"row": pl.String, "column": pl.String, "value": pl.Float64, "value_mark": pl.String}
    return pl.DataFrame(rows, schema=schema)


def wide(cells: pl.DataFrame, head: str) -> pl.DataFrame:
    """Put cells side by side, as a table for reading and for CSV."""
    shown = (
        pl.when(pl.col("value").is_null())
        .then("value_mark")
        .otherwise(pl.col("value").cast(pl.String))
    )
    return (
        cells.with_columns(shown=shown)
        .pivot("column", index="row", values="shown")
        .rename({"row": head})
    )


def _rate(
    part: Mapping[str, Any] | None, whole: Mapping[str, Any] | None, *, places: int = 1
) -> str:
    if not whole or whole["sessions"] is None:
        return "hidden" if whole else "–"
    if part is None:
        return f"{0:.{places}f}"
    if part["sessions"] is None:
        return "hidden"
    return f"{100 * part['sessions'] / whole['sessions']:.{places}f}"


def _line(row: Mapping[str, Any]) -> str:
    titles = {cause.name: cause.title for cause in patterns.causes.causes()}
    if row["kind"] == "year_group":
        return label("year_group", row["what"])
    return "All" if row["kind"] == "all" else titles[row["what"]]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def signed(value: float, minus: str = MINUS) -> str:
    """Write a change with its sign.

    >>> signed(-1.2) == "\u22121.2", signed(-1.2, minus="-"), signed(0.5)
    (True, '-1.2', '+0.5')
    """
    return f"{value:+.1f}".replace("-", minus)


def _in_table(text: str) -> str:
    return "hidden" if text == words()["marks"]["c"] else text.removesuffix(" %")


def _count(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "hidden" if value is None else f"{value:,}"


def _day(day: str) -> str:
    return "Week" if day == ALL else day[:3]


def _full(day: str) -> str:
    return str(next(each for each in DAYS if each.startswith(day)))


def _short(group: str) -> str:
    name = label("year_group", group)
    return name.replace("Year ", "Y").replace("All years", "All").replace("Reception", "R")


def _place(value: str) -> tuple[int, float, str]:
    """Order labels: numbers as numbers, then words, what is not known, and the total last."""
    if value == ALL:
        return (3, 0, "")
    if value == "not known":
        return (2, 0, "")
    try:
        return (0, float(value), "")
    except ValueError:
        return (1, 0, value)
