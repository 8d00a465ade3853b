"""Lead schools and applications: who leads a hub, and who asks to join one."""

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.synthetic.population.character import choose

CAPACITIES = (
    "enhanced",
    "regional",
    "core",
    "extended",
    "multi_school",
    "paired",
    "open_days",
)
MOST_LEADS_OF_AN_AUTHORITY = 3


def lead_schools(
    open_schools: pl.DataFrame, facts: Mapping[str, Any], rng: np.random.Generator
) -> pl.DataFrame:
    """Choose lead schools of every programme: plausible ones, spread over regions and phases.

    Parameters
    ----------
    open_schools
        Open state-funded schools: urn, school_name, kind, region, la_code, trust_id, n_pupils,
        overall_grade (last one given), absence_over_phase (log points of the last year).
    facts
        ``rounds.yaml``.

    Returns
    -------
    Frame: programme_id, urn, school_name, leads_from, leads_until, capacity_*.
    """
    scale = open_schools.height / facts["full_size"]
    taken: set[str] = set()
    parts = []
    for programme_id, programme in facts["programmes"].items():
        waves = programme["leads"]
        planned = sum(wave["n"] for wave in waves)
        n = max(facts["fewest_leads"], round(planned * scale))
        chosen = _spread(open_schools, programme["lead_kinds"], n, taken, rng)
        taken |= set(chosen["urn"])
        ends = np.round(np.cumsum([wave["n"] for wave in waves]) / planned * chosen.height)
        wave = np.searchsorted(ends, np.arange(chosen.height), side="right")
        days = [waves[i]["from"] for i in wave]
        parts.append(
            chosen.select(
                pl.lit(programme_id).alias("programme_id"),
                "urn",
                "school_name",
                pl.Series("leads_from", days, dtype=pl.Date),
                pl.lit(None, pl.Date).alias("leads_until"),
                *_capacities(programme["capacity"], chosen.height, rng),
            )
        )
    return pl.concat(parts).sort("programme_id", "leads_from", "urn")


def _capacities(
    capacity: Mapping[str, list[int]], n: int, rng: np.random.Generator
) -> list[pl.Series]:
    """Give places for each pathway; blank where the programme has none or its rule holds."""
    columns = []
    for pathway in CAPACITIES:
        places: list[int | None] = [*capacity.get(pathway, [])] or [None]
        drawn = [places[i] for i in rng.integers(0, len(places), n)]
        columns.append(pl.Series(f"capacity_{pathway}", drawn, dtype=pl.Int64))
    return columns


