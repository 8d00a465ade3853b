"""Water as data: lines that cannot be crossed, and the places where they can."""

import dataclasses
import functools
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from schoolhubs.travel.settlement import grid_km
from schoolhubs.vocabulary.records.sourced import Assumption
from schoolhubs.vocabulary.written.stored import read_facts

Kind = Literal["bridge", "tunnel", "toll", "ferry"]
Km = NDArray[np.float64]
"""Positions or distances in national grid km."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A line down the middle of some water, national grid km, shape (k, 2), sea first."""

    barrier_id: str
    name: str
    line_km: Km
    ends_on_land: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A place where a barrier can be passed, at the price of a delay."""

    crossing_id: str
    name: str
    barrier_id: str
    at_km: Km
    kind: Kind
    delay_minutes: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """All barriers and crossings."""

    version: str
    barriers: tuple[Barrier, ...]
    crossings: tuple[Crossing, ...]

    def without(self, barrier_id: str) -> "Water":
        """Give the water with one barrier and its crossings taken away."""
        return dataclasses.replace(
            self,
            barriers=tuple(b for b in self.barriers if b.barrier_id != barrier_id),
            crossings=tuple(c for c in self.crossings if c.barrier_id != barrier_id),
        )


@functools.cache
def read_water() -> Water:
    """Read the barriers and crossings shipped with the package.

    Examples
    --------
    >>> "humber" in {barrier.barrier_id for barrier in read_water().barriers}
    True
    """
    stored = _stored()
    barriers = tuple(
        Barrier(
            barrier_id=key,
            name=entry["name"],
            line_km=_km(entry["line"]),
            ends_on_land=entry["ends"] == "land",
        )
        for key, entry in stored["barriers"].items()
    )
    crossings = tuple(
        Crossing(
            crossing_id=key,
            name=entry["name"],
            barrier_id=entry["barrier"],
            at_km=_km([entry["at"]])[0],
            kind=entry["kind"],
            delay_minutes=float(entry["delay_minutes"]),
        )
        for key, entry in stored["crossings"].items()
    )
    return Water(version=str(stored["version"]), barriers=barriers, crossings=crossings)


def assumptions() -> tuple[Assumption, ...]:
    """Tell what the minutes stand on that nobody published: the time a ferry takes.

    Examples
    --------
    >>> [(one.where, one.value, one.unit) for one in assumptions()][0]
    ('travel.ferries.isle_of_wight', '72', 'minutes')
    """
    return tuple(
        Assumption(
            where=each["where"],
            value=str(each["value"]),
            unit=each["unit"],
            description=each["description"],
            said=f"{each['value']} {each['unit']}",
            why=each["why"],
        )
        for each in _stored()["assumptions"]
    )


@functools.cache
def _stored() -> dict[str, Any]:
    file = resources.files("schoolhubs.travel") / "data" / "water.yaml"
    stored: dict[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return stored


def _km(lat_lon: list[list[float]]) -> Km:
    degrees = np.array(lat_lon, dtype=np.float64)
    return grid_km(degrees[:, 0], degrees[:, 1])
