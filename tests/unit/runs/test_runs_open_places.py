"""Places open to a re-match whose new matches start a term later than the plan."""

import datetime
import itertools
import random

import polars as pl
import pytest

from schoolhubs.runs.rematch import open_places
from schoolhubs.vocabulary import frames

JAN, APR, SEP = (datetime.date(2026, month, 1) for month in (1, 4, 9))
NEXT_JAN, NEXT_APR, NEXT_SEP = (datetime.date(2027, month, 1) for month in (1, 4, 9))
TERMS = list(itertools.pairwise([JAN, APR, SEP, NEXT_JAN, NEXT_APR, NEXT_SEP]))
ON_TIME, LATE = (JAN, NEXT_JAN), (APR, NEXT_APR)
Days = tuple[datetime.date, datetime.date]


def partnerships(days: list[Days], first: int) -> pl.DataFrame:
    rows = [(str(first + n), "900001", "core", *each) for n, each in enumerate(days)]
    return pl.DataFrame(rows, schema=frames.PARTNERSHIPS.schema, orient="row")


def counted(
    n_places: int, others: list[Days], held: list[Days], asked: list[Days]
) -> tuple[int, bool]:
    """Give the open places of a hub, and whether those who were only asked are held there."""
    table = pl.DataFrame({"lead_urn": ["900001"], "pathway": ["core"], "n_places": [n_places]})
    ours, theirs = partnerships(held, 100001), partnerships(asked, 200001)
    plan = pl.concat([
        ours.select(pl.lit(value=True).alias("is_held"), urn="partner_urn"),
        theirs.select(pl.lit(value=False).alias("is_held"), urn="partner_urn"),
    ]).with_columns(lead_urn=pl.lit("900001"), pathway=pl.lit("core"))  # fmt: skip
    capacity, current = open_places.counted(
        frames.CAPACITY.fill(table), plan, pl.concat([ours, partnerships(others, 300001)]), theirs,
        starts_on=APR, duration_terms={"core": 3},
    )  # fmt: skip
    are_held = current.filter(pl.col("urn").is_in(theirs["partner_urn"].to_list()))["is_held"]
    return capacity["n_open"].item(), bool(are_held.any())


CASES = [
    # places, others, held, asked: open, and whether those asked may not be moved
    (6, [], [ON_TIME] * 3, [ON_TIME] * 2, (6, False)),
    # The hub is full in the term that only the new matches reach: nobody new comes, all stay.
    (6, [(NEXT_JAN, NEXT_SEP)] * 6, [ON_TIME] * 3, [ON_TIME] * 2, (5, True)),
    (6, [(NEXT_JAN, NEXT_SEP)] * 6, [ON_TIME] * 3, [], (3, False)),
    # One of its places is free then: one more may come, in place of nobody.
    (6, [(NEXT_JAN, NEXT_SEP)] * 5, [ON_TIME] * 3, [ON_TIME] * 2, (6, True)),
    # What ends before the new matches start gives its places to them.
    (2, [(JAN, APR)] * 2, [], [], (2, False)),
    # Proposed for a term in which the hub has become full: one has to go, and nobody comes.
    (2, [(JAN, APR)], [], [ON_TIME] * 2, (1, False)),
    (2, [], [], [LATE] * 2, (2, False)),
]


@pytest.mark.parametrize(("n_places", "others", "held", "asked", "expected"), CASES)
def test_places_are_counted_over_the_days_that_each_has(
    n_places: int,
    others: list[Days],
    held: list[Days],
    asked: list[Days],
    expected: tuple[int, bool],
) -> None:
    assert counted(n_places, others, held, asked) == expected


def overfull(
    n_places: int, others: list[Days], held: list[Days], asked: list[Days], n_open: int,
    *, are_held: bool,
) -> bool:  # fmt: skip
    """Tell whether a re-match within the open places could leave a hub too full in a term."""
    n_asked = len(asked)
    for n_stay in [n_asked] if are_held else range(n_asked + 1):
        n_new = n_open - len(held) - n_stay
        if n_new < 0 or (n_new > 0 and n_stay < n_asked and len(held) + n_asked > n_open):
            continue  # where somebody has to go, nobody new comes
        for stay in itertools.combinations(asked, n_stay):
            days = [*others, *held, *stay, *[LATE] * n_new]
            if any(
                sum(first < finish and start < after for first, after in days) > n_places
                for start, finish in TERMS
            ):
                return True
    return False


def drawn(seed: int) -> tuple[int, list[Days], list[Days], list[Days]]:
    """Draw a hub in which what is held fits, and what was proposed fitted once."""
    lot = random.Random(seed)
    n_places = lot.randint(0, 5)
    spans = [(JAN, APR), (JAN, NEXT_JAN), (NEXT_JAN, NEXT_SEP), (SEP, NEXT_APR)]
    days: list[Days] = []
    for _ in range(n_places + 2):
        one = lot.choice([*spans, ON_TIME, LATE])
        tried = [*days, one]
        if all(sum(a < f and s < b for a, b in tried) <= n_places for s, f in TERMS):
            days = tried
    plan = [each for each in days if each in (ON_TIME, LATE)]
    others = [each for each in days if each not in (ON_TIME, LATE)]
    cut = lot.randint(0, len(plan))
    return n_places, others, plan[:cut], plan[cut:]


def test_no_re_match_within_them_is_refused_for_want_of_places() -> None:
    found, n_late = set(), 0
    for seed in range(600):
        n_places, others, held, asked = drawn(seed)
        n_open, are_held = counted(n_places, others, held, asked)
        assert len(held) + len(asked) <= n_open <= n_places, "whoever fits may stay"
        assert not overfull(n_places, others, held, asked, n_open, are_held=are_held), seed
        # Counted over the terms of the plan alone, as it was.
        base = n_places - max(sum(a < f and s < b for a, b in others) for s, f in TERMS[:3])
        n_late += overfull(n_places, others, held, asked, base, are_held=False)
        found.add(n_open)
    assert n_late > 50, "without the count some would be"
    assert len(found) > 3
