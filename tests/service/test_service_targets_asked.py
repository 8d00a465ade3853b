"""What a target's page says of the rule is what the rule did, in every case of it."""

import dataclasses

import numpy as np
import pytest

from schoolhubs.service.targets.models import SchoolTarget
from schoolhubs.service.targets.page.asked import Rule, in_ten, own_case, rule_in, rule_said
from schoolhubs.targets import constants
from schoolhubs.targets.expecting import aimed

NAMES = [each.name for each in dataclasses.fields(Rule)]
HELD = constants.constants()
RULE = Rule(**{name: getattr(HELD, name) for name in NAMES})


def row(expected: float, baseline: float, frontier: float, floor: float) -> SchoolTarget:
    """Give a school's row with the target that the model sets."""
    figures = [np.array([each]) for each in (expected, baseline, frontier, floor)]
    return SchoolTarget(
        expected_percent=expected, baseline_percent=baseline, frontier_percent=frontier,
        target_percent=float(aimed(*figures, HELD)[0]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ((6.0, 6.5, 4.0, 3.0), "is 2.00 points, down to 4.00 %. Of it 25 % is asked: 0.50 points"),
        ((9.0, 9.5, 4.0, 3.0), "the most the rule allows, 1.00 points: the gap is 5.00"),
        ((4.2, 4.5, 4.0, 3.0), "the least the rule allows, 0.10 points: the gap to"),
        ((3.8, 4.5, 4.0, 3.0), "the least the rule allows, 0.10 points: the school is expected"),
        ((6.0, 5.2, 4.0, 3.0), "last year without its chance, 5.20 %"),
        ((2.9, 3.5, 4.0, 3.0), "No more is asked than to hold what is expected"),
        ((3.05, 3.5, 4.0, 3.0), "It asks for 0.05 points less, down to the level of the 10 %"),
    ],
)
def test_the_case_that_set_a_target_is_the_one_that_is_said(
    figures: tuple[float, float, float, float], says: str
) -> None:
    assert says in own_case(RULE, row(*figures))


def test_a_school_without_a_target_is_told_of_no_case() -> None:
    assert own_case(RULE, SchoolTarget(expected_percent=9.0, baseline_percent=9.0)) == ""


def test_words_follow_the_definition_of_the_fit() -> None:
    other = dataclasses.replace(RULE, ask_share=0.3, least_ask_percent=0.2, floor_quantile=0.05)
    said = rule_said(other)
    for words in ("30 % of the gap", "at least 0.2 points", "the 5 % with the least"):
        assert words in said
        assert words not in rule_said(RULE)
    assert in_ten(0.9) == "about 9 in 10 schools"


def test_a_card_that_does_not_hold_the_rule_says_none() -> None:
    card = {f"definition.constants.{name}.value": getattr(HELD, name) for name in NAMES}
    assert rule_in(card) == RULE
    card.pop("definition.constants.floor_quantile.value")
    assert rule_in(card) is None
