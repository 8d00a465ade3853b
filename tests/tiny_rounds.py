"""Rounds so small that every way to place the schools can be listed and weighed."""

import collections
import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from hypothesis import Phase, settings
from hypothesis import strategies as st

from schoolhubs import matching
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.matching import (
    Compatibility,
    FloorGroup,
    MatchingRules,
    MatchResult,
)
from schoolhubs.vocabulary.records.travel import TravelMatrix

ON = dt.date(2026, 9, 1)
PATHWAYS = ("core", "extended")
# The same rounds every time, so that a run on a server fails only for a fault that is there; a
# failure is made smaller but not varied further, which for rounds of this kind takes minutes.
bounded = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
RULES = MatchingRules(
    compatibility=Compatibility.PHASE,
    lead_phases={
        "primary": frozenset({"primary", "all_through"}),
        "secondary": frozenset({"secondary", "all_through"}),
    },
    preferred_maximum_minutes=120,
    absolute_maximum_minutes=200,
    forbids_own_trust=True,
    alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
    long_journey_steps=((60, 0.5), (100, 0.25)),
)


@dataclasses.dataclass(frozen=True)
class Tiny:
    partners: list[dict[str, Any]]
    leads: list[dict[str, Any]]
    places: dict[tuple[str, str], int]
    minutes: dict[tuple[str, str], float]
    bans: list[tuple[str, str]]
    rules: MatchingRules

    def tables(self) -> tuple[Any, ...]:
        urns, leads = ([row["urn"] for row in rows] for rows in (self.partners, self.leads))
        grid = np.array([[self.minutes[p, lead] for lead in leads] for p in urns], np.float32)
        grid = grid.reshape(len(urns), len(leads))
        travel = TravelMatrix(
            from_ids=tuple(urns), to_ids=tuple(leads), minutes=grid, minutes_low=grid,
            minutes_high=grid, is_ferry=np.zeros(grid.shape, np.bool_), source="", band_share=0.8,
        )  # fmt: skip
        capacity = [(*slot, n, None) for slot, n in self.places.items()]
        return (
            pl.DataFrame(self.partners, schema=frames.PARTNERS.schema),
            pl.DataFrame(self.leads, schema=frames.LEAD_SCHOOLS.schema),
            pl.DataFrame(capacity, schema=frames.CAPACITY.schema, orient="row"),
            travel,
            self.rules,
        )

    def overrides(self, *pins: tuple[str, str]) -> pl.DataFrame:
        rows = [("ban", *pair, "") for pair in self.bans] + [("pin", *pair, "") for pair in pins]
        return pl.DataFrame(rows, schema=frames.OVERRIDES.schema, orient="row")

    def solve(self, *pins: tuple[str, str]) -> matching.Solved:
        return matching.solve(*self.tables(), on=ON, overrides=self.overrides(*pins))


trusts = st.sampled_from([None, None, "T1", "T2"])


@st.composite
def tiny_rounds(draw: st.DrawFn, *, with_floors: bool = False) -> Tiny:
    n_partners, n_leads = draw(st.integers(0, 5)), draw(st.integers(1, 3))
    partners = [
        {
            "urn": str(200001 + n),
            "phase": draw(st.sampled_from(["primary", "primary", "secondary"])),
            "pathways": draw(st.sampled_from([["core"], ["core"], ["core", "extended"]])),
            "need_weight": draw(st.integers(0, 3)),
            "region": draw(st.sampled_from(["North", "South"])),
            "trust_id": draw(trusts),
            "n_pupils": draw(st.sampled_from([None, 100, 300])),
        }
        for n in range(n_partners)
    ]
    leads = [
        {
            "urn": str(100001 + n),
            "phase": draw(st.sampled_from(["primary", "secondary", "all_through"])),
            "trust_id": draw(trusts),
            "n_pupils": draw(st.sampled_from([None, 100, 250])),
        }
        for n in range(n_leads)
    ]
    slots = [(lead["urn"], pathway) for lead in leads for pathway in PATHWAYS]
    pairs = [(p["urn"], lead["urn"]) for p in partners for lead in leads]
    journey = st.sampled_from([20.0, 20.0, 45.5, 60.0, 61.0, 119.0, 120.0, 121.0, 199.0, math.nan])
    rules = RULES
    if with_floors:
        share = draw(st.sampled_from([0.5, 0.8, 1.0]))
        rules = dataclasses.replace(RULES, floor_group=FloorGroup.REGION, floor_share=share)
    return Tiny(
        partners=partners,
        leads=leads,
        places={slot: draw(st.integers(0, 2)) for slot in slots},
        minutes={pair: draw(journey) for pair in pairs},
        bans=draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else [],
        rules=rules,
    )


def options(tiny: Tiny, partner: dict[str, Any]) -> Iterator[tuple[str, str] | None]:
    """Give the slots that one partner may take, and None for staying out."""
    yield None
    for lead, pathway in tiny.places:
        row = next(row for row in tiny.leads if row["urn"] == lead)
        minutes = tiny.minutes[partner["urn"], lead]
        is_own_trust = partner["trust_id"] is not None and partner["trust_id"] == row["trust_id"]
        if (
            row["phase"] in RULES.lead_phases[partner["phase"]]
            and pathway in partner["pathways"]
            and not is_own_trust
            and (partner["urn"], lead) not in tiny.bans
            and minutes <= RULES.absolute_maximum_minutes
        ):
            yield lead, pathway


def answers(tiny: Tiny) -> Iterator[tuple[tuple[str, str] | None, ...]]:
    """Give every way to place the partners within the places there are."""
    for answer in itertools.product(*(list(options(tiny, partner)) for partner in tiny.partners)):
        used = collections.Counter(slot for slot in answer if slot)
        if all(n <= tiny.places[slot] for slot, n in used.items()):
            yield answer


def weighed(tiny: Tiny, answer) -> tuple[Fraction, ...]:
    """Weigh an answer by the first five goals and the wishes and loads that follow them."""
    need = schools = over = off_wish = 0
    weighted = plain = Fraction()
    for partner, slot in zip(tiny.partners, answer, strict=True):
        if slot is None:
            continue
        minutes = Fraction(str(tiny.minutes[partner["urn"], slot[0]]))
        need += partner["need_weight"]
        schools += 1
        over += minutes > 120
        plain += minutes
        weighted += minutes
        for start, extra in RULES.long_journey_steps:
            weighted += Fraction(str(extra)) * max(Fraction(0), minutes - Fraction(str(start)))
        off_wish += slot[1] != partner["pathways"][0]
    return Fraction(-need), Fraction(over), Fraction(-schools), weighted, plain


def served(tiny: Tiny, answer) -> dict[str, int]:
    regions = (row["region"] for row, slot in zip(tiny.partners, answer, strict=True) if slot)
    return collections.Counter(regions)


def as_tuple(result: MatchResult) -> tuple[float, ...]:
    value = {goal.goal: goal.value for goal in result.goals}
    return (
        -value["need"],
        value["exceptions"],
        -value["schools"],
        value["weighted minutes"],
        value["minutes"],
    )
