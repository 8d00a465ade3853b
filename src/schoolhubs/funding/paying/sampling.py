"""Draws the payments that are looked into: seeded, stratified, all large ones."""

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from schoolhubs.vocabulary.money import exact
from schoolhubs.vocabulary.records.funding import Assurance, PaymentItem


def draw_sample(
    items: Iterable[PaymentItem], assurance: Assurance, *, seed: int
) -> tuple[PaymentItem, ...]:
    """Draw which payments are asked for their evidence.

    Strata are payee kind by pathway. Of each, every payment from ``check_all_from_pence`` on is
    drawn, and of the others the share, at least the least number, all alike likely.

    Parameters
    ----------
    seed
        The same payments and seed give the same draw, whatever the order they come in.

    Returns
    -------
    In the order of their references.
    """
    strata: dict[tuple[str, str], list[PaymentItem]] = defaultdict(list)
    for item in sorted(items, key=lambda each: each.reference):
        strata[item.payee_kind, item.pathway].append(item)
    drawn: list[PaymentItem] = []
    for at, stratum in enumerate(sorted(strata)):
        large = [e for e in strata[stratum] if e.amount_pence >= assurance.check_all_from_pence]
        others = [e for e in strata[stratum] if e.amount_pence < assurance.check_all_from_pence]
        wanted = math.ceil(len(others) * exact(assurance.sample_share))
        n = min(len(others), max(wanted, assurance.sample_at_least - len(large)))
        chosen = np.random.default_rng([seed, at]).choice(len(others), size=n, replace=False)
        drawn += large + [others[int(each)] for each in chosen]
    return tuple(sorted(drawn, key=lambda each: each.reference))
