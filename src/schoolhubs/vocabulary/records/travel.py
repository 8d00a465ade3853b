"""Minutes between two lists of places."""

import dataclasses

import numpy as np
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TravelMatrix:
    """One-way drive minutes from each of n places to each of m places.

    Parameters
    ----------
    from_ids, to_ids
        Identifiers, length n and m.
    minutes, minutes_low, minutes_high
        Shape (n, m), float32: the estimate and its error band. NaN where one place cannot be
        reached from the other by road and ferry, or has no known position.
    is_ferry
        Shape (n, m), bool: the least journey takes a ferry.
    source
        How the minutes came about, such as ``"estimate two-speed-2026.1"``.
    band_share
        Share of real journeys that the band is meant to hold, 0-1.
    """

    from_ids: tuple[str, ...]
    to_ids: tuple[str, ...]
    minutes: NDArray[np.float32]
    minutes_low: NDArray[np.float32]
    minutes_high: NDArray[np.float32]
    is_ferry: NDArray[np.bool_]
    source: str
    band_share: float

    def straddles(self, limit_minutes: float) -> NDArray[np.bool_]:
        """Tell, shape (n, m), where the error band lies on both sides of a limit."""
        return (self.minutes_low <= limit_minutes) & (self.minutes_high > limit_minutes)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NearHub:
    """A hub near a school, with the drive and its band; ``source`` says how it was estimated."""

    lead_urn: str
    lead_name: str
    minutes: float
    minutes_low: float
    minutes_high: float
    is_ferry: bool
    straddles_limit: bool
    source: str
