"""What an officer sees beside a challenge: how far the claim lies from what is known."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.service.targets.challenges.disputable import ROLLS
from schoolhubs.service.targets.models import Challenge, Disputed, Explanation
from schoolhubs.vocabulary.words import signed
from schoolhubs.vocabulary.written.stored import read_facts

BLANK = (
    "The school asks that a figure count as not known. That corrects nothing: less is then read of "
    "the school, other figures of its pupils may drop out with it, and its target can move."
)
HARD = "This is hard to believe: ask for the evidence before you decide."


@functools.cache
def limits() -> Mapping[str, Any]:
    """Read from where on a claim is warned of."""
    file = resources.files("schoolhubs.service.targets.challenges") / "limits.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read


def weighed(one: Challenge) -> list[str]:
    """Say how far a claim lies from what stands there and from the school's own other years."""
    if one.kind == Disputed.COMPARATOR:
        return []
    if one.after is None:
        return [BLANK]
    if one.before is None:
        return ["Nothing is known of it that the claim could be held against."]
    apart = one.after - one.before
    if one.name in ROLLS:
        said = [f"The claim is {apart:+,.0f} pupils from what stands there."]
        is_far = abs(apart) > limits()["roll_far_share"]["value"] * one.before
    elif one.kind == Disputed.CONTEXT:
        said = [f"The claim is {signed(apart, 2)} points from what stands there."]
        is_far = abs(apart) > limits()["share_far_percent"]["value"]
    else:
        said = [f"The claim is {signed(apart, 2)} points from what stands there."]
        others = _other_years(one)
        least, most = min(others, default=one.before), max(others, default=one.before)
        if others:
            said.append(f"The school’s own other years lie between {least:.2f} and {most:.2f} %.")
        is_far = max(one.after - most, least - one.after) > limits()["figure_far_percent"]["value"]
    return [*said, HARD] if is_far else said


def _other_years(one: Challenge) -> list[float]:
    kept = Explanation.objects.filter(pk=one.target_id).first()
    trend = kept.record["trend"] if kept else []
    return [percent for year, percent, _ in trend if year != one.name]
