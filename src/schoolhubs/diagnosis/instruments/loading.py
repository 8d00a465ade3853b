"""Finds, reads and checks instruments: ``definitions/<id>/<version>.yaml`` and its translations."""

import dataclasses
import functools
from pathlib import Path
from typing import Any

from schoolhubs.diagnosis.instruments.building import build
from schoolhubs.diagnosis.instruments.sense import faults_of_sense
from schoolhubs.diagnosis.instruments.translating import faults_of_translation, in_language
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.diagnosis.instrument import ENGLISH, Instrument
from schoolhubs.vocabulary.written.reading import YamlText, read_yaml
from schoolhubs.vocabulary.written.shape import ShapeFault, faults_of_shape
from schoolhubs.vocabulary.written.stored import read_facts

HERE = Path(__file__).parent
DEFINITIONS = HERE / "definitions"
SEE = "docs/how-to/write-an-instrument.md shows every key."


def instruments() -> tuple[str, ...]:
    """Name the instruments that come with the project, sorted.

    Examples
    --------
    >>> "pupil-survey" in instruments()
    True
    """
    found = (path.name for path in DEFINITIONS.iterdir() if path.is_dir())
    return tuple(sorted(name for name in found if versions(name)))


def versions(instrument_id: str) -> tuple[str, ...]:
    """Give the versions of an instrument, oldest first.

    >>> versions("pupil-survey")
    ('1.0',)
    """
    stems = [path.stem for path in (DEFINITIONS / instrument_id).glob("*.yaml")]
    numbered = [stem for stem in stems if all(part.isdigit() for part in stem.split("."))]
    return tuple(sorted(numbered, key=lambda stem: [int(part) for part in stem.split(".")]))


def instrument(
    instrument_id: str | Path, version: str | None = None, *, language: str = ENGLISH
) -> Instrument:
    """Give an instrument.

    Parameters
    ----------
    instrument_id
        One of :func:`instruments`, or the path of a YAML file.
    version
        The newest if None; has no meaning for a path.
    language
        ``en``, or that of a translation beside the instrument: ``1.0.cy.yaml``.

    Raises
    ------
    DataProblem
        If there is none of that name, version or language, or it is faulty.

    Examples
    --------
    >>> found = instrument("pupil-survey")
    >>> len(found.items), [scale.name for scale in found.scales]
    (16, ['routines', 'safety', 'belonging', 'attendance'])
    """
    if isinstance(instrument_id, Path) or "/" in instrument_id:
        path = Path(instrument_id)
    else:
        path = _shipped(instrument_id, version)
    return _load(path, language)


