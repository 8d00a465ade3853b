"""How settled the land is: census small areas counted on a one-kilometre grid."""

import dataclasses
import functools
from importlib import resources

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pyproj import Transformer

_METRES_PER_KM = 1000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SettlementGrid:
    """Small-area centres counted in square cells of the British National Grid.

    Parameters
    ----------
    cell_km
        Side of a cell.
    easting, northing
        Shape (k,), metres: middle of each cell that holds at least one centre.
    n_centres
        Shape (k,): centres in it. One stands for about 1,700 people.
    source
        The publication the centres come from.
    """

    cell_km: float
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]
    n_centres: NDArray[np.int32]
    source: str

    def frame(self) -> pl.DataFrame:
        """Give the cells as a table: easting, northing (metres), n_centres."""
        return pl.DataFrame(
            {"easting": self.easting, "northing": self.northing, "n_centres": self.n_centres}
        )


@functools.cache
def settlement_grid() -> SettlementGrid:
    """Read the grid shipped with the package.

    Examples
    --------
    >>> grid = settlement_grid()
    >>> grid.cell_km, int(grid.n_centres.sum())
    (1.0, 32844)
    """
    file = resources.files("schoolhubs.travel") / "data" / "settlement.npz"
    with resources.as_file(file) as path, np.load(path) as stored:
        column, row = stored["column"].astype(np.int32), stored["row"].astype(np.int32)
        return SettlementGrid(
            cell_km=1.0,
            easting=column * _METRES_PER_KM + _METRES_PER_KM // 2,
            northing=row * _METRES_PER_KM + _METRES_PER_KM // 2,
            n_centres=stored["n_centres"].astype(np.int32),
            source=str(stored["source"]),
        )


def grid_km(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give British National Grid km, shape (n, 2): east, north."""
    east, north = _to_national_grid().transform(lon, lat)
    return np.stack([east, north], axis=-1) / _METRES_PER_KM


@functools.cache
def _to_national_grid() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)


def centres_within(km: NDArray[np.float64], radius_km: float) -> NDArray[np.float64]:
    """Count small-area centres within a radius of each place.

    Parameters
    ----------
    km
        Shape (n, 2): national grid km, from :func:`grid_km`.
    radius_km
        Radius of the disc.

    Returns
    -------
    Shape (n,): the count, with the cells on the edge counted by the part inside, and between the
    middles of cells in proportion, so that it has no steps. 0 on empty land.
    """
    counted = _counts_around(radius_km)
    east = np.clip(km[:, 0] - 0.5, 0, counted.shape[1] - 1.001)
    north = np.clip(km[:, 1] - 0.5, 0, counted.shape[0] - 1.001)
    column, row = east.astype(np.int64), north.astype(np.int64)
    right, up = east - column, north - row
    lower = counted[row, column] * (1 - right) + counted[row, column + 1] * right
    upper = counted[row + 1, column] * (1 - right) + counted[row + 1, column + 1] * right
    return lower * (1 - up) + upper * up


@functools.cache
def _counts_around(radius_km: float) -> NDArray[np.float64]:
    grid = settlement_grid()
    column, row = grid.easting // _METRES_PER_KM, grid.northing // _METRES_PER_KM
    margin = int(np.ceil(radius_km)) + 1
    cells = np.zeros((int(row.max()) + margin, int(column.max()) + margin))
    np.add.at(cells, (row, column), grid.n_centres)
    disc = _disc(radius_km)
    whole = (cells.shape[0] + len(disc) - 1, cells.shape[1] + len(disc) - 1)
    # By way of frequencies: numpy alone, where scipy.signal takes seconds to import.
    around = np.fft.irfft2(np.fft.rfft2(cells, whole) * np.fft.rfft2(disc, whole), whole)
    reach = len(disc) // 2
    around = around[reach : reach + cells.shape[0], reach : reach + cells.shape[1]]
    counted: NDArray[np.float64] = np.maximum(np.round(around, 6), 0.0)
    return counted


def _disc(radius_km: float) -> NDArray[np.float64]:
    """Weigh the cells around a middle cell by the part of each that lies in the disc."""
    reach = int(np.ceil(radius_km))
    fine = (np.arange((2 * reach + 1) * 10) + 0.5) / 10 - reach - 0.5
    inside = np.hypot(fine[:, None], fine[None, :]) <= radius_km
    side = 2 * reach + 1
    weights: NDArray[np.float64] = inside.reshape(side, 10, side, 10).mean(axis=(1, 3))
    return weights
