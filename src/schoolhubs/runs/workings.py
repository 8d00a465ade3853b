"""What a round's match was made from: solved, checked, and packed to be kept beside the round."""

import dataclasses
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from schoolhubs import matching
from schoolhubs.vocabulary.errors import SchoolhubsError
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.matching import MatchingRules
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.travel import TravelMatrix

NAME = "workings.zip"
TABLES = ("partners", "leads", "capacity", "partnerships", "overrides")
CURRENT = "current.parquet"
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
    current, keep_others, may_lose_place
        Of a re-match: the plan it starts from (``urn, lead_urn, pathway, is_held``), None for a
        round that starts from none; whether nobody else may be moved, or may even lose its place.
    programme
        The programme as at the day, for what the match does not read; None where it is not known.
    starts_on
        First day of what is matched, where that is after the day of the round; else None.
    """

    partners: pl.DataFrame
    leads: pl.DataFrame
    capacity: pl.DataFrame
    partnerships: pl.DataFrame
    overrides: pl.DataFrame
    journeys: TravelMatrix
    rules: MatchingRules
    on: datetime.date
    current: pl.DataFrame | None = None
    keep_others: bool = False
    may_lose_place: bool = False
    programme: RulesAsAt | None = None
    starts_on: datetime.date | None = None

    def solve(
        self, *, clock: Callable[[], float] | None = None, progress: Progress = quiet
    ) -> matching.Solved:
        """Match, keeping what explains the match."""
        return matching.solve(
            self.partners, self.leads, self.capacity, self.journeys, self.rules,
            on=self.on, starts_on=self.starts_on, partnerships=self.partnerships,
            overrides=self.overrides, clock=clock, progress=progress, current=self.current,
            keep_others=self.keep_others, may_lose_place=self.may_lose_place,
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
            on=self.on, starts_on=self.starts_on, partnerships=self.partnerships,
            overrides=self.overrides, current=self.current, keep_others=self.keep_others,
            may_lose_place=self.may_lose_place,
        )  # fmt: skip
        if broken:
            listed = "\n".join(str(problem) for problem in broken[:20])
            raise SchoolhubsError(f"The match breaks a hard rule. Nothing was written.\n{listed}")

    def to_bytes(self, parts: Mapping[str, bytes] | None = None) -> bytes:
        """Pack it into one archive; the same workings give the same bytes.

        Parameters
        ----------
        parts
            Further files to be kept with it, name to contents.
        """
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name in TABLES:
                archive.writestr(_entry(f"{name}.parquet"), _parquet(getattr(self, name)))
            if self.current is not None:
                archive.writestr(_entry(CURRENT), _parquet(self.current))
            for name, contents in (parts or {}).items():
                archive.writestr(_entry(name), contents)
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
            "keep_others": self.keep_others,
            "may_lose_place": self.may_lose_place,
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
        }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=ALWAYS)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parquet(frame: pl.DataFrame) -> bytes:
    held = io.BytesIO()
    frame.write_parquet(held)
    return held.getvalue()
