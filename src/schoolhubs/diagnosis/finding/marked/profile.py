"""What is found in one school's marks, worked out once an import: tables, changes, where to look.

Everything here may be kept and shown: no figure of few pupils, and no pupil, is in it.
"""

import dataclasses
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs import attendance
from schoolhubs.attendance import patterns
from schoolhubs.diagnosis.finding.marked import protected
from schoolhubs.vocabulary.calendar import AcademicYear

OVERALL = "all"


def found_in(folder: Path, urn: str) -> dict[str, Any] | None:
    """Say what the newest year of a school's stored marks shows; None where none are stored."""
    store = attendance.MarksStore(folder)
    counters = store.counters().filter(pl.col("urn") == urn).collect()
    if counters.is_empty():
        return None
    year = counters["year"].max()
    marks = store.marks().filter(pl.col("urn") == urn).collect()
    of_year = marks.filter(pl.col("year") == year)
    half_terms = marks.select("year", "half_term").unique().sort("year", "half_term").rows()
    return {
        "format": protected.FORMAT,
        "told_by": protected.told_by(),
        "year": year,
        "kinds": [kind.name for kind in patterns.causes.mix()],
        "n_weeks": of_year["week_on"].n_unique(),
        "first_week_on": of_year["week_on"].min().isoformat(),  # type: ignore[union-attr]
        "last_week_on": of_year["week_on"].max().isoformat(),  # type: ignore[union-attr]
        "half_term": half_terms[-1][1],
        "is_need_known": bool(of_year["sen"].is_not_null().any()),
        "tables": protected.protected(counters.filter(pl.col("year") == year), of_year),
        "changes": changes(marks, half_terms),
        "standing_out": [
            {**dataclasses.asdict(each), "low": round(each.low, 1), "high": round(each.high, 1)}
            for each in patterns.standing_out(of_year)
        ],
        "prompts": [
            dataclasses.asdict(each)
            for each in patterns.prompts(of_year, least_pupils=protected.least_pupils())
        ],
    }


def changes(marks: pl.DataFrame, half_terms: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Compare the newest half-term with the one before it, and with the same one a year before."""
    now = half_terms[-1]
    year = str(AcademicYear(now[0]).plus(-1))
    compared = {
        "last_half_term": half_terms[-2] if len(half_terms) > 1 else None,
        "last_year": (year, now[1]) if (year, now[1]) in half_terms else None,
    }
    rows = []
    for name, before in compared.items():
        if before is None:
            continue
        was, is_now = (patterns.sessions_of(_of(marks, each)) for each in (before, now))
        for what, kind, letters, group in _lines(marks):
            rows.append(
                {"compared": name, "before": list(before), "now": list(now), "what": what,
                 "kind": kind, **_line(was, is_now, letters, group)}
            )  # fmt: skip
    return rows


def _of(marks: pl.DataFrame, half_term: tuple[str, int]) -> pl.DataFrame:
    year, number = half_term
    return marks.filter(pl.col("year") == year, pl.col("half_term") == number)


def _lines(marks: pl.DataFrame) -> list[tuple[str, str, str, int | None]]:
    """Name what is compared: all absence, each year group's, each cause."""
    groups = marks["year_group"].drop_nulls().unique().sort().to_list()
    return [
        (OVERALL, "all", "", None),
        *((str(each), "year_group", "", each) for each in groups if len(groups) > 1),
        *((each.name, "cause", each.letters, None) for each in patterns.causes.causes()),
    ]


def _line(
    before: pl.DataFrame, now: pl.DataFrame, letters: str, group: int | None
) -> dict[str, Any]:
    """Compare one line; its figures are None where they would be of too few pupils."""
    if group is not None:
        before, now = (each.filter(pl.col("year_group") == group) for each in (before, now))
    counted = [patterns.counted_by_pupil(each, letters) for each in (before, now)]
    told = {"before_percent": None, "now_percent": None, "points": None, "low": None, "high": None,
            "finding": "too_few", "is_parted": False, "same_pupils_points": None}  # fmt: skip
    if any(_is_small(each, of_cause=bool(letters)) for each in counted):
        return told
    found = patterns.changed(*counted)
    told |= {"finding": found.finding, "is_parted": found.is_parted}
    for name in ("before_percent", "now_percent", "points", "low", "high", "same_pupils_points"):
        figure = getattr(found, name)
        told[name] = None if figure is None else round(figure, 1)
    return told


def _is_small(counted: pl.DataFrame, *, of_cause: bool) -> bool:
    """Tell whether a rate would be of too few pupils, or of a cause that too few have."""
    held = counted.filter(pl.col("possible") > 0)
    n_with = held.filter(pl.col("missed") > 0).height
    return held.height < protected.least_for_a_rate() or (
        of_cause and n_with < protected.least_pupils()
    )
