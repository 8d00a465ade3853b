"""The fitted constants of the estimate, each with its unit and source."""

import dataclasses
import functools
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch of a journey, up to ``end_km`` from its start, and the pace driven in it.

    Minutes for each km of straight line are ``pace * (near / middle) ** near_power * (around /
    middle) ** around_power``, where near and around are settlement densities, geometric means of
    both ends, and middle is the density the pace is told for.
    """

    end_km: float
    pace: float
    near_power: float
    around_power: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What ``data/constants.yaml`` holds; see there for units, sources and fit."""

    version: str
    start_minutes: float
    start_within_km: float
    stretches: tuple[Stretch, ...]
    least_pace: float
    near_km: float
    around_km: float
    added_centres: float
    middle_density: float
    band_low: float
    band_high: float
    band_share: float


@functools.cache
def constants() -> Constants:
    """Read the constants shipped with the package.

    Examples
    --------
    >>> [stretch.end_km for stretch in constants().stretches]
    [5.0, 15.0, 40.0, inf]
    """
    file = resources.files("schoolhubs.travel") / "data" / "constants.yaml"
    return from_stored(read_facts(file.read_text(encoding="utf-8")))


def from_stored(stored: dict[str, Any]) -> Constants:
    """Make the record from what the file holds."""
    value = {name: entry["value"] for name, entry in stored["constants"].items()}
    ends = [float(value.pop(f"stretch_{k}_end_km")) for k in (1, 2, 3)] + [float("inf")]
    stretches = tuple(
        Stretch(
            end_km=end,
            pace=float(value.pop(f"stretch_{k}_minutes_per_km")),
            near_power=float(value.pop(f"stretch_{k}_near_power")),
            around_power=float(value.pop(f"stretch_{k}_around_power")),
        )
        for k, end in enumerate(ends, start=1)
    )
    rest = {name: float(number) for name, number in value.items()}
    return Constants(version=str(stored["version"]), stretches=stretches, **rest)


def log_density(n_centres: NDArray[np.float64], fitted: Constants) -> NDArray[np.float64]:
    """Give the log of settlement density against the middle one; empty land is not minus infinity.

    A few centres are added to every count, so that the pace does not jump where a lone village
    comes within the radius: further must be longer.
    """
    log: NDArray[np.float64] = np.log((n_centres + fitted.added_centres) / fitted.middle_density)
    return log


def end_paces(
    near: NDArray[np.float64], around: NDArray[np.float64], fitted: Constants
) -> NDArray[np.float64]:
    """Give what one end contributes to the pace of each stretch; two ends multiply.

    Parameters
    ----------
    near, around
        Shape (n,): small-area centres within the two radii.

    Returns
    -------
    Shape (n, stretches): square roots of minutes per km.
    """
    log_near = log_density(near, fitted)
    log_around = log_density(around, fitted)
    columns = [
        np.log(s.pace) + s.near_power * log_near + s.around_power * log_around
        for s in fitted.stretches
    ]
    return np.exp(np.stack(columns, axis=-1) / 2)
