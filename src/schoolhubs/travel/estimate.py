"""Minutes between places from their distance and how settled both ends are."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.travel.constants import Constants, constants
from schoolhubs.travel.places import Places, check_places
from schoolhubs.travel.settlement import centres_within, grid_km
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.travel import TravelMatrix

_PAIRS_AT_ONCE = 1 << 18
_THREADS = 2
_SCILLY_LAT, _SCILLY_LON = 50.03, -6.1

Floats = NDArray[np.float32]


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
    fitted = constants()
    shape = (len(starts.ids), len(ends.ids))
    minutes = np.empty(shape, np.float32)
    low, high = np.empty_like(minutes), np.empty_like(minutes)
    near_starts, near_ends = _settledness(starts, fitted), _settledness(ends, fitted)
    rows = max(1, _PAIRS_AT_ONCE // max(1, shape[1]))
    pieces = [slice(i, min(i + rows, shape[0])) for i in range(0, shape[0], rows)]
    norm_starts = np.square(starts.solid_km).sum(axis=1).astype(np.float32)[:, None]
    norm_ends = np.square(ends.solid_km).sum(axis=1).astype(np.float32)[None, :]
    minus_twice = np.ascontiguousarray((-2.0 * ends.solid_km.T).astype(np.float32))
    solid_starts = starts.solid_km.astype(np.float32)
    start, knee = np.float32(fitted["start_minutes"]), np.float32(fitted["knee_km"])
    far = np.float32(60.0 / fitted["far_speed"])

    def work(piece: slice) -> None:
        out = minutes[piece]
        np.matmul(solid_starts[piece], minus_twice, out=out)
        out += norm_starts[piece]
        out += norm_ends
        np.maximum(out, 0.0, out=out)
        np.sqrt(out, out=out)
        near = np.minimum(out, knee)
        out -= near
        out *= far
        near *= near_starts[piece, None]
        near *= near_ends
        out += near
        out += start
        np.multiply(out, np.float32(fitted["band_low"]), out=low[piece])
        np.multiply(out, np.float32(fitted["band_high"]), out=high[piece])

    with ThreadPoolExecutor(_THREADS) as pool:
        for done, _ in enumerate(pool.map(work, pieces), start=1):
            progress("travel", pieces[done - 1].stop, shape[0])
    _same_place(starts, ends, (minutes, low, high))
    _scilly(starts, ends, (minutes, low, high))
    return TravelMatrix(
        from_ids=starts.ids,
        to_ids=ends.ids,
        minutes=minutes,
        minutes_low=low,
        minutes_high=high,
        is_ferry=np.zeros(shape, np.bool_),
        source=f"estimate {fitted.version}",
        band_share=fitted["band_share"],
    )


def _settledness(places: Places, fitted: Constants) -> Floats:
    """Give the square root of minutes per km near each place, so that a product gives a pair's."""
    counted = centres_within(grid_km(places.lat, places.lon), fitted["density_radius_km"])
    density = np.log(np.maximum(counted, 1.0)) - fitted["near_density_middle"]
    log_speed = fitted["near_log_speed"] + fitted["near_log_speed_per_density"] * density
    return np.sqrt(60.0 / np.exp(log_speed)).astype(np.float32)


def _same_place(starts: Places, ends: Places, matrices: tuple[Floats, ...]) -> None:
    at: dict[tuple[float, float], list[int]] = {}
    for column, place in enumerate(zip(ends.lat, ends.lon, strict=True)):
        at.setdefault(place, []).append(column)
    for row, place in enumerate(zip(starts.lat, starts.lon, strict=True)):
        for column in at.get(place, ()):
            for matrix in matrices:
                matrix[row, column] = 0.0


def _scilly(starts: Places, ends: Places, matrices: tuple[Floats, ...]) -> None:
    on_starts = (starts.lat < _SCILLY_LAT) & (starts.lon < _SCILLY_LON)
    on_ends = (ends.lat < _SCILLY_LAT) & (ends.lon < _SCILLY_LON)
    for matrix in matrices:
        matrix[on_starts[:, None] & ~on_ends[None, :]] = np.nan
        matrix[~on_starts[:, None] & on_ends[None, :]] = np.nan
