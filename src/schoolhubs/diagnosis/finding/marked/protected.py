"""Every table of one school's marks, small numbers hidden; made by a job, read by pages.

What is kept of marks in the database is what this gives, and nothing that it did not protect.
"""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.attendance import patterns
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout
from schoolhubs.vocabulary.written.stored import read_facts

FORMAT = 1
DAYS = ("year_group", "weekday")
# Absence, from the widest table to the narrowest.
MISSED = {
    "missed": DAYS,
    "causes": ("cause",),
    "days_causes": ("weekday", "cause"),
    "groups_causes": ("year_group", "cause"),
    "all_three": (*DAYS, "cause"),
}
CUTS = ("year_group", "half_term", "fsm", "sen", "sex")
# Counts of pupils. One pupil can be under several labels of any cut, so none of them need add up.
COUNTS = (
    "enrolments", "enrolments_pa_10_exact", "enrolments_pa_50_exact", "protected", "late",
    "part_time",
)  # fmt: skip
RATES = {
    "sess_overall_percent": ("sess_overall", "sess_possible"),
    "sess_authorised_percent": ("sess_authorised", "sess_possible"),
    "sess_unauthorised_percent": ("sess_unauthorised", "sess_possible"),
    "sess_protected_percent": ("sess_protected", "sess_possible"),
    "sess_late_percent": ("sess_late", "sess_possible"),
    "sess_auth_part_time_percent": ("sess_auth_part_time", "sess_possible"),
    "time_in_school_percent": ("sess_attended", "sess_open"),
    "enrolments_pa_10_exact_percent": ("enrolments_pa_10_exact", "enrolments"),
    "enrolments_pa_50_exact_percent": ("enrolments_pa_50_exact", "enrolments"),
}


@functools.cache
def said() -> dict[str, Any]:
    """Read ``rules.yaml``."""
    text = Path(__file__).with_name("rules.yaml").read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


