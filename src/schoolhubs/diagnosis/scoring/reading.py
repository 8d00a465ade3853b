"""Reading answers and what goes with them; no fault ever quotes an answer or points at a person."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from schoolhubs import files
from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

ROW = "_row"
THIS_SCHOOL, NO_WAVE = "school", "not said"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NOT_KNOWN = -1
BESIDE_ITEMS = ("phase", "language")


def read_answers(
    path: Path, instrument: Instrument, *, urn: str = "", wave: str = ""
) -> pl.DataFrame:
    """Read the answers to a survey: one row a person, one column an item, nothing of who it was.

    An answer is the number of its point, its words, ``dont_know`` or nothing. Rows without any
    answer are left out. Columns that the survey does not have are refused: they may say who
    answered.

    Parameters
    ----------
    path
        CSV, Excel (.xlsx) or Parquet.
    urn, wave
        School and month (2026-11) where no column says them; blank if not known.

    Returns
    -------
    ``frames.ANSWERS`` and a column of whole numbers for each item.

    Raises
    ------
    DataProblem
        Naming columns and rows; never what stands in them.
    """
    names = _columns(path, instrument)
    read = files.read_columns(path, list(names))
    if read.problems:
        raise DataProblem(read.problems)
    table = read.table
    for name, given in (("urn", urn), ("wave", wave)):
        if name in names and given:
            raise UsageError(f"{name} stands in {path.name} and was given too. Say it once.")
    if wave and not MONTH.fullmatch(wave):
        raise UsageError(f"The wave {wave!r} is no month. Write it like 2026-11.")
    problems: list[Problem] = []
    labels = {
        name: _labels(table, name, path, problems) for name in constant("groups") if name in names
    }
    coded = {
        each.name: _points(table, each.name, instrument, path, problems)
        for each in instrument.items
    }
    if "wave" in names:
        is_month = table["wave"].str.contains(f"^{MONTH.pattern}$").fill_null(value=False)
        _note(problems, path, table, ~is_month, "wave", "is no month", "Write it like 2026-11.")
    if "urn" in names:
        is_urn = table["urn"].str.contains(r"^\d{6}$").fill_null(value=False)
        _note(problems, path, table, ~is_urn, "urn", "is no URN", "A URN has six digits.")
    if problems:
        raise DataProblem(problems)
    kept = {name: table[name] for name in ("urn", "wave", *BESIDE_ITEMS) if name in names}
    said = {"urn": urn or THIS_SCHOOL, "wave": wave or NO_WAVE}
    fixed = {name: pl.lit(value) for name, value in said.items() if name not in names}
    found = table.select(**kept, **labels, **coded).with_columns(**fixed)
    items = [each.name for each in instrument.items]
    found = found.filter(~pl.all_horizontal(pl.col(items).is_null()))
    if found.is_empty():
        raise DataProblem(
            [_problem(path, "no_answers", "nobody answered anything", "Check the file.")]
        )
    return frames.ANSWERS.fill(found).with_columns(found[name] for name in items)


def _columns(path: Path, instrument: Instrument) -> tuple[str, ...]:
    """Name the columns of a file that are the survey's; refuse any other, by its place."""
    stand = [name.strip().casefold() for name in files.read_headings(path).names]
    items = [each.name for each in instrument.items]
    known = ("urn", "wave", *constant("groups"), *BESIDE_ITEMS, *items)
    strange = [at + 1 for at, name in enumerate(stand) if name not in known]
    absent = [name for name in items if name not in stand]
    problems = []
    if strange:
        said = ", ".join(str(at) for at in strange[:5]) + (", …" if len(strange) > 5 else "")
        problems.append(
            _problem(
                path, "strange_column", f"the survey has no column like column {said}",
                "Take it out: answers hold no name, number or time. The columns are the items and "
                f"{', '.join(known[: -len(items)])}.",
            )
        )  # fmt: skip
    if absent:
        problems.append(
            _problem(
                path, "absent_column", f"there is no column {', '.join(absent)}",
                f"Give one for each item of {instrument.instrument_id} {instrument.version}; leave "
                "cells blank where nobody was asked.",
            )
        )  # fmt: skip
    if problems:
        raise DataProblem(problems)
    return tuple(name for name in known if name in stand)


def _labels(table: pl.DataFrame, name: str, path: Path, problems: list[Problem]) -> pl.Series:
    allowed = constant("groups")[name]
    said = (
        table[name].str.to_lowercase().str.replace(r"^y(ear)?\s*", "")
        if name == "year_group"
        else table[name].str.to_lowercase()
    )
    is_strange = said.is_not_null() & ~said.is_in(allowed)
    remedy = f"Write one of {', '.join(allowed)}, or leave it blank."
    _note(problems, path, table, is_strange, name, "is no label we know", remedy)
    return said.alias(name)


