"""Protecting a national table: every school by FSM and persistent absence, with every total.

    python -m benchmarks.disclosure [--json] [--schools N] [--rules NAME ...]

Schools, authorities and pupils are drawn with a fixed seed; none is real. Beside our protection
stand two habits: hiding small numbers only, and hiding the next smallest figure of a row or column
that has one alone. Each is attacked by the same audit, which has only what is shown. Seconds are
of one core: the machine's, and the process's own. Last stand the goals; a miss ends with exit
code 1.
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl

from benchmarks.goals import Goal, judged
from schoolhubs import disclosure
from schoolhubs.vocabulary.records.disclosure import (
    DisclosureRules,
    Release,
    TableLayout,
)

N_SCHOOLS, SEED = 15_000, 20261122
N_AUTHORITIES, N_REGIONS = 152, 9
COUNTS = ("enrolments", "enrolments_pa_10_exact")
MOST_SECONDS = {"school-tables": 60.0, "reports": 180.0}
MOST_TURNS = 50


def national(n_schools: int) -> tuple[pl.DataFrame, TableLayout]:
    """Draw rolls, FSM and persistent absence; give every school and total."""
    rng = np.random.default_rng(SEED)
    authorities = [f"authority {i}" for i in range(N_AUTHORITIES)]
    part_of = {name: f"region {i % N_REGIONS}" for i, name in enumerate(authorities)}
    part_of |= {f"region {i}": "England" for i in range(N_REGIONS)}
    sizes = rng.dirichlet(np.full(N_AUTHORITIES, 3))
    schools = [str(100_000 + i) for i in range(n_schools)]
    at = rng.choice(N_AUTHORITIES, n_schools, p=sizes)
    part_of |= {school: authorities[i] for school, i in zip(schools, at.tolist(), strict=True)}
    is_primary = rng.random(n_schools) < 0.83
    roll = np.where(
        is_primary,
        rng.lognormal(np.log(230), 0.55, n_schools),
        rng.lognormal(np.log(950), 0.4, n_schools),
    )
    roll = roll.clip(15, 2_500).astype(np.int64)
    fsm = rng.binomial(roll, rng.beta(2, 6, n_schools))
    persistent = [
        rng.binomial(n, rng.beta(a, b, n_schools))
        for n, a, b in ((fsm, 8, 15), (roll - fsm, 6, 34))
    ]
    level = pl.DataFrame(
        {
            "area": schools * 2,
            "fsm": ["yes"] * n_schools + ["no"] * n_schools,
            COUNTS[0]: np.concatenate([fsm, roll - fsm]),
            COUNTS[1]: np.concatenate(persistent),
        }
    )
    found = []
    for _ in range(4):
        every = level.group_by("area").agg(pl.col(COUNTS).sum())
        found += [level, every.with_columns(fsm=pl.lit("total")).select(level.columns)]
        above = pl.col("area").replace_strict(part_of, default=None, return_dtype=pl.String)
        level = level.with_columns(above.alias("area")).group_by("area", "fsm")
        level = level.agg(pl.col(COUNTS).sum())
    layout = TableLayout(
        dimensions=("area", "fsm"), counts=COUNTS, totals={"area": part_of, "fsm": "total"},
        within={COUNTS[1]: COUNTS[0]},
        rates={"enrolments_pa_10_exact_percent": (COUNTS[1], COUNTS[0])},
    )  # fmt: skip
    return pl.concat(found).sort("area", "fsm"), layout


# --- habits -----------------------------------------------------------------------------------


def small_only(table: pl.DataFrame, rules: DisclosureRules) -> dict[str, pl.Series]:
    """Hide small counts and nothing else."""
    return {name: table[name].is_between(1, rules.threshold) for name in COUNTS}


def next_smallest(
    table: pl.DataFrame, layout: TableLayout, rules: DisclosureRules
) -> dict[str, pl.Series]:
    """Where a total has one hidden part, hide its smallest other part, until none has."""
    part_of: Any = layout.totals["area"]
    hidden = small_only(table, rules)
    groups = {
        "area": pl.col("area").replace_strict(part_of, default="none", return_dtype=pl.String),
        "fsm": pl.when(pl.col("fsm") == "total").then(pl.lit("none")).otherwise(pl.lit("total")),
    }
    for name in COUNTS:
        for _ in range(MOST_TURNS):
            before = int(hidden[name].sum())
            for dimension, whole in groups.items():
                other = "fsm" if dimension == "area" else "area"
                rows = table.with_columns(whole.alias("whole"), hidden=hidden[name])
                over = ["whole", other]
                free = pl.when(~pl.col("hidden") & (pl.col(name) > 0)).then(pl.col(name))
                alone = (pl.col("hidden").sum().over(over) == 1) & (pl.col("whole") != "none")
                least = free == free.min().over(over)
                first = least & (least.cum_sum().over(over) == 1)
                hidden[name] = rows.select(
                    (pl.col("hidden") | (alone & first)).fill_null(value=False)
                ).to_series()
            if int(hidden[name].sum()) == before:
                break
    return hidden


def released(
    table: pl.DataFrame, layout: TableLayout, rules: DisclosureRules, hidden: dict[str, pl.Series]
) -> Release:
    """Publish a table with these figures hidden, rounded like ours."""
    base = rules.rounding
    rounded = {name: (2 * pl.col(name) + base) // (2 * base) * base for name in COUNTS}
    shown = {name: pl.when(~hidden[name]).then(rounded[name]) for name in COUNTS}
    marks = {
        f"{name}_mark": pl.when(hidden[name]).then(pl.lit(rules.hidden_mark)) for name in COUNTS
    }
    out = table.with_columns(**shown, **marks)
    return Release(name="habit", layout=layout, rules=rules, table=out)


# --- measuring --------------------------------------------------------------------------------


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Give what was done, and seconds by the clock and of the process."""
    clock, own = time.perf_counter(), time.process_time()
    done = work()
    return done, time.perf_counter() - clock, time.process_time() - own


