"""Where schools are: their own place from a published list, else their successor's."""

import functools

import polars as pl
import pyproj

from schoolhubs.schools.roster.chains import descendants

BRITISH_GRID, WGS84 = "EPSG:27700", "EPSG:4326"
METRES = 1
DEGREES = 6


@functools.cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def placed(known: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Give each school grid reference and coordinates, and say where they come from.

    Parameters
    ----------
    known
        ``urn`` with easting, northing, lat, lon as published, any of them missing, and
        ``grid_from`` and ``point_from``: the kind of file each pair was read from.
    steps
        From :func:`chains.edges`.

    Returns
    -------
    polars.DataFrame
        The same rows with all four filled where either pair was known, ``location_source`` and
        ``is_placed_at_successor``. A school with no place of its own has the nearest successor's.
    """
    own = _both_ways(known)
    has_place = pl.col("lat").is_not_null()
    place = ("easting", "northing", "lat", "lon", "location_source")
    there = own.filter(has_place).select(
        pl.col("urn").alias("relative"), *(pl.col(c).alias(f"_{c}") for c in place)
    )
    nearest = (
        descendants(steps)
        .join(own.filter(~has_place).select("urn"), on="urn", how="semi")
        .join(there, on="relative")
        .sort("urn", "steps", "relative")
        .unique("urn", keep="first", maintain_order=True)
        .drop("relative", "steps")
    )
    return (
        own.join(nearest, on="urn", how="left", maintain_order="left")
        .with_columns(
            (~has_place & pl.col("_lat").is_not_null()).alias("is_placed_at_successor"),
            *(pl.coalesce(c, f"_{c}").alias(c) for c in place),
        )
        .drop(f"_{c}" for c in place)
    )


def _both_ways(known: pl.DataFrame) -> pl.DataFrame:
    """Fill degrees from metres and metres from degrees."""
    on_grid = known["easting"].is_not_null() & known["northing"].is_not_null()
    on_grid &= (known["easting"] != 0).fill_null(value=False)
    on_globe = known["lat"].is_not_null() & known["lon"].is_not_null()
    columns = {
        name: known[name].to_numpy().copy() for name in ("easting", "northing", "lat", "lon")
    }
    grid, globe = on_grid.to_numpy(), (on_globe & ~on_grid).to_numpy()
    to_globe, to_grid = _transformer(BRITISH_GRID, WGS84), _transformer(WGS84, BRITISH_GRID)
    lon, lat = to_globe.transform(columns["easting"][grid], columns["northing"][grid])
    columns["lon"][grid], columns["lat"][grid] = lon.round(DEGREES), lat.round(DEGREES)
    east, north = to_grid.transform(columns["lon"][globe], columns["lat"][globe])
    columns["easting"][globe], columns["northing"][globe] = east.round(METRES), north.round(METRES)
    nowhere = ~(grid | globe)
    for values in columns.values():
        values[nowhere] = float("nan")
    source = (
        pl.when(on_grid)
        .then(known["grid_from"])
        .when(on_globe)
        .then(known["point_from"])
        .alias("location_source")
    )
    filled = [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]
    return known.with_columns(*filled).with_columns(source)
