"""Who can go where on which day, worked out once for every search for one hub's dates."""

import datetime
import functools
from collections.abc import Collection, Iterator, Mapping

from schoolhubs.delivery.days.ledger import Part
from schoolhubs.delivery.days.scheduling.checking import Bounds, possible_days, spread, too_far
from schoolhubs.delivery.days.scheduling.given import Given, Leader, Partner, week_of
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind
from schoolhubs.delivery.days.school_days import DAY, SATURDAY, bank_holidays
from schoolhubs.vocabulary.calendar import term_starts_on

# Days of one partner that lie in one week, one term and one step of an even pace.
Cell = tuple[datetime.date, datetime.date, int]


class Possible:
    """The days of a hub, whichever rules are in force."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self._lead_open = frozenset(on for on in self._working if given.lead.is_open(on))
        self._open = {
            each.partner_id: frozenset(on for on in self._working if each.days.is_open(on))
            for each in given.partners
        }
        self._spread: dict[str, Bounds] = {}
        self._place = functools.cache(lambda on: (week_of(on), term_starts_on(on)))

    @functools.cached_property
    def _working(self) -> list[datetime.date]:
        first = max(self.given.from_on, min(each.starts_on for each in self.given.partners))
        until = max(each.finishes_on for each in self.given.partners)
        days = (first + n * DAY for n in range((until - first).days))
        return [on for on in days if on.weekday() < SATURDAY and on not in bank_holidays()]

    def spread_of(self, partner: Partner) -> Bounds:
        """Give the least and most half-days of each term of a partner."""
        of = partner.partner_id
        if of not in self._spread:
            self._spread[of] = spread(partner, possible_days(self.given, partner))
        return self._spread[of]

    def days_of(self, partner: Partner, rules: Collection[Rule]) -> list[datetime.date]:
        """Give the days on which the calendars in force let somebody come."""
        first = max(self.given.from_on, partner.starts_on)
        found = [on for on in self._working if first <= on < partner.finishes_on]
        if Rule(RuleKind.LEAD_DAYS) in rules:
            found = [on for on in found if on in self._lead_open]
        if Rule(RuleKind.PARTNER_DAYS, partner.partner_id) in rules:
            found = [on for on in found if on in self._open[partner.partner_id]]
        return found

    def visits_to(
        self, partner: Partner, rules: Collection[Rule]
    ) -> Iterator[tuple[Leader, datetime.date, tuple[Part, ...]]]:
        """Give each leader and day that go together, with the parts of the day that do."""
        parts = self._parts_for(partner, rules)
        days = self.days_of(partner, rules)
        for leader in self.given.leaders:
            of = leader.leader_id
            if too_far(leader, partner) and Rule(RuleKind.LEADER_JOURNEY, of) in rules:
                continue
            cannot = leader.cannot if Rule(RuleKind.LEADER_FREE, of) in rules else frozenset()
            for on in days:
                if on in cannot:
                    continue
                # A second visit in a half in which somebody comes already counts for nothing.
                free = tuple(
                    part for part in parts
                    if not any(
                        (on, half) in leader.taken or (on, half) in partner.held
                        for half in part.halves
                    )
                ) if leader.taken or partner.held else parts  # fmt: skip
                if free:
                    yield leader, on, free

    def _parts_for(self, partner: Partner, rules: Collection[Rule]) -> tuple[Part, ...]:
        """Give the parts of a day that are worth the journey; a lone half-day is for the near."""
        is_near = (partner.minutes or 0) <= self.given.half_day_within_minutes
        if is_near or Rule(RuleKind.HALF_DAYS_NEAR, partner.partner_id) not in rules:
            return (Part.DAY, Part.AM, Part.PM)
        return (Part.DAY,)

    def cells(
        self, partner: Partner, days: Collection[datetime.date]
    ) -> Mapping[datetime.date, Cell]:
        """Give the cell of each of a partner's days."""
        step_of = steps(partner, days)
        return {on: (*self._place(on), step_of.get(on, 0)) for on in days}


def steps(partner: Partner, days: Collection[datetime.date]) -> dict[datetime.date, int]:
    """Cut a partner's days into as many even steps as it gets days; none where it gets one."""
    n_steps = -(-partner.half_days // 2)
    if n_steps < 2:
        return {}
    ordered = sorted(set(days))
    return {on: at * n_steps // len(ordered) for at, on in enumerate(ordered)}
