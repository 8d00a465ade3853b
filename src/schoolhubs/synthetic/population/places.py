"""Where schools stand: authorities and places drawn from the real pattern of settlement."""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schoolhubs import travel
from schoolhubs.synthetic import names
from schoolhubs.synthetic.calibration import Calibration

# No local authority in England or Wales has a number between 500 and 659.
FIRST_LA_CODE = 500
_CELL_METRES = 1000
_BOX = (700, 1300)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Settled cells of one kilometre, each with its authority.

    Parameters
    ----------
    easting, northing
        Shape (k,), metres: south-west corner of each cell.
    n_centres
        Shape (k,): census small areas in the cell.
    density
        Shape (k,): log(1 + small areas in the 5 km square around it).
    area
        Shape (k,): row of the authority in ``areas``.
    areas
        Frame ``area, la_code, la_name, gss_code, subregion, region``; subregion parts London.
    """

    easting: NDArray[np.int64]
    northing: NDArray[np.int64]
    n_centres: NDArray[np.int64]
    density: NDArray[np.float64]
    area: NDArray[np.int64]
    areas: pl.DataFrame


def survey(constants: Calibration) -> Land:
    """Give the land: real settlement, invented authorities.

    Cells belong to the authority with the nearest seed, so that regions have their real shape.
    Cells are ordered by authority and then along a winding path, so that drawing every so-many-th
    place spreads schools evenly.
    """
    grid = travel.settlement_grid()
    seeds = constants.areas
    tree = cKDTree(seeds.select("easting", "northing").to_numpy())
    _, nearest = tree.query(np.column_stack([grid.easting, grid.northing]))
    area = seeds["area"].to_numpy()[nearest]
    column, row = grid.easting // _CELL_METRES, grid.northing // _CELL_METRES
    order = np.lexsort((_winding(column, row), area))
    return Land(
        easting=(column * _CELL_METRES).astype(np.int64)[order],
        northing=(row * _CELL_METRES).astype(np.int64)[order],
        n_centres=grid.n_centres.astype(np.int64)[order],
        density=_density(column, row, grid.n_centres)[order],
        area=area[order],
        areas=_areas(seeds),
    )


def _winding(column: NDArray[np.int32], row: NDArray[np.int32]) -> NDArray[np.int64]:
    """Number cells so that neighbours have near numbers: interleave the bits of both axes."""
    code = np.zeros(len(column), dtype=np.int64)
    for bit in range(11):
        code |= ((column.astype(np.int64) >> bit) & 1) << (2 * bit)
        code |= ((row.astype(np.int64) >> bit) & 1) << (2 * bit + 1)
    return code


def _density(
    column: NDArray[np.int32], row: NDArray[np.int32], n_centres: NDArray[np.int32]
) -> NDArray[np.float64]:
    cells = np.zeros(_BOX)
    np.add.at(cells, (column, row), n_centres)
    total = np.pad(cells, 3).cumsum(0).cumsum(1)
    x, y = column + 3, row + 3
    a, b, c, d = x - 3, x + 2, y - 3, y + 2
    return np.asarray(np.log1p(total[b, d] - total[a, d] - total[b, c] + total[a, c]))


def _areas(seeds: pl.DataFrame) -> pl.DataFrame:
    areas = seeds.group_by("area", maintain_order=True).agg(pl.col("region").first())
    codes = [str(FIRST_LA_CODE + area) for area in areas["area"]]
    subregion = areas["region"]
    return pl.DataFrame(
        {
            "area": areas["area"],
            "la_code": codes,
            "la_name": names.authorities(areas.height),
            "gss_code": [f"E99000{code}" for code in codes],
            "subregion": subregion,
            "region": subregion.str.replace("^(Inner|Outer) London$", "London"),
        }
    )


def draw_cells(
    land: Land, kind: str, n: int, constants: Calibration, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw ``n`` cells for schools of a phase group, as thick on the ground as real ones.

    Parameters
    ----------
    kind
        ``primary``, ``secondary`` or ``special``.
    """
    per_centre = constants.context["groups"][kind]["schools_per_centre"]
    weight = land.n_centres * np.interp(
        land.density, per_centre["log_centres"], per_centre["schools"]
    )
    region = land.areas["region"].to_numpy()[land.area]
    position = {"primary": 0, "secondary": 1, "special": 2}[kind]
    counts = {k: v[position] for k, v in constants.facts["region_counts"].items() if k != "source"}
    for name, count in counts.items():
        weight[region == name] *= count / weight[region == name].sum()
    ends = np.cumsum(weight)
    ticks = (np.arange(n) + rng.random(n)) / n * ends[-1]
    return np.asarray(np.minimum(np.searchsorted(ends, ticks), len(ends) - 1))


def jitter(
    land: Land, cells: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a place in each cell: easting and northing, metres."""
    shift = rng.integers(0, _CELL_METRES, size=(2, len(cells)))
    return land.easting[cells] + shift[0], land.northing[cells] + shift[1]


def urban_rural(density: NDArray[np.float64]) -> NDArray[np.object_]:
    """Name how urban a place is, in the words of the national classification."""
    labels = np.array(
        [
            "(England/Wales) Rural hamlet and isolated dwellings",
            "(England/Wales) Rural village",
            "(England/Wales) Rural town and fringe",
            "(England/Wales) Urban city and town",
            "(England/Wales) Urban major conurbation",
        ],
        dtype=object,
    )
    named: NDArray[np.object_] = labels[np.searchsorted([0.7, 1.4, 2.1, 3.7], density)]
    return named
