"""The parts of a round that its match does not decide, beside the workings of the match."""

import dataclasses
import io
import json
import typing
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs.runs.kept.plain import from_plain, to_plain
from schoolhubs.runs.workings import NAME
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import MatchResult
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.records.rules import RulesAsAt

RECORD, RULES = "round.json", "programme.json"
TABLES = ("decisions", "schools", "listed_leads")
# What a pack reads of every school of England; all else about a school has done its work.
OF_SCHOOLS = (
    "urn",
    "school_name",
    "phase",
    "region",
    "easting",
    "northing",
    "is_open",
    "is_placed_at_successor",
    "absence_series",
    "absence_year",
    "context_series",
    "context_year",
    "is_context_later",
)
OF_THE_MATCH = ("result", "alternatives", "timings")
NO_RESULT = MatchResult(
    matches=pl.DataFrame(), unmatched=pl.DataFrame(), hubs=pl.DataFrame(), goals=(),
    total_minutes=0.0, lower_bound_minutes=0.0, is_proven_optimal=False, solver="",
)  # fmt: skip


def parts(held: Round, rules: RulesAsAt) -> dict[str, bytes]:
    """Give a round without its match as files, name to contents.

    Parameters
    ----------
    rules
        The programme as at the day; what decided on applications is left out, as it has.
    """
    frames = _frames(held)
    tables = {f"{name}.parquet": _parquet(frame) for name, frame in frames.items()}
    left = {*OF_THE_MATCH, "decisions", "schools", "leads"}
    record = {
        field.name: to_plain(getattr(held, field.name))
        for field in dataclasses.fields(held)
        if field.name not in left
    }
    bare = dataclasses.replace(rules, eligibility=(), questions=(), assumptions=())
    return {
        **tables,
        RECORD: json.dumps(record).encode(),
        RULES: json.dumps(to_plain(bare)).encode(),
    }


def _frames(held: Round) -> Mapping[str, pl.DataFrame]:
    known = [name for name in OF_SCHOOLS if name in held.schools.columns]
    schools = held.schools.select(known)
    return dict(zip(TABLES, (held.decisions, schools, held.leads), strict=True))


def _parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


def read(folder: Path) -> tuple[Round, RulesAsAt]:
    """Read a round without its match, and the rules it was run by.

    Raises
    ------
    DataProblem
        If the pack does not hold them, as those of earlier versions do not.
    """
    try:
        with zipfile.ZipFile(folder / NAME) as archive:
            record = json.loads(archive.read(RECORD))
            rules = json.loads(archive.read(RULES))
            tables = {name: pl.read_parquet(archive.read(f"{name}.parquet")) for name in TABLES}
    except KeyError as error:
        fault = f"the round in {folder} was written by an earlier version and keeps too little"
        remedy = "Run the round again; then it can be matched again."
        raise DataProblem([Problem(code="old_round", fault=fault, remedy=remedy)]) from error
    hints = typing.get_type_hints(Round)
    values: dict[str, Any] = {name: from_plain(hints[name], record[name]) for name in record}
    held = Round(
        **values,
        decisions=tables["decisions"],
        schools=tables["schools"],
        leads=tables["listed_leads"],
        result=NO_RESULT,
        alternatives=pl.DataFrame(),
    )
    return held, from_plain(RulesAsAt, rules)
