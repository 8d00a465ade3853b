"""What a school's marks show: named figures and tables, of what is kept alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs import diagnosis
from schoolhubs.attendance import patterns
from schoolhubs.service.attendance.lead.labels import (
    ALL,
    DAYS,
    Content,
    label,
    percent,
    place,
    short,
    titles,
    weekday,
    words,
)


def headline(content: Content) -> list[dict[str, str]]:
    """Give the figures of the whole school, each with its name and what it is."""
    row = with_addressable(_total(content))
    return [
        {"key": key, "name": each["name"], "value": percent(row, key), "hint": each["hint"]}
        for key, each in words()["figures"].items()
    ]


def with_addressable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Add the addressable rate to a row, of the figures that are shown.

    Where nothing is protected it is the rate of absence, so it is never told where that is not.
    """
    told = dict(row)
    overall, left_out, possible = (
        row.get(name) for name in ("sess_overall", "sess_protected", "sess_possible")
    )
    is_told = row.get("sess_overall_percent") is not None
    is_known = is_told and overall is not None and left_out is not None and bool(possible)
    told["addressable_percent"] = (
        round(100 * (overall - left_out) / possible, 1) if is_known else None  # type: ignore[operator]
    )
    why = row.get("sess_protected_mark") if is_told else row.get("sess_overall_percent_mark")
    told["addressable_percent_mark"] = None if is_known else why or "c"
    return told


def off_by(content: Content) -> tuple[float, float] | None:
    """Give by how many points absence can be off for rounding: the school's, and at most a row's.

    None where none is told. A rate is a rounded number over a rounded one.
    """
    rounding = _told_by(content)["sessions"]
    rows = [row for cut in words()["cuts"] for row in content["tables"].get(cut, ())]
    rows = [row for row in rows if row.get("sess_overall_percent") is not None]
    whole = _total(content)
    if not rows or whole.get("sess_overall_percent") is None:
        return None
    off = [_off_by(row, rounding) for row in (whole, *rows)]
    return off[0], max(off)


def _off_by(row: Mapping[str, Any], rounding: int) -> float:
    share = row["sess_overall"] / row["sess_possible"]
    return float(100 * rounding / 2 * (1 + share) / row["sess_possible"])


def _told_by(content: Content) -> Mapping[str, int]:
    found: Mapping[str, int] = content.get("told_by") or diagnosis.finding.marked.told_by()
    return found


def measures(content: Content, cut: str) -> pl.DataFrame | None:
    """Give the measures by one cut as a table; None where the marks do not say it."""
    rows = content["tables"].get(cut)
    if not rows:
        return None
    shown = [with_addressable(row) for row in sorted(rows, key=lambda row: place(row[cut]))]
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
    groups = sorted({group for group, _ in _possible(content)}, key=place)
    return _cells(
        [
            (label("year_group", group), weekday(day), missed.get((group, day)), (group, day))
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
            (cause.short, weekday(day), missed.get((cause.name, day)), (ALL, day))
            for cause in (patterns.causes.causes() if rows else ())
            for day in (*DAYS, ALL)
        ],
        content,
    )


def by_cause_and_group(content: Content) -> pl.DataFrame:
    """Give absence by cause and year group, as :func:`by_day`."""
    rows = content["tables"]["groups_causes"]
    missed = {(row["cause"], row["year_group"]): row for row in rows}
    groups = sorted({group for group, _ in _possible(content)}, key=place)
    return _cells(
        [
            (cause.short, short(group), missed.get((cause.name, group)), (group, ALL))
            for cause in (patterns.causes.causes() if rows else ())
            for group in groups
        ],
        content,
    )


def all_three(content: Content) -> pl.DataFrame:
    """Give absence by year group, weekday and cause, in sessions; empty where few have any."""
    causes = titles() | {ALL: "All"}
    rows = sorted(
        content["tables"]["all_three"],
        key=lambda row: (place(row["year_group"]), (*DAYS, ALL).index(row["weekday"])),
    )
    return pl.DataFrame(
        {
            "Year group": [label("year_group", row["year_group"]) for row in rows],
            "Weekday": ["All" if row["weekday"] == ALL else row["weekday"] for row in rows],
            "Cause": [causes[row["cause"]] for row in rows],
            "Pupils": [_count(row, "pupils") for row in rows],
            "Sessions missed": [_count(row, "sessions") for row in rows],
        }
    )


def first_weeks(content: Content) -> pl.DataFrame:
    """Give absence in the first weeks of each term beside the rest of it."""
    cells = {
        (row["term"], row["part"], row["what"]): row for row in content["tables"]["first_weeks"]
    }
    n, base = patterns.causes.said()["first_weeks"]["value"], _told_by(content)["rate_base"]
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
                _rate(cells.get((term, part, "missed")), cells.get((term, part, "possible")), base)
                for term in terms
            ]
            for head, part in parts.items()
        }
    )


def code_mix(content: Content) -> pl.DataFrame:
    """Give the share of watched codes by half-term, of all sessions the school was open."""
    cells = {(row["half_term"], row["kind"]): row for row in content["tables"]["mix"]}
    half_terms = sorted({half_term for half_term, _ in cells})
    base = _told_by(content)["rate_base"]
    return pl.DataFrame(
        {"Half-term": half_terms}
        | {
            f"{kind.title} (%)": [
                _rate(cells.get((each, kind.name)), cells.get((each, ALL)), base, places=2)
                for each in half_terms
            ]
            for kind in patterns.causes.mix()
            if kind.name in content.get("kinds", ())  # what was not looked at is not nought
        }
    )


def _total(content: Content) -> dict[str, Any]:
    rows = content["tables"].get("year_group", [])
    return next((dict(row) for row in rows if row["year_group"] == ALL), {})


def _possible(content: Content) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["year_group"], row["weekday"]): row for row in content["tables"]["possible"]}


def _cells(
    wanted: Sequence[tuple[str, str, dict[str, Any] | None, tuple[str, str]]], content: Content
) -> pl.DataFrame:
    """Divide sessions missed by possible ones; a cell that nobody is in is nought."""
    possible, base = _possible(content), _told_by(content)["rate_base"]
    rows = []
    for row, column, missed, of in wanted:
        whole = possible.get(of)
        value, mark = None, "–"
        if whole is not None:
            sessions = 0 if missed is None else missed["sessions"]
            if sessions is None or whole["sessions"] is None:
                mark = "c"
            elif whole["pupils"] < base:
                mark = "u"
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
    part: Mapping[str, Any] | None, whole: Mapping[str, Any] | None, base: int, *, places: int = 1
) -> str:
    if not whole or whole["sessions"] is None:
        return "hidden" if whole else "–"
    if whole["pupils"] < base:
        return str(words()["marks"]["u"])
    if part is None:
        return f"{0:.{places}f}"
    if part["sessions"] is None:
        return "hidden"
    if not whole["sessions"]:  # so few that they are rounded to none
        return "–"
    return f"{100 * part['sessions'] / whole['sessions']:.{places}f}"


def _in_table(text: str) -> str:
    return "hidden" if text == words()["marks"]["c"] else text.removesuffix(" %")


def _count(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "hidden" if value is None else f"{value:,}"
