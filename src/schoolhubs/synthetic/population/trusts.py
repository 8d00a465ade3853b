"""Academy trusts: who belongs to which, since when, and where a school was before."""

import dataclasses

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schoolhubs.synthetic import names

# No trust in the register has a number of six digits that begins with 9.
FIRST_TRUST_ID = 900_001
SINGLE_SHARE = 0.16
SCHOOLS_PER_TRUST = 7
NEARBY = 6
NATIONAL_SHARE = 0.12
MOVED_SHARE = 0.12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trusts:
    """Academy trusts and their members.

    Parameters
    ----------
    trusts
        Frame: trust_id, trust_name, is_multi.
    members
        Frame: urn, trust_id, joined_on, left_on (missing while a member); one row a membership.
    """

    trusts: pl.DataFrame
    members: pl.DataFrame


def form_trusts(
    entries: pl.DataFrame, schools: pl.DataFrame, on: np.datetime64, rng: np.random.Generator
) -> Trusts:
    """Put every academy that was ever open into a trust.

    Most join a trust whose heart is near, some a national one; about one in six is its own trust.
    Some were another trust's first, and moved.
    """
    academies = entries.filter(pl.col("is_academy")).sort("urn")
    if academies.is_empty():
        return Trusts(trusts=_named(0, 0), members=_members(academies))
    n = academies.height
    of = academies["school"].to_numpy()
    xy = schools.select("easting", "northing").to_numpy()[of].astype(float)
    single = rng.random(n) < SINGLE_SHARE
    n_multi = max(2, round((~single).sum() / SCHOOLS_PER_TRUST))
    home = _homes(xy, n_multi, of, rng)
    n_single = int(single.sum())
    trust = np.where(single, n_multi + np.cumsum(single) - 1, home)
    opened = academies["opened_on"].to_numpy().astype("datetime64[D]")
    closed = academies["closed_on"].to_numpy().astype("datetime64[D]")
    closed[closed > on] = np.datetime64("NaT")
    last = np.where(np.isnat(closed), on, closed)
    room = np.maximum((last - opened).astype(np.int64) - 400, 0)
    moves = (rng.random(n) < MOVED_SHARE) & (room > 0) & ~single
    moved_on = opened + 200 + (rng.random(n) * room).astype(np.int64)
    moved_on = moved_on.astype("datetime64[M]").astype("datetime64[D]")
    earlier = np.roll(home, 1)
    moves &= earlier != trust
    now = academies.select("urn").with_columns(
        trust_id=FIRST_TRUST_ID + trust,
        joined_on=np.where(moves, moved_on, opened).astype("datetime64[D]"),
        left_on=closed,
    )
    before = academies.select("urn").with_columns(
        trust_id=FIRST_TRUST_ID + earlier, joined_on=opened, left_on=moved_on
    )
    members = pl.concat([now, before.filter(pl.Series(moves))]).sort("urn", "joined_on")
    return Trusts(
        trusts=_named(n_multi, n_single),
        members=members.with_columns(pl.col("trust_id").cast(pl.String)),
    )


def _members(academies: pl.DataFrame) -> pl.DataFrame:
    days = [pl.lit(None, pl.Date).alias(name) for name in ("joined_on", "left_on")]
    return academies.select("urn", pl.lit("").alias("trust_id"), *days)


def _homes(
    xy: NDArray[np.float64], n_multi: int, of: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose a multi-academy trust for each academy; entries of one school stay together."""
    hearts = xy[rng.choice(len(xy), n_multi, replace=n_multi > len(xy))]
    _, near = cKDTree(hearts).query(xy, k=min(NEARBY, n_multi))
    pull = rng.lognormal(0, 0.8, n_multi)[near]
    ends = np.cumsum(pull, axis=1) / pull.sum(axis=1, keepdims=True)
    _, first, same = np.unique(of, return_index=True, return_inverse=True)
    u = rng.random((len(first), 3))[same]
    home = near[np.arange(len(xy)), (u[:, :1] > ends).sum(axis=1)]
    national = max(1, n_multi // 40)
    chain = (u[:, 1] * national).astype(np.int64)
    chosen: NDArray[np.int64] = np.where(u[:, 2] < NATIONAL_SHARE, chain, home)
    return chosen


def _named(n_multi: int, n_single: int) -> pl.DataFrame:
    number = np.arange(n_multi + n_single)
    is_multi = number < n_multi
    first = names.places(number * 101 % names.N_PLACES)
    endings = np.array(
        [" Learning Trust", " Academies Trust", " Education Partnership"], dtype=object
    )
    last = np.where(is_multi, endings[number // names.N_PLACES % 3], " Academy Trust")
    return pl.DataFrame(
        {
            "trust_id": (FIRST_TRUST_ID + number).astype(str),
            "trust_name": first + last,
            "is_multi": is_multi,
        },
        schema={"trust_id": pl.String, "trust_name": pl.String, "is_multi": pl.Boolean},
    )