def _spread(
    schools: pl.DataFrame,
    kind_shares: Mapping[str, float],
    n: int,
    taken: set[str],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Choose ``n`` good schools with low absence by phase, and by region as schools are spread."""
    can = _able(schools).filter(~pl.col("urn").is_in(sorted(taken)))
    can = can.with_columns(luck=pl.Series(rng.random(can.height), dtype=pl.Float64)).sort("luck")
    parts = []
    ends = np.round(np.cumsum(list(kind_shares.values())) / sum(kind_shares.values()) * n)
    for kind, wanted in zip(kind_shares, np.diff(ends, prepend=0).astype(int), strict=True):
        of = can.filter(pl.col("kind") == kind)
        # Every region gets its share: schools are taken in turns of one for each region's share.
        turn = (pl.int_range(pl.len()).over("region") + pl.col("luck")) / pl.len().over("region")
        in_authority = pl.int_range(pl.len()).over("la_code")
        spread = of.filter(in_authority < MOST_LEADS_OF_AN_AUTHORITY).sort(turn)
        parts.append(spread.head(wanted))
    return pl.concat(parts).sort("luck")


def _able(schools: pl.DataFrame) -> pl.DataFrame:
    """Schools graded good or better, with absence below their phase's and enough pupils."""
    enough = (
        pl.when(pl.col("kind").is_in(["special", "alternative_provision"])).then(40).otherwise(180)
    )
    low = (pl.col("absence_over_phase") < 0) | pl.col("absence_over_phase").is_null()
    return schools.filter((pl.col("overall_grade") <= 2) & low & (pl.col("n_pupils") >= enough))


def applications(
    open_schools: pl.DataFrame,
    oddities: Mapping[str, list[str]],
    leads: pl.DataFrame,
    facts: Mapping[str, Any],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Draw applications to every programme, some of them by schools that may not join.

    Parameters
    ----------
    oddities
        URNs by kind of oddity: ``closed_school``, ``independent``.

    Returns
    -------
    Frame: programme_id, urn, pathway, applied_on, and a column of text for each question of any
    programme; a missing answer is blank.
    """
    scale = open_schools.height / facts["full_size"]
    parts = []
    for programme_id, programme in facts["programmes"].items():
        n = max(12, round(programme["applications"] * scale))
        leading = leads.filter(pl.col("programme_id") == programme_id)["urn"].to_list()
        drawn = _applicants(open_schools, programme, leading, n, rng)
        odd = _odd(open_schools, programme, oddities, leading, n, facts["odd"], rng)
        urns = np.concatenate([drawn["urn"].to_numpy(), np.array(odd, dtype=object)])
        need = np.concatenate([drawn["need"].to_numpy(), np.zeros(len(odd))])
        pathway = _pathways(need, programme, rng)
        part = pl.DataFrame(
            {
                "programme_id": [programme_id] * len(urns),
                "urn": urns.astype(str),
                "pathway": pathway,
                "applied_on": _days(programme["applied"], len(urns), rng),
                **_answers(len(urns), programme["questions"], facts["answers"], rng),
            },
            schema_overrides={"pathway": pl.String},
        )
        parts.append(part.unique("urn", keep="first", maintain_order=True))
    return pl.concat(parts).sort("programme_id", "applied_on", "urn")


def _applicants(
    schools: pl.DataFrame,
    programme: Mapping[str, Any],
    leading: list[str],
    n: int,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Draw schools of the programme's phases, likelier the more school is missed there."""
    may = schools.filter(pl.col("kind").is_in(programme["kinds"]) & ~pl.col("urn").is_in(leading))
    need = may["absence_over_phase"].fill_null(0.0).to_numpy() * 1.5
    # The largest of need plus Gumbel noise: a draw without replacement, weighted by exp(need).
    key = need + rng.gumbel(size=may.height)
    first = np.sort(np.argsort(-key, kind="stable")[: min(n, may.height)])
    return may[first].with_columns(need=need[first])


def _odd(
    schools: pl.DataFrame,
    programme: Mapping[str, Any],
    oddities: Mapping[str, list[str]],
    leading: list[str],
    n: int,
    shares: Mapping[str, float],
    rng: np.random.Generator,
) -> list[str]:
    wrong = schools.filter(~pl.col("kind").is_in(programme["kinds"]))["urn"].to_list()
    pools = {**oddities, "wrong_phase": wrong, "lead_school": leading}
    odd = []
    for name, share in shares.items():
        pool = pools[name]
        wanted = min(max(1, round(n * share)), len(pool))
        odd += [pool[i] for i in np.sort(rng.choice(len(pool), wanted, replace=False))]
    return odd


def _pathways(
    need: NDArray[np.float64], programme: Mapping[str, Any], rng: np.random.Generator
) -> list[str | None]:
    shares = programme["pathways"]
    if not shares:
        return [None] * len(need)
    drawn = choose(list(shares), list(shares.values()), len(need), rng)
    for first in programme["most_in_need_first"]:
        # The pathway for schools in need goes to those with most of it, with some luck.
        others = [name for name in shares if name != first]
        order = np.argsort(-(need + rng.normal(0, 0.4, len(need))), kind="stable")
        wanted = round(shares[first] * len(need))
        drawn[order[wanted:]] = choose(
            others, [shares[name] for name in others], len(need) - wanted, rng
        )
        drawn[order[:wanted]] = first
    return [str(name) for name in drawn]


def _days(between: list[datetime.date], n: int, rng: np.random.Generator) -> pl.Series:
    first, last = (np.datetime64(day) for day in between)
    days = first + rng.integers(0, (last - first).astype(int) + 1, n)
    return pl.Series(days.astype("datetime64[D]"))


def _answers(
    n: int, asked: list[str], shares: Mapping[str, Mapping[str, float]], rng: np.random.Generator
) -> dict[str, pl.Series]:
    """Give answers to a programme's questions; blank where it does not ask, or none is given."""
    answers: dict[str, pl.Series] = {}
    for question, of in shares.items():
        given = choose(list(of), list(of.values()), n, rng) if question in asked else [""] * n
        answers[question] = pl.Series([answer or None for answer in given], dtype=pl.String)
    return answers
