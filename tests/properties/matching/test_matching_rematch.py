"""On tiny rounds a re-match equals the best of every answer, and moves nobody it must not."""

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolhubs import matching
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import MatchResult
from tiny_rounds import ON, Tiny, answers, as_tuple, bounded, options, tiny_rounds, weighed

Slot = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Changed:
    """A round after something went wrong, and the plan that stood before."""

    tiny: Tiny
    plan: dict[str, Slot]
    held: frozenset[str]
    keep_others: bool
    may_lose_place: bool

    def current(self) -> pl.DataFrame:
        rows = [(urn, *slot, urn in self.held) for urn, slot in self.plan.items()]
        schema = {"urn": pl.String, "lead_urn": pl.String, "pathway": pl.String}
        return pl.DataFrame(rows, schema=schema | {"is_held": pl.Boolean}, orient="row")

    def allowance(self) -> dict[str, bool]:
        return {"keep_others": self.keep_others, "may_lose_place": self.may_lose_place}

    def solve(self) -> matching.Solved:
        return matching.rematch(
            *self.tiny.tables(), on=ON, overrides=self.tiny.overrides(),
            current=self.current(), **self.allowance(),
        )  # fmt: skip

    def staying(self) -> dict[str, Slot]:
        """Give the schools whose pair still stands, with their slots."""
        partners = {row["urn"]: row for row in self.tiny.partners}
        return {
            urn: slot
            for urn, slot in self.plan.items()
            if self.tiny.places.get(slot, 0) and slot in set(options(self.tiny, partners[urn]))
        }

    def crowded(self) -> dict[Slot, int]:
        """Give the slots with fewer places than schools of the plan, and how many too many."""
        at = list(self.staying().values())
        over = {slot: at.count(slot) - self.tiny.places[slot] for slot in at}
        return {slot: n for slot, n in over.items() if n > 0}

    def moved(self, answer: tuple[Slot | None, ...]) -> int:
        """Count the schools that could have stayed and are not where they were."""
        placed = dict(zip((row["urn"] for row in self.tiny.partners), answer, strict=True))
        return sum(placed[urn] != slot for urn, slot in self.staying().items())

    def allows(self, answer: tuple[Slot | None, ...]) -> bool:
        placed = dict(zip((row["urn"] for row in self.tiny.partners), answer, strict=True))
        stays, crowded = self.staying(), self.crowded()
        for urn, slot in stays.items():
            fixed = urn in self.held or (self.keep_others and slot not in crowded)
            if fixed and placed[urn] != slot:
                return False
            if not self.may_lose_place and slot not in crowded and placed[urn] is None:
                return False
        if self.may_lose_place and not self.keep_others:
            return True
        new = {slot for urn, slot in placed.items() if slot and stays.get(urn) != slot}
        return not new & crowded.keys()


@st.composite
def changed_rounds(draw: st.DrawFn, *, with_floors: bool = False) -> Changed:
    before = draw(tiny_rounds(with_floors=with_floors))
    matches = before.solve().result.matches
    plan = {urn: (lead, pathway) for urn, lead, pathway in matches[:, :3].iter_rows()}
    places = dict(before.places)
    for slot in draw(st.lists(st.sampled_from(sorted(places)), max_size=3)):
        places[slot] = draw(st.integers(0, 2))
    gone = draw(st.lists(st.sampled_from(before.leads), max_size=1))
    for lead in gone:
        places |= {slot: 0 for slot in places if slot[0] == lead["urn"]}
    bans = list(before.bans)
    if plan:
        bans += [
            (urn, plan[urn][0]) for urn in draw(st.lists(st.sampled_from(sorted(plan)), max_size=1))
        ]
    held = draw(st.frozensets(st.sampled_from(sorted(plan)), max_size=2)) if plan else frozenset()
    return Changed(
        tiny=dataclasses.replace(before, places=places, bans=bans),
        plan=plan,
        held=held,
        keep_others=draw(st.booleans()),
        may_lose_place=draw(st.booleans()),
    )


def allowed(changed: Changed) -> Iterator[tuple[Slot | None, ...]]:
    return (answer for answer in answers(changed.tiny) if changed.allows(answer))


def goals(changed: Changed, answer: tuple[Slot | None, ...]) -> tuple[Fraction, ...]:
    need, *later = weighed(changed.tiny, answer)
    return need, Fraction(changed.moved(answer)), *later


