"""Places to travel between: checked, and put where the estimate can reckon with them."""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.travel.settlement import grid_km
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem

LAT_LOWEST, LAT_HIGHEST = 49.8, 55.9
LON_LOWEST, LON_HIGHEST = -6.5, 1.9
"""Bounds of England, degrees WGS84: Bishop Rock to Berwick, Scilly to Lowestoft, with a margin."""

_SCILLY_NORTH, _SCILLY_EAST = 50.03, -6.1
EARTH_RADIUS_KM = 6371.0088
CENTRE_LAT, CENTRE_LON = 52.6, -1.6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Checked places: identifiers, degrees, and km of a solid with its origin in mid England.

    Parameters
    ----------
    ids
        Length n.
    lat, lon
        Shape (n,), float64, degrees WGS84.
    solid_km
        Shape (n, 3), float64: the point on the sphere less the sphere's point at the centre of
        England, so that float32 sums of squares keep about 100 m at short range.
    grid_km
        Shape (n, 2), British National Grid km.
    is_cut_off
        Shape (n,): on the Isles of Scilly, which no road and no car ferry reaches.
    """

    ids: tuple[str, ...]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    solid_km: NDArray[np.float64]
    grid_km: NDArray[np.float64]
    is_cut_off: NDArray[np.bool_]


def check_places(points: pl.DataFrame, role: str) -> Places:
    """Check a POINTS frame and give its places.

    Parameters
    ----------
    points
        POINTS frame: id, lat, lon in degrees WGS84; none may be missing.
    role
        What the points are, such as ``"from_points"``; opens every message.

    Raises
    ------
    DataProblem
        Listing rows (the first data row is row 2, below its header) that lie outside England,
        and saying so where latitude and longitude look swapped.
    """
    frame = frames.POINTS.fill(points)
    ids = tuple(frame["id"].to_list())
    lat, lon = frame["lat"].to_numpy(), frame["lon"].to_numpy()
    inside = _are_inside(lat, lon)
    if not inside.all():
        raise DataProblem(_outside(ids, lat, lon, inside, role))
    return Places(
        ids=ids,
        lat=lat,
        lon=lon,
        solid_km=_solid(lat, lon) - _CENTRE,
        grid_km=grid_km(lat, lon),
        is_cut_off=(lat < _SCILLY_NORTH) & (lon < _SCILLY_EAST),
    )


def _are_inside(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
    fits_lat = (lat >= LAT_LOWEST) & (lat <= LAT_HIGHEST)
    return fits_lat & (lon >= LON_LOWEST) & (lon <= LON_HIGHEST)


def _outside(
    ids: tuple[str, ...],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    inside: NDArray[np.bool_],
    role: str,
) -> list[Problem]:
    swapped = _are_inside(lon, lat)
    problems = []
    for i in np.flatnonzero(~inside):
        remedy = (
            "Latitude and longitude look swapped: swap the two columns."
            if swapped[i]
            else f"Expected lat {LAT_LOWEST} to {LAT_HIGHEST} and lon {LON_LOWEST} to "
            f"{LON_HIGHEST}, in degrees (WGS84): mend the place or leave the row out."
        )
        problems.append(
            Problem(
                code="swapped_coordinates" if swapped[i] else "outside_england",
                file=role,
                row=int(i) + 2,
                fault=f"id {ids[i]} lies outside England: lat {lat[i]:.5g}, lon {lon[i]:.5g}",
                remedy=remedy,
                value=f"{lat[i]}, {lon[i]}",
            )
        )
    return problems


def _solid(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    north, east = np.radians(lat), np.radians(lon)
    flat = np.cos(north)
    return EARTH_RADIUS_KM * np.stack(
        [flat * np.cos(east), flat * np.sin(east), np.sin(north)], axis=-1
    )


_CENTRE = _solid(np.array([CENTRE_LAT]), np.array([CENTRE_LON]))
