"""Where a part is solved exactly, no other choice of figures costs less: all are tried."""

import itertools

import numpy as np
import polars as pl
import pytest

import attacking
import small_tables
from schoolhubs import disclosure
from schoolhubs.disclosure.choosing import choice, exactly

RULES = disclosure.rules("school-tables")
TREES = [small_tables.flat(2), small_tables.flat(3)]


def least_weight(table: pl.DataFrame) -> float:
    """Try every set of further figures, cheapest first; give the weight of the first that holds."""
    n = table["n"].to_list()
    small = [i for i, each in enumerate(n) if 1 <= each <= RULES.threshold]
    further = [i for i, each in enumerate(n) if each > RULES.threshold]
    weight = {i: 1 + np.log2(n[i]) for i in further}
    sets = [
        (sum(weight[i] for i in some), some)
        for k in range(len(further) + 1)
        for some in itertools.combinations(further, k)
    ]
    for cost, some in sorted(sets):
        if holds(table, {*small, *some}):
            return float(cost)
    raise AssertionError("hiding everything always holds")


def holds(table: pl.DataFrame, hidden: set[int]) -> bool:
    marks = ["c" if i in hidden else None for i in range(table.height)]
    shown = [None if i in hidden else each for i, each in enumerate(table["n"].to_list())]
    out = table.with_columns(n=pl.Series(shown), n_mark=pl.Series(marks, dtype=pl.String))
    for row in out.filter(pl.col("n_mark") == "c").iter_rows(named=True):
        low, high = attacking.interval(
            [out], ["d0", "d1"], {"d0": TREES[0], "d1": TREES[1]}, row, threshold=RULES.threshold
        )
        if high - low <= RULES.threshold and low <= RULES.threshold:
            return False
    return True


@pytest.mark.parametrize("seed", [1, 4, 6])
def test_the_weight_of_what_is_hidden_is_the_least(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 2, 4, 7, 9, 30], (2, 3))
    counts[0, 0] = 1
    table = small_tables.cube(counts, TREES)

    kept = disclosure.protect(table, small_tables.layout(TREES), RULES)

    assert kept.cost.n_parts_heuristic == 0
    assert kept.cost.weight == pytest.approx(least_weight(table))


def test_step_by_step_holds_and_costs_no_less(monkeypatch: pytest.MonkeyPatch) -> None:
    table = small_tables.cube(np.array([[1, 8, 30], [12, 2, 9], [6, 7, 40]]), square())
    layout = small_tables.layout(square())
    best = disclosure.protect(table, layout, RULES)
    monkeypatch.setattr(exactly, "MOST_MOVES", 0)
    stepwise = disclosure.protect(table, layout, RULES)
    monkeypatch.setattr(choice, "AT_ONCE", 0)
    by_level = disclosure.protect(table, layout, RULES)

    assert best.cost.weight_bound == pytest.approx(best.cost.weight)
    for found in (stepwise, by_level):
        assert found.cost.n_parts_heuristic > 0
        assert found.cost.weight >= best.cost.weight - 1e-9
        assert disclosure.audit([found.release]) == ()


def square() -> list[small_tables.Tree]:
    return [small_tables.flat(3), small_tables.flat(3)]


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(5)
    counts = rng.choice([1, 2, 4, 12, 30], (5, 6))
    trees = [small_tables.flat(5), small_tables.flat(6)]
    kept = disclosure.protect(
        small_tables.cube(counts, trees), small_tables.layout(trees), disclosure.rules("reports")
    )
    print("kept")
    assert disclosure.audit([kept.release]) == ()
    assert capfd.readouterr().out == "kept\n"
