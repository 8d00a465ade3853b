"""Telling a table again when its figures have grown or were corrected, without telling the change.

Each telling is a state of its own, a dimension ``told`` beside the others. A figure that did not
change is the same in both, and the attacker knows that it is; one that did change is another
figure. What few people changed must not be told by subtracting one telling from the next.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from schoolhubs.disclosure.attacking import arithmetic
from schoolhubs.disclosure.protecting import protect
from schoolhubs.vocabulary.records.disclosure import (
    DisclosureRules,
    Protected,
    Release,
    TableLayout,
)

TOLD = "told"
NONE = ""  # a label that no row has: the first telling is the top of its dimension from the start


def protect_again(
    table: pl.DataFrame, layout: TableLayout, rules: DisclosureRules, *, name: str, told: str,
    before: pl.DataFrame | None = None, earlier: Sequence[Release] = (),
    released: Sequence[Release] = (), few: pl.DataFrame | None = None,
) -> Protected:  # fmt: skip
    """Protect the newest telling of a table with all earlier ones as known.

    Parameters
    ----------
    table, layout, rules, name
        As for :func:`protect`.
    told
        Which telling this is, other than all before and sorted behind them.
    before
        The true figures of the telling before, as ``table``; None if this is the first.
    earlier
        Releases of earlier tellings, as this function gave them.
    released
        Other tables of this telling, as this function gave them.
    few
        Figures that few people changed since (:func:`few_changed`), to be hidden.

    Returns
    -------
    As :func:`protect`, with a column ``told``.

    Examples
    --------
    >>> from schoolhubs.disclosure import rules
    >>> layout = TableLayout(dimensions=("fsm",), counts=("n",), totals={"fsm": "all"})
    >>> first = pl.DataFrame({"fsm": ["yes", "no", "all"], "n": [2, 98, 100]})
    >>> plain = rules("school-tables")
    >>> one = protect_again(first, layout, plain, name="week 1", told="1")
    >>> next_one = pl.DataFrame({"fsm": ["yes", "no", "all"], "n": [5, 98, 103]})
    >>> two = protect_again(next_one, layout, plain, name="week 2", told="2", before=first,
    ...                     earlier=[one.release])
    >>> two.table["n"].to_list()
    [None, None, 103]
    """
    labels = sorted({label for each in earlier for label in each.table[TOLD].unique()})
    chain = {NONE: labels[0] if labels else told}
    if labels:
        chain[told] = labels[-1]
    hung = dataclasses.replace(
        layout,
        dimensions=(*layout.dimensions, TOLD),
        totals={**layout.totals, TOLD: chain},
        overlapping={**layout.overlapping, TOLD: layout.columns},
    )
    return protect(
        table.with_columns(pl.lit(told).alias(TOLD)), hung, rules, name=name,
        released=(*earlier, *released), also=few,
        uneven=_changed(table, before, hung, labels[-1]) if labels else (),
    )  # fmt: skip


def _changed(
    table: pl.DataFrame, before: pl.DataFrame | None, layout: TableLayout, label: str
) -> tuple[str, ...]:
    """Name the figures that are not what they were, as totals over ``told`` that do not add up."""
    places = [name for name in layout.dimensions if name != TOLD]
    rows = table.with_columns(pl.col(places).cast(pl.String))
    if before is None:
        before = rows.clear()
    was = before.with_columns(pl.col(places).cast(pl.String))
    both = rows.select(*places, *layout.columns).join(
        was.select(*places, *layout.columns), on=places, how="left", suffix=" was",
        maintain_order="left",
    ) if places else rows.join(was, how="cross", suffix=" was")  # fmt: skip
    at = rows.with_columns(pl.lit(label).alias(TOLD))
    found: list[str] = []
    for name in layout.columns:
        is_other = both.select(pl.col(name).ne_missing(pl.col(f"{name} was"))).to_series()
        off = np.flatnonzero(is_other.to_numpy())
        found += arithmetic.names(layout, at, name, TOLD, off.astype(np.int64))
    return tuple(found)


def few_changed(
    before: pl.DataFrame, now: pl.DataFrame, *, dimensions: Sequence[str],
    sums: Mapping[str, str], counts: Sequence[str], rules: DisclosureRules,
) -> pl.DataFrame:  # fmt: skip
    """Name the figures that few people changed, so that the change would be told of these.

    A sum is named where as few as the threshold changed it, and its change is known, rounding and
    all, as nearly as no hidden sum may be. Where so few changed anything in a row, whatever they
    changed is named, and every count that no sum stands beside.

    Parameters
    ----------
    before, now
        A row for each place and person: ``dimensions`` as text, ``pupil``, and their part of each
        sum.
    sums, counts
        As in the table's layout.

    Returns
    -------
    ``dimensions`` and ``column``, a count that is to be hidden with its sums.
    """
    keys, columns = [*dimensions, "pupil"], list(sums)
    both = before.select(*keys, *columns).join(
        now.select(*keys, *columns), on=keys, how="full", coalesce=True, suffix=" now"
    )
    change = {
        name: pl.col(f"{name} now").fill_null(0).cast(pl.Int64)
        - pl.col(name).fill_null(0).cast(pl.Int64)
        for name in columns
    }
    moved = both.select(*keys, **change)
    rows = moved.group_by(dimensions).agg(
        pl.any_horizontal(pl.col(columns) != 0).sum().alias("n"),
        *((pl.col(name) != 0).sum().alias(f"{name} n") for name in columns),
        *(pl.col(name).sum().abs() for name in columns),
    )
    room, share = rules.sum_rounding - 1, rules.sum_width_share
    is_few = pl.col("n").is_between(1, rules.threshold)
    named = [rows.clear().select(*dimensions, pl.lit("").alias("column"))]
    for name, count in sums.items():
        told = 2 * room <= share * (pl.col(name) + room)
        by_few = pl.col(f"{name} n").is_between(1, rules.threshold)
        is_named = (by_few & told) | (is_few & (pl.col(f"{name} n") > 0))
        named.append(rows.filter(is_named).select(*dimensions, pl.lit(count).alias("column")))
    alone = sorted(set(counts) - set(sums.values()))
    few = rows.filter(is_few)
    named += [few.select(*dimensions, pl.lit(count).alias("column")) for count in alone]
    return pl.concat(named).unique().sort(*dimensions, "column")
