"""The answer as tables, each row with its reason."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules.pool import NOT_PINNED, Pool
from schoolhubs.vocabulary.records.matching import Price


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
        }
    )


def _named(words: Sequence[str], index: Ints) -> pl.Series:
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
            lost = f"a place within {limit} would cost {in_words(price)}"
            reasons[partner] = lost
    return reasons


def in_words(price: Price) -> str:
    """Say what rises and, apart from it, what is saved."""
    counts = [
        (price.need, "need point", "not served"),
        (price.exceptions, "more journey", "over the limit"),
        (price.schools, "school", "not matched"),
    ]
    costs = [f"{counted(n, what)} {fate}" for n, what, fate in counts if n > 0]
    gains = [
        (-price.exceptions, "journey", "over the limit"),
        (-price.schools, "school", "from being left out"),
    ]
    saved = [f"{counted(n, what)} {fate}" for n, what, fate in gains if n > 0]
    if not (price.need or price.exceptions or price.schools):
        # Its own journey is within the limit then, so that another one is over it.
        costs = ["another school over the limit instead"]
        weighted, plain = round(price.weighted_minutes, 2), round(price.minutes, 2)
        more = [f"{plain:,.2f} more minutes in all"] if plain > 0 else []
        if weighted > max(plain, 0):
            more.append(f"{weighted:,.2f} more minutes with long journeys weighted")
        costs += [" or ".join(more)] if more else []
        saved = [f"{-plain:,.2f} minutes in all"] if plain < 0 else []
    return " and ".join(costs) + (f", and save {' and '.join(saved)}" if saved else "")


def counted(n: int, what: str) -> str:
    """Give a number with its noun.

    >>> counted(1, "school"), counted(2_000, "need point")
    ('1 school', '2,000 need points')
    """
    return f"{n:,} {what}{'s' * (n != 1)}"


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
