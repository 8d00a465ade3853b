"""Weights that make those who answered look like those who were asked."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOT_SAID = -1
MOST_ROUNDS = 200
CLOSE_ENOUGH = 1e-9


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """One group column: which label each answer has, and what share of the whole each label is.

    ``label`` has an entry an answer, :data:`NOT_SAID` where it is not known. ``share`` has an entry
    a label, together 1.
    """

    label: Ints
    share: Floats


def rake(n: int, margins: Sequence[Margin], *, limits: tuple[float, float]) -> Floats:
    """Weight answers until every margin has its share, no weight beyond the limits.

    Iterative proportional fitting, with weights cut to the limits after each round, so that what
    one answer may not carry is spread over others. Where limits stand in the way, margins are met
    as nearly as they allow. Answers that do not say their label keep the weight they have.

    Parameters
    ----------
    n
        Answers.
    limits
        Least and greatest weight as a ratio to the mean, which is 1.

    Returns
    -------
    Shape (n,), mean 1; all 1 where there is no margin.

    Examples
    --------
    >>> margin = Margin(label=np.array([0, 0, 0, 1]), share=np.array([0.5, 0.5]))
    >>> rake(4, [margin], limits=(0.33, 3.0)).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    weight = np.ones(n)
    if not n:
        return weight
    for _ in range(MOST_ROUNDS):
        before = weight
        for margin in margins:
            weight = weight * _factor(weight, margin)
        weight = _within(weight, limits)
        if np.abs(weight - before).max() < CLOSE_ENOUGH:
            break
    return weight


def _factor(weight: Floats, margin: Margin) -> Floats:
    """Give what each answer is multiplied by; labels nobody answered of leave their share."""
    is_said = margin.label != NOT_SAID
    label = margin.label[is_said]
    held = np.bincount(label, weight[is_said], minlength=len(margin.share))
    is_here = held > 0
    wanted = np.where(is_here, margin.share, 0.0)
    if wanted.sum() <= 0:
        return np.ones_like(weight)
    wanted = wanted / wanted.sum() * held.sum()
    by_label = np.divide(wanted, held, out=np.ones_like(held), where=is_here)
    factor = np.ones_like(weight)
    factor[is_said] = by_label[label]
    return factor


def _within(weight: Floats, limits: tuple[float, float]) -> Floats:
    """Cut weights to the limits, mean 1 kept."""
    low, high = limits
    weight = weight / weight.mean()
    for _ in range(MOST_ROUNDS):
        cut = np.clip(weight, low, high)
        is_free = (cut > low) & (cut < high)
        short = len(weight) - cut.sum()
        if abs(short) < CLOSE_ENOUGH or not is_free.any():
            return cut
        weight = np.where(is_free, cut + short * cut / cut[is_free].sum(), cut)
    return np.clip(weight, low, high)


def design_effect(weight: Floats) -> float:
    """Give by how much weights inflate the variance of a mean (Kish): 1 where all are equal.

    >>> design_effect(np.array([1.0, 1.0])), design_effect(np.array([0.5, 1.5]))
    (1.0, 1.25)
    """
    if not len(weight):
        return 1.0
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
