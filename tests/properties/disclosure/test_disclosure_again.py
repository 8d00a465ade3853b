"""Told again and again, no table gives away what an earlier one hid; nor what a few people changed.

The attacker here shares no code with the package. He knows which figures did not change.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import attacking
import small_tables
from schoolhubs import disclosure
from schoolhubs.disclosure import again
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, Release, TableLayout

PLAIN = disclosure.rules("school-tables")
ROUNDED = dataclasses.replace(PLAIN, name="rounded", threshold=4, rounding=3)
TREES = [small_tables.flat(3), small_tables.flat(2)]
PLACES = ["d0", "d1"]
Told = list[tuple[str, str, float, float]]


def tellings(
    states: Sequence[pl.DataFrame], rules: DisclosureRules, *, is_held: bool = True
) -> list[pl.DataFrame]:
    """Tell each state of a table, held against those before it or by itself."""
    layout = small_tables.layout(TREES)
    out: list[pl.DataFrame] = []
    released: list[Release] = []
    for k, table in enumerate(states):
        if is_held:
            kept = again.protect_again(
                table, layout, rules, name=f"telling {k}", told=str(k),
                before=states[k - 1] if k else None, earlier=released,
            )  # fmt: skip
            assert disclosure.audit([*released, kept.release]) == ()
        else:
            kept = disclosure.protect(table, layout, rules)
        released.append(kept.release)
        out.append(kept.table.with_columns(pl.lit(str(k)).alias("told")))
    return out


def pinned(
    states: Sequence[pl.DataFrame], told: Sequence[pl.DataFrame], rules: DisclosureRules
) -> Told:
    """Give the hidden figures that can be told to within the threshold, from all tellings."""
    same = [
        ((*row[:2], str(k)), (*row[:2], str(k + 1)))
        for k in range(len(states) - 1)
        for row, later in zip(states[k].rows(), states[k + 1].rows(), strict=True)
        if row == later
    ]
    totals = dict(zip(PLACES, TREES, strict=True))
    found: Told = []
    for table in told:
        for row in table.filter(pl.col("n_mark") == "c").iter_rows(named=True):
            low, high = attacking.interval(
                list(told), [*PLACES, "told"], totals, row, same=same,
                rounding=rules.rounding, threshold=rules.threshold,
            )  # fmt: skip
            if high - low <= rules.threshold and low <= rules.threshold:
                found.append((row["told"], row["d0"], low, high))
    return found


def states_of(cells: Sequence[Sequence[int]]) -> list[pl.DataFrame]:
    return [small_tables.cube(np.array(each).reshape(3, 2), TREES) for each in cells]


LEAKY = ([2, 98, 40, 50, 60, 70], [5, 98, 40, 50, 60, 70])


@settings(max_examples=12, deadline=None, derandomize=True)
@example(LEAKY[0], [[3, 0, 0, 0, 0, 0]], True)
@given(
    st.lists(st.sampled_from([0, 1, 2, 3, 5, 8, 12, 40]), min_size=6, max_size=6),
    st.lists(
        st.lists(st.sampled_from([0, 0, 0, 1, 3, 15]), min_size=6, max_size=6),
        min_size=1, max_size=2,
    ),
    st.booleans(),
)  # fmt: skip
def test_no_telling_gives_away_another(
    cells: list[int], grown: list[list[int]], is_rounded: bool
) -> None:
    rules = ROUNDED if is_rounded else PLAIN
    at, every = np.array(cells), [cells]
    for more in grown:
        at = at + np.array(more)
        every.append(at.tolist())
    states = states_of(every)
    try:
        told = tellings(states, rules)
    except Conflict:
        return  # refused: nothing of it is told

    assert pinned(states, told, rules) == []


def test_told_by_itself_the_second_gives_away_the_first() -> None:
    states = states_of(LEAKY)

    naive = pinned(states, tellings(states, PLAIN, is_held=False), PLAIN)
    assert ("0", "a0", 2, 2) in naive
    held = tellings(states, PLAIN)
    assert pinned(states, held, PLAIN) == []
    assert held[1]["n"].drop_nulls().len() > 0, "not all is hidden"


LAYOUT = TableLayout(
    dimensions=("group",), counts=("pupils",), sums={"sessions": "pupils"}, totals={"group": "all"}
)
REPORTS = disclosure.rules("reports")


def of_pupils(missed: dict[str, list[int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give a table of pupils and sessions by group, and what each pupil has of it."""
    rows = [
        {"group": group, "pupil": f"{group}{n}", "sessions": each}
        for group, of in missed.items()
        for n, each in enumerate(of)
    ]
    own = pl.DataFrame(rows)
    both = pl.concat([own, own.with_columns(group=pl.lit("all"))])
    table = both.group_by("group", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("pupils"), pl.col("sessions").sum()
    )
    return table, both


