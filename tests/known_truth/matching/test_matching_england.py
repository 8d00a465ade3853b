"""Rounds of the size of England: proven, the same every time, fair by region, truly priced.

The points are drawn around towns as unequal as England's; no school is real.
"""

import collections
import dataclasses
import datetime as dt
import re
import time
from typing import Any

import numpy as np
import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import (
    Compatibility,
    FloorGroup,
    MatchingRules,
    MatchResult,
    Price,
)
from schoolhubs.vocabulary.records.travel import TravelMatrix
from schoolhubs.vocabulary.words import price_in_words

ON = dt.date(2026, 9, 1)
SEED = 20261121
PHASES = ("primary", "secondary", "all_through")
RULES = MatchingRules(
    compatibility=Compatibility.PHASE,
    lead_phases={
        "primary": frozenset({"primary", "all_through"}),
        "secondary": frozenset({"secondary", "all_through"}),
        "all_through": frozenset(PHASES),
    },
    preferred_maximum_minutes=120,
    absolute_maximum_minutes=240,
    forbids_own_trust=True,
    alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
    long_journey_steps=((60, 0.5), (90, 1.0)),
)
COST = re.compile("fewer served|more over the limit|fewer matched|minutes? more|^no change")
WITH_FLOORS = dataclasses.replace(RULES, floor_group=FloorGroup.REGION, floor_share=0.9)


