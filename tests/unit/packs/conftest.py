"""An invented round, small enough to reason about and shaped like a real one."""

import dataclasses
import datetime
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.matching import (
    Compatibility,
    GoalResult,
    MatchingRules,
    MatchResult,
)
from schoolhubs.vocabulary.records.round import (
    ALTERNATIVES,
    DECISIONS,
    BudgetLine,
    InputFile,
    Round,
    RoundBudget,
)
from schoolhubs.vocabulary.records.sourced import Assumption

# Rough middles (easting, northing) and spreads in metres; the schools round them are invented.
REGIONS = {
    "North East": (427_000, 557_000, 20_000),
    "North West": (365_000, 405_000, 30_000),
    "Yorkshire and The Humber": (440_000, 430_000, 28_000),
    "East Midlands": (465_000, 340_000, 30_000),
    "West Midlands": (400_000, 290_000, 28_000),
    "East of England": (580_000, 265_000, 35_000),
    "London": (532_000, 180_000, 13_000),
    "South East": (500_000, 150_000, 40_000),
    "South West": (330_000, 130_000, 45_000),
}
PLACES = ("Ashgrove", "Millbrook", "Larkfield", "Stonebridge", "Highmoor", "Fernhill", "Oakmere")
LIMIT = 120.0


def invented_schools(n: int, rng: np.random.Generator) -> pl.DataFrame:
    region = rng.choice(list(REGIONS), n)
    middle = np.array([REGIONS[name] for name in region])
    phase = rng.choice(
        ["primary", "secondary", "all_through", "special"], n, p=[0.74, 0.18, 0.02, 0.06]
    )
    kind = {"primary": "Primary School", "secondary": "High School", "special": "School"}
    names = [f"{PLACES[i % len(PLACES)]} {kind.get(p, 'Academy')} {i}" for i, p in enumerate(phase)]
    whole = pl.DataFrame(
        {
            "urn": [str(900_000 + i) for i in range(n)],
            "school_name": names,
            "region": region,
            "phase": phase,
            "easting": rng.normal(middle[:, 0], middle[:, 2]).clip(90_000, 650_000),
            "northing": rng.normal(middle[:, 1], middle[:, 2]).clip(20_000, 650_000),
            "is_state_funded": [True] * n,
            "is_open": [True] * n,
            "is_placed_at_successor": [False] * n,
            "context_series": ["School census"] * n,
            "context_year": ["2024/25"] * n,
            "is_context_later": [False] * n,
        }
    )
    return frames.SCHOOLS.fill(whole).with_columns(
        absence_series=pl.lit("census"), absence_year=pl.lit("2023/24")
    )


