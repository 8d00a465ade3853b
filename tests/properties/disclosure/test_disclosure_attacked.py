"""Whatever the table, an attacker who shares no code with us pins no hidden figure."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import attacking
import small_tables
from schoolhubs import disclosure
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, Release

RULES = {
    "plain": disclosure.rules("school-tables"),
    "rounded": dataclasses.replace(
        disclosure.rules("school-tables"), name="rounded", threshold=4, rounding=3
    ),
    "reports": disclosure.rules("reports"),
}
SCHOOLS = {"s1": "la1", "s2": "la1", "s3": "la2", "s4": "la2", "la1": "all", "la2": "all"}
SHAPES = {
    "one": [small_tables.flat(4)],
    "two": [small_tables.flat(3), small_tables.flat(3)],
    "three": [small_tables.flat(2), small_tables.flat(2), small_tables.flat(2)],
    "tree": [SCHOOLS, small_tables.flat(2)],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pl.DataFrame, list[small_tables.Tree]]:
    """Draw counts with many zeros, small numbers and ties."""
    trees = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    shape = [len([label for label in tree if label not in set(tree.values())]) for tree in trees]
    few = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 8, 12, 12, 40])
    counts = draw(st.lists(few, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return small_tables.cube(np.array(counts).reshape(shape), trees), trees


def told(
    table: pl.DataFrame, trees: list[small_tables.Tree], rules: DisclosureRules
) -> list[tuple[dict[str, str], float, float]]:
    """Give the hidden figures that the attacker of ``tests`` tells to within the threshold."""
    dimensions = [f"d{k}" for k in range(len(trees))]
    found = []
    for row in table.filter(pl.col("n_mark") == "c").iter_rows(named=True):
        place = {name: row[name] for name in dimensions}
        low, high = attacking.interval(
            [table], dimensions, dict(zip(dimensions, trees, strict=True)), place,
            rounding=rules.rounding, threshold=rules.threshold,
        )  # fmt: skip
        if high - low <= rules.threshold and low <= rules.threshold:
            found.append((place, low, high))
    return found


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tables(), st.sampled_from(sorted(RULES)))
def test_no_hidden_figure_is_pinned(
    drawn: tuple[pl.DataFrame, list[small_tables.Tree]], name: str
) -> None:
    table, trees = drawn
    rules = RULES[name]

    kept = disclosure.protect(table, small_tables.layout(trees), rules)

    assert told(kept.table, trees, rules) == []
    assert disclosure.audit([kept.release]) == ()
    small = (table["n"] >= 1) & (table["n"] <= rules.threshold)
    assert (kept.table["n_mark"].filter(small) == "c").all()
    if not small.any():
        assert not (kept.table["n_mark"] == "c").any(), "nothing needed hiding"


def hidden_only_if_small(table: pl.DataFrame, rules: DisclosureRules) -> pl.DataFrame:
    """Publish a table with its small numbers hidden and no more."""
    small = (pl.col("n") >= 1) & (pl.col("n") <= rules.threshold)
    return table.with_columns(
        pl.when(small).then(pl.lit("c")).otherwise(None).alias("n_mark"),
        pl.when(small).then(None).otherwise(pl.col("n")).alias("n"),
    )


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_small_number_hidden_alone_is_pinned(shape: str) -> None:
    trees, rules = SHAPES[shape], RULES["plain"]
    sides = [len([label for label in tree if label not in set(tree.values())]) for tree in trees]
    counts = np.full(sides, 30)
    counts[(0,) * len(sides)] = 2
    table = hidden_only_if_small(small_tables.cube(counts, trees), rules)
    release = Release(name="r", layout=small_tables.layout(trees), rules=rules, table=table)

    assert [(low, high) for _, low, high in told(table, trees, rules)] == [(2, 2)]
    (finding,) = disclosure.audit([release])
    assert (finding.low, finding.high) == (2, 2)
