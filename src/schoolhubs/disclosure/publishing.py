"""The table as it goes out: figures rounded, marks beside them, rates from rounded figures."""

import numpy as np
import polars as pl

from schoolhubs.disclosure.attacking.arithmetic import Flags, Ints
from schoolhubs.disclosure.attacking.knowledge import rounded
from schoolhubs.vocabulary.records.disclosure import DisclosureRules, TableLayout


def published(
    layout: TableLayout, rules: DisclosureRules, table: pl.DataFrame, is_hidden: Flags
) -> pl.DataFrame:
    """Give dimensions, then each figure with its mark, then each rate with its mark.

    Parameters
    ----------
    is_hidden
        One entry for each count of each row, counts one after the other.
    """
    columns: list[pl.Series] = [table[name] for name in layout.dimensions]
    hidden_of = {
        name: is_hidden[k * table.height : (k + 1) * table.height]
        for k, name in enumerate(layout.counts)
    }
    shown: dict[str, Ints] = {}
    for name in layout.columns:
        hidden = hidden_of[layout.sums.get(name, name)]
        base = rules.rounding if name in layout.counts else rules.sum_rounding
        true = table[name].cast(pl.Int64).to_numpy()
        shown[name] = rounded(true, base)
        marks = [(hidden, rules.hidden_mark), ((shown[name] == 0) & (true > 0), rules.low_mark)]
        columns += _with_mark(name, pl.Series(shown[name]), hidden, marks)
    for name, (part, whole) in layout.rates.items():
        columns += _rate(name, part, whole, layout, rules, shown, hidden_of)
    return pl.DataFrame(columns)


def _rate(
    name: str, part: str, whole: str, layout: TableLayout, rules: DisclosureRules,
    shown: dict[str, Ints], hidden_of: dict[str, Flags],
) -> list[pl.Series]:  # fmt: skip
    """Divide rounded figures; hidden where either is."""
    hidden = hidden_of[layout.sums.get(part, part)] | hidden_of[layout.sums.get(whole, whole)]
    people = shown[layout.sums.get(whole, whole)]
    is_none, is_few = shown[whole] == 0, people < rules.rate_base
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.round(np.minimum(shown[part] / shown[whole], 1) * 100, rules.rate_decimals)
    is_low = (rate == 0) & (shown[part] > 0)
    marks = [
        (hidden, rules.hidden_mark), (is_none, rules.none_mark),
        (is_few, rules.unreliable_mark), (is_low, rules.low_mark),
    ]  # fmt: skip
    return _with_mark(name, pl.Series(rate), hidden | is_none | is_few, marks)


def _with_mark(
    name: str, figures: pl.Series, is_left_out: Flags, marks: list[tuple[Flags, str]]
) -> list[pl.Series]:
    mark = np.select([each for each, _ in marks], [symbol for _, symbol in marks], "")
    figures = figures.set(pl.Series(is_left_out), None).alias(name)
    said = pl.Series(f"{name}_mark", mark, dtype=pl.String)
    return [figures, said.set(said == "", None)]
