"""A schedule as a model for CP-SAT: a switch for each leader, partner, day and part of a day."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import TypeVar

from ortools.sat.python import cp_model

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY, Part
from schoolhubs.delivery.days.scheduling.checking import possible_days, too_far
from schoolhubs.delivery.days.scheduling.given import Given, Partner, Visit, week_of
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind
from schoolhubs.delivery.days.scheduling.spreading import spread
from schoolhubs.delivery.days.school_days import DAY, SATURDAY, bank_holidays
from schoolhubs.vocabulary.calendar import AcademicYear, term_starts_on

Key = TypeVar("Key", bound=Hashable)
# What a schedule is better by, most first: fewer journeys, fewer leaders a partner, even steps,
# no leader with much more than the others.
COST_OF_A_LEADER, COST_OF_A_CROWD, COST_OF_A_LOAD = 60, 15, 6


class Model:
    """The switches and the rules in force, to be solved once.

    Parameters
    ----------
    rules
        Those in force; what no rule says can not be loosened.
    """

    def __init__(self, given: Given, rules: Collection[Rule]) -> None:
        self.given, self.rules = given, frozenset(rules)
        self.model = cp_model.CpModel()
        self.switches: dict[Visit, cp_model.IntVar] = {}
        for partner in given.partners:
            self._switches_of(partner)
        self._one_place_at_a_time()
        for partner in given.partners:
            self._rules_of(partner)
        self._weeks_of_leaders()
        for year, n in given.capacity_by_year.items():
            if self.has(RuleKind.CAPACITY, year):
                ours = [each for each in self.switches if AcademicYear.holding(each.on) == year]
                self.model.add(self._half_days(ours) <= n)
        if self.has(RuleKind.CAPACITY):
            self.model.add(self._half_days(self.switches) <= given.capacity_half_days)

    def has(self, kind: RuleKind, of: str = "") -> bool:
        """Tell whether a rule is in force."""
        return Rule(kind, of) in self.rules

    def prefer_the_best(self) -> None:
        """Ask for the fewest minutes on the road, few leaders a partner, and even steps."""
        costs: list[cp_model.LinearExpr] = []
        for visit, switch in self.switches.items():
            minutes = self.given.partner(visit.partner_id).minutes or 0
            costs.append(switch * (1 + round(2 * minutes)))
        for partner in self.given.partners:
            costs += self._leaders_of(partner)
            costs += self._crowds_of(partner)
        costs.append(self._busiest() * COST_OF_A_LOAD)
        self.model.minimize(sum(costs))

    def place_as_many_as_possible(self) -> None:
        """Ask for as many half-days as there is room for, where not all of them fit."""
        worst = self.model.new_int_var(0, max(each.half_days for each in self.given.partners), "")
        for partner in self.given.partners:
            placed = self._half_days(self._of(partner))
            self.model.add(placed <= partner.half_days)
            self.model.add(worst >= partner.half_days - placed)
        # The number counts most; of equal ones, that which leaves nobody far behind.
        wanted = sum(each.half_days for each in self.given.partners)
        self.model.maximize(self._half_days(self.switches) * (wanted + 1) - worst)

    def _switches_of(self, partner: Partner) -> None:
        for on in self._days_of(partner):
            for leader in self.given.leaders:
                cannot = on in leader.cannot and self.has(RuleKind.LEADER_FREE, leader.leader_id)
                far = too_far(leader, partner)
                if cannot or (far and self.has(RuleKind.LEADER_JOURNEY, leader.leader_id)):
                    continue
                for part in self._parts_for(partner):
                    if any((on, half) in leader.taken for half in part.halves):
                        continue
                    visit = Visit(
                        on=on, part=part, partner_id=partner.partner_id, leader_id=leader.leader_id
                    )
                    self.switches[visit] = self.model.new_bool_var("")

    def _days_of(self, partner: Partner) -> Iterator[datetime.date]:
        given = self.given
        on = max(given.from_on, partner.starts_on)
        keeps_lead = self.has(RuleKind.LEAD_DAYS)
        keeps_partner = self.has(RuleKind.PARTNER_DAYS, partner.partner_id)
        while on < partner.finishes_on:
            is_working = on.weekday() < SATURDAY and on not in bank_holidays()
            lead_is_open = not keeps_lead or given.lead.is_open(on)
            partner_is_open = not keeps_partner or partner.days.is_open(on)
            if is_working and lead_is_open and partner_is_open:
                yield on
            on += DAY

    def _parts_for(self, partner: Partner) -> tuple[Part, ...]:
        """Give the parts of a day that are worth the journey; a lone half-day is for the near."""
        is_near = (partner.minutes or 0) <= self.given.half_day_within_minutes
        if is_near or not self.has(RuleKind.HALF_DAYS_NEAR, partner.partner_id):
            return (Part.DAY, Part.AM, Part.PM)
        return (Part.DAY,)

    def _of(self, partner: Partner) -> list[Visit]:
        return [each for each in self.switches if each.partner_id == partner.partner_id]

    def _half_days(self, visits: Collection[Visit]) -> cp_model.LinearExpr:
        terms = [self.switches[each] * each.n_half_days for each in visits]
        return cp_model.LinearExpr.sum(terms)

    def _one_place_at_a_time(self) -> None:
        trips, received = defaultdict(list), defaultdict(list)
        for visit, switch in self.switches.items():
            trips[visit.leader_id, visit.on].append(switch)
            for half in visit.part.halves:
                received[visit.partner_id, visit.on, half].append(switch)
        for switches in (*trips.values(), *received.values()):
            self.model.add_at_most_one(switches)

    def _rules_of(self, partner: Partner) -> None:
        ours, of = self._of(partner), partner.partner_id
        if self.has(RuleKind.ALL_DAYS, of):
            self.model.add(self._half_days(ours) == partner.half_days)
        if self.has(RuleKind.PARTNER_WEEK, of):
            held: dict[datetime.date, int] = defaultdict(int)
            for on, n in partner.held.items():
                held[week_of(on)] += n
            for week, visits in _grouped(ours, lambda each: week_of(each.on)).items():
                room = max(self.given.partner_week - held[week], 0)
                self.model.add(self._half_days(visits) <= room)
        if self.has(RuleKind.SPREAD, of):
            by_term = _grouped(ours, lambda each: term_starts_on(each.on))
            for term, (low, high) in spread(partner, possible_days(self.given, partner)).items():
                self.model.add_linear_constraint(self._half_days(by_term.get(term, [])), low, high)

    def _weeks_of_leaders(self) -> None:
        for leader in self.given.leaders:
            if not self.has(RuleKind.LEADER_WEEK, leader.leader_id):
                continue
            taken: dict[datetime.date, int] = defaultdict(int)
            for on, _ in leader.taken:
                taken[week_of(on)] += 1
            ours = [each for each in self.switches if each.leader_id == leader.leader_id]
            for week, visits in _grouped(ours, lambda each: week_of(each.on)).items():
                room = max(self.given.leader_week - taken[week], 0)
                self.model.add(self._half_days(visits) <= room)

    def _leaders_of(self, partner: Partner) -> Iterator[cp_model.LinearExpr]:
        """Give the cost of each leader whom a partner has to get to know."""
        for visits in _grouped(self._of(partner), lambda each: each.leader_id).values():
            comes = self.model.new_bool_var("")
            self.model.add_max_equality(comes, [self.switches[each] for each in visits])
            yield comes * COST_OF_A_LEADER

    def _busiest(self) -> cp_model.IntVar:
        """Give the half-days of the leader who has most."""
        most = self.model.new_int_var(0, sum(each.half_days for each in self.given.partners), "")
        for visits in _grouped(self.switches, lambda each: each.leader_id).values():
            self.model.add(most >= self._half_days(visits))
        return most

    def _crowds_of(self, partner: Partner) -> Iterator[cp_model.LinearExpr]:
        """Give the cost of visits that come close together: more than one in an even step."""
        days = sorted({each.on for each in self._of(partner)})
        n_steps = -(-partner.half_days // HALF_DAYS_A_DAY)
        if not days or n_steps < HALF_DAYS_A_DAY:
            return
        step_of = {on: at * n_steps // len(days) for at, on in enumerate(days)}
        for visits in _grouped(self._of(partner), lambda each: step_of[each.on]).values():
            over = self.model.new_int_var(0, partner.half_days, "")
            self.model.add(over >= self._half_days(visits) - HALF_DAYS_A_DAY)
            yield over * COST_OF_A_CROWD


def _grouped(visits: Iterable[Visit], key: Callable[[Visit], Key]) -> dict[Key, list[Visit]]:
    found: dict[Key, list[Visit]] = defaultdict(list)
    for each in visits:
        found[key(each)].append(each)
    return dict(found)
