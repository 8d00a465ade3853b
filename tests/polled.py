"""A whole survey from a table of answers: made, opened, answered, closed and scored."""

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from click.testing import CliRunner

import surveying
from schoolhubs import diagnosis
from schoolhubs.cli.main import schoolhubs
from schoolhubs.service.surveys.models import KeptScores, Survey
from schoolhubs.service.surveys.scores import scoring
from surveyed import AT, answer, answered, close, opened

PUPILS = {"year_group": ["7", "8", "9"], "fsm": ["yes", "no"], "sex": ["female", "male"]}
STAFF = {"role": ["leader", "teacher", "support"]}


def asked(groups: Mapping[str, list[str]], n: int) -> list[dict[str, Any]]:
    """Ask as many people of every combination of groups."""
    rows: list[dict[str, Any]] = [{}]
    for name, labels in groups.items():
        rows = [{**row, name: label} for row in rows for label in labels]
    return [{**row, "n_asked": n} for row in rows]


def pupils(n: int, *, seed: int, level: float = 0.0, wave: str = "2026-11") -> pl.DataFrame:
    """Draw the answers of pupils of three year groups, a third of them with FSM."""
    rng = np.random.default_rng(seed)
    groups = {
        "year_group": rng.choice(["7", "8", "9"], n),
        "fsm": rng.choice(["yes", "no"], n, p=[0.3, 0.7]),
        "sex": rng.choice(["female", "male"], n),
    }
    form = diagnosis.instrument("pupil-survey")
    feeling = level + rng.normal(size=n)
    return surveying.answered(form, feeling, seed=seed + 1, wave=wave, **groups)


def staff(n: int, *, seed: int, level: float = 0.0, wave: str = "2026-11") -> pl.DataFrame:
    """Draw the answers of staff of three roles."""
    rng = np.random.default_rng(seed)
    groups = {"role": rng.choice(["leader", "teacher", "support"], n, p=[0.25, 0.5, 0.25])}
    form = diagnosis.instrument("staff-survey")
    return surveying.answered(form, level + rng.normal(size=n), seed=seed + 1, wave=wave, **groups)


def poll(
    frame: pl.DataFrame, instrument_id: str = "pupil-survey", *, words: Iterable[str] = (),
    **changes: Any,
) -> Survey:  # fmt: skip
    """Have everybody of a table answer a survey by one class code, and close it."""
    items = [each.name for each in diagnosis.instrument(instrument_id).items]
    groups = PUPILS if instrument_id.startswith("pupil") else STAFF
    wave = {} if frame.is_empty() else {"wave": frame["wave"][0]}
    told = {"asked": asked(groups, 20), **wave, **changes}
    survey, (code, *_) = opened(instrument_id, **told)
    said = [*words]
    for row in frame.iter_rows(named=True):
        points = {name: row[name] for name in items if row[name] is not None}
        mine = {name: row[name] for name in groups if row.get(name)}
        written = said.pop() if said else ""
        answer(code, answered(points, groups=mine, words=written))
    return close(survey)


def scored(survey: Survey, *, at: datetime.datetime = AT) -> KeptScores:
    """Score a closed survey and keep that."""
    return scoring.keep(survey, scoring.scored(survey), at=at)


def by_command(
    frame: pl.DataFrame, survey: Survey, folder: Path, *, earlier: Path | None = None,
    beside: Path | None = None,
) -> Path:  # fmt: skip
    """Score the same answers by ``schoolhubs survey score``; the folder it wrote."""
    folder.mkdir()
    answers, population = folder / "answers.csv", folder / "asked.csv"
    frame.write_csv(answers)
    pl.DataFrame(survey.asked).write_csv(population)
    out = folder / "scores"
    arguments = [
        "survey", "score", "--instrument", survey.instrument_id, "--answers", str(answers),
        "--population", str(population), "--urn", survey.urn, "--out", str(out),
    ]  # fmt: skip
    if earlier:
        arguments += ["--earlier", str(earlier)]
    if beside:
        arguments += ["--beside", str(beside)]
    done = CliRunner().invoke(schoolhubs, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return out
