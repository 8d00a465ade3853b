"""Adds lead schools by rule until there are as many as planned.

This is no ranking of schools: a school either meets the rule's conditions or it does not, and
among those that do, the places are filled so that schools of each region and phase have a lead
near them. It stands in where a programme's full list of leads was not to be had, and every school
it adds is flagged.
"""

from collections.abc import Collection

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.rules import LeadSelection


def qualifying(facts: pl.DataFrame, rule: LeadSelection) -> pl.DataFrame:
    """Give the schools of ``facts`` (frames.SCHOOL_FACTS) that meet the rule's conditions.

    A school whose grade, absence, roll or place is not known does not qualify: leading is asked
    of schools of which these things are known.
    """
    return facts.filter(
        pl.col("is_open")
        & pl.col("is_state_funded")
        & pl.col("phase").is_in(list(rule.phase_shares))
        & pl.col("overall_grade").is_in(list(rule.overall_grades))
        & (
            pl.col("absence_mean_percent") - pl.col("absence_phase_percent")
            <= rule.maximum_points_over_phase
        )
        & (pl.col("n_pupils") >= rule.minimum_pupils)
        & pl.col("lat").is_not_null()
        & pl.col("region").is_not_null()
    ).sort("urn")


def top_up(
    leads: pl.DataFrame,
    facts: pl.DataFrame,
    rule: LeadSelection,
    *,
    to_n: int,
    never: Collection[str] = (),
) -> pl.DataFrame:
    """Add qualifying schools to a list of leads until there are ``to_n``.

    Parameters
    ----------
    leads
        frames.LEADS of schools that lead on the day; kept as they are, and all of them counted.
    facts
        frames.SCHOOL_FACTS of every school.
    rule
        Conditions and shares.
    to_n
        Leads wanted in all. Fewer are given if too few schools qualify.
    never
        URNs never added, such as a listed lead whose time is over or has not come.

    Returns
    -------
    polars.DataFrame
        The leads given, then those added in order of URN with ``is_topped_up`` true.
    """
    facts = facts.sort("urn")  # sums of distances, and so ties, must not hang on row order
    missing = to_n - leads.height
    taken = [*leads["urn"].to_list(), *never]
    pool = qualifying(facts, rule).filter(~pl.col("urn").is_in(taken))
    if missing <= 0 or pool.is_empty():
        return leads
    standing = facts.filter(pl.col("urn").is_in(leads["urn"].to_list())).with_columns(
        pl.col("phase").replace(rule.counted_as)
    )
    chosen: list[str] = []
    for (region, phase), places in _places(facts, standing, pool, rule, missing).items():
        group = (pl.col("region") == region) & (pl.col("phase") == phase)
        far_km = rule.nearness_counts_to_km
        chosen += _cover(facts.filter(group), standing, pool.filter(group), places, far_km)
    added = frames.LEADS.fill(
        facts.filter(pl.col("urn").is_in(chosen))
        .sort("urn")
        .select("urn", "school_name", pl.lit(value=True).alias("is_topped_up"))
    )
    return pl.concat([leads, added], how="diagonal")


def _places(
    facts: pl.DataFrame,
    standing: pl.DataFrame,
    pool: pl.DataFrame,
    rule: LeadSelection,
    missing: int,
) -> dict[tuple[str, str], int]:
    """Share the missing places among region and phase, by schools there, less leads there."""
    schools = _counts(facts.filter(pl.col("is_open") & pl.col("is_state_funded")))
    of_phase = {
        phase: sum(n for (_, its), n in schools.items() if its == phase)
        for phase in rule.phase_shares
    }
    available, there = _counts(pool), _counts(standing)
    in_all = missing + standing.height
    short = {
        group: in_all * rule.phase_shares[group[1]] * schools.get(group, 0) / of_phase[group[1]]
        - there.get(group, 0)
        for group in available
    }
    places = dict.fromkeys(sorted(available), 0)
    for _ in range(min(missing, pool.height)):
        open_groups = [group for group in places if places[group] < available[group]]
        # The group furthest below its share gets the next place; ties go by name.
        first = max(open_groups, key=lambda group: short[group] - places[group])
        places[first] += 1
    return {group: n for group, n in places.items() if n}


def _counts(schools: pl.DataFrame) -> dict[tuple[str, str], int]:
    grouped = schools.drop_nulls(["region", "phase"]).group_by("region", "phase").len()
    return {(region, phase): n for region, phase, n in grouped.iter_rows()}


def _cover(
    schools: pl.DataFrame, standing: pl.DataFrame, pool: pl.DataFrame, places: int, far_km: float
) -> list[str]:
    """Choose schools one by one, each bringing the most school-kilometres nearer a lead."""
    schools = schools.drop_nulls(["lat", "lon"])
    same_phase = standing.filter(pl.col("phase").is_in(pool["phase"].unique().to_list()))
    nearest = np.full(schools.height, far_km)
    if same_phase.drop_nulls(["lat", "lon"]).height:
        nearest = np.minimum(nearest, _km(schools, same_phase).min(axis=1))
    to_pool = _km(schools, pool)
    chosen: list[int] = []
    for _ in range(places):
        gain = np.maximum(nearest[:, None] - to_pool, 0).sum(axis=0)
        gain[chosen] = -1.0
        best = int(gain.argmax())
        chosen.append(best)
        nearest = np.minimum(nearest, to_pool[:, best])
    return [pool["urn"][index] for index in chosen]


def _km(places: pl.DataFrame, others: pl.DataFrame) -> NDArray[np.float64]:
    """Kilometres between places, shape (n, m); a flat earth is near enough to compare leads."""
    others = others.drop_nulls(["lat", "lon"])
    north = places["lat"].to_numpy()[:, None] - others["lat"].to_numpy()[None, :]
    east = places["lon"].to_numpy()[:, None] - others["lon"].to_numpy()[None, :]
    shrink = np.cos(np.radians(places["lat"].to_numpy()))[:, None]
    return np.asarray(111.2 * np.hypot(north, east * shrink))