def _points(
    table: pl.DataFrame, item: str, instrument: Instrument, path: Path, problems: list[Problem]
) -> pl.Series:
    known = {str(point.value): point.value for point in instrument.points}
    known |= {point.words.casefold(): point.value for point in instrument.points}
    blank = ("dont_know", instrument.dont_know.casefold())
    said = table[item].str.to_lowercase()
    coded = said.replace_strict(
        known | dict.fromkeys(blank, NOT_KNOWN), default=None, return_dtype=pl.Int64
    )
    last = len(instrument.points)
    remedy = (
        f"Answers are 1 to {last}, the words of a point, dont_know, or blank. Mend the export; an "
        "answer is not shown here."
    )
    _note(problems, path, table, said.is_not_null() & coded.is_null(), item, "is no answer", remedy)
    return coded.replace(NOT_KNOWN, None).alias(item)


def _note(
    problems: list[Problem], path: Path, table: pl.DataFrame, is_bad: pl.Series, column: str,
    fault: str, remedy: str,
) -> None:  # fmt: skip
    """Name the rows of a fault, never what stands there."""
    rows = table[ROW].filter(is_bad).to_list()
    if rows:
        said = _problem(path, "not_readable", f"{column} {fault}", remedy)
        problems.append(
            Problem(
                code=said.code, file=said.file, row=rows[0], column=column, fault=said.fault,
                remedy=remedy, other_rows=tuple(rows[1:]),
            )
        )  # fmt: skip


def _problem(path: Path, code: str, fault: str, remedy: str) -> Problem:
    return Problem(code=code, file=path.name, fault=fault, remedy=remedy)


def read_population(path: Path, *, urn: str = "") -> pl.DataFrame:
    """Read who was asked: group columns and ``n_asked``, one row a combination of groups.

    Parameters
    ----------
    urn
        School where no column says it.

    Returns
    -------
    ``frames.SURVEY_POPULATION``; a group that the file does not have is null throughout.

    Raises
    ------
    DataProblem
        Naming columns and rows.
    """
    table = _table(path, ["n_asked"], ["urn", *constant("groups")])
    problems: list[Problem] = []
    labels = {
        name: _labels(table, name, path, problems)
        for name in constant("groups")
        if name in table.columns
    }
    for name in labels:
        _note(
            problems, path, table, table[name].is_null(), name, "is blank",
            "Everybody who was asked has a label; leave the column out where it is not known.",
        )  # fmt: skip
    n_asked = table["n_asked"].cast(pl.Int64, strict=False)
    _note(
        problems, path, table, n_asked.is_null() | (n_asked < 0), "n_asked",
        "is no number of people", "Write a whole number, 0 or more.",
    )  # fmt: skip
    if problems:
        raise DataProblem(problems)
    school = table["urn"] if "urn" in table.columns else pl.lit(urn or THIS_SCHOOL)
    found = table.select(**labels).with_columns(n_asked=n_asked, urn=school)
    return frames.SURVEY_POPULATION.fill(found)


def read_schools(path: Path) -> pl.DataFrame:
    """Read phase and FSM of schools: ``urn``, ``phase``, ``fsm_percent`` (0-100 or blank)."""
    table = _table(path, ["urn", "phase", "fsm_percent"], [])
    return table.select("urn", "phase", _number(table, "fsm_percent", path))


def read_national(path: Path) -> pl.DataFrame:
    """Read national figures: ``measure`` (scale or item), ``wave`` (2026-11), ``value`` (0-100)."""
    table = _table(path, ["measure", "wave", "value"], [])
    problems: list[Problem] = []
    is_month = table["wave"].str.contains(f"^{MONTH.pattern}$").fill_null(value=False)
    _note(problems, path, table, ~is_month, "wave", "is no month", "Write it like 2026-11.")
    if problems:
        raise DataProblem(problems)
    return table.select("measure", "wave", _number(table, "value", path)).drop_nulls()


def _number(table: pl.DataFrame, name: str, path: Path) -> pl.Series:
    problems: list[Problem] = []
    number = table[name].cast(pl.Float64, strict=False)
    is_bad = table[name].is_not_null() & ~number.is_between(0, 100).fill_null(value=False)
    _note(problems, path, table, is_bad, name, "is no percentage", "Write a number from 0 to 100.")
    if problems:
        raise DataProblem(problems)
    return number


def _table(path: Path, needed: Sequence[str], also: Sequence[str]) -> pl.DataFrame:
    stand = {name.strip().casefold() for name in files.read_headings(path).names}
    read = files.read_columns(path, [*needed, *(name for name in also if name in stand)])
    if read.problems:
        raise DataProblem(read.problems)
    return read.table


def own_groups(answers: pl.DataFrame) -> Mapping[str, tuple[str, ...]]:
    """Name the group columns that anybody said anything in, with their labels."""
    return {
        name: tuple(answers[name].drop_nulls().unique().sort().to_list())
        for name in constant("groups")
        if name in answers.columns and answers[name].null_count() < answers.height
    }
