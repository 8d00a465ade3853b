"""Answers to surveys drawn from a known truth."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

CUTS = (-1.2, -0.3, 0.8)  # of a standard normal, between four points


def points(latent: NDArray[np.float64]) -> NDArray[np.int64]:
    """Turn how people feel into points of 1 to 4."""
    return np.digitize(latent, CUTS) + 1


def answered(
    instrument: Instrument, feeling: NDArray[np.float64], *, seed: int, skipped: float = 0.03,
    **groups: object,
) -> pl.DataFrame:  # fmt: skip
    """Answer every item by one feeling and chance; reversed items the other way round."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for item in instrument.items:
        given = points(feeling + rng.normal(size=len(feeling)))
        given = 5 - given if item.is_reversed else given
        is_skipped = rng.random(len(feeling)) < skipped
        columns[item.name] = [
            None if skip else int(each) for each, skip in zip(given, is_skipped, strict=True)
        ]
    given_groups: Mapping[str, object] = {"urn": "900001", "wave": "2026-11"} | groups
    alone = {k: v for k, v in given_groups.items() if isinstance(v, str)}
    long = {k: v for k, v in given_groups.items() if not isinstance(v, str)}
    return pl.DataFrame(long | columns).with_columns(pl.lit(v).alias(k) for k, v in alone.items())


def school(
    instrument: Instrument, n: int, *, seed: int, level: float = 0.0, **fixed: object
) -> pl.DataFrame:
    """Give a secondary school of ``n`` pupils who answered, a fifth of them with FSM."""
    rng = np.random.default_rng(seed)
    groups = {
        "year_group": rng.choice(["7", "8", "9", "10", "11"], n),
        "fsm": rng.choice(["yes", "no"], n, p=[0.2, 0.8]),
        "sex": rng.choice(["female", "male"], n),
    }
    return answered(instrument, level + rng.normal(size=n), seed=seed + 1, **groups | fixed)
