"""Schools beside each other: scores shrunk toward schools of their kind, places as intervals."""

from collections.abc import Callable

import numpy as np
import polars as pl

from schoolhubs.diagnosis.scoring.constants import constant
from schoolhubs.diagnosis.scoring.statistics import reliability, shrinking
from schoolhubs.diagnosis.scoring.tables.estimating import ALL, PLACE
from schoolhubs.diagnosis.scoring.tables.people import ITEM
from schoolhubs.diagnosis.scoring.tables.releasing import BOTTOM, NOT_SHOWN, TOP

SHRUNK = ("shrunk", "shrunk_low", "shrunk_high")
PLACES = ("rank_low", "rank_high", "n_ranked")
NOT_KNOWN = "not known"


def kinds(schools: pl.DataFrame | None) -> Callable[[str], str]:
    """Say how to find a school's kind: its phase, and the third of that phase by FSM.

    Parameters
    ----------
    schools
        ``urn``, ``phase``, ``fsm_percent`` (0-100, may be missing); None makes all of one kind.

    Examples
    --------
    >>> of = kinds(
    ...     pl.DataFrame(
    ...         {
    ...             "urn": ["1", "2", "3"],
    ...             "phase": ["primary"] * 3,
    ...             "fsm_percent": [5.0, 20.0, 60.0],
    ...         }
    ...     )
    ... )
    >>> of("1"), of("3"), of("4")
    ('primary, FSM third 1', 'primary, FSM third 3', 'not known')
    """
    if schools is None:
        return lambda urn: ALL  # noqa: ARG005
    rank = pl.col("fsm_percent").rank("ordinal").over("phase") - 1
    n = pl.col("fsm_percent").count().over("phase")
    third = (rank * 3 // n + 1).cast(pl.Int64).cast(pl.String)
    said = pl.concat_str([pl.col("phase"), pl.lit(", FSM third ") + third])
    named = schools.select(
        "urn", said.fill_null(pl.col("phase")).fill_null(NOT_KNOWN).alias("kind")
    )
    found = dict(named.iter_rows())
    return lambda urn: found.get(urn, NOT_KNOWN)


def placed(
    rows: pl.DataFrame, response: pl.DataFrame, schools: pl.DataFrame | None, *, seed: int
) -> pl.DataFrame:
    """Add each school's reliability, shrunk score and place, measure by measure and wave by wave.

    Only rows of whole schools are placed. With fewer schools than ``least_schools`` nothing is
    shrunk or ranked: one school alone cannot tell chance from a difference between schools. A
    school with a low or unknown response is shrunk, and not ranked.

    Parameters
    ----------
    rows
        As :func:`schoolhubs.diagnosis.scoring.tables.releasing.released` gives them.
    response
        ``frames.SURVEY_RESPONSE``.
    """
    kind_of = kinds(schools)
    low = response.select("urn", "wave", pl.col("is_low").fill_null(value=True).alias("is_low"))
    whole = rows.filter(cut=ALL).join(low, on=PLACE, how="left", maintain_order="left")
    parts = [
        _of_measure(part, kind_of, seed + number)
        for number, (_, part) in enumerate(
            whole.group_by("wave", "measure", "kind", maintain_order=True)
        )
    ]
    key = ["urn", "wave", "kind", "measure", "cut"]
    added = pl.concat(parts).select(*key, "reliability", *SHRUNK, *PLACES)
    return rows.join(added, on=key, how="left", maintain_order="left")


def _of_measure(rows: pl.DataFrame, kind_of: Callable[[str], str], seed: int) -> pl.DataFrame:
    """Place schools by one measure; every value here is one that is shown."""
    seen = rows.filter(pl.col("value").is_not_null())
    n_seen = (seen["n"] - 1).to_numpy().astype(np.float64)
    worth = seen["n_worth"].to_numpy()
    is_enough = seen.height >= constant("least_schools")
    correlation = constant("school_correlation")[1]
    blank = dict.fromkeys((*SHRUNK, *PLACES), pl.lit(None))
    added = seen.with_columns(**blank)
    if is_enough:
        within = float((n_seen * seen["within"].to_numpy()).sum() / n_seen.sum())
        found = shrinking.shrink(
            seen["value"].to_numpy(), np.maximum(within, 1e-6) / worth, _numbered(seen, kind_of)
        )
        correlation = found.between / max(found.between + within, 1e-12)
        added = _with_places(seen, found, seed)
    of_mean = [reliability.of_mean(n, correlation) for n in worth.tolist()]
    added = added.with_columns(pl.Series("reliability", of_mean, dtype=pl.Float64))
    types = dict.fromkeys(SHRUNK, pl.Float64) | dict.fromkeys(PLACES, pl.Int64)
    return added.with_columns(pl.col(name).cast(dtype) for name, dtype in types.items())


def _numbered(rows: pl.DataFrame, kind_of: Callable[[str], str]) -> shrinking.Ints:
    """Number the kinds of schools; too small a kind joins its phase, then all others."""
    kinds_ = pl.Series("kind", [kind_of(urn) for urn in rows["urn"].to_list()])
    least = constant("least_in_stratum")
    for coarser in (kinds_.str.split(",").list.first(), pl.Series([ALL] * rows.height)):
        size = pl.DataFrame({"kind": kinds_}).select(pl.len().over("kind"))["len"]
        kinds_ = kinds_.zip_with(size >= least, coarser)
    return np.unique(kinds_.to_numpy(), return_inverse=True)[1]


def _with_places(rows: pl.DataFrame, found: shrinking.Shrunk, seed: int) -> pl.DataFrame:
    share = constant("interval_share")
    low, high = found.interval(share)
    is_ranked = ~rows["is_low"].to_numpy()
    best = np.full(rows.height, -1)
    worst = best.copy()
    if is_ranked.any():
        some = shrinking.Shrunk(
            mean=found.mean[is_ranked], sd=found.sd[is_ranked], between=found.between
        )
        best[is_ranked], worst[is_ranked] = shrinking.ranks(
            some, draws=constant("rank_draws"), share=share, seed=seed
        )
    named = pl.Series(is_ranked)
    n_ranked = int(is_ranked.sum())
    return rows.with_columns(
        shrunk=pl.Series(found.mean), shrunk_low=pl.Series(np.clip(low, 0, 100)),
        shrunk_high=pl.Series(np.clip(high, 0, 100)),
        rank_low=pl.when(named).then(pl.Series(best)),
        rank_high=pl.when(named).then(pl.Series(worst)),
        n_ranked=pl.when(named).then(pl.lit(n_ranked)),
    )  # fmt: skip


def shown(rows: pl.DataFrame, respondents: str) -> pl.DataFrame:
    """Put rows into the contract of scores, each value as it is to be read."""
    most = pl.lit(constant("extreme_percent"))
    sign = pl.when(pl.col("kind") == ITEM).then(pl.lit(" %")).otherwise(pl.lit(""))
    number = pl.col("value").round(0).cast(pl.Int64).cast(pl.String)
    said = (
        pl.when(pl.col("value_mark").is_in(NOT_SHOWN)).then(pl.lit("not shown"))
        .when(pl.col("value_mark") == TOP).then(pl.format("{}{} or more", most, sign))
        .when(pl.col("value_mark") == BOTTOM).then(pl.format("{}{} or less", 100 - most, sign))
        .otherwise(number + sign)
    )  # fmt: skip
    return rows.with_columns(
        said.alias("said"),
        pl.lit(respondents).alias("respondents"),
        pl.col("n").alias("n_answered"),
    )
