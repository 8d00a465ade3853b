"""The estimate's travel matrix: what can be told from the minutes is told when asked for."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schoolhubs.vocabulary.records.travel import TravelMatrix

_MADE = ("minutes_low", "minutes_high", "is_ferry")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, init=False, eq=False)
class EstimatedMatrix(TravelMatrix):
    """A :class:`TravelMatrix` that makes its band and its ferry flags at first use.

    22,000 by 2,000 pairs are 176 MB for each of the three matrices of minutes. Most callers look
    at the minutes alone, and getting memory from the machine costs more than the arithmetic.

    Parameters
    ----------
    from_ids, to_ids, minutes, source, band_share
        As in :class:`TravelMatrix`.
    band_low, band_high
        Times the estimate, the ends of the error band.
    ferry_rows, ferry_row_of
        Shapes (k, m) and (n,): ferry minutes of row ``i`` stand in ``ferry_rows[ferry_row_of[i]]``.
    """

    band_low: float
    band_high: float
    ferry_rows: NDArray[np.uint8]
    ferry_row_of: NDArray[np.intp]

    def __init__(self, **given: Any) -> None:
        """Take the fields by name; minutes_low, minutes_high and is_ferry may be left out."""
        for field in dataclasses.fields(self):
            if field.name in given:
                object.__setattr__(self, field.name, given.pop(field.name))
            elif field.name not in _MADE:
                raise TypeError(f"{type(self).__name__} needs {field.name}")
        if given:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(given))}")

    def __getattr__(self, name: str) -> NDArray[np.generic]:
        """Make a matrix that was not there yet; Python asks here only then."""
        made: NDArray[np.generic]
        if name == "minutes_low":
            made = self.minutes * np.float32(self.band_low)
        elif name == "minutes_high":
            made = self.minutes * np.float32(self.band_high)
        elif name == "is_ferry":
            made = (self.ferry_rows > 0)[self.ferry_row_of] & ~np.isnan(self.minutes)
        else:
            raise AttributeError(name)
        object.__setattr__(self, name, made)
        return made
