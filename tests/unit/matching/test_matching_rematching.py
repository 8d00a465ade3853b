"""A re-match by hand: who may not be moved, and what the independent checker sees."""

import dataclasses
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import MatchResult, Rematch

Build = Callable[..., Any]
# 1 may go to the first lead alone; 2 to both; 3 to the second and, far off, the first.
JOURNEYS = {"200001": (10, 300), "200002": (20, 30), "200003": (90, 15)}


def plan(*rows: tuple[str, str], held: tuple[str, ...] = ()) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["urn", "lead_urn"], orient="row")
    return frame.with_columns(pathway=pl.lit("core"), is_held=pl.col("urn").is_in(list(held)))


def rematched(small: Any, current: pl.DataFrame, *, keep_others: bool = False) -> MatchResult:
    return matching.rematch(
        *small.tables, **small.dated, current=current, keep_others=keep_others
    ).result


def told(result: MatchResult) -> Rematch:
    assert result.rematch is not None
    return result.rematch


@pytest.fixture
def small(small_round: Build) -> Any:
    return small_round(JOURNEYS, places={("100001", "core"): 1, ("100002", "core"): 2})


def test_a_new_match_would_move_whom_a_re_match_leaves(small_round: Build) -> None:
    # The swap would save minutes, and a plain match makes it; nobody is displaced, so nobody goes.
    small = small_round({"200001": (10, 20), "200002": (10, 90)}, places=1)
    assert small.pairs() == {"200001": "100002", "200002": "100001"}
    current = plan(("200001", "100001"), ("200002", "100002"))
    again = rematched(small, current)
    assert dict(again.matches.select("urn", "lead_urn").iter_rows()) == {
        "200001": "100001", "200002": "100002",
    }  # fmt: skip
    assert told(again).changes.is_empty()


def test_a_chain_makes_room_and_is_told(small: Any) -> None:
    again = rematched(small, plan(("200002", "100001"), ("200003", "100002")))
    assert (told(again).moved_others, told(again).newly_matched) == (("200002",), ("200001",))
    value = {goal.goal: goal.value for goal in again.goals}
    assert value["moved"] == 1
    assert [goal.goal for goal in again.goals][:2] == ["need", "moved"]


@pytest.mark.parametrize("how", ["held", "keep_others"])
def test_who_is_held_stays_whatever_it_costs(small: Any, how: str) -> None:
    held = ("200002",) if how == "held" else ()
    current = plan(("200002", "100001"), ("200003", "100002"), held=held)
    again = rematched(small, current, keep_others=how == "keep_others")
    assert told(again).moved_others == ()
    assert again.unmatched["urn"].to_list() == ["200001"]


def test_a_place_is_lost_to_greater_need_only_where_the_office_says_so(small_round: Build) -> None:
    # 2 is displaced and needs more than 1, which has the only place that is left.
    small = small_round({"200001": (10,), "200002": (20,)}, need={"200001": 3, "200002": 9})
    current = plan(("200001", "100001"), ("200002", "100099"))
    again = rematched(small, current)
    assert (told(again).unmatched, told(again).moved_others) == (("200002",), ())
    given = matching.rematch(*small.tables, **small.dated, current=current, may_lose_place=True)
    lost = told(given.result)
    assert (lost.replaced, lost.moved_others) == (("200002",), ("200001",))
    assert lost.counts()["lost_place"] == 1
    seen = matching.verify(given.result, *small.tables, **small.dated, current=current)
    assert "place_lost" in {problem.code for problem in seen}


def test_a_held_school_whose_pair_is_gone_is_displaced(small: Any) -> None:
    barred = small.ordering(("ban", "200002", "100001"))
    again = rematched(barred, plan(("200002", "100001"), held=("200002",)))
    assert told(again).replaced == ("200002",)


def test_a_school_in_the_plan_twice_is_refused(small: Any) -> None:
    with pytest.raises(DataProblem, match="200002 is in the plan more than once"):
        rematched(small, plan(("200002", "100001"), ("200002", "100002")))


def test_a_plain_match_has_no_goal_of_moves_and_tells_of_none(small: Any) -> None:
    result = small.match()
    assert result.rematch is None
    assert "moved" not in {goal.goal for goal in result.goals}


def test_the_explanation_says_who_keeps_a_hub(small: Any) -> None:
    current = plan(("200002", "100001"), ("200003", "100002"), held=("200002",))
    solved = matching.rematch(*small.tables, **small.dated, current=current)
    (choice,) = matching.explain(solved, "200002", instead="100002")
    assert (choice.blocked_by, choice.price) == ("keeps its hub", None)


class TestTheCheckerSees:
    """What a wrong re-match would look like is seen; the right one passes."""

    @pytest.fixture
    def current(self) -> pl.DataFrame:
        return plan(("200002", "100001"), ("200003", "100002"), held=("200003",))

    @pytest.fixture
    def good(self, small: Any, current: pl.DataFrame) -> MatchResult:
        return rematched(small, current)

    def codes(self, small: Any, result: MatchResult, current: pl.DataFrame | None) -> set[str]:
        found = matching.verify(result, *small.tables, **small.dated, current=current)
        return {problem.code for problem in found}

    def test_nothing_in_a_right_one(
        self, small: Any, good: MatchResult, current: pl.DataFrame
    ) -> None:
        assert self.codes(small, good, current) == set()

    def test_moves_that_nobody_asked_for(self, small: Any, good: MatchResult) -> None:
        assert self.codes(small, good, None) == {"moves_disagree"}

    def test_a_held_school_that_was_moved(self, small: Any, good: MatchResult) -> None:
        elsewhere = plan(("200002", "100001"), ("200003", "100001"), held=("200002", "200003"))
        assert "held_moved" in self.codes(small, good, elsewhere)

    @pytest.mark.parametrize("field", ["moved_others", "newly_matched"])
    def test_a_move_that_is_not_told(
        self, small: Any, good: MatchResult, current: pl.DataFrame, field: str
    ) -> None:
        silent = dataclasses.replace(told(good), **{field: ()})
        wrong = dataclasses.replace(good, rematch=silent)
        assert "moves_disagree" in self.codes(small, wrong, current)

    def test_a_displaced_school_that_is_not_told(self, small: Any, good: MatchResult) -> None:
        lost = plan(("200001", "100002"), ("200002", "100001"), ("200003", "100002"))
        assert "not_displaced" in self.codes(small, good, lost)

    def test_a_school_that_is_told_to_be_displaced_and_is_not(
        self, small: Any, good: MatchResult, current: pl.DataFrame
    ) -> None:
        false = dataclasses.replace(told(good), displaced=("200002",), replaced=("200002",))
        wrong = dataclasses.replace(good, rematch=false)
        assert "false_displaced" in self.codes(small, wrong, current)

    def test_a_row_that_tells_another_lead(
        self, small: Any, good: MatchResult, current: pl.DataFrame
    ) -> None:
        changes = told(good).changes.with_columns(lead_urn=pl.lit("100002"))
        wrong = dataclasses.replace(good, rematch=dataclasses.replace(told(good), changes=changes))
        assert "moves_disagree" in self.codes(small, wrong, current)
