"""A round small enough to read: journeys as rows of minutes, everything else by exception."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules, MatchResult
from schoolhubs.vocabulary.records.travel import TravelMatrix

ON = dt.date(2026, 9, 1)
LEADS = ("100001", "100002", "100003", "100004")
PLAIN = MatchingRules(
    compatibility=Compatibility.PHASE,
    lead_phases={
        "primary": frozenset({"primary", "all_through"}),
        "secondary": frozenset({"secondary", "all_through"}),
        "all_through": frozenset({"primary", "secondary", "all_through"}),
    },
    preferred_maximum_minutes=120,
    absolute_maximum_minutes=240,
    forbids_own_trust=True,
    alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SmallRound:
    """What the matching calls take, with short ways to call them."""

    partners: pl.DataFrame
    leads: pl.DataFrame
    capacity: pl.DataFrame
    travel: TravelMatrix
    rules: MatchingRules
    on: dt.date = ON
    partnerships: pl.DataFrame | None = None
    overrides: pl.DataFrame | None = None

    @property
    def tables(self) -> tuple[Any, ...]:
        return self.partners, self.leads, self.capacity, self.travel, self.rules

    @property
    def dated(self) -> dict[str, Any]:
        return {"on": self.on, "partnerships": self.partnerships, "overrides": self.overrides}

    def but(self, **changes: Any) -> "SmallRound":
        return dataclasses.replace(self, **changes)

    def ordering(self, *orders: tuple[str, str, str]) -> "SmallRound":
        """Give the round with (kind, partner, lead) overrides."""
        rows = [(*order, "the office said so") for order in orders]
        schema = frames.OVERRIDES.schema
        return self.but(overrides=pl.DataFrame(rows, schema=schema, orient="row"))

    def running(self, *rows: tuple[str, str, str, dt.date, dt.date | None]) -> "SmallRound":
        """Give the round with (partner, lead, pathway, started, finished) partnerships."""
        schema = frames.PARTNERSHIPS.schema
        return self.but(partnerships=pl.DataFrame(rows, schema=schema, orient="row"))

    def solve(self) -> matching.Solved:
        return matching.solve(*self.tables, **self.dated)

    def match(self) -> MatchResult:
        return self.solve().result

    def pairs(self) -> dict[str, str]:
        return dict(self.match().matches.select("urn", "lead_urn").iter_rows())

    def verify(self, result: MatchResult) -> tuple[Problem, ...]:
        return matching.verify(result, *self.tables, **self.dated)


@pytest.fixture
def small_round() -> Callable[..., SmallRound]:
    """Build a round: ``journeys`` maps each partner to its minutes to each of ``LEADS``.

    ``partner`` and ``lead`` give columns of single schools, ``places`` one number or one for each
    (lead, pathway), ``need`` a weight for each partner; ``rules`` changes the plain rules.
    """

    def build(
        journeys: Mapping[str, Sequence[float]],
        *,
        places: int | Mapping[tuple[str, str], int] = 1,
        need: Mapping[str, int] | None = None,
        partner: Mapping[str, Mapping[str, Any]] | None = None,
        lead: Mapping[str, Mapping[str, Any]] | None = None,
        **rules: Any,
    ) -> SmallRound:
        n_leads = max((len(row) for row in journeys.values()), default=1)
        urns, leads = tuple(journeys), LEADS[:n_leads]
        minutes = np.array([list(row) for row in journeys.values()], np.float32)
        minutes = minutes.reshape(len(urns), n_leads)
        slots = places if isinstance(places, Mapping) else {(urn, "core"): places for urn in leads}
        plain = {"phase": "primary", "pathways": ["core"], "need_weight": 1}
        rows = [
            {"urn": urn, **plain, "need_weight": (need or {}).get(urn, 1)}
            | dict((partner or {}).get(urn, {}))
            for urn in urns
        ]
        lead_rows = [
            {"urn": urn, "phase": "primary"} | dict((lead or {}).get(urn, {})) for urn in leads
        ]
        return SmallRound(
            partners=pl.DataFrame(rows, schema=frames.PARTNERS.schema),
            leads=pl.DataFrame(lead_rows, schema=frames.LEAD_SCHOOLS.schema),
            capacity=pl.DataFrame(
                [(*slot, n, None) for slot, n in slots.items()],
                schema=frames.CAPACITY.schema,
                orient="row",
            ),
            travel=TravelMatrix(
                from_ids=urns,
                to_ids=leads,
                minutes=minutes,
                minutes_low=minutes * np.float32(0.9),
                minutes_high=minutes * np.float32(1.1),
                is_ferry=np.zeros(minutes.shape, np.bool_),
                source="written by hand",
                band_share=0.8,
            ),
            rules=dataclasses.replace(PLAIN, **rules),
        )

    return build
