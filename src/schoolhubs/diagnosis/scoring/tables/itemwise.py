"""Reliability of each scale, and items that groups answer differently, all schools in one."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from schoolhubs.diagnosis.scoring.constants import constant, rules_of
from schoolhubs.diagnosis.scoring.statistics import differing, reliability
from schoolhubs.diagnosis.scoring.tables import people as scored
from schoolhubs.diagnosis.scoring.tables.people import ITEM, Measure, persons
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

COMPARED = ("phase", "language")
LEAST_ITEMS = 3


def reliabilities(
    answers: pl.DataFrame, instrument: Instrument, *, draws: int, seed: int
) -> pl.DataFrame:
    """Give alpha and omega of each scale, with intervals, of all answers in one.

    Returns
    -------
    ``frames.SURVEY_RELIABILITY``; a scale with too few complete answers has a reason instead.
    """
    threshold = rules_of(instrument.respondents).threshold
    rows = [
        {
            "respondents": instrument.respondents,
            "measure": scale.name,
            **_of_scale(
                scored.complete(answers, instrument, scale.name), threshold, draws, seed + number
            ),
        }
        for number, scale in enumerate(instrument.scales)
    ]
    return frames.SURVEY_RELIABILITY.fill(
        pl.DataFrame(rows, schema=frames.SURVEY_RELIABILITY.schema)
    )


def _of_scale(complete: pl.DataFrame, threshold: int, draws: int, seed: int) -> dict[str, object]:
    n, least = complete.height, constant("least_complete")
    if n <= threshold:
        return {"n_complete": None, "reason": f"fewer than {threshold + 1} complete answers"}
    if n < least:
        return {"n_complete": n, "reason": f"fewer than {least} complete answers"}
    if complete.width < LEAST_ITEMS:
        return {"n_complete": n, "reason": f"fewer than {LEAST_ITEMS} items"}
    found = reliability.consistency(
        complete.to_numpy().astype(np.float64), draws=draws, seed=seed,
        share=constant("reliability_interval_share"),
    )  # fmt: skip
    figures = {
        "alpha": found.alpha, "alpha_low": found.alpha_interval[0],
        "alpha_high": found.alpha_interval[1], "omega": found.omega,
        "omega_low": found.omega_interval[0], "omega_high": found.omega_interval[1],
    }  # fmt: skip
    if any(math.isnan(each) for each in figures.values()):
        return {"n_complete": n, "reason": "everybody gave the same answer to an item"}
    return {"n_complete": n, **figures, "reason": ""}


def item_differences(
    answers: pl.DataFrame, instrument: Instrument, counted: Mapping[str, tuple[int, ...]]
) -> pl.DataFrame:
    """Ask of each item whether phases, and languages, answer it alike for the same scale score.

    Each group is held against the largest. Groups of fewer than ``least_complete`` are left out.

    Returns
    -------
    ``frames.ITEM_DIFFERENCES``; empty where there is one phase and one language.
    """
    good = persons(answers, instrument, counted)
    rows = [
        row
        for by in COMPARED
        if by in answers.columns
        for row in _by(answers, good, instrument, by)
    ]
    return frames.ITEM_DIFFERENCES.fill(pl.DataFrame(rows, schema=frames.ITEM_DIFFERENCES.schema))


def _by(
    answers: pl.DataFrame, good: pl.DataFrame, instrument: Instrument, by: str
) -> Iterator[dict[str, object]]:
    least = constant("least_complete")
    sizes = answers[by].drop_nulls().value_counts(sort=True).filter(pl.col("count") >= least)
    labels = sizes[by].to_list()
    for item in instrument.items:
        others = [each for each in instrument.of_scale(item.scale) if each.name != item.name]
        if not item.scale or not others:
            continue
        column = Measure(kind=ITEM, name=item.name).column
        held = answers.with_columns(good[column].alias(" good"))
        rest = scored.complete(held, instrument, item.scale, also=(by, " good"))
        for label in labels[1:]:
            some = rest.filter(pl.col(by).is_in([labels[0], label]))
            names = [each.name for each in others]
            yield _row(some, instrument.respondents, item.name, names, by, label, labels[0])


def _row(
    some: pl.DataFrame, respondents: str, item: str, others: list[str], by: str, group: str,
    against: str,
) -> dict[str, object]:  # fmt: skip
    share = constant("reliability_interval_share")
    found = differing.difference(
        some[" good"].to_numpy() / 100, some.select(others).mean_horizontal().to_numpy(),
        (some[by] == group).to_numpy().astype(np.float64), share=share,
    )  # fmt: skip
    said: dict[str, object] = {
        "respondents": respondents, "item": item, "by": by, "group": group,
        "against": against, "n_answered": some.height, "size": "cannot tell",
    }  # fmt: skip
    if found is None:
        return said
    return said | {
        "odds_ratio": math.exp(found.log_odds), "low": math.exp(found.low),
        "high": math.exp(found.high), "size": _size(found),
    }  # fmt: skip


def _size(found: differing.Difference) -> str:
    """Negligible unless the interval leaves out no difference at all."""
    moderate, large = constant("item_difference_limits")
    delta = abs(found.log_odds) * constant("delta_of_log_odds")
    if found.low <= 0 <= found.high or delta < moderate:
        return "negligible"
    return "large" if delta >= large else "moderate"
