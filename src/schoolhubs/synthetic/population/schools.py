"""The schools themselves: kind, place, intake, ages, faith, name; one row a school."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import Calibration
from schoolhubs.synthetic.figures import context
from schoolhubs.synthetic.population import character, places

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
