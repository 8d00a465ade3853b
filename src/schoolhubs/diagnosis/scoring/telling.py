"""Scores in words: warnings before any figure, and a short report."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from schoolhubs.diagnosis.scoring.constants import constant, rules_of
from schoolhubs.diagnosis.scoring.tables.estimating import ALL, POOLED
from schoolhubs.diagnosis.scoring.tables.releasing import HIDDEN
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.records.diagnosis.surveys import SurveyScores
from schoolhubs.vocabulary.tables import csv_text, write_text
from schoolhubs.vocabulary.words import counted, signed

TABLES = ("scores", "response", "reliability", "changes", "item_differences")
NOT_AVERAGED = "Staff and pupils are never averaged; set them side by side and look at the gap."


def warnings(
    response: pl.DataFrame, scores: pl.DataFrame, instrument: Instrument
) -> tuple[str, ...]:
    """Say what must be known before any figure is read."""
    return tuple(_warnings(response, scores, instrument))


def _warnings(
    response: pl.DataFrame, scores: pl.DataFrame, instrument: Instrument
) -> Iterator[str]:
    low, who = constant("low_response_percent"), instrument.respondents
    for row in response.iter_rows(named=True):
        where = f"{row['urn']}, {_wave(row['wave'])}"
        if row["n_answered"] is None:
            continue  # what is said of it stands below
        if row["is_low"]:
            yield (
                f"{where}: low response. {row['response_percent']:.0f} % of {who} answered, under "
                f"{low} %. Those who did not may think otherwise; the school is given no place."
            )
        elif row["n_asked"] and row["response_percent"] is None:
            yield (
                f"{where}: {row['n_answered']:,} answers of {row['n_asked']:,} people. A code was "
                "used more than once, or the number asked is wrong. Nobody can say how many "
                "answered, and the school is given no place. Set right who was asked."
            )
        elif row["is_low"] is None:
            yield (
                f"{where}: it is not known who was asked. Nothing is weighted, the response is "
                "not known, and the school is given no place."
            )
    least = rules_of(who).threshold + 1
    hidden = (
        scores.filter(cut=ALL, value_mark=HIDDEN).select("urn", "wave").unique().sort("urn", "wave")
    )
    for urn, wave in hidden.iter_rows():
        yield f"{urn}, {_wave(wave)}: nothing is shown, as fewer than {least} {who} answered."
    n_schools = scores["urn"].n_unique()
    if n_schools < constant("least_schools"):
        few = "One school" if n_schools == 1 else counted(n_schools, "school")
        yield (
            f"{few} scored alone: chance cannot be told from a difference between schools, so "
            "nothing is shrunk toward schools of its kind and there is no place among them. "
            f"That needs {constant('least_schools')} schools."
        )


def _wave(wave: str) -> str:
    return " and ".join(wave.split(POOLED))


def report(result: SurveyScores, instrument: Instrument) -> str:
    """Write a short report of scores, for people to read.

    Returns
    -------
    Markdown.
    """
    lines = [
        f"# {instrument.title}",
        "",
        f"{instrument.instrument_id} {instrument.version}, {result.respondents}.",
    ]
    lines += [
        "",
        "## Before you read",
        "",
        *(f"- {each}" for each in (*result.warnings, NOT_AVERAGED)),
    ]
    lines += ["", "## Who answered", "", *(f"- {each}" for each in _response(result))]
    lines += ["", "## Scales", "", *_scales(result, instrument)]
    lines += ["", "## Change", "", *(f"- {each}" for each in _changes(result, instrument))]
    lines += ["", "## How well the items hang together", ""]
    lines += [f"- {each}" for each in _reliability(result, instrument)]
    return "\n".join(lines) + "\n"


def _response(result: SurveyScores) -> Iterator[str]:
    for row in result.response.iter_rows(named=True):
        least = rules_of(row["respondents"]).threshold + 1
        many = f"fewer than {least}" if row["n_answered"] is None else f"{row['n_answered']:,}"
        said = f"{row['urn']}, {_wave(row['wave'])}: {many} answered"
        if row["n_asked"]:
            said += f" of {row['n_asked']:,}"
        if row["response_percent"] is not None:
            said += f" ({row['response_percent']:.0f} %)"
        if row["weighted_to"]:
            by = ", ".join(row["weighted_to"].replace("_", " ").split(";"))
            said += f"; weighted by {by}"
        if row["weight_low"] is not None and row["weighted_to"]:
            said += (
                f", weights from {row['weight_low']:.2f} to "
                f"{row['weight_high']:.2f}, design effect {row['design_effect']:.2f}"
            )
        yield f"{said}."


def _scales(result: SurveyScores, instrument: Instrument) -> Iterator[str]:
    titles = {each.name: each.title for each in instrument.scales}
    rows = result.scores.filter(kind="scale", cut=ALL)
    yield "| school | wave | scale | score, 0-100 | 90 % interval | reliability of its mean |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows.iter_rows(named=True):
        between = "" if row["low"] is None else f"{row['low']:.0f} to {row['high']:.0f}"
        sure = "" if row["reliability"] is None else f"{row['reliability']:.2f}"
        title = titles[row["measure"]]
        told = (row["urn"], _wave(row["wave"]), title, row["said"], between, sure)
        yield f"| {' | '.join(told)} |"


def _changes(result: SurveyScores, instrument: Instrument) -> Iterator[str]:
    words = {each.name: each.title for each in instrument.scales}
    words |= {each.name: each.words for each in instrument.items}
    rows = result.changes.filter(cut=ALL)
    if rows.is_empty():
        yield "There is no earlier wave to compare with."
    told = rows.filter(pl.col("national_change").is_not_null())
    for row in told.iter_rows(named=True):
        if row["change"] is None:
            continue
        own, nation = signed(row["change"], 0), signed(row["national_change"], 0)
        yield (
            f"{row['urn']}, {words[row['measure']].rstrip('.')}: {own} points, {nation} in "
            f"England. {row['verdict'].capitalize()}."
        )
    n_open = rows.height - told.height
    if n_open:
        yield (
            f"Of {counted(n_open, 'further change')} nothing is said: there is no national figure "
            "of both months, and seasons alone move answers by 10 to 18 points."
        )


def _reliability(result: SurveyScores, instrument: Instrument) -> Iterator[str]:
    titles = {each.name: each.title for each in instrument.scales}
    for row in result.reliability.iter_rows(named=True):
        title = titles[row["measure"]]
        if row["reason"]:
            yield f"{title}: not known; {row['reason']}{_complete(row)}."
        else:
            yield (
                f"{title}: omega {row['omega']:.2f} ({row['omega_low']:.2f} to "
                f"{row['omega_high']:.2f}), alpha {row['alpha']:.2f} ({row['alpha_low']:.2f} to "
                f"{row['alpha_high']:.2f}), {counted(row['n_complete'], 'complete answer')}."
            )


def _complete(row: dict[str, object]) -> str:
    return "" if row["n_complete"] is None else f" ({row['n_complete']:,})"


def write_scores(result: SurveyScores, instrument: Instrument, folder: Path) -> tuple[Path, ...]:
    """Write scores as CSV files and the report as Markdown; give their paths."""
    paths = []
    for name in TABLES:
        paths.append(folder / f"{name}.csv")
        write_text(paths[-1], csv_text(getattr(result, name)))
    paths.append(folder / "report.md")
    write_text(paths[-1], report(result, instrument))
    return tuple(paths)
