"""Weights and estimates: each measure of each group, with its interval."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from schoolhubs.diagnosis.scoring.constants import constant, rules_of
from schoolhubs.diagnosis.scoring.statistics import weighting
from schoolhubs.diagnosis.scoring.statistics.weighting import NOT_SAID, Margin
from schoolhubs.diagnosis.scoring.tables.people import ITEM, Measure
from schoolhubs.vocabulary import frames

ALL = "all"
NOT_TOLD = "not said"
PLACE = ("urn", "wave")
POOLED = "+"
WEIGHT, FINITE = " weight", " finite"
SUM_OF_WEIGHTS = " sum of weights"
Floats = NDArray[np.float64]


def weighted(
    people: pl.DataFrame, population: pl.DataFrame | None, respondents: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Weight the answers of each school and wave to those who were asked.

    Returns
    -------
    The people with a weight and the share of the whole that is yet unheard (1 where the whole is
    not finite), and ``frames.SURVEY_RESPONSE``.
    """
    parts, said = [], []
    for (urn, wave), rows in people.group_by(PLACE, maintain_order=True):
        asked = None if population is None else population.filter(pl.col("urn") == urn)
        part, response = _of_school(rows, asked, respondents)
        parts.append(part)
        said.append({"urn": urn, "wave": wave, "respondents": respondents, **response})
    frame = pl.DataFrame(said, schema=frames.SURVEY_RESPONSE.schema)
    return pl.concat(parts), frames.SURVEY_RESPONSE.check(frame)


def _of_school(
    rows: pl.DataFrame, asked: pl.DataFrame | None, respondents: str
) -> tuple[pl.DataFrame, dict[str, object]]:
    limits = constant("weight_limits")
    columns: list[str] = []
    n_asked = None
    if asked is not None and asked.height:
        # Pooled waves asked the same whole once each.
        n_asked = int(asked["n_asked"].sum()) * (str(rows["wave"][0]).count(POOLED) + 1)
        columns = [
            name for name in constant("weighted_to")[respondents]
            if not asked[name].is_null().any() and not rows[name].is_null().all()
        ]  # fmt: skip
    margins = [_margin(rows, asked, name) for name in columns] if asked is not None else []
    weight = weighting.rake(rows.height, margins, limits=(limits[0], limits[1]))
    is_at_limit = (weight <= limits[0] + 1e-6) | (weight >= limits[1] - 1e-6)
    # More answers than people: a code was used twice, or the number asked is wrong.
    is_possible = bool(n_asked) and rows.height <= (n_asked or 0)
    percent = 100 * rows.height / n_asked if n_asked and is_possible else None
    is_finite = respondents in constant("whole_population") and percent is not None
    least = float(constant("least_unheard"))
    unheard = max(least, 1 - (percent or 0) / 100) if is_finite else 1.0
    is_told = all(
        _smallest(rows, asked, name) > rules_of(respondents).threshold for name in columns
    )
    response = {
        "n_answered": rows.height,
        "n_asked": n_asked,
        "response_percent": percent,
        "is_low": None if percent is None else percent < constant("low_response_percent"),
        "weighted_to": ";".join(columns),
        "design_effect": weighting.design_effect(weight) if is_told else None,
        "weight_low": float(weight.min()) if is_told else None,
        "weight_high": float(weight.max()) if is_told else None,
        "n_trimmed": int(is_at_limit.sum()) if is_told else None,
    }
    added = rows.with_columns(pl.Series(WEIGHT, weight), pl.lit(unheard).alias(FINITE))
    return added, response


def _smallest(rows: pl.DataFrame, asked: pl.DataFrame | None, name: str) -> int:
    """Count the smallest group that weights are worked out from: a weight tells its size."""
    labels = [] if asked is None else asked[name].unique().to_list()
    return min(
        rows.filter(pl.col(name).eq_missing(label)).height
        for label in [*labels, None]
        if label is not None or rows[name].null_count()
    )


def _margin(rows: pl.DataFrame, asked: pl.DataFrame, name: str) -> Margin:
    shares = asked.group_by(name).agg(pl.col("n_asked").sum()).sort(name)
    labels = shares[name].to_list()
    number = {label: at for at, label in enumerate(labels)}
    label = [number.get(each, NOT_SAID) for each in rows[name].to_list()]
    share = shares["n_asked"].to_numpy().astype(np.float64)
    return Margin(label=np.array(label, np.int64), share=share / share.sum())


