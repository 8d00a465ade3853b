"""A schedule seen from further away: who goes how often where in which week, without the day.

What is impossible so is impossible day by day too. What is possible so mostly is, and costs the
same; where it is not, the days of that week are drawn into the model (:meth:`Weekly.refine`).
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import TypeVar

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY, Part
from schoolhubs.delivery.days.scheduling import daily
from schoolhubs.delivery.days.scheduling.daily import Key, Some
from schoolhubs.delivery.days.scheduling.given import Leader, Partner, week_of
from schoolhubs.delivery.days.scheduling.possible import Cell, Possible, steps
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind
from schoolhubs.vocabulary.calendar import AcademicYear

Of = TypeVar("Of", bound=Hashable)
# What a schedule is better by, most first: fewer journeys, fewer leaders a partner, even steps,
# no leader with much more than the others.
COST_OF_A_LEADER, COST_OF_A_CROWD, COST_OF_A_LOAD = 60, 15, 6


class Weekly:
    """Half-days and journeys by week, and the rules in force.

    Parameters
    ----------
    rules
        Those in force; what no rule says can not be loosened.
    partners
        Those who get visits.
    """

    def __init__(
        self, possible: Possible, rules: Collection[Rule], partners: Collection[Partner]
    ) -> None:
        self.possible, self.given, self.rules = possible, possible.given, frozenset(rules)
        self.partners = partners
        self.model = cp_model.CpModel()
        self.numbers: dict[Key, tuple[cp_model.LinearExprT, cp_model.LinearExprT]] = {}
        self.some: list[Some] = []
        for partner in partners:
            self._some_of(partner)
        self._by_partner = grouped(self.some, lambda each: each.partner_id)
        self._by_leader = grouped(self.some, lambda each: each.leader_id)
        self.by_week = grouped(self.some, lambda each: each.cell[0])
        for partner in partners:
            self._rules_of(partner)
        for leader in self.given.leaders:
            self._weeks_of(leader)
        self._capacities()

    def refine(self, week: datetime.date) -> None:
        """Draw the days of a week into the model, which then is exact in it."""
        if week in self.by_week:
            daily.draw(self.model, self.by_week.pop(week), self.numbers)

    def prefer_the_best(self) -> None:
        """Ask for the fewest minutes on the road, few leaders a partner, and even steps."""
        most = self.model.new_int_var(0, self._wanted, "")
        for some in self._by_leader.values():
            self.model.add(most >= self._half_days(some))
        costs: list[cp_model.LinearExprT] = [most * COST_OF_A_LOAD]
        for partner in self.partners:
            a_journey = 1 + round(2 * (partner.minutes or 0))
            costs += [self.numbers[each.key][1] * a_journey for each in self._of(partner)]
            costs += self._leaders_of(partner)
            costs += self._crowds_of(partner)
        self.model.minimize(cp_model.LinearExpr.sum(costs))

    def place_as_many_as_possible(self) -> None:
        """Ask for as many half-days as there is room for, where not all of them fit."""
        worst = self.model.new_int_var(0, max(each.half_days for each in self.partners), "")
        for partner in self.partners:
            placed = self._half_days(self._of(partner))
            self.model.add(placed <= partner.half_days)
            self.model.add(worst >= partner.half_days - placed)
        # The number counts most; of equal ones, that which leaves nobody far behind.
        self.model.maximize(self._half_days(self.some) * (self._wanted + 1) - worst)

    @property
    def _wanted(self) -> int:
        return sum(each.half_days for each in self.partners)

    def _has(self, kind: RuleKind, of: str = "") -> bool:
        return Rule(kind, of) in self.rules

    def _of(self, partner: Partner) -> list[Some]:
        return self._by_partner.get(partner.partner_id, [])

    def _half_days(self, some: Iterable[Some]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.sum([self.numbers[each.key][0] for each in some])

    def _trips(self, some: Iterable[Some]) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.sum([self.numbers[each.key][1] for each in some])

    def _some_of(self, partner: Partner) -> None:
        cell_of = self.possible.cells(partner, self.possible.days_of(partner, self.rules))
        found: dict[tuple[str, Cell], dict[datetime.date, tuple[Part, ...]]] = defaultdict(dict)
        for leader, on, parts in self.possible.visits_to(partner, self.rules):
            found[leader.leader_id, cell_of[on]][on] = parts
        for (leader_id, cell), days in found.items():
            one = Some(partner.partner_id, leader_id, cell, days)
            self.some.append(one)
            self._number(one)

    def _number(self, one: Some) -> None:
        """Give the half-days and journeys of a cell, as far as its days alone say what can be."""
        n_days = len(one.parts)
        n_whole = sum(Part.DAY in parts for parts in one.parts.values())
        trips = self.model.new_int_var(0, n_days, "")
        if all(parts == (Part.DAY,) for parts in one.parts.values()):
            self.numbers[one.key] = trips * HALF_DAYS_A_DAY, trips
        elif not n_whole:
            self.numbers[one.key] = trips, trips
        else:
            half_days = self.model.new_int_var(0, n_days + n_whole, "")
            self.model.add(half_days >= trips)
            self.model.add(half_days <= trips * HALF_DAYS_A_DAY)
            if n_whole < n_days:
                self.model.add(half_days <= trips + n_whole)
            self.numbers[one.key] = half_days, trips

    def _rules_of(self, partner: Partner) -> None:
        of, ours = partner.partner_id, self._of(partner)
        if self._has(RuleKind.ALL_DAYS, of):
            self.model.add(self._half_days(ours) == partner.half_days)
        if self._has(RuleKind.SPREAD, of):
            for term, (low, high) in self.possible.spread_of(partner).items():
                placed = self._half_days(each for each in ours if each.cell[1] == term)
                self.model.add_linear_constraint(placed, low, high)
        for week, some in grouped(ours, lambda each: each.cell[0]).items():
            # Nobody receives two visits in one half of a day.
            most = HALF_DAYS_A_DAY * len(frozenset().union(*(each.days for each in some)))
            if self._has(RuleKind.PARTNER_WEEK, of):
                most = min(most, max(self.given.partner_week - partner.held_in(week), 0))
            self.model.add(self._half_days(some) <= most)

    def _weeks_of(self, leader: Leader) -> None:
        taken: dict[datetime.date, int] = defaultdict(int)
        for on, _ in leader.taken:
            taken[week_of(on)] += 1
        ours = self._by_leader.get(leader.leader_id, [])
        for week, some in grouped(ours, lambda each: each.cell[0]).items():
            if self._has(RuleKind.LEADER_WEEK, leader.leader_id):
                room = max(self.given.leader_week - taken[week], 0)
                self.model.add(self._half_days(some) <= room)
            self._one_place_a_day(some)

    def _one_place_a_day(self, some: Collection[Some]) -> None:
        """Let a leader make no more journeys on some days than there are days."""
        kinds = {each.days for each in some}
        for days in kinds | {frozenset().union(*kinds)}:
            inside = [each for each in some if each.days <= days]
            if len(inside) > 1:
                self.model.add(self._trips(inside) <= len(days))

    def _capacities(self) -> None:
        for year, n in self.given.capacity_by_year.items():
            if self._has(RuleKind.CAPACITY, year):
                ours = [each for each in self.some if AcademicYear.holding(each.cell[1]) == year]
                self.model.add(self._half_days(ours) <= n)
        if self._has(RuleKind.CAPACITY):
            self.model.add(self._half_days(self.some) <= self.given.capacity_half_days)

    def _leaders_of(self, partner: Partner) -> Iterator[cp_model.LinearExpr]:
        """Give the cost of each leader whom a partner has to get to know."""
        for some in grouped(self._of(partner), lambda each: each.leader_id).values():
            comes = self.model.new_bool_var("")
            for each in some:
                self.model.add(self.numbers[each.key][1] <= len(each.parts) * comes)
            yield comes * COST_OF_A_LEADER

    def _crowds_of(self, partner: Partner) -> Iterator[cp_model.LinearExpr]:
        """Give the cost of visits that come close together: more than one in an even step."""
        if not steps(partner, self.possible.days_of(partner, self.rules)):
            return
        for some in grouped(self._of(partner), lambda each: each.cell[2]).values():
            over = self.model.new_int_var(0, partner.half_days, "")
            self.model.add(over >= self._half_days(some) - HALF_DAYS_A_DAY)
            yield over * COST_OF_A_CROWD


def grouped(some: Iterable[Some], by: Callable[[Some], Of]) -> dict[Of, list[Some]]:
    """Put what belongs together in one list."""
    found: dict[Of, list[Some]] = defaultdict(list)
    for each in some:
        found[by(each)].append(each)
    return dict(found)
