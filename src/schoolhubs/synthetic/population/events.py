"""What happened to each school: the days it changed, and the schools that are gone."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Dates = NDArray[np.datetime64]
NEVER = np.datetime64("NaT", "D")
_FIRST_OF_MONTH = (9, 9, 9, 4, 4, 1, 2, 3, 6, 7, 8, 10, 11, 12)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Days of change for each school, NaT where it did not happen."""

    is_free: NDArray[np.bool_]
    is_sponsored: NDArray[np.bool_]
    converted_on: Dates
    reopened_on: Dates
    amalgamated_on: Dates


def events(
    schools: pl.DataFrame, on: np.datetime64, kinds: Mapping[str, Any], rng: np.random.Generator
) -> Events:
    """Say which schools became academies, opened again, or were put together from two, and when.

    Parameters
    ----------
    schools
        Open schools.
    on
        Nothing happens after this day.
    kinds
        ``schools.yaml``.
    """
    n = schools.height
    group = _academy_group(schools["kind"].to_numpy())
    converted = np.full(n, NEVER)
    is_free, is_sponsored = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    need = schools["fsm_ever_percent"].to_numpy()
    for name, by_year in kinds["academies_by_year"].items():
        of = np.flatnonzero(group == name)
        shares, years = list(by_year.values()), list(by_year)
        when = np.interp(rng.random(len(of)), [*shares, 1.0], [*years, 2100])
        converted[of] = _on_a_first(when, rng)
        is_free[of] = rng.random(len(of)) < kinds["free_school_share"][name]
        sponsored = kinds["sponsor_led_share"][name] * need[of] / max(need[of].mean(), 1)
        is_sponsored[of] = rng.random(len(of)) < sponsored
    converted[converted > on] = NEVER
    is_free &= ~np.isnat(converted)
    closed_again = converted + rng.integers(800, 3500, n)
    reopened = np.where(rng.random(n) < kinds["changes"]["second_academy"], closed_again, NEVER)
    reopened = first_day(reopened.astype("datetime64[D]"))
    reopened[(reopened > on) | is_free] = NEVER
    amalgamated = _on_a_first(rng.uniform(2004, 2018, n), rng)
    may = np.isin(schools["kind"].to_numpy(), ["primary", "secondary"]) & ~is_free
    may &= rng.random(n) < kinds["changes"]["amalgamated"]
    late = ~np.isnat(converted) & (amalgamated > converted - np.timedelta64(400, "D"))
    amalgamated[~may | late | (amalgamated > on)] = NEVER
    return Events(
        is_free=is_free,
        is_sponsored=is_sponsored,
        converted_on=converted,
        reopened_on=reopened,
        amalgamated_on=amalgamated,
    )


def _academy_group(kind: NDArray[np.object_]) -> NDArray[np.object_]:
    out = kind.copy()
    out[kind == "middle_deemed_primary"] = "primary"
    out[np.isin(kind, ["middle_deemed_secondary", "all_through"])] = "secondary"
    return out


def _on_a_first(year: NDArray[np.float64], rng: np.random.Generator) -> Dates:
    """Turn years with a fraction into first days of a month, September most of all."""
    month = np.array(_FIRST_OF_MONTH)[rng.integers(0, len(_FIRST_OF_MONTH), len(year))]
    whole = year.astype(int) - 1970
    days: Dates = whole.astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    return days.astype("datetime64[D]")


def first_day(days: Dates) -> Dates:
    """Give the first day of each day's month.

    >>> first_day(np.array(["2018-09-17"], dtype="datetime64[D]")).astype(str).tolist()
    ['2018-09-01']
    """
    return days.astype("datetime64[M]").astype("datetime64[D]")


def gone(
    schools: pl.DataFrame,
    past: Events,
    on: np.datetime64,
    kinds: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give the schools that closed: into an amalgamation, into a neighbour, in two, or for good."""
    n = schools.height
    changes = kinds["changes"]
    whole = np.flatnonzero(~np.isnat(past.amalgamated_on))
    parts = np.repeat(whole, 2)
    plain = np.flatnonzero(np.isin(schools["kind"].to_numpy(), ["primary", "secondary", "special"]))
    absorbing = rng.choice(plain, max(2, round(n * changes["absorbed"])), replace=False)
    first, second = _pairs(schools, past, max(1, round(n * changes["split"])), rng)
    lost = rng.choice(plain, max(2, round(n * changes["proposed_to_close"] * 3)), replace=False)
    like = np.concatenate([parts, absorbing, first, lost])
    fate = np.repeat(
        ["amalgamated", "absorbed", "split", "closed"],
        [len(parts), len(absorbing), len(first), len(lost)],
    )
    days = _on_a_first(
        rng.uniform(2006, on.astype("datetime64[Y]").astype(int) + 1970, len(like)), rng
    )
    gone_on = np.where(fate == "amalgamated", past.amalgamated_on[like], days)
    opened = past.converted_on[second]
    gone_on[fate == "split"] = opened
    into = np.where(fate == "closed", -1, like)
    into_too = np.full(len(like), -1)
    into_too[fate == "split"] = second
    rows = schools[like]
    shrunk = np.where(fate == "amalgamated", 0.5, 0.7) * rows["n_pupils"].to_numpy()
    return rows.with_columns(
        pl.Series("n_pupils", np.maximum(np.round(shrunk), 12.0)),
        pl.Series("easting", rows["easting"].to_numpy() + rng.integers(-300, 301, len(like))),
        pl.Series("northing", rows["northing"].to_numpy() + rng.integers(-300, 301, len(like))),
        pl.Series("school_name", _renamed(rows["school_name"].to_numpy(), fate)),
        pl.Series("gone_on", np.minimum(gone_on, on).astype("datetime64[D]")),
        pl.Series("into", into),
        pl.Series("into_too", into_too),
        pl.Series("fate", fate),
    )


def _pairs(
    schools: pl.DataFrame, past: Events, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give free schools and their nearest neighbour: the two that a split school became."""
    free = np.flatnonzero(past.is_free & (schools["kind"].to_numpy() == "primary"))
    others = np.flatnonzero(
        (schools["kind"].to_numpy() == "primary") & np.isnat(past.amalgamated_on)
    )
    if not len(free):
        return free, free
    chosen = np.sort(rng.choice(free, min(n, len(free)), replace=False))
    xy = schools.select("easting", "northing").to_numpy().astype(float)
    _, near = cKDTree(xy[others]).query(xy[chosen], k=2)
    partner = np.where(others[near[:, 0]] == chosen, others[near[:, 1]], others[near[:, 0]])
    return partner, chosen


def _renamed(names: NDArray[np.object_], fate: NDArray[np.str_]) -> NDArray[np.object_]:
    out = names.copy()
    place = np.flatnonzero(fate == "amalgamated")
    for position, i in enumerate(place):
        ending = " Infant School" if position % 2 == 0 else " Junior School"
        out[i] = str(names[i]).replace(" Primary School", ending).replace(" Community", "")
    return out
