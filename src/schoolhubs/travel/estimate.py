"""Minutes between places from their distance, the settlement round both, and water between."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.travel.constants import Constants, constants, end_paces
from schoolhubs.travel.matrix import EstimatedMatrix
from schoolhubs.travel.places import Places, check_places
from schoolhubs.travel.settlement import centres_within
from schoolhubs.travel.zones import Crossed, Zones, read_zones
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.travel import TravelMatrix

Floats = NDArray[np.float32]

_PAIRS_AT_ONCE = 1 << 16
"""A quarter of a megabyte of float32: stays in a core's cache while it is worked on."""
_THREADS = 2


def between(
    from_points: pl.DataFrame, to_points: pl.DataFrame, *, progress: Progress = quiet
) -> TravelMatrix:
    """Estimate one-way drive minutes from every place to every other.

    Parameters
    ----------
    from_points, to_points
        POINTS frames of n and m rows: id, lat, lon (degrees WGS84, England and its borders).
    progress
        Hears how many rows are done.

    Returns
    -------
    TravelMatrix of shape (n, m). NaN where no road or car ferry joins the two places. The same
    place is 0 minutes from itself.

    Raises
    ------
    DataProblem
        Listing every row outside England; says so where latitude and longitude look swapped.

    Examples
    --------
    >>> leeds = pl.DataFrame({"id": ["leeds"], "lat": [53.80], "lon": [-1.55]})
    >>> york = pl.DataFrame({"id": ["york"], "lat": [53.96], "lon": [-1.08]})
    >>> bool(30 < between(leeds, york).minutes[0, 0] < 60)
    True
    """
    starts = check_places(from_points, "from_points")
    ends = check_places(to_points, "to_points")
    return estimate(starts, ends, constants(), read_zones(), progress=progress)


# About 110 km either way in England: nobody drives further in an hour.
DEGREES_AROUND = 1.6


def around(places: pl.DataFrame, start_id: str) -> pl.DataFrame | None:
    """Estimate the one-way drive from a place to those some way around it.

    Parameters
    ----------
    places
        POINTS: id, lat, lon; rows without a place are passed over.
    start_id
        The place to start from.

    Returns
    -------
    polars.DataFrame or None
        ``id, minutes``, the start itself left out, minutes missing where nothing leads there; None
        where the start is not placed.

    Examples
    --------
    >>> places = pl.DataFrame(
    ...     {"id": ["leeds", "york", "truro"], "lat": [53.80, 53.96, 50.26],
    ...      "lon": [-1.55, -1.08, -5.05]}
    ... )
    >>> around(places, "leeds")["id"].to_list()
    ['york']
    """
    placed = places.drop_nulls(["lat", "lon"]).select("id", "lat", "lon")
    start = placed.filter(pl.col("id") == start_id)
    if start.is_empty():
        return None
    lat, lon = start.select("lat", "lon").row(0)
    is_near = ((pl.col("lat") - lat).abs() < DEGREES_AROUND) & (
        (pl.col("lon") - lon).abs() < DEGREES_AROUND
    )
    ends = placed.filter(is_near & (pl.col("id") != start_id))
    minutes = pl.Series(between(start, ends).minutes[0], dtype=pl.Float64)
    return pl.DataFrame({"id": ends["id"], "minutes": minutes.fill_nan(None)})


