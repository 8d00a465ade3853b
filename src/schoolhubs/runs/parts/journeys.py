"""Minutes from a round's partners to its leads."""

import numpy as np
import polars as pl

from schoolhubs import travel
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.travel import TravelMatrix


def journeys(partners: pl.DataFrame, leads: pl.DataFrame, facts: pl.DataFrame) -> TravelMatrix:
    """Estimate every journey of a round.

    Parameters
    ----------
    partners, leads
        Frames with ``urn``.
    facts
        frames.SCHOOL_FACTS, for the places of both.

    Returns
    -------
    TravelMatrix
        A row for each partner and a column for each lead. A school with no known place keeps
        its row, with no minutes, so that the match can say why it was left out.
    """
    from_points, to_points = _points(partners, facts), _points(leads, facts)
    found = travel.between(from_points, to_points)
    urns = partners["urn"].to_list()
    if len(found.from_ids) == len(urns):
        return found
    row = {urn: index for index, urn in enumerate(found.from_ids)}
    known = [index for index, urn in enumerate(urns) if urn in row]
    taken = [row[urns[index]] for index in known]
    shape = (len(urns), len(found.to_ids))
    grids = {}
    for name in ("minutes", "minutes_low", "minutes_high"):
        grids[name] = np.full(shape, np.nan, dtype=np.float32)
        grids[name][known] = getattr(found, name)[taken]
    is_ferry = np.zeros(shape, dtype=bool)
    is_ferry[known] = found.is_ferry[taken]
    return TravelMatrix(
        from_ids=tuple(urns),
        to_ids=found.to_ids,
        is_ferry=is_ferry,
        source=found.source,
        band_share=found.band_share,
        **grids,
    )


def _points(wanted: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    placed = facts.select(pl.col("urn").alias("id"), "lat", "lon").drop_nulls()
    return frames.POINTS.fill(
        wanted.select(pl.col("urn").alias("id")).join(
            placed, on="id", how="inner", maintain_order="left"
        )
    )
