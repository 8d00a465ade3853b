"""A behaviour return as it may be seen: small numbers hidden, rates of what is shown."""

import math
from collections.abc import Iterator, Mapping
from statistics import NormalDist
from typing import Any

import polars as pl

from schoolhubs import disclosure
from schoolhubs.attendance import behaviour
from schoolhubs.diagnosis.finding.rules import share, stored
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout

RULES = "reports"
ALL, HALVES = "all", 2


def publish(counted: behaviour.Counted, *, urn: str, year: str) -> pl.DataFrame:
    """Protect what a return counts, cut by cut, and tell rates of the rounded figures.

    Intervals hold chance nine times in ten. That of a rate allows for pupils who meet the same
    thing again and again, as far as the number of pupils says it: the more often, the wider. Where
    nobody gave the number of pupils there is no interval.

    Parameters
    ----------
    counted
        As :func:`schoolhubs.attendance.behaviour.read_return` gives it.

    Returns
    -------
    ``frames.BEHAVIOUR``; what was not given has a row that says so.
    """
    rows = [
        {"urn": urn, "year": year, "measure": name, "cut": ALL, "label": ALL, "reason": reason}
        for name, reason in counted.reasons.items()
    ]
    released: list[Release] = []
    for cut, table in counted.tables.items():
        kept = disclosure.protect(
            table, _layout(cut, counted.measures, table), disclosure.rules(RULES), name=cut,
            released=released,
        )  # fmt: skip
        released.append(kept.release)
        for row in kept.table.rows(named=True):
            if cut != ALL and row[cut] == ALL:
                continue
            at = {"urn": urn, "year": year, "cut": cut, "label": row[cut], "reason": ""}
            rows += [{**at, **_measure(row, name)} for name in counted.measures]
    shaped = pl.DataFrame(rows, schema_overrides=frames.BEHAVIOUR.schema, infer_schema_length=None)
    return frames.BEHAVIOUR.fill(shaped)


def _layout(cut: str, measures: tuple[str, ...], table: pl.DataFrame) -> TableLayout:
    """Say how a cut hangs together; where pupils are not counted, what they met stands for them."""
    pupils = {name: f"{name}_pupils" for name in measures if f"{name}_pupils" in table.columns}
    alone = tuple(name for name in measures if name not in pupils)
    return TableLayout(
        dimensions=(cut,), counts=("n_pupils", *pupils.values(), *alone), totals={cut: ALL},
        sums=dict(pupils), within=dict.fromkeys(pupils.values(), "n_pupils"),
    )  # fmt: skip


def _measure(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Tell one measure of one group, of what may be shown of it."""
    if row["n_pupils_mark"]:
        # That nobody of two was suspended is told of two: a group not shown has no nought either.
        hidden_too = {each: "c" for each in row if each.endswith("_mark")}
        row = {**row, name: None, f"{name}_pupils": None, **hidden_too}
    n, total, affected = row["n_pupils"], row[name], row.get(f"{name}_pupils")
    parts = HALVES if name == "days_lost" else 1
    hidden = row["n_pupils_mark"] or row[f"{name}_mark"]
    base = disclosure.rules(RULES).rate_base
    told = {
        "measure": name, "n_pupils": n, "n_pupils_mark": row["n_pupils_mark"],
        "n_affected": affected, "n_affected_mark": row.get(f"{name}_pupils_mark"),
        "total": None if total is None else total // parts, "total_mark": row[f"{name}_mark"],
        "rate_mark": None, "affected_percent_mark": None,
    }  # fmt: skip
    if n is None or n < base or total is None:
        mark = "u" if n is not None and n < base else hidden or "c"
        return {**told, "rate_mark": mark, "affected_percent_mark": mark}
    told |= dict(_rate(total / parts, n, affected))
    if affected is None:
        return {**told, "affected_percent_mark": row.get(f"{name}_pupils_mark") or "z"}
    percent, low, high = (round(each, 1) for each in share(affected, n))
    return {**told, "affected_percent": percent, "affected_low": low, "affected_high": high}


def _rate(total: float, n: int, affected: int | None) -> Iterator[tuple[str, float]]:
    """Give how many in 100 pupils; pupils who meet it again widen the interval."""
    rate = 100 * total / n
    yield "rate", round(rate, 1)
    if not affected or total <= 0:
        return
    z = NormalDist().inv_cdf(0.5 + float(stored()["marks"]["interval"]["value"]) / 2)
    # Of a geometric number of times a pupil, the mean square is mean times (2 mean - 1).
    often = max(total / affected, 1.0)
    spread = math.sqrt((2 * often - 1) / total)
    yield "rate_low", round(rate * math.exp(-z * spread), 1)
    yield "rate_high", round(rate * math.exp(z * spread), 1)
