"""What people say: surveys with their figures, self-assessments, what was seen on the day."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.diagnosis import answers
from schoolhubs.diagnosis.finding.rules import stored
from schoolhubs.diagnosis.instruments import instrument, instruments
from schoolhubs.diagnosis.instruments.national import national_figures
from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.diagnosis.scoring.tables.comparing import gap
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.diagnosis import Evidence, Observation
from schoolhubs.vocabulary.records.diagnosis.answers import ItemAnswers
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Item
from schoolhubs.vocabulary.words import signed

Spoken = tuple[str, Evidence]
SEES = {"school": "The school", "lead_school": "The lead school"}


def newest(scores: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Give of each questionnaire the newest wave of which something may be shown.

    What a school said a year ago and more does not speak for or against what it says now: it would
    cancel this year's finding, or keep one alive that is mended. Where nothing of a questionnaire
    may be shown, its newest wave stays, so that its evidence says so.
    """
    waves: dict[str, list[tuple[bool, str, str, pl.DataFrame]]] = defaultdict(list)
    last: dict[str, str] = {}
    for folder in sorted(scores):
        whole = scores[folder].filter(pl.col("cut") == "all", pl.col("kind") == "item")
        for (respondents, wave), rows in whole.group_by("respondents", "wave", maintain_order=True):
            asked = _asked(folder, set(rows["measure"]), str(respondents))
            is_shown = not (rows["value_mark"] == "c").fill_null(value=False).all()
            waves[asked.instrument_id].append((is_shown, _end(str(wave)), folder, rows))
            last[str(respondents)] = max(last.get(str(respondents), ""), _end(str(wave)))
    found: dict[str, pl.DataFrame] = {}
    for held in waves.values():
        _, end, folder, rows = max(held, key=lambda each: each[:3])
        if _months(end, last[str(rows["respondents"][0])]) < _most_months():
            found[folder] = pl.concat([found[folder], rows]) if folder in found else rows
    return found


def _end(wave: str) -> str:
    """Give the last month of a wave: waves that were scored as one are joined by a plus."""
    return wave.rpartition("+")[2]


def _months(first: str, last: str) -> int:
    began, ended = (datetime.date.fromisoformat(f"{each}-01") for each in (first, last))
    return 12 * (ended.year - began.year) + ended.month - began.month


def _most_months() -> int:
    return int(stored()["surveys"]["speaks_for"]["value"])


def of_survey(folder: str, scores: pl.DataFrame) -> Iterator[Spoken]:
    """Say what the items of one survey speak for: everybody's answers, wave by wave."""
    whole = scores.filter(pl.col("cut") == "all", pl.col("kind") == "item")
    if whole.is_empty():
        return
    respondents = str(whole["respondents"][0])
    asked = _asked(folder, set(whole["measure"]), respondents)
    for row in whole.rows(named=True):
        item = asked.item(row["measure"])
        yield item.root_cause, _of_item(folder, row, item, respondents)


def _asked(folder: str, measures: set[str], respondents: str) -> Instrument:
    """Find the instrument whose items these are."""
    for name in instruments():
        found = instrument(name)
        if found.respondents == respondents and measures <= {each.name for each in found.items}:
            return found
    fault = f"surveys/{folder} has items of no survey that is known here"
    remedy = "Score the answers with an instrument that `schoolhubs instrument list` names."
    raise DataProblem([Problem(code="unknown_survey", file=folder, fault=fault, remedy=remedy)])


