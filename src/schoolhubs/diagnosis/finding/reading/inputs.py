"""What a diagnosis is drafted from, and the folder it is read from."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.diagnosis.finding.reading import files_read
from schoolhubs.diagnosis.finding.reading.files_read import refused
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.diagnosis import Barrier, InputRead, Observation

SCORES = "scores.csv"
NO_SCHOOL = "school"  # what scores name a school whose URN nobody gave
KNOWN = (
    "school.json", "marks.json", "target.json", "behaviour.csv", "self_assessment.csv",
    "observations.csv", "barriers.csv",
)  # fmt: skip
# What Windows and macOS leave in a folder that somebody looked into; it holds nothing of a school.
# (What begins with a dot, as .DS_Store does, is passed over as well.)
LEFT_BY_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that is known of a school; None or empty is what nobody brought.

    Parameters
    ----------
    urn, setting
        Six digits; ``mainstream``, ``special`` or ``alternative_provision``.
    marks
        What the school's marks show, as the service keeps it: tables with small numbers hidden,
        what stands out, what changed, prompts.
    behaviour
        ``frames.BEHAVIOUR``.
    scores
        ``frames.SURVEY_SCORES`` of each survey, by the folder it stood in.
    self_assessment
        ``frames.SELF_ASSESSMENT_ANSWERS``; what is not finished is not looked at.
    observations, barriers
        What was seen on the day, and what lies outside the school.
    target
        A row of ``frames.TARGETS`` with its ``year``.
    files
        What was read, with fingerprints.
    """

    urn: str
    setting: str
    marks: Mapping[str, Any] | None = None
    behaviour: pl.DataFrame | None = None
    scores: Mapping[str, pl.DataFrame] = dataclasses.field(default_factory=dict)
    self_assessment: pl.DataFrame | None = None
    observations: tuple[Observation, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    target: Mapping[str, Any] | None = None
    files: tuple[InputRead, ...] = ()


def read_inputs(folder: Path) -> Inputs:
    """Read a folder of inputs; ``school.json`` is all it must have.

    Raises
    ------
    DataProblem
        With every fault of every file; a file of another name is a fault, as it would not be
        looked at.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = (Path(name) / "school.json").write_text(
    ...         '{"urn": "900001", "setting": "mainstream"}'
    ...     )
    ...     found = read_inputs(Path(name))
    >>> found.urn, [each.name for each in found.files]
    ('900001', ['school.json'])
    """
    problems = _strange(folder)
    paths = {name: folder / name for name in KNOWN if (folder / name).is_file()}
    if "school.json" not in paths:
        problems.append(
            refused("school.json", "is not there", 'Write {"urn": "…", "setting": "mainstream"}.')
        )
    read: dict[str, Any] = {}
    for name, path in paths.items():
        try:
            read[name] = files_read.READERS[name](path)
        except DataProblem as error:
            problems += error.problems
    scores = _scores(folder, problems)
    if problems:
        raise DataProblem(problems, outcome="No diagnosis was drafted.")
    school = read["school.json"]
    _same_school(school["urn"], read, scores)
    return Inputs(
        urn=school["urn"], setting=school["setting"],
        marks=read.get("marks.json"), target=read.get("target.json"),
        behaviour=read.get("behaviour.csv"), scores=scores,
        self_assessment=read.get("self_assessment.csv"),
        observations=read.get("observations.csv", ()), barriers=read.get("barriers.csv", ()),
        files=_files(folder, [*paths, *(f"surveys/{each}/{SCORES}" for each in scores)]),
    )  # fmt: skip


def _strange(folder: Path) -> list[Problem]:
    """Name what stands in the folder and would not be read."""
    found = [
        path.name for path in sorted(folder.iterdir())
        if path.name not in {*KNOWN, "surveys"} and not path.name.startswith(".")
        and path.name.lower() not in LEFT_BY_SYSTEMS
    ]  # fmt: skip
    remedy = f"Take it out, or name it as one of {', '.join(KNOWN)}, surveys/NAME/{SCORES}."
    return [refused(name, "is no file that a diagnosis is drafted from", remedy) for name in found]


def _scores(folder: Path, problems: list[Problem]) -> dict[str, pl.DataFrame]:
    found = {}
    for path in sorted((folder / "surveys").glob(f"*/{SCORES}")):
        try:
            found[path.parent.name] = files_read.table(path, frames.SURVEY_SCORES)
        except DataProblem as error:
            problems += error.problems
    return found


def _same_school(urn: str, read: Mapping[str, Any], scores: Mapping[str, pl.DataFrame]) -> None:
    """Refuse tables of another school."""
    tables = {
        name: read[name] for name in ("behaviour.csv", "self_assessment.csv") if name in read
    } | {f"surveys/{name}/{SCORES}": table for name, table in scores.items()}
    problems = [
        refused(name, f"has rows of a school other than {urn}", "Give the files of one school.")
        for name, table in tables.items()
        if table.filter(~pl.col("urn").is_in([urn, NO_SCHOOL])).height
    ]
    if problems:
        raise DataProblem(problems, outcome="No diagnosis was drafted.")


def _files(folder: Path, names: list[str]) -> tuple[InputRead, ...]:
    return tuple(
        InputRead(
            name=name, fingerprint=hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        )
        for name in sorted(names)
    )