def solved(changed: Changed) -> MatchResult | None:
    """Give the re-match, or None where more schools are held than there are places for them."""
    held = [slot for urn, slot in changed.staying().items() if urn in changed.held]
    if any(held.count(slot) > changed.tiny.places[slot] for slot in held):
        with pytest.raises(DataProblem) as caught:
            changed.solve()
        assert {problem.code for problem in caught.value.problems} == {"held_above_capacity"}
        return None
    return changed.solve().result


@given(changed_rounds())
@bounded
def test_no_answer_serves_more_need_or_moves_fewer(changed: Changed) -> None:
    result = solved(changed)
    if result is None:
        return
    value = {goal.goal: goal.value for goal in result.goals}
    need, *later = as_tuple(result)
    best = min(goals(changed, answer) for answer in allowed(changed))
    assert (need, value["moved"], *later) == tuple(float(number) for number in best)
    assert result.is_proven_optimal


@given(changed_rounds())
@bounded
def test_what_is_told_is_what_was_done(changed: Changed) -> None:
    result = solved(changed)
    if result is None:
        return
    told, stays = result.rematch, changed.staying()
    assert told is not None
    at = {urn: (lead, pathway) for urn, lead, pathway in result.matches[:, :3].iter_rows()}
    n_over = sum(changed.crowded().values())
    assert len(told.displaced) == len(changed.plan) - len(stays) + n_over
    assert len(told.displaced) == len(told.replaced) + len(told.unmatched)
    n_left = sum(at.get(urn) != slot for urn, slot in stays.items())
    assert len(told.moved_others) == n_left - n_over
    if changed.keep_others:
        assert told.moved_others == ()
    if not changed.may_lose_place:
        assert told.counts()["lost_place"] == 0
    found = matching.verify(
        result, *changed.tiny.tables(), on=ON, overrides=changed.tiny.overrides(),
        current=changed.current(), **changed.allowance(),
    )  # fmt: skip
    assert found == ()


@given(changed_rounds(with_floors=True))
@bounded
def test_floors_of_a_re_match_are_checked_as_those_of_a_match(changed: Changed) -> None:
    result = solved(changed)
    if result is None:
        return
    found = matching.verify(
        result, *changed.tiny.tables(), on=ON, overrides=changed.tiny.overrides(),
        current=changed.current(), **changed.allowance(),
    )  # fmt: skip
    assert found == ()


@given(changed_rounds())
@bounded
def test_need_is_that_of_a_new_match_and_no_more_schools_move(changed: Changed) -> None:
    free = dataclasses.replace(changed, held=frozenset(), keep_others=False, may_lose_place=True)
    again, anew = free.solve().result, free.tiny.solve().result
    assert as_tuple(again)[0] == as_tuple(anew)[0]
    at = {urn: (lead, pathway) for urn, lead, pathway in anew.matches[:, :3].iter_rows()}
    n_left = sum(at.get(urn) != slot for urn, slot in free.staying().items())
    moved = {goal.goal: goal.value for goal in again.goals}["moved"]
    assert moved <= n_left


@given(changed_rounds(), st.data())
@bounded
def test_the_price_of_another_lead_is_what_forcing_it_changes(
    changed: Changed, data: st.DataObject
) -> None:
    if solved(changed) is None or not changed.tiny.partners:
        return
    whole = changed.solve()
    urn = data.draw(st.sampled_from([row["urn"] for row in changed.tiny.partners]))
    for choice in matching.explain(whole, urn, n=3):
        if choice.price is None:
            continue
        number = [row["urn"] for row in changed.tiny.partners].index(urn)
        slot = (choice.lead_urn, choice.pathway)
        forced = [answer for answer in allowed(changed) if answer[number] == slot]
        mine = {u: (lead, path) for u, lead, path in whole.result.matches[:, :3].iter_rows()}
        now = goals(changed, tuple(mine.get(row["urn"]) for row in changed.tiny.partners))
        then = min(goals(changed, answer) for answer in forced)
        price = choice.price
        stated = (price.need, price.moved, price.exceptions, price.schools)
        assert stated == tuple(int(a - b) for a, b in zip(then[:4], now[:4], strict=True))
        assert abs(float(then[5] - now[5]) - price.minutes) < 1e-6