def england(n_partners: int, n_leads: int, places: int, rules: MatchingRules) -> tuple[Any, ...]:
    """Draw a round: towns in a strip 350 by 500 km, nine regions from south to north."""
    rng = np.random.default_rng(SEED)
    towns = rng.random((40, 2)) * [350, 500]
    sizes = rng.dirichlet(np.full(40, 0.6))

    def points(n: int) -> np.ndarray:
        return towns[rng.choice(40, n, p=sizes)] + rng.normal(0, 18, (n, 2))

    here, there = points(n_partners), points(n_leads)
    km = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    minutes = (6 + 1.15 * km).astype(np.float32)
    urns = [str(200_000 + n) for n in range(n_partners)]
    leads = [str(100_000 + n) for n in range(n_leads)]
    region = np.clip(here[:, 1] // 56, 0, 8).astype(int)

    def school(n: int, shares: list[float]) -> dict[str, Any]:
        trust = rng.integers(0, 600, n)
        return {
            "phase": rng.choice(PHASES, n, p=shares),
            "trust_id": [f"TR{number}" if number < 300 else None for number in trust],
            "n_pupils": rng.integers(60, 1500, n),
            "fsm_ever_percent": rng.random(n) * 60,
            "sen_support_percent": rng.random(n) * 25,
            "eal_percent": rng.random(n) * 60,
        }

    partners = {
        "urn": urns,
        "pathways": [["core"]] * n_partners,
        "need_weight": rng.integers(1, 200, n_partners) + 10 * region,
        "region": [f"Region {number}" for number in region],
        **school(n_partners, [0.78, 0.2, 0.02]),
    }
    capacity = {"lead_urn": leads, "pathway": ["core"] * n_leads, "n_places": [places] * n_leads}
    travel = TravelMatrix(
        from_ids=tuple(urns), to_ids=tuple(leads), minutes=minutes,
        minutes_low=minutes * np.float32(0.85), minutes_high=minutes * np.float32(1.2),
        is_ferry=np.zeros(minutes.shape, np.bool_), source="drawn", band_share=0.8,
    )  # fmt: skip
    lead_schools = {"urn": leads, **school(n_leads, [0.6, 0.35, 0.05])}
    return pl.DataFrame(partners), pl.DataFrame(lead_schools), pl.DataFrame(capacity), travel, rules


def objective(result: MatchResult) -> tuple[float, ...]:
    value = {goal.goal: goal.value for goal in result.goals}
    return (
        -value["need"],
        value["exceptions"],
        -value["schools"],
        value["weighted minutes"],
        value["minutes"],
    )


@pytest.mark.parametrize(("n", "places"), [(500, 6), (5_000, 6), (5_000, 50)])
def test_t11_a_round_of_england_is_proven_and_repeats_itself(n, places) -> None:
    tables = england(n, 90, places, RULES)
    began = time.perf_counter()
    result = matching.match(*tables, on=ON)
    seconds = time.perf_counter() - began
    assert result.is_proven_optimal
    assert result.total_minutes == result.lower_bound_minutes
    assert matching.verify(result, *tables, on=ON) == ()
    shuffled = [frame.sample(fraction=1, shuffle=True, seed=3) for frame in tables[:3]]
    again = matching.match(*shuffled, *tables[3:], on=ON)
    assert again.matches.equals(result.matches)
    assert again.unmatched.equals(result.unmatched)
    assert seconds < 10, "a second on a quiet machine; benchmarks.matching measures it"


@pytest.mark.parametrize("places", [6, 30])
def test_t13_every_region_is_within_ten_points_or_has_a_certificate(places) -> None:
    result = matching.match(*england(2_500, 90, places, WITH_FLOORS), on=ON)
    assert len(result.floors) == 9
    for floor in result.floors:
        assert floor.need_share is not None
        assert floor.national_need_share is not None
        is_near = floor.need_share >= floor.national_need_share - 0.1
        assert is_near or (floor.n_floor < floor.n_wanted and floor.binding_lead_urns)


def test_t13_without_floors_some_region_falls_short() -> None:
    tables = england(2_500, 90, 6, dataclasses.replace(WITH_FLOORS, floor_share=0.0))
    shares = [floor.need_share for floor in matching.match(*tables, on=ON).floors]
    national = matching.match(*tables, on=ON).floors[0].national_need_share
    assert min(shares) < 0.9 * national, "else the test above proves nothing"


def two_pathways(places: int, rules: MatchingRules) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give a round with two pathways, partnerships running and promised, pins and bans.

    ``places`` are those of a lead on the first pathway; on the second it has one.
    """
    partners, leads, capacity, travel, rules = england(400, 40, places, rules)
    rng = np.random.default_rng(11)
    wishes = [["core"], ["extended"], ["core", "extended"], ["extended", "core"]]
    partners = partners.with_columns(
        pathways=pl.Series([wishes[n] for n in rng.integers(0, 4, partners.height)]),
        need_weight=pl.Series(rng.integers(0, 40, partners.height)),
    )
    second = capacity.with_columns(pathway=pl.lit("extended"), n_places=pl.lit(1, pl.Int64))
    rules = dataclasses.replace(rules, duration_terms={"core": 3, "extended": 2})
    tables = partners, leads, pl.concat([capacity, second]), travel, rules
    held = pl.DataFrame(
        [
            {
                "partner_urn": str(200_000 + n),
                "lead_urn": str(100_000 + n),
                "pathway": ("core", "extended")[n % 2],
                "started_on": (dt.date(2026, 1, 1), dt.date(2027, 1, 1))[n % 3 == 0],
                "finished_on": None,
            }
            for n in range(20)
        ],
        schema_overrides={"finished_on": pl.Date},
    )
    given = {"on": ON, "partnerships": held}
    free = matching.solve(*tables, **given)
    seconds = matching.alternatives(free).filter(pl.col("price_need") >= 0, pl.col("rank") == 2)
    schema = ["kind", "partner_urn", "lead_urn"]
    pins, bans = (
        [(kind, *pair) for pair in frame.select("urn", "lead_urn").sample(8, seed=5).rows()]
        for kind, frame in (("pin", seconds), ("ban", free.result.matches))
    )
    pinned = {urn for _, urn, _ in pins}
    rows = [*pins, *(ban for ban in bans if ban[1] not in pinned)]
    return tables, {**given, "overrides": pl.DataFrame(rows, schema=schema, orient="row")}


@pytest.mark.parametrize("rules", [RULES, WITH_FLOORS], ids=["no floors", "floors"])
@pytest.mark.parametrize("places", [3, 12])
def test_t14_forcing_a_pair_costs_exactly_what_was_stated(rules, places) -> None:
    """Fifty random pairs of each of four rounds, and every pair drawn on the way to no price."""
    tables, given = two_pathways(places, rules)
    solved = matching.solve(*tables, **given)
    assert matching.verify(solved.result, *tables, **given) == ()
    told = random_pairs(solved, np.random.default_rng(7), 50)
    found = collections.Counter(
        (price is not None, is_true(price, solved.result, tables, given, pair))
        for pair, price in told.items()
    )
    assert set(found) == {(True, True), (False, True)}, found
    assert found[True, True] == 50
    assert found[False, True] >= 20, "else too few without a price"


def random_pairs(solved, rng, n: int) -> dict[tuple[str, str], Price | None]:
    """Draw pairs that are not matched until ``n`` have a price, with the price of each, or none."""
    pool = solved.pool
    own = dict(solved.result.matches.select("urn", "lead_urn").iter_rows())
    found: dict[tuple[str, str], Price | None] = {}
    while sum(price is not None for price in found.values()) < n:
        urn, lead = (str(rng.choice(urns)) for urns in (pool.partner_urns, pool.lead_urns))
        if own.get(urn) != lead:
            told = {each.lead_urn: each for each in matching.explain(solved, urn, instead=lead)}
            found[urn, lead] = told[lead].price
    return found


def is_true(price: Price | None, before: MatchResult, tables, given, pair: tuple[str, str]) -> bool:
    """Pin the pair, solve again and compare; without a price, the pin or a floor must give way."""
    orders = [] if "overrides" not in given else given["overrides"].rows()
    schema = ["kind", "partner_urn", "lead_urn"]
    pinned = pl.DataFrame([*orders, ("pin", *pair)], schema=schema, orient="row")
    try:
        after = matching.match(*tables, **{**given, "overrides": pinned})
    except DataProblem:
        return price is None
    floors = [
        {goal.goal: goal.value for goal in result.goals}.get("floors", 0)
        for result in (before, after)
    ]
    if price is None:
        return floors[1] > floors[0]
    change = np.subtract(objective(after), objective(before))
    is_same = np.allclose(change, as_tuple(price), atol=1e-6, rtol=0)
    return bool(is_same) and floors[1] == floors[0]


def as_tuple(price: Price) -> tuple[float, ...]:
    return price.need, price.exceptions, price.schools, price.weighted_minutes, price.minutes


def test_no_price_that_is_shown_reads_as_a_pure_gain() -> None:
    solved = matching.solve(*england(400, 40, 6, RULES), on=ON)
    shown = matching.alternatives(solved, n=2).drop_nulls("price_need")
    assert (shown["price_minutes"] < 0).any(), "else plain minutes alone would do"
    columns = [name for name in shown.columns if name.startswith("price_")]
    for row in shown.select(columns).iter_rows(named=True):
        assert next((cost for cost in row.values() if cost), 0) >= 0, "the first that counts"
        price = Price(**{name.removeprefix("price_"): cost for name, cost in row.items()})
        first = price_in_words(price).split(",")[0]
        assert COST.search(first), price_in_words(price)


def test_a_price_taken_from_the_wrong_pair_is_noticed() -> None:
    tables, given = two_pathways(3, RULES)
    solved = matching.solve(*tables, **given)
    told = random_pairs(solved, np.random.default_rng(7), 6)
    pairs = [(pair, price) for pair, price in told.items() if price is not None]
    prices = [price for _, price in pairs]
    assert len({as_tuple(price) for price in prices}) == len(prices), "else a swap changes nothing"
    for (pair, own), other in zip(pairs, prices[1:] + prices[:1], strict=True):
        assert is_true(own, solved.result, tables, given, pair)
        assert not is_true(other, solved.result, tables, given, pair)
        assert not is_true(None, solved.result, tables, given, pair)
    without = next(pair for pair, price in told.items() if price is None)
    assert not is_true(prices[0], solved.result, tables, given, without)