def _of_item(folder: str, row: Mapping[str, Any], item: Item, respondents: str) -> Evidence:
    line, held_to = _line(row, item, respondents)
    says, strength = _judged(row, *line)
    said = row["said"] or "nothing that may be shown"
    between = ""
    if row["low"] is not None:
        between = f" ({row['low']:.0f} to {row['high']:.0f})"
    word = {"for": "below", "against": "above"}.get(says, "not clearly off")
    return Evidence(
        kind="survey", measure=item.name, says=says, by=respondents,
        text=f"Of {respondents}, {said} gave a good answer to \u201c{item.words}\u201d{between}: "
        f"{word} {held_to}." if row["value"] is not None or row["value_mark"] not in {"c", "w"} else
        f"What {respondents} answered to \u201c{item.words}\u201d may not be shown: it would "
        "tell of a small group, or of one that all answered alike.",
        strength=strength, value=row["value"], unit="percent of good answers", low=row["low"],
        high=row["high"], n=row["n_answered"], series="own survey", year=row["wave"],
        source=f"surveys/{folder}/scores.csv: {item.name}, all, {row['wave']}",
    )  # fmt: skip


def _line(row: Mapping[str, Any], item: Item, respondents: str) -> tuple[tuple[float, float], str]:
    """Give the lines below which and above which an answer speaks, and what they are called."""
    rules = stored()["surveys"]
    asked_of = constant("national_asked_of").get(respondents)
    for each in national_figures(item.national, asked_of) if item.national and asked_of else ():
        if each.wave_on is not None and _month(each.wave_on) == row["wave"]:
            return (
                each.percent,
                each.percent,
            ), f"the {each.percent:.0f} % of the nation that month"
    low, high = float(rules["low"]["value"]), float(rules["high"]["value"])
    return (low, high), f"the line of {low:.0f} % (good from {high:.0f} %) that we set"


def _month(day: datetime.date) -> str:
    return f"{day:%Y-%m}"


def _judged(row: Mapping[str, Any], low_line: float, high_line: float) -> tuple[str, str]:
    if row["value"] is None:
        # Blurred: all or nearly all answered alike, which says enough.
        blurred = {"le5": ("for", "figure"), "ge95": ("against", "figure")}
        return blurred.get(str(row["value_mark"]), ("cannot_tell", "unclear"))
    if row["low"] is None:
        return "cannot_tell", "unclear"
    if row["high"] < low_line:
        return "for", "clear"
    return ("against", "clear") if row["low"] > high_line else ("cannot_tell", "unclear")


def gaps(scores: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, str, Evidence]]:
    """Give the gaps between staff and pupils that chance does not explain.

    Returns
    -------
    Finding id, root cause and evidence of each; the two are never averaged.
    """
    sides: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for name in sorted(scores):
        if scores[name].height:
            sides[str(scores[name]["respondents"][0])].append(scores[name])
    if not sides["staff"] or not sides["pupils"]:
        return
    found = gap(_last(sides["staff"]), _last(sides["pupils"])).sort("wave", "measure")
    # The newest wave that both answered speaks, unless one of them has answered long since then.
    ends = [_end(wave) for each in scores.values() for wave in each["wave"].unique()]
    both = max(found["wave"], key=_end, default="")
    if not both or _months(_end(both), max(ends)) >= _most_months():
        return
    found = found.filter(pl.col("wave") == both)
    for row in found.rows(named=True):
        root_cause = stored()["surveys"]["gaps"].get(row["verdict"])
        if root_cause:
            yield (f"gap_{row['measure']}_{row['wave']}", root_cause, _of_gap(row))