def interval_of_change(tables: Sequence[pl.DataFrame], group: str) -> tuple[float, float]:
    """Tell by how much the sessions of a group changed, from its own row or the others' rows."""
    room = (REPORTS.sum_rounding - 1) / 2
    ends = []
    for table in tables:
        shown = dict(table.select("group", "sessions").iter_rows())
        own = shown[group]
        if own is not None:
            ends.append((own - room, own + room))
            continue
        others = [v for k, v in shown.items() if k not in (group, "all")]
        if any(each is None for each in [*others, shown["all"]]):
            return -np.inf, np.inf
        slack = room * (len(others) + 1)
        ends.append((shown["all"] - sum(others) - slack, shown["all"] - sum(others) + slack))
    return ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]


@pytest.mark.parametrize("is_guarded", [False, True])
def test_what_a_few_pupils_changed_is_not_told_by_subtraction(is_guarded: bool) -> None:
    missed = {group: [4] * 40 for group in ("7", "8", "9")}
    first, was = of_pupils(missed)
    missed["8"] = [*([4] * 38), 94, 84]  # two pupils, 170 sessions
    missed["9"] = [7] * 40  # all of them, 120 sessions
    second, now = of_pupils(missed)
    few = again.few_changed(
        was, now, dimensions=["group"], sums=LAYOUT.sums, counts=LAYOUT.counts, rules=REPORTS
    )
    assert few.rows() == [("8", "pupils")]

    one = again.protect_again(first, LAYOUT, REPORTS, name="1", told="1")
    two = again.protect_again(
        second, LAYOUT, REPORTS, name="2", told="2", before=first, earlier=[one.release],
        few=few if is_guarded else None,
    )  # fmt: skip

    low, high = interval_of_change([one.table, two.table], "8")
    is_told = np.isfinite(high) and high - low <= REPORTS.sum_width_share * high
    assert bool(is_told) is not is_guarded
    if is_guarded:
        assert two.hidden.filter(group="8")["reason"].to_list() == ["changed by few"]
        shown = two.table.filter(pl.col("group") != "8")["sessions"]
        assert shown.null_count() < len(shown), "not all of it is hidden"


def test_a_change_that_rounding_hides_stays_shown() -> None:
    missed = {group: [4] * 40 for group in ("7", "8")}
    _, was = of_pupils(missed)
    missed["8"] = [*([4] * 20), *([5] * 20)]
    missed["7"] = [*([4] * 38), 8, 8]
    _, now = of_pupils(missed)
    more = now.with_columns(pl.lit(1).alias("held")), was.with_columns(pl.lit(0).alias("held"))

    def named(before: pl.DataFrame, after: pl.DataFrame, sums: dict[str, str]) -> list[str]:
        found = again.few_changed(
            before, after, dimensions=["group"], sums=sums, counts=["pupils"], rules=REPORTS
        )
        return found["group"].to_list()

    assert named(was, now, {"sessions": "pupils"}) == ["7"], "only two changed anything in year 7"
    assert named(more[1], more[0], {"sessions": "pupils", "held": "pupils"}) == [], "all changed"