def estimated(
    people: pl.DataFrame, measured: Sequence[Measure], cuts: Sequence[tuple[str, ...]]
) -> pl.DataFrame:
    """Estimate every measure of every group.

    Parameters
    ----------
    people
        As :func:`weighted` gives it.
    cuts
        Group columns that a table is cut by; ``()`` is everybody.

    Returns
    -------
    One row for each school, wave, measure and group that anybody is in: the group columns of all
    cuts (``all`` where not cut), ``cut``, ``n``, ``n_worth`` (people after weights), ``value``,
    ``within`` (variance between people), ``standard_error`` (of a whole without end), ``low``,
    ``high`` (of the finite whole, where it is one).
    """
    columns = list(dict.fromkeys(name for cut in cuts for name in cut))
    long = people.unpivot(
        on=[each.column for each in measured],
        index=[*PLACE, *columns, WEIGHT, FINITE],
        variable_name="scored",
        value_name="x",
    ).drop_nulls("x")
    found = [_of_cut(long, cut, columns) for cut in cuts]
    names = pl.DataFrame(
        {
            "scored": [each.column for each in measured],
            "kind": [each.kind for each in measured],
            "measure": [each.name for each in measured],
        }
    )
    return _with_intervals(pl.concat(found).join(names, on="scored", maintain_order="left"))


def _of_cut(long: pl.DataFrame, cut: tuple[str, ...], columns: Sequence[str]) -> pl.DataFrame:
    w, x = pl.col(WEIGHT), pl.col("x")
    mean = (w * x).sum() / w.sum()
    n = pl.len().cast(pl.Float64)
    spare = pl.max_horizontal(n - 1, pl.lit(1.0))
    summed = (
        long.with_columns(pl.col(name).fill_null(NOT_TOLD) for name in cut)
        .group_by(*PLACE, "scored", *cut)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            mean.alias("value"),
            w.sum().alias(SUM_OF_WEIGHTS),
            (w.sum() ** 2 / (w**2).sum()).alias("kish"),
            ((w * (x - mean) ** 2).sum() / w.sum() * n / spare).alias("within"),
            ((w**2 * (x - mean) ** 2).sum() / w.sum() ** 2 * n / spare).alias("variance"),
            pl.col(FINITE).first(),
        )
    )
    rest = [pl.lit(ALL).alias(name) for name in columns if name not in cut]
    label = pl.concat_str([pl.col(name) for name in cut], separator=";") if cut else pl.lit(ALL)
    said = pl.lit(";".join(cut) or ALL).alias("cut")
    order = [*PLACE, "scored", *columns, "cut", "label", "n", "value", "kish", "within", "variance"]
    order.append(SUM_OF_WEIGHTS)
    return summed.with_columns(*rest, said, label.alias("label")).select(*order, FINITE)


def _with_intervals(rows: pl.DataFrame) -> pl.DataFrame:
    """A scale has an interval by Student's t, an item by Wilson; a finite whole narrows both.

    What is held against another wave, another side or another school is not narrowed: that this
    month nearly all of a staff answered says nothing of what they would answer in another.
    """
    share, normal = constant("interval_share"), ndtri(0.5 + constant("interval_share") / 2)
    unheard, worth = rows[FINITE].to_numpy(), rows["kish"].to_numpy()
    value = rows["value"].to_numpy()
    error = np.sqrt(rows["variance"].to_numpy())
    reach = stdtrit(np.maximum(rows["n"].to_numpy() - 1, 1), 0.5 + share / 2) * error
    reach = reach * np.sqrt(unheard)
    is_item = (rows["kind"] == ITEM).to_numpy()
    few, many = _wilson(value, worth / unheard, share)
    low, high = np.where(is_item, few, value - reach), np.where(is_item, many, value + reach)
    least, most = _wilson(value, worth, share)
    error = np.where(is_item, (most - least) / 2 / normal, error)
    return rows.with_columns(
        pl.Series("n_worth", worth), pl.Series("standard_error", error),
        pl.Series("low", np.clip(low, 0, 100)), pl.Series("high", np.clip(high, 0, 100)),
    ).drop("kish", "variance", FINITE)  # fmt: skip


def _wilson(percent: Floats, n: Floats, share: float) -> tuple[Floats, Floats]:
    # Seconds to import: every process of the service would pay it that scores nothing.
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(percent / 100 * n, n, alpha=1 - share, method="wilson")
    return low * 100, high * 100
