"""Matching 5,500 schools to 90 hubs, beside what else could be used for it.

Every method is given the same three arrays (minutes, which pairs are allowed, places at each hub)
and answers the same question: match as many schools as can be, then travel the least. Building
the model counts, importing the library does not. Exact methods must agree on both numbers; ours
proves them besides. Then comes the product's own call with every rule, reason and goal. Last
stand the goals, each beside its measurement; a miss ends with exit code 1.

    python -m benchmarks.matching [--json] [--repeat N] [--schools N] [--hubs N]

The points are drawn around towns as unequal as England's, with a fixed seed; no school is real.
``matching`` and ``pulp`` come with ``make bench``; a peer that is not installed is left out and
named.
"""

import argparse
import contextlib
import dataclasses
import datetime as dt
import io
import json
import math
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray
from scipy import optimize, sparse

from benchmarks.goals import Goal, judged
from schoolhubs import matching as product
from schoolhubs.matching.optimum import flow
from schoolhubs.matching.optimum.network import Network
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup, MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix

N_SCHOOLS, N_HUBS, SEED, LIMIT = 5_500, 90, 20261121, 120
UNMATCHED = 10_000.0  # minutes that leaving a school out costs: more than any chain can save
PHASES = ("primary", "secondary")
ON = dt.date(2026, 9, 1)
LONG_SECONDS = 2.0  # a run that takes longer is not repeated


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One question: ``minutes`` and ``allowed`` have shape (schools, hubs)."""

    name: str
    minutes: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    places: NDArray[np.int64]
    phases: NDArray[np.str_]
    hub_phases: NDArray[np.str_]
    region: NDArray[np.int64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """The hub of each school (-1 for none), and what is said to prove it."""

    hub: NDArray[np.int64]
    proof: str


def cases(n_schools: int = N_SCHOOLS, n_hubs: int = N_HUBS) -> Iterator[Case]:
    """Draw schools and hubs around forty towns in a strip of 350 by 500 km."""
    rng = np.random.default_rng(SEED)
    towns = rng.random((40, 2)) * [350, 500]
    sizes = rng.dirichlet(np.full(40, 0.6))

    def points(n: int) -> NDArray[np.float64]:
        return towns[rng.choice(40, n, p=sizes)] + rng.normal(0, 18, (n, 2))

    here, there = points(n_schools), points(n_hubs)
    km = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    minutes = np.round(6 + 1.15 * km * rng.normal(1, 0.05, km.shape).clip(0.8, 1.2), 2)
    phases = rng.choice(PHASES, n_schools, p=[0.8, 0.2])
    hub_phases = rng.choice(PHASES, n_hubs, p=[0.65, 0.35])
    allowed = (phases[:, None] == hub_phases[None]) & (minutes <= LIMIT)
    regional = rng.integers(45, 77, n_hubs)
    for name, places in (("capacity 6", np.full(n_hubs, 6)), ("capacity about 50", regional)):
        yield Case(
            name=name, minutes=minutes, allowed=allowed, places=places.astype(np.int64),
            phases=phases, hub_phases=hub_phases,
            region=np.clip(here[:, 1] // 56, 0, 8).astype(np.int64),
        )  # fmt: skip


# --- ours -------------------------------------------------------------------------------------


def ours(case: Case) -> Answer:
    """Solve one flow and prove it by prices from the residual graph."""
    n, hubs = case.minutes.shape
    may = np.hstack([case.allowed, np.ones((n, 1), np.bool_)])
    partner, place = np.nonzero(may)
    cost = np.full(len(partner), round(UNMATCHED * 100))
    serves = place < hubs
    cost[serves] = np.rint(case.minutes[partner[serves], place[serves]] * 100)
    network = Network(
        n_partners=n, arc_id=np.arange(len(partner)), partner=partner, place=place,
        lower=np.zeros(hubs + 1, np.int64), upper=np.append(np.minimum(case.places, n), n),
    )  # fmt: skip
    solution = flow.solve(network, cost, None, None)
    hub = place[solution.chosen]
    proof = "proven: bound = value" if solution.value == solution.bound else "not proven"
    return Answer(hub=np.where(hub < hubs, hub, -1), proof=proof)


# --- peers ------------------------------------------------------------------------------------


def greedy(case: Case) -> Answer:
    """Take pairs from the nearest up."""
    school, hub = np.nonzero(case.allowed)
    order = np.argsort(case.minutes[school, hub], kind="stable")
    found, room = np.full(len(case.minutes), -1), case.places.tolist()
    waits = [True] * len(found)
    for mine, theirs in zip(school[order].tolist(), hub[order].tolist(), strict=True):
        if waits[mine] and room[theirs]:
            waits[mine], room[theirs], found[mine] = False, room[theirs] - 1, theirs
    return Answer(hub=found, proof="none")


def deferred_acceptance(case: Case) -> Answer:
    """Play hospital-resident with the package ``matching``; both sides rank by minutes."""
    from matching.games import HospitalResident

    rank = np.where(case.allowed, case.minutes, np.inf)
    mine = {
        str(row): [f"h{hub}" for hub in order[: case.allowed[row].sum()]]
        for row, order in enumerate(np.argsort(rank, axis=1, kind="stable").tolist())
        if case.allowed[row].any()
    }
    theirs = {
        f"h{hub}": [str(row) for row in order[: case.allowed[:, hub].sum()]]
        for hub, order in enumerate(np.argsort(rank, axis=0, kind="stable").T.tolist())
        if case.allowed[:, hub].any()
    }
    places = {hub: int(case.places[int(hub[1:])]) for hub in theirs}
    game = HospitalResident.create_from_dictionaries(mine, theirs, places)
    found = np.full(len(case.minutes), -1)
    for hub, schools in game.solve().items():
        for school in schools:
            found[int(school.name)] = int(hub.name[1:])
    return Answer(hub=found, proof="stable, not least")


def linear_sum_assignment(case: Case) -> Answer:
    """Repeat each hub once a place, and assign with scipy; a forbidden pair counts as unmatched."""
    hubs = np.repeat(np.arange(len(case.places)), case.places)
    cost = np.where(case.allowed, case.minutes - UNMATCHED, 0.0)[:, hubs]
    school, slot = optimize.linear_sum_assignment(cost)
    found = np.full(len(case.minutes), -1)
    found[school] = np.where(case.allowed[school, hubs[slot]], hubs[slot], -1)
    return Answer(hub=found, proof="exact by design")


def _program(case: Case) -> tuple[Any, ...]:
    """Set out the transport problem as sparse rows: schools at most once, hubs within places."""
    school, hub = np.nonzero(case.allowed)
    n, pairs = len(case.minutes), np.arange(len(school))
    rows = np.concatenate([school, n + hub])
    ones = np.ones(2 * len(pairs))
    matrix = sparse.csr_array((ones, (rows, np.tile(pairs, 2))), (n + len(case.places), len(pairs)))
    most = np.concatenate([np.ones(n), case.places])
    return school, hub, case.minutes[school, hub] - UNMATCHED, matrix, most


def _chosen(case: Case, school: Any, hub: Any, x: NDArray[np.float64]) -> NDArray[np.int64]:
    found = np.full(len(case.minutes), -1)
    taken = x > 0.5
    found[school[taken]] = hub[taken]
    return found


def highs_lp(case: Case) -> Answer:
    """Give the linear program to HiGHS through scipy; its corners are whole numbers."""
    school, hub, cost, matrix, most = _program(case)
    solved = optimize.linprog(cost, A_ub=matrix, b_ub=most, bounds=(0, 1), method="highs")
    n_between = int(((solved.x > 1e-6) & (solved.x < 1 - 1e-6)).sum())
    proof = "optimal, whole" if solved.status == 0 and not n_between else f"{n_between} fractions"
    return Answer(hub=_chosen(case, school, hub, solved.x), proof=proof)


def highs_milp(case: Case) -> Answer:
    """Give the integer program to HiGHS through ``scipy.optimize.milp``."""
    school, hub, cost, matrix, most = _program(case)
    limits = optimize.LinearConstraint(matrix, ub=most)
    solved = optimize.milp(
        cost, constraints=limits, integrality=np.ones(len(cost)), bounds=optimize.Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return Answer(hub=_chosen(case, school, hub, solved.x), proof=f"gap {solved.mip_gap:.1e}")


def pulp_cbc(case: Case) -> Answer:
    """Write the linear program with PuLP and solve it with CBC."""
    import pulp

    school, hub = np.nonzero(case.allowed)
    problem = pulp.LpProblem("round", pulp.LpMinimize)
    x = [pulp.LpVariable(f"x{pair}", 0, 1) for pair in range(len(school))]
    cost = (case.minutes[school, hub] - UNMATCHED).tolist()
    problem += pulp.lpSum(pulp.LpAffineExpression(zip(x, cost, strict=True)))
    for side, most in ((school, np.ones(len(case.minutes))), (hub, case.places)):
        terms: dict[int, list[Any]] = {}
        for pair, row in enumerate(side.tolist()):
            terms.setdefault(row, []).append((x[pair], 1))
        for row, pairs in terms.items():
            problem += pulp.LpAffineExpression(pairs) <= int(most[row])
    status = problem.solve(pulp.PULP_CBC_CMD(msg=False))
    values = np.array([variable.value() or 0.0 for variable in x])
    return Answer(hub=_chosen(case, school, hub, values), proof=pulp.LpStatus[status].lower())


METHODS: tuple[tuple[str, str, bool, Callable[[Case], Answer]], ...] = (
    ("schoolhubs, one flow with proof", "ortools", True, ours),
    ("greedy, nearest pair first", "numpy", False, greedy),
    ("deferred acceptance", "matching", False, deferred_acceptance),
    ("scipy linear_sum_assignment", "scipy", True, linear_sum_assignment),
    ("scipy linprog, HiGHS", "scipy", True, highs_lp),
    ("scipy milp, HiGHS", "scipy", True, highs_milp),
    ("PuLP, CBC", "pulp", True, pulp_cbc),
)


# --- the product's own call -------------------------------------------------------------------


def whole_round(case: Case, floors: FloorGroup) -> dict[str, Any]:
    """Match with every rule and goal, reasons and prices of exceptions included."""
    rng = np.random.default_rng(SEED)
    n, hubs = case.minutes.shape
    urns, leads = (
        [str(start + i) for i in range(k)] for start, k in ((200_000, n), (100_000, hubs))
    )

    def school(phases: NDArray[np.str_]) -> dict[str, Any]:
        trust = rng.integers(0, 600, len(phases))
        return {
            "phase": phases,
            "trust_id": [f"TR{number}" if number < 300 else None for number in trust],
            "n_pupils": rng.integers(60, 1500, len(phases)),
            "fsm_ever_percent": rng.random(len(phases)) * 60,
            "sen_support_percent": rng.random(len(phases)) * 25,
            "eal_percent": rng.random(len(phases)) * 60,
        }

    partners = pl.DataFrame(
        {
            "urn": urns, "pathways": [["core"]] * n, "need_weight": rng.integers(1, 400, n),
            "region": [f"Region {number}" for number in case.region], **school(case.phases),
        }
    )  # fmt: skip
    lead_schools = pl.DataFrame({"urn": leads, **school(case.hub_phases)})
    capacity = pl.DataFrame(
        {"lead_urn": leads, "pathway": ["core"] * hubs, "n_places": case.places}
    )
    minutes = case.minutes.astype(np.float32)
    travel = TravelMatrix(
        from_ids=tuple(urns), to_ids=tuple(leads), minutes=minutes,
        minutes_low=minutes * np.float32(0.85), minutes_high=minutes * np.float32(1.2),
        is_ferry=np.zeros(minutes.shape, np.bool_), source="drawn", band_share=0.8,
    )  # fmt: skip
    rules = MatchingRules(
        compatibility=Compatibility.PHASE,
        lead_phases={phase: frozenset({phase}) for phase in PHASES},
        preferred_maximum_minutes=LIMIT, absolute_maximum_minutes=240, forbids_own_trust=True,
        long_journey_steps=((60, 0.5), (90, 1.0)), floor_group=floors, floor_share=0.8,
        alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
    )  # fmt: skip
    began = time.perf_counter()
    solved = product.solve(partners, lead_schools, capacity, travel, rules, on=ON)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    product.alternatives(solved)
    result, stable = solved.result, product.stability(solved)
    return {
        "floors": floors.value,
        "seconds": seconds,
        "alternatives_seconds": time.perf_counter() - began,
        "matched": result.matches.height,
        "minutes": round(result.total_minutes, 2),
        "exceptions": int(result.matches["is_exception"].sum()),
        "is_proven_optimal": result.is_proven_optimal,
        "price_of_stability": dataclasses.asdict(stable),
        "problems": len(
            product.verify(result, partners, lead_schools, capacity, travel, rules, on=ON)
        ),
    }


# --- goals ------------------------------------------------------------------------------------

TIMES_FASTER = 5
MOST_SECONDS = {FloorGroup.NONE.value: 1, FloorGroup.REGION.value: 10}


def goals(found: dict[str, Any]) -> Iterator[Goal]:
    """Hold one case at full size against what was promised; none at another size."""
    if (found["schools"], found["hubs"]) != (N_SCHOOLS, N_HUBS):
        return
    case, (ours, *others) = found["case"], found["methods"]
    proofs = [ours["proof"].startswith("proven"), found["exact_methods_agree"]]
    yield Goal(
        name=f"{case}: proven, as exact methods have it", measured=sum(proofs), limit=2,
        unit="of 2", is_least=True,
    )  # fmt: skip
    yield Goal(
        name=f"{case}: matched, against the most of any", measured=ours["matched"],
        limit=max(row["matched"] for row in others), unit="schools", is_least=True,
    )  # fmt: skip
    yield Goal(
        name=f"{case}: faster than the fastest exact peer",
        measured=found["times_faster_than_it"], limit=TIMES_FASTER, unit="times", is_least=True,
    )  # fmt: skip
    for run in found["whole_round"]:
        sound = [run["is_proven_optimal"], not run["problems"]]
        floors = f"{case}, every rule, floors by {run['floors']}"
        yield Goal(
            name=floors, measured=run["seconds"], limit=MOST_SECONDS[run["floors"]], unit="s"
        )
        yield Goal(
            name=f"{floors}: proven, no hard rule broken", measured=sum(sound), limit=2,
            unit="of 2", is_least=True,
        )  # fmt: skip


# --- measuring --------------------------------------------------------------------------------


def measure(case: Case, repeat: int) -> dict[str, Any]:
    """Run every method on one case; the time of each is the best of its runs."""
    rows, absent = [], []
    for name, package, is_exact, method in METHODS:
        try:
            runs = [_timed(method, case)]
        except ModuleNotFoundError:
            absent.append(package)
            continue
        while len(runs) < repeat and runs[0][0] < LONG_SECONDS:
            runs.append(_timed(method, case))
        answer = runs[0][1]
        _check(case, answer, name)
        is_in = answer.hub >= 0
        rows.append(
            {
                "method": name,
                "package": f"{package} {metadata.version(package)}",
                "is_exact": is_exact,
                "seconds": min(seconds for seconds, _ in runs),
                "n_runs": len(runs),
                "matched": int(is_in.sum()),
                "minutes": round(math.fsum(case.minutes[is_in, answer.hub[is_in]]), 2),
                "proof": answer.proof,
            }
        )
    exact = [row for row in rows if row["is_exact"]]
    fastest_peer = min(exact[1:], key=lambda row: row["seconds"])
    return {
        "case": case.name,
        "schools": len(case.minutes),
        "hubs": len(case.places),
        "pairs": int(case.allowed.sum()),
        "places": int(case.places.sum()),
        "methods": rows,
        "not_installed": absent,
        "exact_methods_agree": len({(row["matched"], row["minutes"]) for row in exact}) == 1,
        "fastest_exact_peer": fastest_peer["method"],
        "times_faster_than_it": fastest_peer["seconds"] / rows[0]["seconds"],
        "whole_round": [
            min((whole_round(case, floors) for _ in range(repeat)), key=lambda run: run["seconds"])
            for floors in (FloorGroup.NONE, FloorGroup.REGION)
        ],
    }


def _timed(method: Callable[[Case], Answer], case: Case) -> tuple[float, Answer]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        began = time.perf_counter()
        answer = method(case)
    return time.perf_counter() - began, answer


def _check(case: Case, answer: Answer, name: str) -> None:
    """Refuse an answer that breaks a rule, whoever gave it."""
    is_in = answer.hub >= 0
    if not case.allowed[is_in, answer.hub[is_in]].all():
        raise AssertionError(f"{name} matched a pair that is not allowed")
    if (np.bincount(answer.hub[is_in], minlength=len(case.places)) > case.places).any():
        raise AssertionError(f"{name} filled a hub beyond its places")


def shown(found: dict[str, Any]) -> str:
    """Set one case out as a table."""
    size = f"{found['schools']:,} schools, {found['hubs']} hubs, {found['places']:,} places"
    lines = [
        f"\n{found['case']}: {size}, {found['pairs']:,} allowed pairs",
        f"{'method':<34}{'seconds':>9}{'matched':>9}{'minutes':>13}  proof",
    ]
    lines += [
        f"{row['method']:<34}{row['seconds']:>9.3f}{row['matched']:>9,}{row['minutes']:>13,.1f}"
        f"  {row['proof']}"
        for row in found["methods"]
    ]
    lines.append(
        f"exact methods agree: {found['exact_methods_agree']}; ours is "
        f"{found['times_faster_than_it']:.1f} times faster than the fastest exact peer "
        f"({found['fastest_exact_peer']})"
    )
    if found["not_installed"]:
        lines.append(f"not installed: {', '.join(found['not_installed'])}")
    lines += [
        f"every rule, goal and reason, floors by {run['floors']}: {run['seconds']:.3f} s, "
        f"{run['matched']:,} matched, proven: {run['is_proven_optimal']}; "
        f"next two leads of all with prices: {run['alternatives_seconds']:.3f} s"
        for run in found["whole_round"]
    ]
    stable = found["whole_round"][0]["price_of_stability"]
    lines.append(
        f"{stable['n_blocking_pairs']:,} pairs would rather have each other; the stable match by "
        f"minutes instead: {stable['need']:+,} need points, {stable['schools']:+,} schools, "
        f"{stable['exceptions']:+,} exceptions, {stable['minutes']:+,.1f} minutes"
    )
    return "\n".join(lines)


def main() -> int:
    """Measure, and print a table or JSON; give 1 if a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each method; best counts")
    parser.add_argument("--schools", type=int, default=N_SCHOOLS, help="schools to be matched")
    parser.add_argument("--hubs", type=int, default=N_HUBS, help="hubs to match them to")
    options = parser.parse_args()
    found = {
        "benchmark": "matching",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": {"scipy": scipy.__version__, "ortools": metadata.version("ortools")},
        "seed": SEED,
        "cases": [measure(case, options.repeat) for case in cases(options.schools, options.hubs)],
    }
    held_to = [goal for case in found["cases"] for goal in goals(case)]
    lines, code = judged(held_to)
    if options.json:
        print(json.dumps({**found, "goals": [goal.as_dict() for goal in held_to]}, indent=1))
    else:
        tables = map(shown, found["cases"])
        print(f"{found['machine']}, Python {found['python']}", *tables, "", lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
