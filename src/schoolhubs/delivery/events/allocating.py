"""Shares a term's places among schools that ask for more than there are, the best way there is.

Aims in order, each kept before the next is looked at: as many schools as can be; none left out a
second time; the longest journey as short as can be; choices high up; journeys short in all; and
then a lottery, whose numbers are kept.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from ortools.sat.python import cp_model

from schoolhubs.delivery.events.asked import Asks, Day

UNKNOWN_MINUTES = 0  # a way nobody knows speaks neither for nor against a day
AIMS = (
    "schools left without a day",
    "schools left out a second time",
    "minutes of the longest journey",
    "steps down from first choices",
    "minutes of all journeys",
    "the lottery",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Who visits on which day.

    Parameters
    ----------
    given
        The day of each school that has one.
    left_out
        Schools without a day.
    cost
        What was made as small as can be, aim after aim, in the order of ``AIMS``.
    lots
        The lottery's number of each school; the smaller goes first where all else is alike.
    why
        For each school without a day, why not each of its choices; for one that got another than
        its first, why not that one.
    """

    given: Mapping[int, int]
    left_out: tuple[int, ...]
    cost: tuple[int, ...]
    lots: Mapping[int, int]
    why: Mapping[int, Mapping[int, str]]

    def by_aim(self) -> dict[str, int]:
        """Give the costs by the words of their aims."""
        return dict(zip(AIMS, self.cost, strict=True))


def allocate(days: Sequence[Day], asks: Sequence[Asks], *, seed: int) -> Allocation:
    """Share out the places of a term.

    Parameters
    ----------
    days
        The days, with the places that are still free.
    asks
        One a school.
    seed
        Draws the lottery: the same seed gives the same answer.

    Returns
    -------
    Allocation
        The best there is by the aims in their order, with the reason for every better-liked day
        that a school did not get.

    Examples
    --------
    >>> found = allocate(
    ...     [Day(day=1, n_free=2), Day(day=2, n_free=2)],
    ...     [Asks(school=7, n_people=2, choices=(1, 2)), Asks(school=8, n_people=2, choices=(1,))],
    ...     seed=1)
    >>> dict(found.given), found.why[7][1]
    ({7: 2, 8: 1}, '1 school more would be left without a day')
    """
    model = _Model(days, asks, seed)
    cost, given = model.solve()
    why = {
        each.school: {
            day: model.why_not(each, day, cost)
            for day in _better(each, given.get(each.school))
        }
        for each in asks
    }  # fmt: skip
    left_out = tuple(each.school for each in asks if each.school not in given)
    return Allocation(given=given, left_out=left_out, cost=cost, lots=model.lots, why=why)


def _better(asks: Asks, got: int | None) -> tuple[int, ...]:
    """Give the days a school likes better than what it got: all of them, or the first alone."""
    return asks.choices if got is None else asks.choices[: min(asks.choices.index(got), 1)]