def estimate(
    starts: Places,
    ends: Places,
    fitted: Constants,
    zones: Zones | None,
    *,
    progress: Progress = quiet,
) -> EstimatedMatrix:
    """Estimate with given constants and water zones; no zones means dry land everywhere."""
    crossed = Crossed.between(starts, ends, zones) if zones else None
    minutes = np.empty((len(starts.ids), len(ends.ids)), np.float32)
    work = _Work.between(starts, ends, fitted, crossed, minutes)
    with ThreadPoolExecutor(_THREADS) as pool:
        done = 0
        for piece in pool.map(work, work.pieces()):
            done += len(piece)
            progress("travel", done, len(starts.ids))
    _mend_same_place(starts, ends, minutes)
    for cut_off in (True, False):
        rows = np.flatnonzero(starts.is_cut_off == cut_off)
        columns = np.flatnonzero(ends.is_cut_off != cut_off)
        if min(len(rows), len(columns)):
            minutes[np.ix_(rows, columns)] = np.nan
    return EstimatedMatrix(
        from_ids=starts.ids,
        to_ids=ends.ids,
        minutes=minutes,
        source=f"estimate {fitted.version}",
        band_share=fitted.band_share,
        band_low=fitted.band_low,
        band_high=fitted.band_high,
        ferry_rows=crossed.ferry if crossed else np.zeros((1, len(ends.ids)), np.uint8),
        ferry_row_of=crossed.zone_row if crossed else np.zeros(len(starts.ids), np.intp),
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Fills rows of ``minutes``; float32 throughout, and no function dearer than a square root."""

    starts: Floats
    ends: Floats
    start_paces: Floats
    end_paces: Floats
    fitted: Constants
    crossed: Crossed | None
    minutes: Floats

    @classmethod
    def between(
        cls,
        starts: Places,
        ends: Places,
        fitted: Constants,
        crossed: Crossed | None,
        minutes: Floats,
    ) -> "_Work":
        """Prepare: squared chord = |a|² + |b|² - 2ab as one product of rows of five numbers."""
        norms = np.square(starts.solid_km).sum(axis=1), np.square(ends.solid_km).sum(axis=1)
        left = np.column_stack([starts.solid_km, norms[0], np.ones_like(norms[0])])
        right = np.column_stack([-2 * ends.solid_km, np.ones_like(norms[1]), norms[1]])
        return cls(
            starts=left.astype(np.float32),
            ends=np.ascontiguousarray(right.T.astype(np.float32)),
            start_paces=_paces(starts, fitted),
            end_paces=np.ascontiguousarray(_paces(ends, fitted).T),
            fitted=fitted,
            crossed=crossed,
            minutes=minutes,
        )

    def pieces(self) -> list[NDArray[np.intp]]:
        """Part the rows, those of one zone together, into pieces that fit a core's cache."""
        n, at_once = self.minutes.shape[0], max(1, _PAIRS_AT_ONCE // max(1, self.minutes.shape[1]))
        by_zone = self.crossed.zone_row if self.crossed else np.zeros(n, np.intp)
        order = np.argsort(by_zone, kind="stable")
        return [order[i : i + at_once] for i in range(0, n, at_once)]

    def __call__(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Estimate some rows."""
        km = np.matmul(self.starts[rows], self.ends)
        np.maximum(km, 0.0, out=km)
        np.sqrt(km, out=km)
        if self.crossed is None:
            self.minutes[rows] = self._drive(km, rows)
            return rows
        zone = self.crossed.zone_row[rows]
        groups = np.split(np.arange(len(rows)), np.flatnonzero(np.diff(zone)) + 1)
        for group in groups:
            self.crossed.lengthen(km[group[0] : group[-1] + 1], rows[group])
        minutes = self._drive(km, rows)
        for group in groups:
            self.crossed.sail(minutes[group[0] : group[-1] + 1], rows[group])
        self.minutes[rows] = minutes
        return rows

    def _drive(self, km: Floats, rows: NDArray[np.intp]) -> Floats:
        """Add up the start and the stretches; ``km`` is used up."""
        fitted = self.fitted
        minutes = np.minimum(km, np.float32(fitted.start_within_km))
        minutes *= np.float32(fitted.start_minutes / fitted.start_within_km)
        pace, part = np.empty_like(km), np.empty_like(km)
        begun = 0.0
        for k, stretch in enumerate(fitted.stretches):
            np.multiply(self.start_paces[rows, k, None], self.end_paces[k], out=pace)
            np.maximum(pace, np.float32(fitted.least_pace), out=pace)
            if np.isfinite(stretch.end_km):
                np.minimum(km, np.float32(stretch.end_km - begun), out=part)
                km -= part
                begun = stretch.end_km
                pace *= part
            else:
                pace *= km
            minutes += pace
        return minutes


def _paces(places: Places, fitted: Constants) -> Floats:
    near = centres_within(places.grid_km, fitted.near_km)
    around = centres_within(places.grid_km, fitted.around_km)
    return end_paces(near, around, fitted).astype(np.float32)


def _mend_same_place(starts: Places, ends: Places, minutes: Floats) -> None:
    """Put exactly 0 between a place and itself, which float32 leaves a few metres apart."""
    at: dict[tuple[float, float], list[int]] = {}
    for column, place in enumerate(zip(ends.lat, ends.lon, strict=True)):
        at.setdefault(place, []).append(column)
    for row, place in enumerate(zip(starts.lat, starts.lon, strict=True)):
        for column in at.get(place, ()):
            minutes[row, column] = 0.0
