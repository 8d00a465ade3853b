"""Disparity: a known widening is found, none is seldom cried, small numbers stay hidden."""

import dataclasses
import datetime
import json
import math

import numpy as np
import polars as pl
import pytest

import planned
from schoolhubs import plans, programmes
from schoolhubs.plans.watching.disparity import _interval
from schoolhubs.vocabulary.errors import DataProblem

AFTER = datetime.date(2027, 3, 1)


def counts(*groups: tuple[str, str, int, int, int]) -> pl.DataFrame:
    """Give rows of characteristic, group, pupils, affected before, affected after."""
    rows = [
        {"characteristic": what, "group": group, "period": period, "n_pupils": n, "n_affected": hit}
        for what, group, n, before, after in groups
        for period, hit in (("before", before), ("after", after))
    ]
    return pl.DataFrame(rows)


WIDER = counts(("send", "yes", 150, 30, 66), ("send", "no", 750, 75, 75))
SAME = counts(("send", "yes", 150, 30, 33), ("send", "no", 750, 75, 80))


def test_a_widened_gap_opens_the_screen_and_the_plan_is_not_in_force() -> None:
    rules, findings = planned.rules(), planned.FINDINGS
    approved = plans.approve(
        planned.whole_plan(), rules=rules, findings=findings, by="Head", on=planned.DAY
    )
    found = plans.watching.disparity(WIDER)
    opened = plans.watching.reopen(approved, found, on=AFTER)
    why = plans.watching.why_not_in_force(opened, rules=rules, findings=findings)
    assert [each.code for each in why] == ["screen_reopened"]
    later = AFTER + datetime.timedelta(days=9)
    rules = programmes.load(rules.programme_id).as_at(later)
    done = [dataclasses.replace(each, reviewed_on=later) for each in opened.screens]
    again = plans.approve(
        dataclasses.replace(opened, screens=tuple(done)), rules=rules, findings=findings,
        by="Head", on=later,
    )  # fmt: skip
    assert plans.watching.why_not_in_force(again, rules=rules, findings=findings) == ()


def test_a_gap_that_stays_opens_nothing() -> None:
    plan = planned.whole_plan()
    assert plans.watching.reopen(plan, plans.watching.disparity(SAME), on=AFTER) is plan


def test_a_narrowing_gap_is_no_widening() -> None:
    narrower = counts(("send", "yes", 150, 66, 30), ("send", "no", 750, 75, 75))
    (gap,) = plans.watching.disparity(narrower).gaps
    assert not gap.is_widening
    assert gap.high is not None
    assert gap.high < 0


def test_a_group_whose_figures_are_hidden_is_neither_shown_nor_tested() -> None:
    small = counts(("ehc", "yes", 24, 1, 16), ("ehc", "no", 876, 90, 90))
    found = plans.watching.disparity(small)
    (gap,) = found.gaps
    assert not gap.is_widening
    assert (gap.change, gap.low, gap.high, gap.before) == (None, None, None, None)
    table = found.tables["ehc"]
    assert (
        table.filter(pl.col("ehc") == "yes", pl.col("period") == "before")["n_affected"][0] is None
    )
    assert plans.watching.reopen(plan := planned.whole_plan(), found, on=AFTER) is plan


THRESHOLD = 9


def told(n: int, before: int, after: int) -> str:
    """Give all that goes out of a comparison, and what becomes of the plan."""
    rows = counts(("ehc", "yes", n, before, after), ("ehc", "no", 876 - n, 90, 90))
    found = plans.watching.disparity(rows)
    opened = plans.watching.reopen(planned.whole_plan(), found, on=AFTER)
    tables = [table.to_dicts() for table in found.tables.values()]
    releases = [each.as_dict() for each in found.releases]
    return json.dumps([tables, releases, [str(gap) for gap in found.gaps], opened.as_dict()])


