"""Reads the workings of a finished round again, so that it can be explained."""

import datetime
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.runs.workings import CURRENT, NAME, TABLES, Workings
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup, MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix


def read_workings(folder: Path) -> Workings:
    """Read a round's workings from its pack.

    Raises
    ------
    DataProblem
        If the folder holds no round, or its workings cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        fault = f"{folder} holds no {NAME}"
        remedy = "Name the folder that `schoolhubs round run --out` wrote."
        raise DataProblem([Problem(code="no_round", fault=fault, remedy=remedy)])
    try:
        with zipfile.ZipFile(path) as archive:
            tables: dict[str, Any] = {
                name: pl.read_parquet(archive.read(f"{name}.parquet")) for name in TABLES
            }
            grids = dict(np.load(io.BytesIO(archive.read("journeys.npz")), allow_pickle=False))
            settings = json.loads(archive.read("rules.json"))
            is_rematch = CURRENT in archive.namelist()
            current = pl.read_parquet(archive.read(CURRENT)) if is_rematch else None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, pl.exceptions.PolarsError) as error:
        fault = f"{path} cannot be read ({type(error).__name__})"
        remedy = "Run the round again: its workings are damaged."
        raise DataProblem([Problem(code="damaged_round", fault=fault, remedy=remedy)]) from error
    journeys = TravelMatrix(
        from_ids=tuple(settings["from_ids"]),
        to_ids=tuple(settings["to_ids"]),
        source=settings["source"],
        band_share=settings["band_share"],
        **grids,
    )
    rules, starts_on = _rules(settings["rules"]), settings.get("starts_on")
    return Workings(
        **tables, journeys=journeys, rules=rules, on=datetime.date.fromisoformat(settings["on"]),
        current=current, keep_others=settings.get("keep_others", False),
        may_lose_place=settings.get("may_lose_place", False),
        starts_on=datetime.date.fromisoformat(starts_on) if starts_on else None,
    )  # fmt: skip


def _rules(said: dict[str, Any]) -> MatchingRules:
    suits = {phase: frozenset(leads) for phase, leads in said["lead_phases"].items()}
    steps = tuple((start, extra) for start, extra in said["long_journey_steps"])
    alike = {"alike_by": tuple(said["alike_by"])}
    kinds = {
        "compatibility": Compatibility(said["compatibility"]),
        "floor_group": FloorGroup(said["floor_group"]),
    }
    return MatchingRules(
        **{**said, **kinds, "lead_phases": suits, "long_journey_steps": steps, **alike}
    )
