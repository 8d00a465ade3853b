"""Places: what each lead offers on each pathway, less the partnerships that still run.

A slot is one lead on one pathway. Places are counted for a term: a partnership uses one if any day
of it falls between the day of the match and the end of that term, so also if it is declared to
start later in the term. It keeps its partner out of the match, and gives the place back on its
first day after the last.
"""

import dataclasses
import datetime as dt

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


def running(partnerships: pl.DataFrame, on: dt.date) -> pl.DataFrame:
    """Keep the partnerships that run on a day, or start later in the term of that day.

    >>> row = {"partner_urn": "100001", "lead_urn": "100002", "pathway": "core"}
    >>> days = {"started_on": dt.date(2021, 10, 1), "finished_on": dt.date(2022, 4, 1)}
    >>> frame = pl.DataFrame([{**row, **days}])
    >>> around = ["2021-08-31", "2021-09-01", "2022-03-31", "2022-04-01"]
    >>> [running(frame, dt.date.fromisoformat(day)).height for day in around]
    [0, 1, 1, 0]
    """
    unfinished = pl.col("finished_on").is_null() | (pl.col("finished_on") > on)
    return partnerships.filter((pl.col("started_on") < term_finishes_on(on)) & unfinished)


def slots(
    capacity: pl.DataFrame, still: pl.DataFrame, lead_urns: pl.Series, pathways: list[str]
) -> Slots:
    """Set out places and running partnerships by slot.

    Parameters
    ----------
    capacity, still
        Frames ``CAPACITY``, and ``PARTNERSHIPS`` of those running. Leads must be known.
    lead_urns
        Sorted.
    pathways
        Sorted; every pathway of both frames.
    """
    places = capacity.select("lead_urn", "pathway", "n_places")
    used = still.group_by("lead_urn", "pathway").agg(pl.len().cast(pl.Int64).alias("n_running"))
    both = places.join(used, on=["lead_urn", "pathway"], how="full", coalesce=True)
    both = both.with_columns(pl.col("n_places", "n_running").fill_null(0))
    both = both.sort("lead_urn", "pathway")
    return Slots(
        lead=np.searchsorted(lead_urns.to_list(), both["lead_urn"].to_list()).astype(np.int64),
        pathway=np.searchsorted(pathways, both["pathway"].to_list()).astype(np.int64),
        n_places=both["n_places"].to_numpy(),
        n_running=both["n_running"].to_numpy(),
    )