def _last(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Put surveys of one side together; where two have a wave, the one named last counts."""
    key = ["urn", "wave", "respondents", "measure", "cut", "label"]
    return pl.concat(tables).unique(key, keep="last", maintain_order=True)


def _of_gap(row: Mapping[str, Any]) -> Evidence:
    points, low, high = (round(row[name], 1) for name in ("gap", "low", "high"))
    text = (
        f"On {row['measure']} staff stand at {row['staff']:.0f} and pupils at "
        f"{row['pupils']:.0f} of 100: staff less pupils {signed(points)} points "
        f"({signed(low)} to {signed(high)})."
    )
    return Evidence(
        kind="survey", measure=f"gap_{row['measure']}", says="for", text=text, strength="clear",
        by="staff and pupils", value=points, unit="points", low=low, high=high,
        series="own survey", year=row["wave"],
        source=f"surveys/*/scores.csv: {row['measure']}, all, {row['wave']}, staff and pupils",
    )  # fmt: skip


def of_self_assessments(frame: pl.DataFrame) -> Iterator[Spoken]:
    """Say what finished self-assessments speak for, root cause by root cause.

    Low items are told one by one; where every item of a root cause stands high, they are told as
    one thing against it; items on which the team differs decide nothing and are told as that.
    """
    for one in answers.from_frame(frame.filter(pl.col("finished_on").is_not_null())):
        asked = instrument(one.instrument_id, one.version)
        by_cause: dict[str, list[ItemAnswers]] = defaultdict(list)
        for each in answers.profile(one, asked):
            by_cause[each.root_cause].append(each)
        year = f"{one.finished_on}"
        for root_cause, items in by_cause.items():
            for found in _of_cause(items, asked, year):
                yield root_cause, found


def _of_cause(items: list[ItemAnswers], asked: Instrument, year: str) -> Iterator[Evidence]:
    rules = stored()["self_assessment"]
    low, high, apart = (rules[name]["value"] for name in ("low", "high", "spread"))
    told = [each for each in items if each.lowest is not None and each.highest is not None]
    for each in told:
        if each.spread >= apart:
            yield _self(asked, each.item, "cannot_tell", _apart(asked, each), "unclear", year)
        elif each.highest is not None and each.highest <= low:
            n = len(each.by_person)
            who = f"{n} of the team say" if n > 1 else "One of the team says"
            text = f"{who} that \u201c{asked.item(each.item).levels[each.highest - 1]}\u201d"
            yield _self(asked, each.item, "for", text, "several" if n > 1 else "one", year, n)
    unsure = [each for each in items if each.lowest is None and each.cannot_tell]
    if unsure:
        text = f"Nobody on the team could tell {len(unsure)} of {len(items)} items on it."
        yield _self(asked, unsure[0].item, "cannot_tell", text, "unclear", year)
    if told and all(each.lowest is not None and each.lowest >= high for each in told):
        n = min(len(each.by_person) for each in told)
        text = f"The team puts every item on it ({len(told)}) at level {high} or above."
        strength = "several" if n > 1 else "one"
        yield _self(asked, told[0].item, "against", text, strength, year, n)


def _apart(asked: Instrument, each: ItemAnswers) -> str:
    """Tell how far the team is apart; who said what stands in the self-assessment alone."""
    words = asked.item(each.item).words
    return f"The team differs on \u201c{words}\u201d: from {each.lowest} to {each.highest}."


def _self(
    asked: Instrument,
    item: str,
    says: str,
    text: str,
    strength: str,
    year: str,
    n: int | None = None,
) -> Evidence:
    return Evidence(
        kind="self_assessment", measure=item, says=says, text=text, by="leaders", strength=strength,
        n=n, unit="people" if n else "", series=f"{asked.instrument_id} {asked.version}", year=year,
        source=f"self_assessment.csv: {asked.instrument_id}, {item}",
    )  # fmt: skip


def of_observations(seen: Iterable[Observation]) -> Iterator[Spoken]:
    """Say what was seen on the day, by root cause and side."""
    held = sorted(seen, key=lambda each: (each.root_cause, each.by, each.observation_id))
    for each in held:
        place = f" ({each.place})" if each.place else ""
        unclear = each.says == "cannot_tell"
        yield (
            each.root_cause,
            Evidence(
                kind="observation", measure=each.observation_id, says=each.says, by=each.by,
                text=f"{SEES[each.by]}{place}: {each.text}",
                strength="unclear" if unclear else "one", series="diagnostic day",
                year=f"{each.seen_on or ''}", source=f"observations.csv: {each.observation_id}",
            ),
        )  # fmt: skip