def protected(counters: pl.DataFrame, marks: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Give every table of one school and year, as JSON-ready rows; hidden figures are None.

    Parameters
    ----------
    counters, marks
        ``frames.COUNTERS`` and ``frames.MARKS`` of the school and year.
    """
    sessions = patterns.sessions_of(marks)
    tables = patterns.tables
    released: list[Release] = []
    out = {}
    for cut in CUTS:
        table = patterns.by_group(counters, cut)
        # A cut that the file did not say has one row beside its total, which tells nothing more.
        if cut == CUTS[0] or table[cut].n_unique() > 2:
            out[cut] = _rows(cut, table, _of_group(cut), released)
    out["possible"] = _rows("possible", tables.possible(sessions), _of_days(*DAYS), [])
    out |= _missed(tables.missed(sessions))
    for name, table, layout in (
        ("first_weeks", tables.first_weeks(sessions), _plain("term", "part", "what")),
        ("mix", tables.code_mix(sessions), _plain("half_term", "kind")),
    ):
        out[name] = _rows(name, table, layout, [], is_rest_protected=False)
    _hide_in_both(out)
    return out


def _missed(table: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Protect absence by year group, weekday and cause, from the widest table to the narrowest.

    What a wider one shows stays shown, so that no total goes for the sake of a small part of it.
    """
    out, released = {}, list[Release]()
    for name, dimensions in MISSED.items():
        at_total = [pl.col(each) == "all" for each in (*DAYS, "cause") if each not in dimensions]
        part = table.filter(at_total) if at_total else table
        part = part.select(*dimensions, "pupils", "sessions")
        layout = _of_days(*dimensions)
        out[name] = _rows(name, part, layout, released, is_rest_protected=False)
    return out


def _rows(
    name: str, table: pl.DataFrame, layout: TableLayout, released: list[Release], *,
    is_rest_protected: bool = True,
) -> list[dict[str, Any]]:  # fmt: skip
    """Protect one table against those before it; a table that cannot be is not told at all.

    Nobody is told apart by *not* having missed a day for some cause: there the rest may be few.
    """
    from schoolhubs import disclosure  # brings solvers, which only this work needs

    if table.is_empty():
        return []
    rules = disclosure.rules(said()["rules"]["value"])
    if not is_rest_protected:
        rules = dataclasses.replace(rules, is_rest_protected=False)
    try:
        kept = disclosure.protect(table, layout, rules, name=name, released=released)
    except Conflict:
        return []
    released.append(kept.release)
    return kept.table.to_dicts()


def _hide_in_both(out: dict[str, list[dict[str, Any]]]) -> None:
    """Hide what stands in two tables wherever one of them does: each was protected by itself."""
    groups = {row["year_group"]: row for row in out.get("year_group", ())}
    for name, figures in (
        ("possible", {"pupils": "enrolments", "sessions": "sess_possible"}),
        ("missed", {"sessions": "sess_overall"}),
    ):
        for row in out[name]:
            same = groups.get(row["year_group"])
            if same is None or row["weekday"] != "all":
                continue
            for ours, theirs in figures.items():
                if row[ours] is None or same[theirs] is None:
                    _hide(row, ours)
                    _hide(same, theirs)


def _hide(row: dict[str, Any], figure: str) -> None:
    """Hide a figure of a row, and every rate that is made of it."""
    made = [rate for rate, parts in RATES.items() if rate in row and figure in parts]
    for name in (figure, *made):
        row[name], row[f"{name}_mark"] = None, row[f"{name}_mark"] or "c"


def _of_group(cut: str) -> TableLayout:
    of_people = {
        "sess_possible": "enrolments",
        "sess_overall": "enrolments",
        "sess_authorised": "enrolments",
        "sess_unauthorised": "enrolments",
        "sess_protected": "protected",
        "sess_late": "late",
        "sess_auth_part_time": "part_time",
        "sess_open": "enrolments",
        "sess_attended": "enrolments",
    }
    return TableLayout(
        dimensions=(cut,),
        counts=COUNTS,
        sums=of_people,
        totals={cut: "all"},
        overlapping={cut: (*COUNTS, *of_people)},
        within={
            "enrolments_pa_10_exact": "enrolments",
            "enrolments_pa_50_exact": "enrolments_pa_10_exact",
            "sess_overall": "sess_possible",
            "sess_authorised": "sess_overall",
            "sess_unauthorised": "sess_overall",
            "sess_protected": "sess_overall",
        },
        rates=RATES,
    )


def _of_days(*dimensions: str) -> TableLayout:
    return TableLayout(
        dimensions=dimensions,
        counts=("pupils",),
        sums={"sessions": "pupils"},
        totals=dict.fromkeys(dimensions, "all"),
        overlapping=dict.fromkeys(dimensions, ("pupils",)),
    )


def _plain(*dimensions: str) -> TableLayout:
    return TableLayout(
        dimensions=dimensions, counts=("pupils",), sums={"sessions": "pupils"}, totals={}
    )


def least_pupils() -> int:
    """Give the fewest pupils that anything is told of."""
    from schoolhubs import disclosure

    return disclosure.rules(said()["rules"]["value"]).threshold + 1


def least_for_a_rate() -> int:
    """Give the fewest pupils that a rate is told of."""
    from schoolhubs import disclosure

    return disclosure.rules(said()["rules"]["value"]).rate_base


def told_by() -> dict[str, int]:
    """Give what a page must know of the rules: fewest pupils of a rate, and what is rounded to."""
    from schoolhubs import disclosure

    rules = disclosure.rules(said()["rules"]["value"])
    return {"rate_base": rules.rate_base, "people": rules.rounding, "sessions": rules.sum_rounding}


def total(rows: Sequence[dict[str, Any]], cut: str) -> dict[str, Any]:
    """Give the row of the whole school; empty where there is none."""
    return next((row for row in rows if row[cut] == "all"), {})
