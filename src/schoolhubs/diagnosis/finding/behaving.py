"""What a behaviour return speaks for: rates, repeats, and gaps between groups."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.diagnosis.finding.rules import difference, stored
from schoolhubs.vocabulary.records.diagnosis import Evidence
from schoolhubs.vocabulary.words import signed

Spoken = tuple[str, Evidence]


def of_behaviour(rows: pl.DataFrame) -> Iterator[Spoken]:
    """Say what a behaviour return speaks for: rates, repeats, and gaps between groups."""
    rules = stored()["behaviour"]
    whole = {row["measure"]: row for row in rows.filter(cut="all").rows(named=True)}
    for measure, rule in rules["rates"].items():
        row = whole.get(measure)
        if row is None or row["rate"] is None:
            continue
        at_least, low = rule["at_least"], row["rate_low"]
        lowest = row["rate"] if low is None else low
        is_for = at_least is not None and lowest > at_least
        strength = ("figure" if low is None else "clear") if is_for else "unclear"
        text = f"{named(measure)}: {row['rate']} in 100 pupils{_between(row, 'rate')}, " + (
            f"{'above' if is_for else 'not clearly above'} the {at_least} that we hold it to."
            if at_least is not None
            else f"which is held to no line: {rule['why_none']}."
        )
        yield (
            rule["root_cause"],
            _behaviour(row, measure, is_for, text, strength, row["rate"], "in 100 pupils", "rate"),
        )
    suspended, rule = whole.get("suspensions"), rules["repeated"]
    if suspended and suspended["total"] and suspended["n_affected"]:
        often = round(suspended["total"] / suspended["n_affected"], 1)
        is_for = often >= rule["at_least"]
        text = f"A pupil who was suspended was so {often} times, in the mean."
        strength = "figure" if is_for else "unclear"
        yield (
            rule["root_cause"],
            _behaviour(suspended, "repeated", is_for, text, strength, often, rule["unit"], ""),
        )
    for cut, each in rules["gaps"].items():
        yield from _behaviour_gaps(rows.filter(cut=cut), cut, each)


def _behaviour_gaps(rows: pl.DataFrame, cut: str, rule: Mapping[str, Any]) -> Iterator[Spoken]:
    held = {(row["measure"], row["label"]): row for row in rows.rows(named=True)}
    for (measure, label), row in held.items():
        if label not in rule["groups"] or measure == "days_lost":
            continue
        other = next(
            (held[measure, name] for name in rule["against"] if (measure, name) in held), None
        )
        if other is None or row["affected_percent"] is None or other["affected_percent"] is None:
            continue
        told: list[float] = [row["affected_percent"], other["affected_percent"]]
        points, low, high = (
            round(each, 1)
            for each in difference(told[0], row["n_pupils"], told[1], other["n_pupils"])
        )
        is_for = low > 0
        text = (
            f"{named(measure)} met {told[0]} % of {rule['called'][label]} and "
            f"{told[1]} % of {rule['called'][other['label']]}: {signed(points)} "
            f"percentage points ({signed(low)} to {signed(high)})."
        )
        found = _behaviour(
            row, f"{measure}_gap_{cut}_{label}", is_for, text, "clear" if is_for else "unclear",
            points, "percentage points", "", low=low, high=high,
        )  # fmt: skip
        yield rule["root_cause"], found


def _behaviour(
    row: Mapping[str, Any], measure: str, is_for: bool, text: str, strength: str, value: float,
    unit: str, interval: str, **more: Any,
) -> Evidence:  # fmt: skip
    ends = (
        {"low": row[f"{interval}_low"], "high": row[f"{interval}_high"]} if interval else dict(more)
    )
    return Evidence(
        kind="behaviour", measure=measure, says="for" if is_for else "cannot_tell", text=text,
        strength=strength, value=value, unit=unit, n=row["n_pupils"], series="behaviour return",
        year=row["year"], source=f"behaviour.csv: {row['measure']}, {row['cut']} {row['label']}",
        **ends,
    )  # fmt: skip


def named(measure: str) -> str:
    """Write the name of a measure as the beginning of a sentence."""
    return measure.replace("_", " ").capitalize()


def _between(row: Mapping[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None else f" ({low} to {high})"
