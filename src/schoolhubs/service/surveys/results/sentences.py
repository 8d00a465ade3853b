"""What the figures of a survey say, in sentences written from the same figures."""

from typing import Any

import polars as pl

from schoolhubs.service.surveys.results.labels import measures, words
from schoolhubs.service.surveys.results.told import Seen, SidesScored
from schoolhubs.vocabulary.words import counted, signed

NOTHING = "Nothing of this can be shown: too few answered."
NOT_APART = "Those with an interval cannot be told apart: their intervals overlap."
SEASONS = (
    "Answers move by 10 to 18 points between months of one year, in nearly every school. Without "
    "England’s figures of both months nobody can tell what is the school’s own change."
)


def warned(warnings: tuple[str, ...], urn: str, wave: str) -> list[str]:
    """Give what must be known before any figure, without the school and wave the page is of.

    >>> warned(("900001, 2026-11: low response.",), "900001", "2026-11")
    ['Low response.']
    """
    found = (each.removeprefix(f"{urn}, {wave.replace('+', ' and ')}: ") for each in warnings)
    return [each[:1].upper() + each[1:] for each in found]


def said_of_response(row: dict[str, Any] | None) -> str:
    """Say who answered, and how far the answers were weighted."""
    if row is None:
        return "Nobody answered."
    who = words()["respondents"][row["respondents"]]
    if row["n_answered"] is None:
        return f"Too few {who} answered for their number to be shown."
    if not row["n_asked"]:
        return f"{row['n_answered']:,} {who} answered. It is not known who was asked."
    if row["response_percent"] is None:
        return (
            f"{row['n_answered']:,} answers of {row['n_asked']:,} {who}: more than were asked. A "
            "code was used more than once, or the number asked is wrong."
        )
    return (
        f"{row['n_answered']:,} of {row['n_asked']:,} {who} answered "
        f"({row['response_percent']:.0f} %)."
    )


def said_of_weights(row: dict[str, Any]) -> str:
    """Say how answers were weighted."""
    if not row["weighted_to"]:
        return "Every answer counts the same: it is not known who was asked."
    groups = [words()["cuts"][each].lower() for each in row["weighted_to"].split(";")]
    told = f"Answers are weighted so that {', '.join(groups)} count as among all who were asked"
    if row["weight_low"] is None:
        return f"{told}. How far is not shown: it would tell how many of a small group answered."
    return (
        f"{told}: from "
        f"{row['weight_low']:.2f} to {row['weight_high']:.2f} times the mean. That costs "
        f"sureness: the {row['n_answered']:,} answers tell as much as "
        f"{row['n_answered'] / row['design_effect']:,.0f} would that need no weights (design "
        f"effect {row['design_effect']:.2f})."
    )


def said_of_questions(rows: pl.DataFrame) -> str:
    """Say which question was answered best and which worst, where they can be told apart.

    A question of which fewer answers count than of the others is not held against them: it is
    lower by that alone.
    """
    newest = rows.group_by("label", maintain_order=True).last().drop_nulls(["value"])
    if newest.is_empty():
        return NOTHING
    n_counted = newest["counts as good"].str.count_matches(" or ", literal=True)
    alike = newest.filter(n_counted == n_counted.max())
    apart = "".join(
        f" “{row['label'].rstrip('.')}” counts “{row['counts as good']}” alone, as the national "
        "survey does, so it is lower than the others by that alone."
        for row in newest.filter(n_counted < n_counted.max()).iter_rows(named=True)
    )
    known = alike.drop_nulls(["low", "high"]).sort("value")
    if known.height < 2 or known["high"][0] >= known["low"][-1]:
        return NOT_APART + apart
    worst, best = known.row(0, named=True), known.row(-1, named=True)
    return f"Best: {_quoted(best)}. Worst: {_quoted(worst)}.{apart}"


def _quoted(row: dict[str, Any]) -> str:
    return f"“{row['label'].rstrip('.')}”, {row['said']} ({row['low']:.0f} to {row['high']:.0f})"


def said_of_scales(rows: pl.DataFrame, seen: Seen) -> str:
    """Say what changed on the scales since the wave before; of one wave, that it is the first."""
    if rows.is_empty():
        return NOTHING
    if seen.before is None:
        return "There is no earlier wave to compare with."
    mine = seen.scores.changes.filter(
        pl.col("measure").is_in([each.name for each in seen.instrument.scales]),
        cut=seen.cut, label=seen.label, from_wave=seen.before_wave, to_wave=seen.wave,
    ).drop_nulls(["change"])  # fmt: skip
    moved = mine.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    if mine.is_empty():
        return "No change can be told: a value of one of the waves is not shown."
    if moved.is_empty():
        return "No scale differs from the wave before by more than chance."
    names = measures(seen.instrument)
    told = [
        f"{names[row['measure']]} {signed(row['change'])} points "
        f"({signed(row['low'])} to {signed(row['high'])})"
        for row in moved.iter_rows(named=True)
    ]
    return f"Differs from the wave before by more than chance: {'; '.join(told)}."


def said_of_sides(found: SidesScored, names: dict[str, str]) -> str:
    """Say where staff and pupils see the school otherwise; each such gap is a finding."""
    known = found.gaps.drop_nulls(["gap"])
    if known.is_empty():
        return "The gap cannot be told: one side is not shown."
    apart = known.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    if apart.is_empty():
        return "On no scale do staff and pupils differ by more than chance."
    told = [
        f"on “{names[row['measure']]}” {row['verdict']} by {abs(row['gap']):.0f} points"
        for row in apart.iter_rows(named=True)
    ]
    many = counted(len(told), "finding")
    return f"{many[:1].upper()}{many[1:]}: {'; '.join(told)}."


def said_of_reliability(seen: Seen) -> list[str]:
    """Say how well the questions of each scale hang together."""
    names, told = measures(seen.instrument), []
    for row in seen.scores.reliability.iter_rows(named=True):
        name = names[row["measure"]]
        if row["reason"]:
            many = "" if row["n_complete"] is None else f" ({row['n_complete']:,})"
            told.append(f"{name}: not known; {row['reason']}{many}.")
        else:
            told.append(
                f"{name}: omega {row['omega']:.2f} ({row['omega_low']:.2f} to "
                f"{row['omega_high']:.2f}), alpha {row['alpha']:.2f} ({row['alpha_low']:.2f} to "
                f"{row['alpha_high']:.2f}), {counted(row['n_complete'], 'complete answer')}."
            )
    return told
