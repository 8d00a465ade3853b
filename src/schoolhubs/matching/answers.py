"""The answer as tables, each row with its reason."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules import compatibility
from schoolhubs.matching.rules.pool import NOT_PINNED, Pool
from schoolhubs.vocabulary.records.matching import Price
from schoolhubs.vocabulary.words import price_in_words


def matches(pool: Pool, arcs: goals.Arcs, chosen: Ints, reasons: dict[int, str]) -> pl.DataFrame:
    """Give one row for each matched partner.

    Parameters
    ----------
    chosen
        Arc of each partner.
    reasons
        For each partner over the preferred limit, why.
    """
    mine = np.flatnonzero(arcs.serves[chosen])
    arc = chosen[mine]
    slot = arcs.place[arc]
    lead = pool.slots.lead[slot]
    cell = pool.travel_rows[mine], pool.travel_columns[lead]
    travel, limit = pool.travel, pool.rules.preferred_maximum_minutes
    low, high = (
        np.round(band[cell].astype(np.float64), 2)
        for band in (travel.minutes_low, travel.minutes_high)
    )
    return pl.DataFrame(
        {
            "urn": pool.partners["urn"].gather(mine),
            "lead_urn": pool.leads["urn"].gather(lead),
            "pathway": _named(pool.pathways, pool.slots.pathway[slot]),
            "minutes": arcs.hundredths[arc] / 100,
            "minutes_low": low,
            "minutes_high": high,
            "is_exception": goals.is_over(pool.rules, arcs.hundredths[arc]),
            "is_straddling_limit": (low <= limit) & (high > limit),
            "is_ferry": travel.is_ferry[cell],
            "is_pinned": pool.pinned_lead[mine] != NOT_PINNED,
            "need_weight": pool.need[mine],
            "exception_reason": pl.Series(
                [reasons.get(partner) for partner in mine.tolist()], dtype=pl.String
            ),
            "not_known": _named(
                [None, *compatibility.REASONS[1:]], pool.needs_and_ages[mine, lead]
            ),
        }
    )


def _named(words: Sequence[str | None], index: NDArray[Any]) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(index)


def exception_reasons(
    pool: Pool, arcs: goals.Arcs, chosen: Ints, within_limit: dict[int, Price | None]
) -> dict[int, str]:
    """Say for each partner over the limit why it is.

    Parameters
    ----------
    within_limit
        For each partner over the limit that has a place within it, the price of the cheapest
        such place; None where no answer holds one.
    """
    limit = f"{pool.rules.preferred_maximum_minutes:g} minutes"
    over = goals.is_over(pool.rules, arcs.hundredths[chosen])
    reasons = {}
    for partner in np.flatnonzero(over).tolist():
        price = within_limit.get(partner)
        if pool.pinned_lead[partner] != NOT_PINNED:
            reasons[partner] = f"pinned by the programme office to a lead over {limit} away"
        elif partner not in within_limit:
            reasons[partner] = f"no lead that suits it has a place within {limit}"
        elif price is None:
            reasons[partner] = f"every place within {limit} is held by a pin or a regional floor"
        else:
            # Its own journey is within the limit then, so another is over it if as many are.
            swapped = not (price.need or price.moved or price.exceptions or price.schools)
            instead = "another school over the limit instead, with " if swapped else ""
            words = price_in_words(price)
            reasons[partner] = f"a place within {limit} would mean {instead}{words}"
    return reasons


def hubs(pool: Pool, arcs: goals.Arcs, chosen: Ints) -> pl.DataFrame:
    """Give one row for each lead and pathway."""
    slots = pool.slots
    used = np.bincount(arcs.place[chosen][arcs.serves[chosen]], minlength=len(slots.lead))
    return pl.DataFrame(
        {
            "lead_urn": _named(pool.lead_urns, slots.lead),
            "pathway": _named(pool.pathways, slots.pathway),
            "n_places": slots.n_places,
            "n_running": slots.n_running,
            "n_free": slots.n_free,
            "n_matched": used.astype(np.int64),
        }
    )
