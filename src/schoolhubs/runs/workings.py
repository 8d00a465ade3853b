"""What a round's match was made from: solved, checked, kept beside the pack and read again."""

import dataclasses
import datetime
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem, Problem, SchoolhubsError
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup, MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix

NAME = "workings.zip"
TABLES = ("partners", "leads", "capacity", "partnerships", "overrides")
GRIDS = ("minutes", "minutes_low", "minutes_high", "is_ferry")
ALWAYS = (1980, 1, 1, 0, 0, 0)  # the same round gives the same bytes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workings:
    """Everything the matching stage was given.

    Parameters
    ----------
    partners, leads, capacity, partnerships, overrides
        Frames of the matching stage.
    journeys
        Minutes from every partner to every lead.
    rules, on
        Matching rules in force, and the day of the round.
    """

    partners: pl.DataFrame
    leads: pl.DataFrame
    capacity: pl.DataFrame
    partnerships: pl.DataFrame
    overrides: pl.DataFrame
    journeys: TravelMatrix
    rules: MatchingRules
    on: datetime.date

    def solve(
        self, *, clock: Callable[[], float] | None = None, progress: Progress = quiet
    ) -> matching.Solved:
        """Match, keeping what explains the match."""
        return matching.solve(
            self.partners, self.leads, self.capacity, self.journeys, self.rules,
            on=self.on, partnerships=self.partnerships, overrides=self.overrides,
            clock=clock, progress=progress,
        )  # fmt: skip

    def check(self, solved: matching.Solved) -> None:
        """Have the independent checker look for broken hard rules.

        Raises
        ------
        SchoolhubsError
            Naming each; the match is then wrong by a fault of ours and must not be used.
        """
        broken = matching.verify(
            solved.result, self.partners, self.leads, self.capacity, self.journeys, self.rules,
            on=self.on, partnerships=self.partnerships, overrides=self.overrides,
        )  # fmt: skip
        if broken:
            listed = "\n".join(str(problem) for problem in broken[:20])
            raise SchoolhubsError(f"The match breaks a hard rule. Nothing was written.\n{listed}")

    def to_bytes(self) -> bytes:
        """Pack it into one archive; the same workings give the same bytes."""
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name in TABLES:
                archive.writestr(_entry(f"{name}.parquet"), _parquet(getattr(self, name)))
            grids = {name: getattr(self.journeys, name) for name in GRIDS}
            buffer = io.BytesIO()
            np.savez_compressed(buffer, allow_pickle=False, **grids)
            archive.writestr(_entry("journeys.npz"), buffer.getvalue())
            archive.writestr(_entry("rules.json"), json.dumps(self._settings(), sort_keys=True))
        return held.getvalue()

    def _settings(self) -> dict[str, Any]:
        rules = dataclasses.asdict(self.rules)
        rules["lead_phases"] = {
            phase: sorted(leads) for phase, leads in rules["lead_phases"].items()
        }
        return {
            "on": self.on.isoformat(),
            "rules": rules,
            "from_ids": self.journeys.from_ids,
            "to_ids": self.journeys.to_ids,
            "source": self.journeys.source,
            "band_share": self.journeys.band_share,
        }


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
            tables = {name: pl.read_parquet(archive.read(f"{name}.parquet")) for name in TABLES}
            grids = dict(np.load(io.BytesIO(archive.read("journeys.npz")), allow_pickle=False))
            settings = json.loads(archive.read("rules.json"))
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
    rules = _rules(settings["rules"])
    return Workings(
        **tables, journeys=journeys, rules=rules, on=datetime.date.fromisoformat(settings["on"])
    )


def _rules(said: dict[str, Any]) -> MatchingRules:
    suits = {phase: frozenset(leads) for phase, leads in said["lead_phases"].items()}
    steps = tuple((start, extra) for start, extra in said["long_journey_steps"])
    kinds = {
        "compatibility": Compatibility(said["compatibility"]),
        "floor_group": FloorGroup(said["floor_group"]),
    }
    return MatchingRules(**{**said, **kinds, "lead_phases": suits, "long_journey_steps": steps})


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=ALWAYS)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parquet(frame: pl.DataFrame) -> bytes:
    held = io.BytesIO()
    frame.write_parquet(held)
    return held.getvalue()