def decided(schools: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    verdict = rng.choice(["yes", "no", "cannot tell"], schools.height, p=[0.86, 0.12, 0.02])
    rule = [None if v == "yes" else "inspection_grade" for v in verdict]
    said = {"no": "Outstanding, 2015; asks for Good or below", "cannot tell": "no inspection known"}
    settle = {
        "no": "a later inspection gave Good or below",
        "cannot tell": "an inspection report were published",
    }
    return schools.select("urn", "school_name", "region", "phase").with_columns(
        pl.lit("enhanced").alias("pathway"),
        pl.Series("verdict", verdict),
        pl.Series("binding_rule", rule, dtype=pl.String),
        pl.Series("reason", [said.get(v) for v in verdict], dtype=pl.String),
        pl.Series("would_pass_if", [settle.get(v) for v in verdict], dtype=pl.String),
    )


def greedy(
    partners: pl.DataFrame, hubs: pl.DataFrame, places: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Match each in turn to the nearest hub with a place: a stand-in, not the product's match."""
    left = np.full(hubs.height, places)
    spot = hubs.select("easting", "northing").to_numpy()
    matches, unmatched, others = [], [], []
    for urn, easting, northing in partners.select("urn", "easting", "northing").iter_rows():
        minutes = np.hypot(*(spot - (easting, northing)).T) / 1000 * 1.2 + 5
        order = np.argsort(minutes, kind="stable")
        free = [j for j in order if left[j] > 0 and minutes[j] < 240]
        given = free[0] if free else None
        rest = [j for j in order if j != given][:2]
        if given is None:
            nearest = order[0]
            unmatched.append((urn, 3, "capacity", hubs["urn"][int(nearest)], minutes[nearest]))
        else:
            left[given] -= 1
            m = float(minutes[given])
            straddles = m * 0.8 <= LIMIT < m * 1.25
            row = (hubs["urn"][int(given)], "enhanced", m, m * 0.8, m * 1.25, m > LIMIT, straddles)
            why = "no lead that suits it has a place within 120 minutes" if m > LIMIT else None
            matches.append((urn, *row, False, False, 2, why, None))
        for rank, j in enumerate(rest, start=2):
            blocked = "capacity" if left[j] <= 0 else "longer journey"
            price = (0, 0, 0, 0, float(minutes[j]), float(minutes[j]))
            others.append((urn, rank, hubs["urn"][int(j)], "enhanced", minutes[j], blocked, *price))
    hub_rows = [
        (u, "enhanced", places, 0, places, places - int(n))
        for u, n in zip(hubs["urn"], left, strict=True)
    ]
    return (
        pl.DataFrame(matches, schema=_MATCHES, orient="row"),
        pl.DataFrame(unmatched, schema=_UNMATCHED, orient="row"),
        pl.DataFrame(hub_rows, schema=_HUBS, orient="row"),
        pl.DataFrame(others, schema=ALTERNATIVES.schema, orient="row"),
    )


_MATCHES = {
    "urn": pl.String,
    "lead_urn": pl.String,
    "pathway": pl.String,
    "minutes": pl.Float32,
    "minutes_low": pl.Float32,
    "minutes_high": pl.Float32,
    "is_exception": pl.Boolean,
    "is_straddling_limit": pl.Boolean,
    "is_ferry": pl.Boolean,
    "is_pinned": pl.Boolean,
    "need_weight": pl.Int64,
    "exception_reason": pl.String,
    "not_known": pl.String,
}
_UNMATCHED = {
    "urn": pl.String,
    "need_weight": pl.Int64,
    "reason": pl.String,
    "nearest_lead_urn": pl.String,
    "nearest_minutes": pl.Float64,
}
_HUBS = {
    "lead_urn": pl.String,
    "pathway": pl.String,
    "n_places": pl.Int64,
    "n_running": pl.Int64,
    "n_free": pl.Int64,
    "n_matched": pl.Int64,
}


def invented_round(
    n_schools: int = 400, n_applicants: int = 120, n_hubs: int = 10, places: int = 9, seed: int = 7
) -> Round:
    rng = np.random.default_rng(seed)
    schools = invented_schools(n_schools, rng)
    hubs, applicants = schools.head(n_hubs), schools.slice(n_hubs, n_applicants)
    decisions = DECISIONS.fill(decided(applicants, rng))
    partners = applicants.join(decisions.filter(pl.col("verdict") == "yes"), on="urn", how="semi")
    matches, unmatched, loads, others = greedy(partners, hubs, places)
    total = float(matches["minutes"].sum())
    goals = (
        GoalResult(goal="need served", value=300.0, bound=300.0, unit="points", seconds=0.2),
        GoalResult(goal="total journey", value=total, bound=total, unit="minutes", seconds=0.3),
    )
    return Round(
        programme_id="rise-hubs-2025",
        programme_title="Attendance and Behaviour Hubs",
        definition_version="3",
        cohort_id="2026-01",
        on=datetime.date(2026, 1, 5),
        rules_on=datetime.date(2025, 9, 1),
        is_synthetic=True,
        is_rehearsal=False,
        decisions=decisions,
        result=MatchResult(
            matches=matches,
            unmatched=unmatched,
            hubs=loads,
            goals=goals,
            total_minutes=total,
            lower_bound_minutes=total,
            is_proven_optimal=True,
            solver="network simplex 1.0",
        ),
        alternatives=others,
        schools=schools,
        leads=frames.LEADS.fill(hubs.select("urn", "school_name")),
        rules=MatchingRules(
            compatibility=Compatibility.PHASE,
            lead_phases={"primary": frozenset({"primary"})},
            preferred_maximum_minutes=LIMIT,
            absolute_maximum_minutes=240.0,
            forbids_own_trust=True,
            alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
        ),
        names={"enhanced": "Enhanced", "inspection_grade": "Last inspection grade"},
        budget=RoundBudget(
            available_pence=150_000_000,
            source="Invented budget notice, 2025",
            lines=(
                BudgetLine(
                    label="Leadership days",
                    quantity=5_580,
                    unit="days",
                    rate_pence=27_800,
                    source="Invented",
                    is_assumed=True,
                    working="93 hubs × 6 schools × 10 days",
                ),
            ),
        ),
        assumptions=(
            Assumption(where="budget.day_rate", value="278", unit="pounds", why="None published."),
        ),
        sources=(
            InputFile(
                name="absence.csv",
                kind="absence",
                series="census",
                year="2024/25",
                sha256="ab" * 32,
            ),
        ),
        travel_source="two-speed estimate 1",
        travel_band_share=0.8,
        seed=seed,
        command="schoolhubs round run --programme rise-hubs-2025 --seed 7",
        versions={"schoolhubs": "0.1.0"},
        timings={"eligibility": 0.4, "matching": 0.6},
    )


@pytest.fixture(name="make_round")
def make_round_fixture() -> Callable[..., Round]:
    return invented_round


@pytest.fixture(name="held", scope="session")
def held_fixture() -> Round:
    return invented_round()


def with_name(held: Round, urn: str, name: str) -> Round:
    renamed = pl.when(pl.col("urn") == urn).then(pl.lit(name)).otherwise("school_name")
    put = renamed.alias("school_name")
    return dataclasses.replace(
        held,
        schools=held.schools.with_columns(put),
        decisions=held.decisions.with_columns(put),
        leads=held.leads.with_columns(put),
    )


@pytest.fixture(name="with_name")
def with_name_fixture() -> Callable[[Round, str, str], Round]:
    return with_name
