"""What a school is diagnosed from, for tests: marks, surveys, self-assessment, a day in school."""

import dataclasses
import datetime
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schoolhubs import diagnosis
from schoolhubs.attendance import patterns
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.frames import MARKS
from schoolhubs.vocabulary.records.diagnosis.answers import Answer
from schoolhubs.vocabulary.tables import csv_text

URN = "900001"
SELF = "behaviour-mainstream"


def marks(
    *, pupils: int = 300, weeks: int = 8, friday: float = 0.0, no_reason: float = 0.0,
    seed: int = 1, letters: str = "I", flagged: bool = False, entry: float = 0.0,
) -> pl.DataFrame:  # fmt: skip
    """Draw marks of a secondary school: some illness, and planted absence.

    ``friday`` adds to the chance of missing a Friday, ``no_reason`` that of an absence nobody
    knows the reason of, ``entry`` that of Year 7.
    """
    rng = np.random.default_rng(seed)
    start, rows = datetime.date(2025, 9, 8), []
    for pupil in range(pupils):
        year_group = 7 + pupil % 5
        own = rng.beta(2, 60)
        for week in range(weeks):
            said = ["/\\"[slot % 2] for slot in range(10)]
            for slot in range(10):
                drawn = rng.random()
                chance = own + (friday if slot >= 8 else 0) + (entry if year_group == 7 else 0)
                if drawn < chance:
                    said[slot] = letters[int(rng.integers(len(letters)))]
                elif drawn < chance + no_reason:
                    said[slot] = "N"
            rows.append(
                {"urn": URN, "pupil": pupil, "week_on": start + datetime.timedelta(7 * week),
                 "marks": "".join(said), "year": "2025/26", "term": "autumn", "half_term": 1,
                 "year_group": year_group, "fsm": pupil % 4 == 0, "sen": flagged, "ehc": False,
                 "sex": "FM"[pupil % 2], "has_reason": flagged}
            )  # fmt: skip
    return MARKS.fill(pl.DataFrame(rows))


def told(held: pl.DataFrame) -> dict[str, Any]:
    """Give what marks show in the shape that is kept, without the tables."""
    return {
        "format": 1, "year": "2025/26", "tables": {}, "changes": [],
        "standing_out": [dataclasses.asdict(each) for each in patterns.standing_out(held)],
        "prompts": [
            dataclasses.asdict(each)
            for each in patterns.prompts(held, least_pupils=diagnosis.finding.marked.least_pupils())
        ],
    }  # fmt: skip


def scores(respondents: str, low: Iterable[str] = (), wave: str = "2025-11") -> pl.DataFrame:
    """Give scores of a survey in which some items stand low and all others middling."""
    asked = diagnosis.instrument("pupil-survey" if respondents == "pupils" else "staff-survey")
    rows = [
        {"urn": URN, "wave": wave, "respondents": respondents, "kind": "item",
         "measure": item.name, "cut": "all", "label": "all", "n_answered": 120,
         "value": value, "low": value - 6, "high": value + 6, "standard_error": 3.6,
         "said": f"{value:.0f} %"}
        for item in asked.items for value in [30.0 if item.name in set(low) else 62.0]
    ]  # fmt: skip
    return frames.SURVEY_SCORES.fill(pl.DataFrame(rows))


def scale_rows(respondents: str, value: float, wave: str = "2025-11") -> pl.DataFrame:
    """Give one scale, safety, of one side."""
    row = {"urn": URN, "wave": wave, "respondents": respondents, "kind": "scale",
           "measure": "safety", "cut": "all", "label": "all", "n_answered": 60, "value": value,
           "low": value - 3, "high": value + 3, "standard_error": 2.0,
           "said": f"{value:.0f}"}  # fmt: skip
    return frames.SURVEY_SCORES.fill(pl.DataFrame([row]))


def assessed(
    levels: Mapping[str, Mapping[str, int]], usual: int = 3, finished: bool = True
) -> pl.DataFrame:
    """Give a finished self-assessment; ``levels`` by root cause and person, all else usual."""
    asked = diagnosis.instrument(SELF)
    given = [
        Answer(person=person, item=item.name, value=level)
        for item in asked.items for person in ("Head", "SENCO")
        for level in [levels.get(item.root_cause, {}).get(person, usual)]
    ]  # fmt: skip
    kept = diagnosis.answers.put(diagnosis.answers.begin(asked, URN), asked, given)
    if finished:
        kept = diagnosis.answers.finish(kept, asked, on=datetime.date(2025, 11, 20))
    return diagnosis.answers.to_frame([kept])


def folder(at: Path, *, urn: str = URN, **files: Any) -> Path:
    """Write a folder of inputs; text, mappings and frames by the name of the file."""
    at.mkdir(parents=True, exist_ok=True)
    given = {"school_json": {"urn": urn, "setting": "mainstream"}, **files}
    for name, held in given.items():
        stem, _, ending = name.rpartition("_")
        path = at / (f"surveys/{stem}/scores.csv" if ending == "scores" else f"{stem}.{ending}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(held, pl.DataFrame):
            path.write_text(csv_text(held))
        else:
            path.write_text(held if isinstance(held, str) else json.dumps(held))
    return at
