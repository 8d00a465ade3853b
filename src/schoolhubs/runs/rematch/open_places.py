"""Places open to a re-match of which the new matches start later than the plan it starts from.

Whoever stays keeps the days it has; whoever is new has those of the terms from the later start.
The two need a hub in different terms, and the match counts its places in one number. So the number
is made here from both, for each slot (a lead on a pathway), and where a place that is left could
not be given on, nobody who has one there is moved.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import term_finishes_on

Slot = tuple[str, str]
Term = tuple[datetime.date, datetime.date]
Days = tuple[datetime.date, datetime.date | None]
SLOT = ("lead_urn", "pathway")


def counted(
    capacity: pl.DataFrame,
    current: pl.DataFrame,
    stand: pl.DataFrame,
    proposed: pl.DataFrame,
    *,
    starts_on: datetime.date,
    duration_terms: Mapping[str, int],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count the places open to a re-match whose new matches start on a day.

    Parameters
    ----------
    capacity
        frames.CAPACITY of the leads that are left.
    current
        The plan: ``urn, lead_urn, pathway, is_held``.
    stand
        frames.PARTNERSHIPS of all that hold a place, those of the plan among them.
    proposed
        frames.PARTNERSHIPS of what is proposed and not agreed yet. A school of the plan without a
        row in either has the days of a new match.
    starts_on, duration_terms
        First day of a new match, and how many terms it lasts by pathway (1 where not said).

    Returns
    -------
    capacity, current
        With ``n_open``: as many as can be matched, those held included. Where new matches could
        not have the place of one that leaves, all who have a place are held.
    """
    held = current.filter(pl.col("is_held")).group_by(SLOT).len()
    n_held = {(lead, pathway): n for lead, pathway, n in held.iter_rows()}
    key = ["urn", *SLOT]
    theirs = frames.PARTNERSHIPS.fill(proposed).rename({"partner_urn": "urn"})
    stays = theirs.join(current.filter(~pl.col("is_held")), on=key, how="semi")
    taken, asked = _days(stand), _days(stays)
    n_open, closed = [], []
    for lead, pathway, n_places in capacity.select(*SLOT, "n_places").iter_rows():
        slot = lead, pathway
        terms = _terms(starts_on, _after(starts_on, duration_terms.get(pathway, 1)))
        n, is_closed = _open(n_places, n_held.get(slot, 0), taken[slot], asked[slot], terms)
        n_open.append(n)
        closed += [f"{lead} {pathway}"] if is_closed else []
    in_closed = pl.concat_str(SLOT, separator=" ").is_in(closed)
    has_days = pl.col("urn").is_in(stays["urn"].to_list())
    return (
        capacity.with_columns(pl.Series("n_open", n_open, dtype=pl.Int64)),
        current.with_columns(is_held=pl.col("is_held") | (in_closed & has_days)),
    )


def _open(
    n_places: int, n_held: int, taken: Sequence[Days], asked: Sequence[Days], terms: Sequence[Term]
) -> tuple[int, bool]:
    """Give the places of a slot that are open, and whether those who have one must be held.

    Beside all who have a place some more fit, in the fullest of the new terms. A place that is
    left can be given on where it was counted as one of the new terms as well.
    """
    own = [term for first, after in asked for term in _terms(first, after)]
    both = [*taken, *asked]
    n_over = max(-_least_free(n_places, both, own), 0) if own else 0
    if n_over:  # of those proposed some have to go, and nobody new comes
        return min(n_held + max(len(asked) - n_over, 0), n_places), False
    n_more = max(_least_free(n_places, both, terms), 0)
    n_new_alone = max(_least_free(n_places, taken, terms), 0)
    n_open = n_held + len(asked) + n_more
    is_closed = n_open <= n_places and len(asked) + n_more > n_new_alone
    return min(n_open, n_places), is_closed


def _least_free(n_places: int, held: Sequence[Days], terms: Sequence[Term]) -> int:
    """Give the places left in the fullest of some terms; below zero where more are held."""
    return n_places - max(
        sum(first < finish and (after is None or start < after) for first, after in held)
        for start, finish in terms
    )


def _terms(first: datetime.date, after: datetime.date | None) -> list[Term]:
    """Give the terms from a day until before another; the first alone where it is not said."""
    terms = [(first, term_finishes_on(first))]
    while after is not None and terms[-1][1] < after:
        terms.append((terms[-1][1], term_finishes_on(terms[-1][1])))
    return terms


def _after(starts_on: datetime.date, n_terms: int) -> datetime.date:
    for _ in range(n_terms):
        starts_on = term_finishes_on(starts_on)
    return starts_on


def _days(partnerships: pl.DataFrame) -> dict[Slot, list[Days]]:
    found: dict[Slot, list[Days]] = defaultdict(list)
    rows = partnerships.select(*SLOT, "started_on", "finished_on").iter_rows()
    for lead, pathway, first, after in rows:
        found[lead, pathway].append((first, after))
    return found
