"""What the draft is told by: weights, order and what speaks for which root cause."""

import functools
import importlib.resources
import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

from schoolhubs.vocabulary.root_causes import root_causes
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read ``rules.yaml`` as it stands.

    >>> stored()["strengths"]["values"]["clear"]["weight"]
    3
    """
    file = importlib.resources.files(__package__).joinpath("rules.yaml")
    read: Mapping[str, Any] = read_facts(file.read_text("utf-8"))
    return read


def weight(strength: str) -> float:
    """Give what a strength weighs; one that is not known weighs nothing."""
    known = stored()["strengths"]["values"].get(strength)
    return float(known["weight"]) if known else 0.0


def is_outside(root_cause: str) -> bool:
    """Tell whether a root cause lies outside the school, and so is never a finding.

    >>> is_outside("transport"), is_outside("week_uneven")
    (True, False)
    """
    return root_causes()[root_cause].side == "outside"


def difference(
    one: float, n_one: float, other: float, n_other: float
) -> tuple[float, float, float]:
    """Give the difference of two rates in points with an interval that is too wide, if anything.

    A rate of sessions is taken as if every pupil missed all sessions or none: no spread between
    pupils can be larger.

    Parameters
    ----------
    one, other
        Percent, 0 to 100.
    n_one, n_other
        Pupils behind each, at least 1.

    Examples
    --------
    >>> [round(each, 1) for each in difference(12.0, 400, 6.0, 900)]
    [6.0, 3.0, 9.0]
    """
    z = NormalDist().inv_cdf(0.5 + float(stored()["marks"]["interval"]["value"]) / 2)
    spread = one * (100 - one) / n_one + other * (100 - other) / n_other
    points = one - other
    return points, points - z * math.sqrt(spread), points + z * math.sqrt(spread)


def share(part: float, whole: float) -> tuple[float, float, float]:
    """Give a share in percent with Wilson's interval.

    Examples
    --------
    >>> [round(each, 1) for each in share(10, 200)]
    [5.0, 3.0, 8.2]
    """
    z = NormalDist().inv_cdf(0.5 + float(stored()["marks"]["interval"]["value"]) / 2)
    p, n = min(part / whole, 1.0), whole
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return 100 * p, 100 * max(middle - reach, 0.0), 100 * min(middle + reach, 1.0)
