"""Places: what each lead offers on each pathway, less the partnerships that still run.

A slot is one lead on one pathway. Places are counted for each term that a match on the pathway
lasts, the first being what is left of the term of its first day: a partnership uses one if any
day of it falls in the term, and gives it back on its first day after the last. A match needs its
place in all of its terms, so that the fullest of them says how many are free, unless ``n_open`` of
the capacity does. A partnership within the terms of a match, running or promised, keeps its partner
out.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.vocabulary.calendar import term_finishes_on


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Every (lead, pathway), sorted by URN then pathway; arrays of length s."""

    lead: NDArray[np.int64]
    pathway: NDArray[np.int64]
    n_places: NDArray[np.int64]
    n_running: NDArray[np.int64]

    @property
    def n_free(self) -> NDArray[np.int64]:
        """Places left; none, not fewer, where more partnerships run than there are places."""
        free: NDArray[np.int64] = np.maximum(self.n_places - self.n_running, 0)
        return free


def terms(on: dt.date, n_terms: int) -> list[tuple[dt.date, dt.date]]:
    """Give the first day of each term of a match, and the first day after it.

    >>> [str(after) for _, after in terms(dt.date(2026, 10, 1), 3)]
    ['2027-01-01', '2027-04-01', '2027-09-01']
    """
    days = [on]
    for _ in range(n_terms):
        days.append(term_finishes_on(days[-1]))
    return list(itertools.pairwise(days))


def declared(
    partnerships: pl.DataFrame,
    on: dt.date,
    duration_terms: Mapping[str, int],
    starts_on: dt.date | None = None,
) -> pl.DataFrame:
    """Keep the partnerships that any match made on a day could meet, or that run before it starts.

    >>> row = {"partner_urn": "100001", "lead_urn": "100002", "pathway": "core"}
    >>> days = {"started_on": dt.date(2021, 10, 1), "finished_on": dt.date(2022, 4, 1)}
    >>> frame = pl.DataFrame([{**row, **days}])
    >>> around = ["2021-08-31", "2021-09-01", "2022-03-31", "2022-04-01"]
    >>> [declared(frame, dt.date.fromisoformat(day), {}).height for day in around]
    [0, 1, 1, 0]
    >>> declared(frame, dt.date(2021, 8, 31), {"core": 3}).height
    1
    """
    return partnerships.filter(
        _falls_in(on, _last_day_after(starts_on or on, duration_terms.values()))
    )


def _falls_in(first: dt.date, after: dt.date) -> pl.Expr:
    unfinished = pl.col("finished_on").is_null() | (pl.col("finished_on") > first)
    return (pl.col("started_on") < after) & unfinished


def _last_day_after(on: dt.date, durations: Iterable[int]) -> dt.date:
    return terms(on, max(durations, default=1))[-1][1]


def kept_out(
    partners: pl.DataFrame,
    still: pl.DataFrame,
    on: dt.date,
    duration_terms: Mapping[str, int],
) -> pl.DataFrame:
    """Give the partnerships that keep a partner out: those within the terms of its longest match.

    Returns
    -------
    polars.DataFrame
        Rows of ``still`` joined to the partner's own.
    """
    ends = [
        _last_day_after(on, (duration_terms.get(pathway, 1) for pathway in pathways or ()))
        for pathways in partners["pathways"].to_list()
    ]
    mine = partners.with_columns(pl.Series("_after", ends, dtype=pl.Date))
    kept = still.join(mine, left_on="partner_urn", right_on="urn", how="inner")
    return kept.filter(pl.col("started_on") < pl.col("_after")).drop("_after")


def slots(
    capacity: pl.DataFrame,
    still: pl.DataFrame,
    lead_urns: pl.Series,
    pathways: list[str],
    on: dt.date,
    duration_terms: Mapping[str, int],
) -> Slots:
    """Set out places and declared partnerships by slot, as the fullest term has them.

    Parameters
    ----------
    capacity, still
        Frames ``CAPACITY``, whose leads must be known, and ``PARTNERSHIPS`` of those declared.
    lead_urns
        Sorted.
    pathways
        Sorted; every pathway of both frames.
    """
    places = capacity.select("lead_urn", "pathway", "n_places", "n_open")
    known = still.filter(pl.col("lead_urn").is_in(lead_urns.implode()))
    used = _greatest_load(known, pathways, on, duration_terms)
    both = places.join(used, on=["lead_urn", "pathway"], how="full", coalesce=True)
    both = both.with_columns(pl.col("n_places", "n_running").fill_null(0))
    taken = pl.col("n_places") - pl.col("n_open")
    both = both.with_columns(n_running=pl.coalesce(taken, "n_running"))
    both = both.sort("lead_urn", "pathway")
    return Slots(
        lead=np.searchsorted(lead_urns.to_list(), both["lead_urn"].to_list()).astype(np.int64),
        pathway=np.searchsorted(pathways, both["pathway"].to_list()).astype(np.int64),
        n_places=both["n_places"].to_numpy(),
        n_running=both["n_running"].to_numpy(),
    )


def _greatest_load(
    still: pl.DataFrame, pathways: list[str], on: dt.date, duration_terms: Mapping[str, int]
) -> pl.DataFrame:
    """Count the partnerships of each slot in the fullest term of a match on its pathway."""
    slot = ("lead_urn", "pathway")
    by_term = [
        still.filter((pl.col("pathway") == pathway) & _falls_in(first, after))
        .group_by(slot)
        .agg(pl.len().cast(pl.Int64).alias("n_running"))
        for pathway in pathways
        for first, after in terms(on, duration_terms.get(pathway, 1))
    ]
    counted = pl.concat(by_term) if by_term else still.select(*slot, n_running=pl.lit(0))
    return counted.group_by(slot).agg(pl.col("n_running").max())
