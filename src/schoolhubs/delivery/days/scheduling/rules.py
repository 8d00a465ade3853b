"""The rules that a schedule keeps, each with its words: what it asks, and what would loosen it."""

import dataclasses
import enum
from collections.abc import Iterator

from schoolhubs.delivery.days.ledger import in_days
from schoolhubs.delivery.days.scheduling.given import Given


class RuleKind(enum.StrEnum):
    """What a rule is about. A leader in one place at a time is no rule: nothing can loosen it."""

    ALL_DAYS = "all_days"
    SPREAD = "spread"
    PARTNER_DAYS = "partner_days"
    PARTNER_WEEK = "partner_week"
    HALF_DAYS_NEAR = "half_days_near"
    LEAD_DAYS = "lead_days"
    CAPACITY = "capacity"
    LEADER_FREE = "leader_free"
    LEADER_WEEK = "leader_week"
    LEADER_JOURNEY = "leader_journey"


OF_A_PARTNER = (
    RuleKind.ALL_DAYS, RuleKind.SPREAD, RuleKind.PARTNER_DAYS, RuleKind.PARTNER_WEEK,
    RuleKind.HALF_DAYS_NEAR,
)  # fmt: skip
OF_A_LEADER = (RuleKind.LEADER_FREE, RuleKind.LEADER_WEEK, RuleKind.LEADER_JOURNEY)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One rule for one partner or leader; for the lead as a whole ``of`` is blank."""

    kind: RuleKind
    of: str = ""


def rules_of(given: Given) -> Iterator[Rule]:
    """Give every rule that a schedule of these partners and leaders keeps."""
    yield Rule(RuleKind.LEAD_DAYS)
    yield from (Rule(RuleKind.CAPACITY, year) for year in given.capacity_by_year or ("",))
    for leader in given.leaders:
        yield from (Rule(kind, leader.leader_id) for kind in OF_A_LEADER)
    for partner in given.partners:
        yield from (Rule(kind, partner.partner_id) for kind in OF_A_PARTNER)


def asks(rule: Rule, given: Given) -> str:
    """Say what a rule asks.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.delivery.days.school_days import SchoolDays
    >>> given = Given(lead=SchoolDays(name="Lead"), leaders=(), partners=(),
    ...               from_on=datetime.date(2026, 9, 1), capacity_half_days=7)
    >>> asks(Rule(RuleKind.CAPACITY), given)
    'The leaders of Lead have 3.5 days left to give.'
    """
    return _said(rule, given)[0]


def remedy(rule: Rule, given: Given) -> str:
    """Say what would loosen a rule."""
    return _said(rule, given)[1]


def _said(rule: Rule, given: Given) -> tuple[str, str]:
    if rule.kind in OF_A_PARTNER:
        return _of_a_partner(rule, given)
    if rule.kind in OF_A_LEADER:
        return _of_a_leader(rule, given)
    lead = given.lead.name
    if rule.kind is RuleKind.CAPACITY:
        left = in_days(given.capacity_by_year.get(rule.of, given.capacity_half_days))
        if rule.of:
            return (
                f"The leaders of {lead} have {left} left to give in {rule.of}.",
                f"Give more than {left} in {rule.of}, or let another lead take a partner over.",
            )
        wanted = in_days(sum(each.half_days for each in given.partners))
        return (
            f"The leaders of {lead} have {left} left to give.",
            f"Give {wanted} instead of {left}, or let another lead school take a partner over.",
        )
    return (
        f"Leaders go out on school days of {lead} alone.",
        f"Let leaders of {lead} go out on a day on which their own school is closed.",
    )


def _of_a_partner(rule: Rule, given: Given) -> tuple[str, str]:
    one = given.partner(rule.of)
    days, week = in_days(one.half_days), in_days(given.partner_week)
    near, far = given.half_day_within_minutes, one.minutes or 0
    told = {
        RuleKind.ALL_DAYS: (
            f"{one.name} gets a date for each of {days}.",
            f"Plan fewer days for {one.name} now, and the rest once there is room.",
        ),
        RuleKind.SPREAD: (
            f"The days of {one.name} are spread over its terms.",
            f"Let the days of {one.name} come closer together in one term.",
        ),
        RuleKind.PARTNER_DAYS: (
            f"{one.name} receives leaders on its own school days alone.",
            f"Ask {one.name} for some of the days it said it cannot.",
        ),
        RuleKind.PARTNER_WEEK: (
            f"{one.name} gets at most {week} in a week.",
            f"Let {one.name} have more than {week} in some weeks.",
        ),
        RuleKind.HALF_DAYS_NEAR: (
            f"Half-days are for drives of {near:g} minutes at most, {one.name} is {far:.0f} away.",
            f"Hold a half-day with {one.name} on screen, or make it a whole day.",
        ),
    }
    return told[rule.kind]


def _of_a_leader(rule: Rule, given: Given) -> tuple[str, str]:
    one = given.leader(rule.of)
    week = in_days(given.leader_week)
    told = {
        RuleKind.LEADER_FREE: (
            f"{one.name} goes out on days that are free alone.",
            f"Free {one.name} on some of those days, or name another leader.",
        ),
        RuleKind.LEADER_WEEK: (
            f"{one.name} is away at most {week} in a week.",
            f"Let {one.name} be away more in some weeks, or name another leader.",
        ),
        RuleKind.LEADER_JOURNEY: (
            f"{one.name} drives at most {one.most_minutes or 0:g} minutes one way.",
            f"Let {one.name} drive further, or name another leader for partners far away.",
        ),
    }
    return told[rule.kind]
