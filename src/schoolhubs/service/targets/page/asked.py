"""What the rule of targets asks, in words of the fit's own definition, and what that is here."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from schoolhubs.service.targets.models import Fit, SchoolTarget

NEARLY = 0.0005  # points: figures nearer than this are one
# Shares nearer to a whole number of tenths than this are told in tenths.
ROUND = 1e-6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The constants of a fit that its targets were set by, as its card holds them.

    Shares are 0 to 1, asks in points of sessions.
    """

    ask_share: float
    least_ask_percent: float
    most_ask_percent: float
    frontier_quantile: float
    floor_quantile: float
    interval_share: float


def rule_of(fit: Fit) -> Rule | None:
    """Read the rule of a fit from its card; None where the card does not hold all of it."""
    figures = Fit.objects.filter(pk=fit.pk).values_list("card__figures", flat=True).first()
    return rule_in(figures or {})


def rule_in(figures: Mapping[str, Any]) -> Rule | None:
    """Take the rule from the figures of a card."""
    told = {
        each.name: figures.get(f"definition.constants.{each.name}.value")
        for each in dataclasses.fields(Rule)
    }
    if None in told.values():
        return None
    return Rule(**told)  # type: ignore[arg-type]


def in_ten(share: float | None) -> str:
    """Say how many schools an interval is meant to hold, as people say it.

    >>> in_ten(0.8), in_ten(0.85), in_ten(None)
    ('about 8 in 10 schools', 'about 85 in 100 schools', 'most schools')
    """
    if share is None:
        return "most schools"
    tenths = 10 * share
    if abs(tenths - round(tenths)) < ROUND:
        return f"about {tenths:.0f} in 10 schools"
    return f"about {10 * tenths:.0f} in 100 schools"


def rule_said(rule: Rule) -> str:
    """Say what the rule asks of every school with a target."""
    return (
        f"Below what is expected with no change, the target asks for {_share(rule.ask_share)} of "
        f"the gap to the level that the {_share(rule.frontier_quantile)} of schools of like "
        f"context with the least absence reach: at least {rule.least_ask_percent:g} points and at "
        f"most {rule.most_ask_percent:g}. It never asks for less absence than the "
        f"{_share(rule.floor_quantile)} with the least have, and is never above the school’s last "
        "year without its chance."
    )


def own_case(rule: Rule, row: SchoolTarget) -> str:
    """Say which part of the rule set this school's target; empty where it has none."""
    expected, target, baseline, frontier = (
        row.expected_percent, row.target_percent, row.baseline_percent, row.frontier_percent,
    )  # fmt: skip
    if expected is None or target is None or baseline is None or frontier is None:
        return ""
    gap, ask = max(0.0, expected - frontier), expected - target
    part = rule.ask_share * gap
    wanted = min(max(part, rule.least_ask_percent), rule.most_ask_percent)
    if ask > wanted + NEARLY:  # nothing but the baseline makes a target lower than the ask
        return (
            f"The target is last year without its chance, {baseline:.2f} %: that is already "
            "lower than the rule would ask, so the school is asked to hold it."
        )
    if ask < NEARLY:
        return (
            "No more is asked than to hold what is expected: the school is already among the "
            f"{_share(rule.floor_quantile)} with the least absence for its context."
        )
    if ask < wanted - NEARLY:
        return (
            f"It asks for {ask:.2f} points less, down to the level of the "
            f"{_share(rule.floor_quantile)} with the least absence for its context, and no further."
        )
    if part > rule.most_ask_percent:
        return f"It asks for the most the rule allows, {ask:.2f} points: the gap is {gap:.2f}."
    if part >= rule.least_ask_percent:
        return (
            f"The gap to schools of like context with little absence is {gap:.2f} points, down to "
            f"{frontier:.2f} %. Of it {_share(rule.ask_share)} is asked: {ask:.2f} points."
        )
    if gap > 0:
        return (
            f"It asks for the least the rule allows, {ask:.2f} points: the gap to schools of like "
            f"context with little absence is only {gap:.2f}."
        )
    return (
        f"It asks for the least the rule allows, {ask:.2f} points: the school is expected to be at "
        f"{frontier:.2f} % or below, the level the rule looks towards, so there is no gap."
    )


def _share(share: float) -> str:
    return f"{100 * share:g} %"