def check_instrument(path: Path) -> tuple[Problem, ...]:
    """List every fault of an instrument or a translation, each with file, line and what to do.

    A translation, such as ``1.0.cy.yaml``, is held against the ``1.0.yaml`` beside it.

    Parameters
    ----------
    path
        A YAML file, or a folder: every YAML file in it that is not a file of shared items.

    Examples
    --------
    >>> check_instrument(DEFINITIONS / "pupil-survey" / "1.0.yaml")
    ()
    """
    if path.is_dir():
        files = [each for each in sorted(path.rglob("*.yaml")) if each.parent.name != "shared"]
        if not files:
            return (_lacking(path.name, "the folder holds no YAML file", f"Add one. {SEE}"),)
        return tuple(problem for each in files for problem in check_instrument(each))
    text = read_yaml(path, _shown(path))
    if isinstance(text.values, dict) and "translates" in text.values:
        return _problems_of_translation(path, text)
    return _read(path).problems


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of one file, and of the shared items it names."""

    written: Any
    shared: dict[str, Any]
    problems: tuple[Problem, ...]


def _shipped(instrument_id: str, version: str | None) -> Path:
    if instrument_id not in instruments():
        known = ", ".join(instruments())
        fault = f"there is no instrument {instrument_id!r}"
        remedy = f"Choose one of {known}, or give the path of a YAML file, with a /."
        raise DataProblem([_lacking("", fault, remedy)])
    known_versions = versions(instrument_id)
    chosen = known_versions[-1] if version is None else version
    if chosen not in known_versions:
        fault = f"{instrument_id} has no version {version}"
        raise DataProblem([_lacking("", fault, f"Choose one of {', '.join(known_versions)}.")])
    return DEFINITIONS / instrument_id / f"{chosen}.yaml"


def _lacking(file: str, fault: str, remedy: str) -> Problem:
    return Problem(code="unknown_instrument", file=file, fault=fault, remedy=remedy)


# Kept by what the file holds as well as where it stands, so that an edited one is read anew.
def _load(path: Path, language: str) -> Instrument:
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    found = _english(path, stamp)
    if language == ENGLISH:
        return found
    beside = path.with_name(f"{path.stem}.{language}.yaml")
    if not beside.is_file():
        fault = f"{found.instrument_id} {found.version} has no words in the language {language!r}"
        remedy = f"Write {beside.name} beside {path.name}. {SEE}"
        raise DataProblem([_lacking(path.name, fault, remedy)])
    text = read_yaml(beside, _shown(beside))
    if problems := _problems_of_translation(beside, text):
        raise DataProblem(problems, outcome="The translation was not used.")
    return in_language(found, text.values)


@functools.lru_cache(maxsize=64)
def _english(path: Path, stamp: int) -> Instrument:  # noqa: ARG001 - the stamp is part of the key
    read = _read(path)
    if read.problems:
        raise DataProblem(read.problems, outcome="The instrument was not used.")
    return build(read.written, read.shared)


def _read(path: Path) -> _Read:
    text = read_yaml(path, _shown(path))
    if text.values is None or text.problems:
        nothing = (_problem(text, (), "unreadable", "there is nothing in it", SEE),)
        return _Read(written=None, shared={}, problems=text.problems or nothing)
    faults = _in_place(text, faults_of_shape(text.values, _schema(), see=SEE))
    if faults:
        return _Read(written=text.values, shared={}, problems=faults)
    shared, faults = _shared(path, text)
    faults = faults or _in_place(text, faults_of_sense(text.values, shared))
    return _Read(written=text.values, shared=shared, problems=faults)


def _shared(path: Path, text: YamlText) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Read the file of shared items, if one is named, and check its shape."""
    name = text.values.get("shares")
    if name is None:
        return {}, ()
    bank = read_yaml(path.parent / name, name)
    if bank.values is None or bank.problems:
        return {}, bank.problems
    shape = {**_schema()["$defs"]["shared_items"], "$defs": _schema()["$defs"]}
    return bank.values, _in_place(bank, faults_of_shape(bank.values, shape, see=SEE))


def _problems_of_translation(path: Path, text: YamlText) -> tuple[Problem, ...]:
    shape = {**_schema()["$defs"]["translation"], "$defs": _schema()["$defs"]}
    problems = text.problems or _in_place(text, faults_of_shape(text.values, shape, see=SEE))
    if problems:
        return problems
    original = path.with_name(f"{path.stem.rpartition('.')[0]}.yaml")
    if not original.is_file():
        fault = f"{original.name}, which it translates, does not stand beside it"
        return (_problem(text, (), "no_original", fault, f"Put the two side by side. {SEE}"),)
    read = _read(original)
    if read.problems:
        return read.problems
    found = build(read.written, read.shared)
    return _in_place(text, faults_of_translation(found, text.values))


def _shown(path: Path) -> str:
    """Name a file with its folder: versions of all instruments have the same file names."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _in_place(text: YamlText, faults: Any) -> tuple[Problem, ...]:
    return tuple(_problem(text, each.path, each.code, each.fault, each.remedy) for each in faults)


def _problem(text: YamlText, path: tuple[str, ...], code: str, fault: str, remedy: str) -> Problem:
    line, column = text.place(path)
    place = f"{'.'.join(path)} (column {column}): " if path else ""
    return Problem(code=code, file=text.file, row=line, fault=f"{place}{fault}", remedy=remedy)


@functools.cache
def _schema() -> dict[str, Any]:
    read: dict[str, Any] = read_facts((HERE / "schema.yaml").read_text("utf-8"))
    return read


__all__ = ["ShapeFault", "check_instrument", "instrument", "instruments", "versions"]
