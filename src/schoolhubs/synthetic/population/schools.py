"""The schools themselves: kind, place, intake, ages, faith, name; and those that are to come."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic import names
from schoolhubs.synthetic.calibration import Calibration
from schoolhubs.synthetic.figures import context
from schoolhubs.synthetic.population import character, places
from schoolhubs.synthetic.population.history import ESTAB_BLOCKS, History

# The phase group whose absence, intake and pattern on the ground a kind of school has.
GROUP_OF = {
    "primary": "primary",
    "middle_deemed_primary": "primary",
    "secondary": "secondary",
    "middle_deemed_secondary": "secondary",
    "all_through": "secondary",
    "special": "special",
    "alternative_provision": "special",
    "nursery": "primary",
    "independent": "secondary",
}
# Kinds whose absence the full-year series publishes.
IN_ABSENCE_SERIES = (
    "primary",
    "middle_deemed_primary",
    "secondary",
    "middle_deemed_secondary",
    "all_through",
    "special",
)
# No authority has so many schools of one kind that their numbers reach this far.
_PLANNED_FROM = 700
_ROLL_LIMITS = {"nursery": 110.0, "alternative_provision": 90.0}


def found_schools(
    n_schools: int,
    land: places.Land,
    constants: Calibration,
    kinds: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give one row for each school open today, the independent ones last.

    Parameters
    ----------
    n_schools
        State-funded schools.
    kinds
        ``schools.yaml``.

    Returns
    -------
    Frame with kind, group, place, authority, the figures of :func:`context.draw_context`, ages,
    faith, gender, need, base type and name.
    """
    kind = _kinds(n_schools, constants)
    group = np.array([GROUP_OF[name] for name in kind], dtype=object)
    cells = np.zeros(len(kind), dtype=np.int64)
    for name in sorted(set(GROUP_OF.values())):
        of = np.flatnonzero(group == name)
        if len(of):
            drawn = places.draw_cells(land, name, len(of), constants, rng)
            cells[of] = rng.permutation(drawn)
    easting, northing = places.jitter(land, cells, rng)
    area = land.area[cells]
    where = land.areas[area]
    intake = context.draw_context(
        group,
        np.where(np.isin(kind, IN_ABSENCE_SERIES), "", kind).astype(object),
        area,
        where["subregion"].to_numpy(),
        land.density[cells],
        constants,
        rng,
    )
    for name, limit in _ROLL_LIMITS.items():
        of = kind == name
        intake["n_pupils"][of] = np.maximum(np.round(intake["n_pupils"][of] % limit), 12)
    schools = pl.DataFrame(
        {"kind": kind, "group": group, "easting": easting, "northing": northing}
    ).with_columns(
        pl.Series("density", land.density[cells]),
        pl.Series("urban_rural", places.urban_rural(land.density[cells])),
        *where.get_columns(),
        *(pl.Series(name, values) for name, values in intake.items()),
    )
    return character.describe(schools, kinds, rng)


def _kinds(n_schools: int, constants: Calibration) -> NDArray[np.object_]:
    """Give the kind of each school; the counts are the shares', rounded so that they add up."""
    facts = constants.facts["schools"]
    shares = facts["shares"]
    ends = np.round(np.cumsum(list(shares.values())) / sum(shares.values()) * n_schools)
    counts = np.diff(ends, prepend=0).astype(int)
    independent = round(n_schools * facts["independent_per_state_school"])
    return np.repeat(np.array([*shares, "independent"], dtype=object), [*counts, independent])


def plan_schools(
    history: History, on: np.datetime64, kinds: Mapping[str, Any], rng: np.random.Generator
) -> pl.DataFrame:
    """Give the free schools that are proposed to open, each near an open school of its kind.

    Returns
    -------
    Frame with the columns of ``history.entries`` and ``history.schools`` that the register's
    extract reads. The day of opening lies after ``on`` or is missing; so may the place be.
    """
    facts, n_open = kinds["proposals"], history.schools["gone_on"].null_count()
    n = max(4, round(n_open * kinds["changes"]["proposed_to_open"]))
    kind = character.choose(list(facts["kinds"]), list(facts["kinds"].values()), n, rng)
    like = np.array([rng.choice(_open_rows(history.schools, name)) for name in kind])
    years = on.astype("datetime64[Y]") + rng.integers(0, 3, n)
    opens = (years.astype("datetime64[M]") + 8).astype("datetime64[D]")
    opens[rng.random(n) < facts["without_day"]] = np.datetime64("NaT")
    no_site = pl.Series(rng.random(n) < facts["without_site"])
    first = names.places(rng.integers(0, names.N_PLACES, n))
    last_urn = int(history.entries["urn"].cast(pl.Int64).max())  # type: ignore[arg-type]
    east, north = rng.integers(-900, 901, (2, n))
    planned = history.schools[like].with_columns(
        pl.Series("urn", last_urn + np.cumsum(rng.integers(1, 3, n))).cast(pl.String),
        pl.Series(
            "school_name", [f"{a} {facts['names'][b]}" for a, b in zip(first, kind, strict=True)]
        ),
        pl.Series("establishment_type", [facts["types"][name] for name in kind]),
        pl.Series("opened_on", opens),
        pl.lit(None, pl.Date).alias("closed_on"),
        pl.lit("Academy Free School").alias("reason_opened"),
        pl.lit("Not applicable").alias("reason_closed"),
        pl.lit("Proposed to open").alias("status"),
        pl.when(~no_site).then(pl.col("easting") + pl.Series(east)).alias("easting"),
        pl.when(~no_site).then(pl.col("northing") + pl.Series(north)).alias("northing"),
    )
    block = pl.col("kind").replace_strict(ESTAB_BLOCKS, return_dtype=pl.Int64)
    rank = pl.int_range(pl.len()).over("la_code", "kind")
    return planned.with_columns(estab=block + _PLANNED_FROM + rank)


def _open_rows(schools: pl.DataFrame, kind: str) -> NDArray[np.int64]:
    is_open = schools.select((pl.col("kind") == kind) & pl.col("gone_on").is_null()).to_series()
    return np.flatnonzero(is_open.to_numpy())