class _Model:
    """The programme to solve, built anew for each question put to it."""

    def __init__(self, days: Sequence[Day], asks: Sequence[Asks], seed: int) -> None:
        self.days = {each.day: each for each in days}
        self.asks = list(asks)
        schools = sorted(each.school for each in asks)
        numbers = (1 + np.random.default_rng(seed).permutation(len(schools))).tolist()
        self.lots = dict(zip(schools, numbers, strict=True))

    def solve(
        self, forced: tuple[int, int] | None = None, known: Sequence[int] = ()
    ) -> tuple[tuple[int, ...], dict[int, int]]:
        """Make each aim as small as can be in turn.

        ``forced`` gives one school one day; it stops at the first aim that then differs from
        what is ``known``.
        """
        model = cp_model.CpModel()
        takes = self._takes(model)
        if forced is not None:
            model.add(takes[forced] == 1)
        cost: list[int] = []
        aims = self._aims(model, takes)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        for aim in aims:
            model.minimize(aim)
            if solver.solve(model) != cp_model.OPTIMAL:
                raise RuntimeError("a term could not be shared out to the best there is")
            cost.append(round(solver.objective_value))
            if known and cost[-1] != known[len(cost) - 1]:
                break
            model.add(aim == cost[-1])
        given = {school: day for (school, day), taken in takes.items() if solver.value(taken)}
        return tuple(cost), given

    def _takes(self, model: cp_model.CpModel) -> dict[tuple[int, int], cp_model.IntVar]:
        """Give a flag for each school and day that go together, within places and one each."""
        takes = {
            (each.school, day): model.new_bool_var(f"{each.school} on {day}")
            for each in self.asks
            for day in dict.fromkeys(each.choices)
            if self.bar(each, day) == ""
        }
        for each in self.asks:
            model.add_at_most_one(takes[key] for key in takes if key[0] == each.school)
        for day in self.days.values():
            n_people = sum(
                each.n_people * takes[each.school, day.day]
                for each in self.asks
                if (each.school, day.day) in takes
            )
            if not isinstance(n_people, int):
                model.add(n_people <= max(day.n_free, 0))
        return takes

    def _aims(
        self, model: cp_model.CpModel, takes: Mapping[tuple[int, int], cp_model.IntVar]
    ) -> list[cp_model.LinearExpr]:
        by_school = {each.school: each for each in self.asks}
        has = {
            each.school: sum(taken for key, taken in takes.items() if key[0] == each.school)
            for each in self.asks
        }
        minutes = {
            (school, day): round(by_school[school].minutes.get(day, UNKNOWN_MINUTES))
            for school, day in takes
        }
        longest = model.new_int_var(0, max([0, *minutes.values()]), "longest")
        for key, taken in takes.items():
            model.add(longest >= minutes[key]).only_enforce_if(taken)
        none_yet = cp_model.LinearExpr.sum([])
        rank = {(s, d): by_school[s].choices.index(d) for s, d in takes}
        return [
            none_yet + sum(1 - each for each in has.values()),
            none_yet + sum(1 - has[each.school] for each in self.asks if each.was_left_out),
            none_yet + longest,
            none_yet + sum(rank[key] * taken for key, taken in takes.items()),
            none_yet + sum(minutes[key] * taken for key, taken in takes.items()),
            # As many have a day whoever they are: so the smaller the numbers of those, the better.
            none_yet + sum(
                self.lots[key[0]] * (1 + rank[key]) * taken for key, taken in takes.items()
            ),
        ]  # fmt: skip

    def bar(self, asks: Asks, day: int) -> str:
        """Say why a school can not go on a day whoever else does; blank if it can."""
        if day not in self.days:
            return "the day is not among those shared out"
        there = self.days[day]
        if there.phases and asks.phase not in there.phases:
            return f"it is for {' and '.join(sorted(there.phases))} schools"
        if asks.n_people > there.n_free:
            return f"{asks.n_people} would come, and the day has {max(there.n_free, 0)} places"
        return ""

    def why_not(self, asks: Asks, day: int, cost: Sequence[int]) -> str:
        """Say what would be worse for everybody together if a school got a day."""
        if bar := self.bar(asks, day):
            return bar
        forced, _ = self.solve((asks.school, day), cost)
        return _said_of(cost, forced)


def _said_of(cost: Sequence[int], forced: Sequence[int]) -> str:
    for index, (was, would) in enumerate(zip(cost, forced, strict=False)):
        more = would - was
        if not more:
            continue
        many = "s" if more != 1 else ""
        return (
            f"{more} school{many} more would be left without a day",
            f"{more} school{many} more would be left out a second time",
            f"the longest journey would be {more} minute{many} longer",
            f"others would come {more} step{many} further down their choices",
            f"all journeys together would be {more} minute{many} longer",
            "all else is alike, and the lottery was for another school",
        )[index]
    return "all else is alike, and the lottery was for another school"
