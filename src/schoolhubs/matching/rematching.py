"""A match that changes as little as it can of a plan that stands already."""

import datetime as dt
from collections.abc import Callable

import polars as pl

from schoolhubs.matching.solved import Solved, solve
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.matching import MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix


def rematch(
    partners: pl.DataFrame,
    leads: pl.DataFrame,
    capacity: pl.DataFrame,
    travel: TravelMatrix,
    rules: MatchingRules,
    *,
    on: dt.date,
    current: pl.DataFrame,
    keep_others: bool = False,
    may_lose_place: bool = False,
    partnerships: pl.DataFrame | None = None,
    overrides: pl.DataFrame | None = None,
    progress: Progress = quiet,
    clock: Callable[[], float] | None = None,
) -> Solved:
    """Match again after leads withdrew, places closed or pairs were barred.

    Goals are those of :func:`schoolhubs.matching.match`, with one more after need: fewest schools
    moved that could have stayed. So a school moves only where its lead or pair is gone, or where
    a chain of moves lets more need be served. Whoever could stay keeps a place, there or
    elsewhere, unless ``may_lose_place`` puts need before that.

    Parameters
    ----------
    partners, leads, capacity, travel, rules, on, partnerships, overrides, progress, clock
        As for a match, as they stand now: a lead that withdrew has no row, a barred pair is a ban.
    current
        The plan to change: ``urn, lead_urn, pathway``, and ``is_held`` for those that may not be
        moved while their pair stands, such as partnerships agreed already.
    keep_others
        Nobody may be moved who need not be.
    may_lose_place
        A school may lose its place so that one of greater need is served; the need served is then
        that of a new match.

    Returns
    -------
    Solved
        ``result.rematch`` tells who was displaced, replaced and moved.

    Raises
    ------
    DataProblem
        As a match; also if more schools may not be moved from a lead than it has places.

    Examples
    --------
    >>> import numpy as np
    >>> from schoolhubs.vocabulary.records.matching import Compatibility
    >>> partners = pl.DataFrame({"urn": ["100003", "100004"], "phase": ["primary"] * 2,
    ...     "pathways": [["core"]] * 2, "need_weight": [5, 5]})
    >>> leads = pl.DataFrame({"urn": ["100002"], "phase": ["primary"]})
    >>> capacity = pl.DataFrame({"lead_urn": ["100002"], "pathway": ["core"], "n_places": [2]})
    >>> grid = np.array([[20.0], [45.5]], np.float32)
    >>> travel = TravelMatrix(from_ids=("100003", "100004"), to_ids=("100002",), minutes=grid,
    ...     minutes_low=grid, minutes_high=grid, is_ferry=grid > 99, source="", band_share=0.8)
    >>> rules = MatchingRules(compatibility=Compatibility.PHASE,
    ...     lead_phases={"primary": frozenset({"primary"})}, preferred_maximum_minutes=120,
    ...     absolute_maximum_minutes=240, forbids_own_trust=True)
    >>> before = pl.DataFrame({"urn": ["100003", "100004"], "lead_urn": ["100001", "100002"],
    ...     "pathway": ["core"] * 2})
    >>> solved = rematch(partners, leads, capacity, travel, rules, on=dt.date(2026, 9, 1),
    ...     current=before)
    >>> solved.result.rematch.displaced, solved.result.rematch.moved_others
    (('100003',), ())
    """
    return solve(
        partners, leads, capacity, travel, rules, on=on, partnerships=partnerships,
        overrides=overrides, progress=progress, clock=clock, current=current,
        keep_others=keep_others, may_lose_place=may_lose_place,
    )  # fmt: skip
