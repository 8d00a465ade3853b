"""Each person's scores: scales from 0 to 100, and whether an item's answer counts as good."""

import dataclasses
from collections.abc import Mapping, Sequence

import polars as pl

from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Item

SCALE, ITEM = "scale", "item"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that is scored: its kind, its name, and the column it stands in."""

    kind: str
    name: str

    @property
    def column(self) -> str:
        """Give the column of a person's score."""
        return f"{self.kind}:{self.name}"


def measures(instrument: Instrument) -> tuple[Measure, ...]:
    """Name what is scored: scales first, then every item."""
    return (
        *(Measure(kind=SCALE, name=each.name) for each in instrument.scales),
        *(Measure(kind=ITEM, name=each.name) for each in instrument.items),
    )


def persons(
    answers: pl.DataFrame, instrument: Instrument, counted: Mapping[str, tuple[int, ...]]
) -> pl.DataFrame:
    """Add each person's scores to their groups; the answers themselves are left behind.

    Parameters
    ----------
    answers
        ``frames.ANSWERS`` with a column of whole numbers for each item, null where skipped.
    counted
        Points that count as a good answer, by item; the upper half of the points where not named.
        A reversed item is turned before.

    Returns
    -------
    The group columns and one column for each of :func:`measures`, 0-100: a scale is null where
    fewer of its items were answered than it needs; an item is 0 or 100, null where skipped.
    """
    most = max(point.value for point in instrument.points)
    turned = {each.name: _turned(each, most) for each in instrument.items}
    names = {each.name for each in instrument.items}
    found = [pl.col(name) for name in answers.columns if name not in names]
    for scale in instrument.scales:
        mine = [turned[each.name] for each in instrument.of_scale(scale.name)]
        n_answered = pl.sum_horizontal([each.is_not_null() for each in mine])
        mean = (pl.mean_horizontal(mine) - 1) / (most - 1) * 100
        is_enough = n_answered >= scale.least_answered
        found.append(
            pl.when(is_enough).then(mean).alias(Measure(kind=SCALE, name=scale.name).column)
        )
    upper = tuple(point.value for point in instrument.points if 2 * point.value > most + 1)
    for item in instrument.items:
        is_good = turned[item.name].is_in(counted.get(item.name) or upper)
        score = pl.when(is_good).then(100.0).when(turned[item.name].is_not_null()).then(0.0)
        found.append(score.alias(Measure(kind=ITEM, name=item.name).column))
    return answers.select(found)


def _turned(item: Item, most: int) -> pl.Expr:
    points = pl.col(item.name).cast(pl.Int64)
    return most + 1 - points if item.is_reversed else points


def complete(
    answers: pl.DataFrame, instrument: Instrument, scale: str, *, also: Sequence[str] = ()
) -> pl.DataFrame:
    """Give the turned answers of everybody who answered every item of a scale.

    ``also`` names further columns to keep.
    """
    most = max(point.value for point in instrument.points)
    mine = {each.name: _turned(each, most) for each in instrument.of_scale(scale)}
    return answers.select(*also, **mine).drop_nulls(list(mine))