@pytest.mark.parametrize("n", list(range(1, THRESHOLD + 1)))
def test_of_few_pupils_the_same_is_said_whatever_became_of_them(n: int) -> None:
    """None before and both after, of two: to say that it widened would say it of each."""
    pairs = {(0, 0), (0, n), (n, 0), (n, n), (n // 2, n), (1, 0)}
    said = {told(n, before, after) for before, after in pairs}
    assert len(said) == 1


def test_the_search_sees_what_is_told_of_enough_pupils() -> None:
    """The control: above the threshold different figures are told apart."""
    assert len({told(60, 30, after) for after in (30, 35, 60)}) == 3


def test_a_decision_is_by_nothing_but_what_is_shown() -> None:
    """Figures that are shown alike are decided alike, to the last pupil."""
    decided: dict[str, set[bool]] = {}
    for after in range(20, 80):
        rows = counts(("send", "yes", 150, 30, after), ("send", "no", 750, 75, 75))
        found = plans.watching.disparity(rows)
        shown = str(found.tables["send"].to_dicts())
        decided.setdefault(shown, set()).add(found.gaps[0].is_widening)
    assert all(len(each) == 1 for each in decided.values())
    assert {each for one in decided.values() for each in one} == {True, False}


@pytest.mark.parametrize("named", [(), ("a1",), ("a1", "nothing")])
def test_every_sanction_reward_and_timetable_is_opened_whatever_is_named(
    named: tuple[str, ...],
) -> None:
    first = planned.whole_plan()
    action, screen = first.actions[0], first.screens[0]
    kinds = {"a1": "support", "a2": "sanction", "a3": "reward", "a4": "timetable", "a5": "contact"}
    plan = dataclasses.replace(
        first,
        actions=tuple(
            dataclasses.replace(action, action_id=name, kind=kind) for name, kind in kinds.items()
        ),
        screens=tuple(dataclasses.replace(screen, action_id=name) for name in kinds),
    )
    opened = plans.watching.reopen(
        plan, plans.watching.disparity(WIDER), on=AFTER, actions=named
    )  # fmt: skip
    found = {each.action_id for each in opened.screens if each.reopenings}
    assert found == {"a2", "a3", "a4"} | ({"a1"} if named else set())


def test_nothing_shown_is_a_true_small_number_or_unrounded() -> None:
    frame = counts(
        ("send", "yes", 153, 31, 67), ("send", "no", 747, 75, 74),
        ("ethnicity", "White British", 611, 61, 63), ("ethnicity", "Black Caribbean", 47, 12, 25),
        ("ethnicity", "Pakistani", 203, 29, 49), ("ethnicity", "not known", 39, 4, 4),
    )  # fmt: skip
    found = plans.watching.disparity(frame)
    assert {gap.group for gap in found.gaps} == {
        "yes",
        "White British",
        "Black Caribbean",
        "Pakistani",
    }
    for table in found.tables.values():
        for name in ("n_pupils", "n_affected"):
            shown = table[name].drop_nulls()
            assert (shown % 5 == 0).all()
            assert not shown.is_between(1, 9).any() or (shown.filter(shown < 10) == 5).all()
    # A cell of four is hidden wherever it stands.
    hidden = found.tables["ethnicity"].filter(pl.col("ethnicity") == "not known")
    assert hidden["n_affected"].null_count() == 2


@pytest.mark.parametrize(
    "frame",
    [
        SAME.drop("period"),
        SAME.filter(pl.col("period") == "after"),
        SAME.with_columns(n_affected=pl.col("n_pupils") + 1),
        SAME.with_columns(characteristic=pl.lit("shoe size")),
        pl.concat([SAME, SAME]),
        SAME.clear(),
    ],
)
def test_counts_that_are_not_whole_are_refused(frame: pl.DataFrame) -> None:
    with pytest.raises(DataProblem, match="the counts lack"):
        plans.watching.disparity(frame)


N_WORLDS = 2_000


def test_the_interval_covers_and_seldom_cries_where_nothing_changed() -> None:
    """Four proportions in 2,000 worlds without a change; allowance of four standard errors."""
    rng = np.random.default_rng(5)
    sizes, shares = (60, 840, 60, 840), (0.25, 0.08, 0.25, 0.08)
    hits = np.stack([rng.binomial(n, p, N_WORLDS) for n, p in zip(sizes, shares, strict=True)])
    bounds = np.array(
        [
            _interval([(1, a, 60), (-1, b, 840), (-1, c, 60), (1, d, 840)])
            for a, b, c, d in hits.T.tolist()
        ]
    )
    covers = float(np.mean((bounds[:, 0] <= 0) & (bounds[:, 1] >= 0)))
    cries = float(np.mean(bounds[:, 0] > 0))
    chance = 4 * math.sqrt(0.95 * 0.05 / N_WORLDS)
    assert 0.95 - chance <= covers <= 0.985, covers
    assert cries <= 0.025 + 4 * math.sqrt(0.025 * 0.975 / N_WORLDS), cries


def test_a_true_widening_is_mostly_found() -> None:
    rng = np.random.default_rng(6)
    sizes, shares = (150, 750, 150, 750), (0.40, 0.10, 0.20, 0.10)
    hits = np.stack([rng.binomial(n, p, 500) for n, p in zip(sizes, shares, strict=True)])
    found = [
        _interval([(1, a, 150), (-1, b, 750), (-1, c, 150), (1, d, 750)])[0] > 0
        for a, b, c, d in hits.T.tolist()
    ]
    assert np.mean(found) > 0.85
