"""Which rules a schedule breaks, found without the solver that made it."""

import datetime
import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY
from schoolhubs.delivery.days.scheduling.given import Given, Leader, Partner, Visit, week_of
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind
from schoolhubs.vocabulary.calendar import AcademicYear, term_starts_on

Bounds = dict[datetime.date, tuple[int, int]]


class Impossible(ValueError):
    """A leader would be in two places, a partner have two visits, or the visit no partnership."""


def broken(given: Given, visits: Sequence[Visit]) -> frozenset[Rule]:
    """Name the rules that a schedule breaks.

    Raises
    ------
    Impossible
        Where it is no schedule at all.
    """
    _check_possible(given, visits)
    found = set(_of_the_lead(given, visits))
    for leader in given.leaders:
        ours = [each for each in visits if each.leader_id == leader.leader_id]
        found |= set(_of_a_leader(given, leader, ours))
    for partner in given.partners:
        ours = [each for each in visits if each.partner_id == partner.partner_id]
        found |= set(_of_a_partner(given, partner, ours))
    return frozenset(found)


def possible_days(given: Given, partner: Partner) -> list[datetime.date]:
    """Give the days on which both schools are open, from today to the partnership's end."""
    first = max(given.from_on, partner.starts_on)
    return [on for on in partner.days.between(first, partner.finishes_on) if given.lead.is_open(on)]


def _check_possible(given: Given, visits: Sequence[Visit]) -> None:
    trips = Counter((each.leader_id, each.on) for each in visits)
    halves = Counter(
        (each.partner_id, each.on, half) for each in visits for half in each.part.halves
    )
    if max([*trips.values(), *halves.values()], default=0) > 1:
        raise Impossible("a leader is in two places, or two visits meet at one partner")
    for each in visits:
        partner, leader = given.partner(each.partner_id), given.leader(each.leader_id)
        if not max(given.from_on, partner.starts_on) <= each.on < partner.finishes_on:
            raise Impossible(f"{each.on} is outside of the partnership")
        if any((each.on, half) in leader.taken for half in each.part.halves):
            raise Impossible(f"{leader.name} is taken on {each.on}")
        if any(partner.held.get((each.on, half)) for half in each.part.halves):
            raise Impossible(f"somebody comes to {partner.name} on {each.on} already")


def _of_the_lead(given: Given, visits: Sequence[Visit]) -> Iterator[Rule]:
    in_all = sum(each.n_half_days for each in visits)
    if not given.capacity_by_year and in_all > given.capacity_half_days:
        yield Rule(RuleKind.CAPACITY)
    for year, left in given.capacity_by_year.items():
        ours = [each for each in visits if AcademicYear.holding(each.on) == year]
        if sum(each.n_half_days for each in ours) > left:
            yield Rule(RuleKind.CAPACITY, year)
    if not all(given.lead.is_open(each.on) for each in visits):
        yield Rule(RuleKind.LEAD_DAYS)


def _of_a_leader(given: Given, leader: Leader, visits: Sequence[Visit]) -> Iterator[Rule]:
    weeks = Counter(week_of(on) for on, _ in leader.taken)
    weeks.update(_by_week(visits))
    touched = {week_of(each.on) for each in visits}
    if any(weeks[week] > given.leader_week for week in touched):
        yield Rule(RuleKind.LEADER_WEEK, leader.leader_id)
    if any(each.on in leader.cannot for each in visits):
        yield Rule(RuleKind.LEADER_FREE, leader.leader_id)
    if any(too_far(leader, given.partner(each.partner_id)) for each in visits):
        yield Rule(RuleKind.LEADER_JOURNEY, leader.leader_id)


def too_far(leader: Leader, partner: Partner) -> bool:
    """Tell whether a partner lies beyond a leader's longest drive."""
    return leader.most_minutes is not None and (partner.minutes or 0) > leader.most_minutes


def _of_a_partner(given: Given, partner: Partner, visits: Sequence[Visit]) -> Iterator[Rule]:
    of = partner.partner_id
    if sum(each.n_half_days for each in visits) != partner.half_days:
        yield Rule(RuleKind.ALL_DAYS, of)
    if not all(partner.days.is_open(each.on) for each in visits):
        yield Rule(RuleKind.PARTNER_DAYS, of)
    weeks = Counter(_by_week(visits))
    weeks.update({week: partner.held_in(week) for week in list(weeks)})
    if any(weeks[week_of(each.on)] > given.partner_week for each in visits):
        yield Rule(RuleKind.PARTNER_WEEK, of)
    has_half = any(each.n_half_days < HALF_DAYS_A_DAY for each in visits)
    if has_half and (partner.minutes or 0) > given.half_day_within_minutes:
        yield Rule(RuleKind.HALF_DAYS_NEAR, of)
    if not _is_spread(partner, visits, possible_days(given, partner)):
        yield Rule(RuleKind.SPREAD, of)


def _is_spread(
    partner: Partner, visits: Sequence[Visit], open_days: Collection[datetime.date]
) -> bool:
    by_term: Counter[datetime.date] = Counter()
    for each in visits:
        by_term[term_starts_on(each.on)] += each.n_half_days
    bounds = spread(partner, open_days)
    return all(low <= by_term[term] <= high for term, (low, high) in bounds.items())


def _by_week(visits: Sequence[Visit]) -> Counter[datetime.date]:
    weeks: Counter[datetime.date] = Counter()
    for each in visits:
        weeks[week_of(each.on)] += each.n_half_days
    return weeks


def spread(partner: Partner, open_days: Collection[datetime.date]) -> Bounds:
    """Give the least and most half-days of each term, by the term's first day.

    Each term's share is by the weeks in which a visit is possible at all; a day more or less than
    the share is within the rule.

    Parameters
    ----------
    open_days
        Days on which a visit is possible, whoever comes.
    """
    weeks: dict[datetime.date, set[datetime.date]] = {}
    for on in open_days:
        weeks.setdefault(term_starts_on(on), set()).add(week_of(on))
    n_weeks = sum(len(each) for each in weeks.values())
    found: Bounds = {}
    for term, held in weeks.items():
        share = partner.half_days * len(held) / n_weeks
        least = max(math.floor(share) - HALF_DAYS_A_DAY, 0)
        found[term] = (least, math.ceil(share) + HALF_DAYS_A_DAY)
    return found