def measure(n_schools: int, name: str) -> dict[str, Any]:
    """Protect one table, attack it, and attack the habits' tables."""
    rules = disclosure.rules(name)
    table, layout = national(n_schools)
    kept, seconds, own = timed(lambda: disclosure.protect(table, layout, rules))
    findings, attack_seconds, attack_own = timed(lambda: disclosure.audit([kept.release]))
    n_some = int(sum((table[column] > 0).sum() for column in COUNTS))
    habits = {
        "small numbers only": small_only(table, rules),
        "next smallest of a row or column": next_smallest(table, layout, rules),
    }
    return {
        "rules": name, "schools": n_schools, "figures": kept.cost.n_figures,
        "seconds": seconds, "own_seconds": own, "attack_seconds": attack_seconds,
        "attack_own_seconds": attack_own, "told": len(findings), **dataclasses.asdict(kept.cost),
        "habits": {
            habit: {
                "hidden_share": sum(int(each.sum()) for each in hidden.values()) / n_some,
                "told": len(disclosure.audit([released(table, layout, rules, hidden)])),
            }
            for habit, hidden in habits.items()
        },
    }  # fmt: skip


def goals(found: dict[str, Any]) -> Iterator[Goal]:
    """Hold one run at full size against what was promised."""
    name = found["rules"]
    yield Goal(name=f"{name}: figures told", measured=found["told"], limit=1, unit="figures")
    naive = found["habits"]["small numbers only"]["told"]
    yield Goal(
        name=f"{name}: told where only small numbers are hidden (else the attack is blind)",
        measured=naive, limit=1, unit="figures", is_least=True,
    )  # fmt: skip
    if found["schools"] == N_SCHOOLS:
        yield Goal(
            name=f"{name}: protected", measured=found["own_seconds"], limit=MOST_SECONDS[name],
            unit="s of one core",
        )  # fmt: skip


def shown(found: dict[str, Any]) -> str:
    """Say one run in lines."""
    lines = [
        f"{found['rules']}: {found['figures']:,} figures of {found['schools']:,} schools",
        f"  protected in {found['seconds']:.1f} s ({found['own_seconds']:.1f} of one core)",
        f"  attacked in {found['attack_seconds']:.1f} s ({found['attack_own_seconds']:.1f})",
        f"  {'':34}{'hidden':>9}{'told':>9}",
        f"  {'schoolhubs':34}{found['hidden_share']:>9.2%}{found['told']:>9,}",
    ]
    lines += [
        f"  {habit:34}{each['hidden_share']:>9.2%}{each['told']:>9,}"
        for habit, each in found["habits"].items()
    ]
    lines.append(
        f"  {found['n_small']:,} small, {found['n_complementary']:,} complementary; parts solved "
        f"exactly {found['n_parts_exact']:,}, step by step {found['n_parts_heuristic']:,}"
    )
    return "\n".join(lines)


def main() -> int:
    """Measure, print, judge."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--json", action="store_true", dest="as_json")
    asked.add_argument("--schools", type=int, default=N_SCHOOLS)
    asked.add_argument("--rules", nargs="*", default=["school-tables", "reports"])
    given = asked.parse_args()
    runs = [measure(given.schools, name) for name in given.rules]
    lines, code = judged([goal for run in runs for goal in goals(run)])
    if given.as_json:
        print(json.dumps(runs, indent=2))
    else:
        print("\n\n".join(shown(run) for run in runs))
    print(lines, file=sys.stderr if given.as_json else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
